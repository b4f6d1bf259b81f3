"""The configuration as a typed value. `nlops.cli.load` reads it from nlops.toml; nothing here touches a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nlops.domain.bots import SignKind
from nlops.domain.tools import BotName, Confirm, Risk
from nlops.domain.words import Language

Provider = Literal["embedded", "openai", "deepseek", "qwen", "moonshot", "zhipu", "ollama", "custom", "none"]


class Secret:
    """A secret that does not show itself: `repr` and `str` are stars, `reveal()` is the only way to it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


@dataclass(frozen=True)
class ChatConfig:
    """A Wechaty puppet service. `endpoint` is host:port.

    `rooms` are the ids of the rooms where admins may give orders. `per_minute` and `per_day` are what the account may
    send, in messages, before it is taken for a machine: beyond that news is gathered and waits.
    """

    endpoint: str
    token: Secret
    tls: bool = False
    insecure: bool = False
    rooms: tuple[str, ...] = ()
    per_minute: int = 20
    per_day: int = 1000


@dataclass(frozen=True)
class ModelConfig:
    """Which model reads free text. `base_url`, `name` and `api_key` None mean: the provider's own. `prompts` is a
    folder of texts that stand in for shipped ones of the same name."""

    provider: Provider = "embedded"
    base_url: str | None = None
    name: str | None = None
    api_key: Secret | None = None
    timeout_s: float = 20.0
    daily_tokens: int = 200_000
    prompts: Path | None = None


@dataclass(frozen=True)
class AdminConfig:
    """A person who may give orders: known by the exact contact id, and by nothing else. `contact` None: the contact is
    bound by a pairing code, and lies in the store. `totp` is an authenticator's secret (base32), `phone` a number in
    E.164, for codes."""

    name: str
    contact: str | None
    language: Language | None = None
    totp: Secret | None = None
    phone: str | None = None


@dataclass(frozen=True)
class AlertConfig:
    """Log lines that the admins want to hear of: where `pattern` (RE2) matches anywhere in one. At most `at_most`
    messages a minute (3: the origin's limit), with `around` lines before and after. `name` is unique in its bot."""

    pattern: str
    name: str
    at_most: int = 3
    around: int = 0


@dataclass(frozen=True)
class PatternConfig:
    """An operator's own pattern: `line` (RE2) is a whole line that says `sign`, with the groups payload and account;
    `payload` is how the code is written. `samples` are lines that must be read, `near_misses` lines that must not."""

    sign: SignKind
    line: str
    samples: tuple[str, ...]
    near_misses: tuple[str, ...]
    payload: Literal["plain", "picture"] | None = None


@dataclass(frozen=True)
class FormatConfig:
    """An operator's own log format."""

    name: str
    description: str
    patterns: tuple[PatternConfig, ...]


@dataclass(frozen=True)
class BotConfig:
    """A watched bot. At most one of `pm2`, `systemd`, `docker`, `supervisor` and `command` says who restarts it; with
    `command`, nlops runs it itself. `host` is the machine it lives on, None for this one."""

    name: str
    log: tuple[Path, ...]
    aliases: tuple[str, ...] = ()
    format: str = "starterbot"
    login_test: str | None = None
    account: str | None = None
    pm2: str | None = None
    systemd: str | None = None
    docker: str | None = None
    supervisor: str | None = None
    command: tuple[str, ...] = ()
    host: str | None = None
    alerts: tuple[AlertConfig, ...] = ()

    def alert(self, name: str) -> AlertConfig | None:
        return next((alert for alert in self.alerts if alert.name == name), None)

    def called(self) -> BotName:
        return BotName(self.name, self.aliases)


@dataclass(frozen=True)
class ToolsConfig:
    """`paths` are folders of definitions beside the shipped ones; `enable` is the allowlist; `targets` are, for each
    tool, the names that its `"format": "target"` arguments may take, and what they stand for."""

    paths: tuple[Path, ...] = ()
    enable: tuple[str, ...] = ("qr", "restart", "tail_logs", "status")
    targets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Hours:
    """A daily span of local time, `start` to `end` in minutes after midnight; it may go over midnight. `days` are those
    it begins on (0 is Monday), all of them where there is none."""

    start: int
    end: int
    days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Bounds:
    """Numbers above `above` and below `below`; None is no bound."""

    above: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class ToolPolicyConfig:
    """[policy.TOOL]: what the operator decides instead of the definition's own policy; None leaves that as it is."""

    risk: Risk | None = None
    confirm: Confirm | None = None
    auth: tuple[str, ...] | None = None
    ttl_s: float | None = None
    changes_per_hour: int | None = None


@dataclass(frozen=True)
class RuleConfig:
    """[[policy.rule]]: calls that are denied, or always confirmed, with these factors. Every condition that is given
    must hold; an argument's values are a tuple of those that count, or Bounds. A rule only ever tightens."""

    then: Literal["deny", "confirm"]
    tools: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    admins: tuple[str, ...] = ()
    except_admins: tuple[str, ...] = ()
    arguments: tuple[tuple[str, tuple[object, ...] | Bounds], ...] = ()
    hours: Hours | None = None
    auth: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MaintenanceConfig:
    """[[maintenance]]: while these hours last, no news of these bots; of all where none is named."""

    hours: Hours
    bots: tuple[str, ...] = ()


@dataclass(frozen=True)
class PolicyConfig:
    """What holds for all tools unless a tool's own policy says otherwise. `ttl_s` is a proposal's life. `read_only`
    refuses whatever changes something; `changes_per_hour` None is no limit. `tools` are by name."""

    confirm: Confirm = "natural-language"
    ttl_s: float = 120.0
    read_only: bool = False
    changes_per_hour: int | None = None
    tools: Mapping[str, ToolPolicyConfig] = field(default_factory=dict)
    rules: tuple[RuleConfig, ...] = ()


@dataclass(frozen=True)
class HttpSms:
    """A provider of SMS that one HTTP request tells to send. `url`, and the values of `headers`, `form` and `json`, are
    templates (`nlops.adapters.factors.sms` names the placeholders) and may hold secrets. A request is accepted where
    its status is 2xx and, where `accept` is given (a JSON pointer and a value), where that stands in the answer."""

    url: str
    method: str = "POST"
    headers: tuple[tuple[str, Secret], ...] = ()
    user: str | None = None
    password: Secret | None = None
    form: tuple[tuple[str, Secret], ...] = ()
    json: Secret | None = None  # the body as a JSON text
    accept: tuple[str, str] | None = None
    timeout_s: float = 10.0
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True)
class TencentSms:
    """Tencent Cloud's SMS (API 2021-01-11). `parameters` are the template's, in its order, with placeholders."""

    secret_id: Secret
    secret_key: Secret
    app_id: str
    sign: str
    template: str
    parameters: tuple[str, ...] = ("{code}",)
    region: str = "ap-guangzhou"
    endpoint: str = "https://sms.tencentcloudapi.com"
    timeout_s: float = 10.0


@dataclass(frozen=True)
class CommandSms:
    """A program that sends an SMS; `command` and `stdin` hold placeholders. Done is exit code 0 and, where `accept` is
    given, a JSON output with that value at that pointer."""

    command: tuple[str, ...]
    stdin: str | None = None
    accept: tuple[str, str] | None = None
    timeout_s: float = 10.0


SmsConfig = HttpSms | TencentSms | CommandSms


@dataclass(frozen=True)
class AuthyConfig:
    """Twilio Verify, which took Authy's place. `account` is an account's SID, or an API key's; `service` the Verify
    service's."""

    account: str
    token: Secret
    service: str
    channel: Literal["sms", "call", "whatsapp"] = "sms"
    base_url: str = "https://verify.twilio.com"
    timeout_s: float = 10.0


@dataclass(frozen=True)
class McpConfig:
    """An MCP server whose tools can be pinned: one that nlops starts for each use (`command`, with `cwd` and `env`), or
    one that is up (`url`, with `headers`). Values of `env` and `headers` may be references (`env:NAME`, `file:PATH`),
    read when it is used. `timeout_s` is for starting, greeting and listing; a call has its definition's own.
    `look_every_s`: how often the service looks whether what was pinned still holds."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    cwd: Path | None = None
    env: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 30.0
    look_every_s: float = 3600.0


@dataclass(frozen=True)
class McpServerConfig:
    """What `nlops mcp` offers to other programs: `enable` are names out of `[tools] enable`, `admin` is who is asked
    before a change, `token` what a program must know that comes over HTTP."""

    enable: tuple[str, ...]
    admin: str
    token: Secret | None = None


@dataclass(frozen=True)
class Config:
    """nlops.toml, checked. `file` is where it came from, `state_dir` the folder of store and cursors."""

    file: Path
    state_dir: Path
    chat: ChatConfig
    admins: tuple[AdminConfig, ...]
    bots: tuple[BotConfig, ...]
    language: Literal["zh", "en", "auto"] = "auto"
    model: ModelConfig = field(default_factory=ModelConfig)
    tools: ToolsConfig = field(default_factory=ToolsConfig)
    policy: PolicyConfig = field(default_factory=PolicyConfig)
    formats: tuple[FormatConfig, ...] = ()
    mcp: tuple[McpConfig, ...] = ()
    mcp_server: McpServerConfig | None = None
    maintenance: tuple[MaintenanceConfig, ...] = ()
    sms: SmsConfig | None = None
    authy: AuthyConfig | None = None

    def admin(self, name: str) -> AdminConfig | None:
        return next((admin for admin in self.admins if admin.name == name), None)

    def bot(self, name: str) -> BotConfig | None:
        return next((bot for bot in self.bots if bot.name == name), None)
