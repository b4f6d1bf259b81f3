"""Tools: what they are, a call of one, what a run gave, and a proposal of calls."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from nlops.domain.words import Language

Risk = Literal["read", "change", "destroy"]
Confirm = Literal["always", "natural-language", "never"]
# Who chose a call: exact words, a language model, or another program (nlops.domain.hosts).
Source = Literal["keyword", "model", "mcp"]
SECOND_FACTORS = ("totp", "sms", "authy", "second-admin")
# JSON as a schema has checked it; before that it is `object`.
JsonObject = Mapping[str, Any]

# A proposal's code: no letter or digit that is read as another (0 O, 1 I L). 31 ** 4 is about 920,000.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 4


def canonical_json(value: object) -> str:
    """JSON in one form: sorted keys, no spaces, no NaN. What is hashed or compared is written so."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


@dataclass(frozen=True)
class ArgvRun:
    """An operating-system command: a list of arguments, never a shell line. `{name}` placeholders stand in items.

    `cwd` None is the folder of the definition, `user` None our own. A value of `env` may be a reference, `env:NAME` or
    `file:PATH`.
    """

    argv: tuple[str, ...]
    cwd: str | None = None
    user: str | None = None
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HttpRun:
    """One HTTP request. `url`, `headers` and `body` (JSON, None for no body) are templates; a value of `headers` may
    end in a reference. `show` is a JSON pointer (RFC 6901) into the answer. `private` allows addresses that are not
    public."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: object = None
    show: str | None = None
    private: bool = False


@dataclass(frozen=True)
class PythonRun:
    """A function that gets the arguments by name, in a process of its own; `cwd`, `user`, `env` as of a command."""

    module: str
    function: str
    cwd: str | None = None
    user: str | None = None
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class BuiltinRun:
    """Something nlops does itself: `qr`, `restart`, `tail_logs`, `status`."""

    name: str


@dataclass(frozen=True)
class McpRun:
    """A tool of an MCP server, `[[mcp]]` of that name in nlops.toml. `pinned` is the server's own definition as it was
    when the operator looked at it: the tool is called only while the server still says exactly that."""

    server: str
    tool: str
    pinned: JsonObject


Run = ArgvRun | HttpRun | PythonRun | BuiltinRun | McpRun


@dataclass(frozen=True)
class Verify:
    """What must be true after a run: either `run`, which is tried again until it goes well and prints `expect` (a
    template), or `bot` (the name of an argument): its process is up in another life, and logs in or asks for a scan.
    `within_s` seconds are the most that is waited for it."""

    run: ArgvRun | HttpRun | PythonRun | None = None
    bot: str | None = None
    expect: str | None = None
    within_s: float = 30.0


@dataclass(frozen=True)
class ToolPolicy:
    """What the operator decides. `confirm` None means: as `[policy]` of the configuration says."""

    risk: Risk
    confirm: Confirm | None = None
    auth: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToolExample:
    """A message and the arguments it means."""

    text: str
    arguments: JsonObject


@dataclass(frozen=True)
class ToolSpec:
    """One tool of the allowlist, as loaded.

    `input_schema` is JSON Schema 2020-12; a property with `"format": "bot"` names a watched bot and is limited to
    their names when the catalogue is made. `digest` identifies the definition: a proposal made under another lapses.
    `host` is where it runs: a host's name, `{name}` for the host of the bot in that argument, None for this machine.
    `targets` are what the names of a `"format": "target"` property stand for, as nlops.toml says it: addresses,
    folders, or references to them. `title_zh` is the title in Chinese, where the definition has one.
    """

    name: str
    title: str
    description: str
    input_schema: JsonObject
    run: Run
    policy: ToolPolicy
    keywords: tuple[str, ...] = ()
    examples: tuple[ToolExample, ...] = ()
    timeout_s: float = 30.0
    max_lines: int = 500
    output: Literal["text", "file", "image"] = "text"
    file: str = ""
    digest: str = ""
    verify: Verify | None = None
    host: str | None = None
    targets: JsonObject = field(default_factory=dict)
    title_zh: str = ""

    def called(self, language: Language) -> str:
        """What the bot calls it."""
        return self.title_zh if language == "zh" and self.title_zh else self.title

    @property
    def properties(self) -> Mapping[str, JsonObject]:
        """The schema of each argument, by name."""
        properties: Mapping[str, JsonObject] = self.input_schema["properties"]
        return properties

    def has_default(self, name: str) -> bool:
        """Whether an argument that is left out has a value all the same."""
        return "default" in self.properties.get(name, {})


@dataclass(frozen=True)
class BotName:
    """How a watched bot may be called in chat."""

    name: str
    aliases: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Catalogue:
    """The allowlist: what is not in it does not exist. Tools by name, in the order of `[tools] enable`."""

    tools: tuple[ToolSpec, ...]
    bots: tuple[BotName, ...] = ()

    def get(self, name: str) -> ToolSpec | None:
        return next((tool for tool in self.tools if tool.name == name), None)


@dataclass(frozen=True)
class ToolCall:
    """A tool and its arguments, defaults not filled in."""

    tool: str
    arguments: JsonObject = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {"tool": self.tool, "arguments": dict(self.arguments)}


@dataclass(frozen=True)
class ToolResult:
    """What a run gave.

    `ok` is what code saw, never what a model said. `exit` is the exit code where there was a process. `text` goes to
    the chat. `qr` is a login payload to draw; `file` is (name, bytes) to send as a file. `rest` are further pages of a
    long text, for who asks for more. `since` is set where a bot's process was started anew: what its log shows from
    then on (unix seconds) is of the new one.
    """

    ok: bool
    text: str
    exit: int | None = None
    qr: str | None = None
    file: tuple[str, bytes] | None = None
    rest: tuple[str, ...] = ()
    since: float = 0.0

    def fingerprint(self) -> str:
        """SHA-256 of what came out, for the audit, which keeps no output."""
        content = (self.file[1].hex() if self.file else "", self.qr or "", self.text, *self.rest)
        return digest(list(content))


class ProposalState(StrEnum):
    """Where a proposal can be; `nlops.gate.confirm` holds the table of the ways between."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    AWAITING = "awaiting"
    RUNNING = "running"
    FINISHED = "finished"
    UNKNOWN = "unknown"
    DENIED = "denied"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Approval:
    """A factor that was given for one proposal. `by` is the exact contact who gave it, `at` unix seconds;
    `fingerprint` is the proposal's: given for other calls, it counts for nothing."""

    factor: str
    by: str
    at: float
    fingerprint: str


@dataclass(frozen=True)
class Ask:
    """Another admin who was asked to approve a proposal: `code` is good from this contact only."""

    admin: str
    contact_id: str
    code: str


@dataclass(frozen=True)
class Proposal:
    """Calls that wait for the word of the person who asked, or, with an empty `code`, that need none.

    Bound to the admin, the conversation (a room, or the contact's direct chat), the definitions' digests and the exact
    arguments. `code` is single use. Its life ends with the first of two clocks: `expires_at` is on the monotonic clock,
    in seconds, of the machine's life named `boot`; `until` is in unix seconds.

    `id` is unique in the store, and the run's id too. `auth` are the factors that the tools' policies demand, all of
    them; `approvals` are those that were given; `asked` is the factor that was asked for last, and `asks` the admins
    who were asked for the second one's approval. `begun` counts the calls that were started, as the store noted it.
    `needs_code`: it took the place of one that was open, which a bare "yes" may be meant for.
    `made_at` is when it was proposed, `decided_at` when it was let run; both in unix seconds.
    """

    code: str
    admin: str
    contact_id: str
    conversation_id: str
    calls: tuple[ToolCall, ...]
    digests: tuple[str, ...]
    risk: Risk
    words: str
    source: Source
    expires_at: float
    state: ProposalState = ProposalState.OPEN
    id: int = 0
    until: float = 0.0
    boot: str = ""
    language: Language = "en"
    auth: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    asked: str = ""
    asks: tuple[Ask, ...] = ()
    made_at: float = 0.0
    decided_at: float = 0.0
    begun: int = 0
    needs_code: bool = False

    def fingerprint(self) -> str:
        """SHA-256 over what was shown: to whom, where, which definitions, which arguments."""
        calls = [call.as_json() for call in self.calls]
        return digest([self.contact_id, self.conversation_id, list(self.digests), calls])


@dataclass(frozen=True)
class Asked:
    """A question back about one argument of a call: `choices` in the order in which they were shown, `known` the other
    arguments, `before` the calls of the same message that lacked nothing. `source` is who it was asked for."""

    tool: str
    argument: str
    choices: tuple[object, ...] = ()
    known: JsonObject = field(default_factory=dict)
    before: tuple[ToolCall, ...] = ()
    source: Source = "model"


@dataclass(frozen=True)
class Interpretation:
    """What a text was taken to mean: calls in their order, or a question, or words.

    Exactly one holds: `calls` is not empty; `ask` is True and `reply` is the question; neither, and `reply` is an
    answer in words (a no, a hello, an explanation). `asked` is what a question is about, where it is about an argument;
    `offered` are the calls of one whether they are meant, and now.
    """

    calls: tuple[ToolCall, ...] = ()
    ask: bool = False
    reply: str = ""
    source: Source = "model"
    asked: Asked | None = None
    offered: tuple[ToolCall, ...] = ()
