"""Tools of MCP servers: a server's definition as it was looked at (the pin), a first definition of ours around it, and
what differs when the server says something else.

Nothing of a pin is believed. Its hints are kept to be compared, never read; its schema is narrowed, then linted like
any other; its description is for the model and for people, without the characters that hide text from them.
"""

import difflib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from nlops.domain.tools import JsonObject, canonical_json, digest
from nlops.toolbox.faults import Fault, Path, nearest
from nlops.toolbox.inputs import unbounded
from nlops.toolbox.leaves import Unresolved, types_of
from nlops.toolbox.schema import DIALECT

# What makes a tool what it is. Icons and `_meta` say nothing about what it does.
KEYS = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
MAX_PIN_BYTES = 24 * 1024  # of one definition as JSON: more than that nobody reads through
MAX_TEXT = 1000  # characters of a string that the server leaves unbounded
MAX_DESCRIPTION = 1000
# A difference in a chat: enough to see what it is about; `nlops mcp diff` shows all of it.
SHOWN_LINES, SHOWN_CHARS = 12, 200


def as_pin(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What is compared of a server's definition; absent and null are the same."""
    return {key: raw[key] for key in KEYS if raw.get(key) is not None}


def fault_of_pin(pin: JsonObject) -> str | None:
    """Why a server's definition cannot be pinned at all; None where it can."""
    if not isinstance(pin.get("name"), str) or not isinstance(pin.get("inputSchema"), Mapping):
        return "it has no name or no inputSchema"
    try:
        size = len(canonical_json(pin).encode())
    except ValueError as error:  # NaN, lone surrogates
        return f"it is not JSON: {error}"
    return f"it has {size} bytes; at most {MAX_PIN_BYTES} can be reviewed" if size > MAX_PIN_BYTES else None


def name_for(server: str, tool: str) -> str:
    """What the tool is called here: `files_read_file` of readFile at files. It may still be taken, or be too long."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tool)
    return f"{server}_{re.sub(r'[^a-z0-9]+', '_', words.lower()).strip('_')}"[:64].rstrip("_")


def draft(server: str, pin: JsonObject, name: str) -> dict[str, Any]:
    """A first definition: nobody has decided anything yet, so it is a change, and every call waits for a word."""
    return {
        "name": name,
        "title": _title(pin),
        "description": _description(pin),
        "inputSchema": narrowed(pin["inputSchema"]),
        "keywords": [],
        "examples": [],
        "run": _run(server, pin),
        "timeout_s": 30,
        "policy": {"risk": "change", "confirm": "always"},
    }


def renewed(old: JsonObject, pin: JsonObject) -> dict[str, Any]:
    """The definition `old` around a new pin: what the operator wrote stays, what the old pin said becomes what the new
    one says."""
    server, before = old["run"]["mcp"]["server"], old["run"]["mcp"]["pinned"]
    new = {**old, "run": _run(server, pin)}
    for key, make in (("title", _title), ("description", _description)):
        if old.get(key) == make(before):
            new[key] = make(pin)
    if old["inputSchema"] == narrowed(before["inputSchema"]):
        new["inputSchema"] = narrowed(pin["inputSchema"])
    return new


def _run(server: str, pin: JsonObject) -> dict[str, Any]:
    return {"mcp": {"server": server, "tool": pin["name"], "sha256": digest(pin), "pinned": dict(pin)}}


def _title(pin: JsonObject) -> str:
    return plain(str(pin.get("title") or pin["name"]))[:100] or "a tool"


def _description(pin: JsonObject) -> str:
    text = plain(str(pin.get("description") or pin.get("title") or pin["name"]))
    return (text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1]}…") or "a tool"


def narrowed(schema: JsonObject) -> dict[str, Any]:
    """The server's schema as ours: no argument that is not listed, and an end to every free string."""
    kept = {key: value for key, value in schema.items() if key != "$schema" or value == DIALECT}
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        properties = {name: _bounded(one, schema) for name, one in properties.items()}
    return {**kept, "type": "object", "properties": properties or {}, "additionalProperties": False}


def _bounded(schema: Any, root: JsonObject) -> Any:
    try:
        if not isinstance(schema, Mapping) or "$ref" in schema or not unbounded(schema, root):
            return schema
    except (Unresolved, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return schema  # the linter says what is wrong with it
    if "array" in types_of(schema) and isinstance(schema.get("items"), Mapping):
        return {**schema, "items": {**schema["items"], "maxLength": MAX_TEXT}}
    for key in ("anyOf", "oneOf"):
        if isinstance(schema.get(key), list):
            return {**schema, key: [_bounded(one, root) for one in schema[key]]}
    return {**schema, "maxLength": MAX_TEXT}


# What the linter says of a definition that has a pin


def check_pin(mcp: JsonObject, schema: JsonObject) -> Iterator[Fault]:
    """The faults of `run.mcp`, and of arguments that the server would not know."""
    pin, base = mcp["pinned"], ("run", "mcp")
    try:
        actual = digest(pin)
    except ValueError as error:
        yield Fault((*base, "pinned"), f"it is not JSON: {error}", _AGAIN)
        return
    if actual != mcp["sha256"]:
        yield Fault((*base, "sha256"), "it is not that of `pinned`", _AGAIN)
    if fault := fault_of_pin(pin):
        yield Fault((*base, "pinned"), fault, _AGAIN)
    elif pin["name"] != mcp["tool"]:
        yield Fault((*base, "tool"), f"`pinned` is of {pin['name']!r}", _AGAIN)
    else:
        yield from _check_arguments(pin["inputSchema"], schema)


_AGAIN = "nlops mcp pin SERVER TOOL writes it"


def _check_arguments(theirs: JsonObject, ours: JsonObject) -> Iterator[Fault]:
    known = theirs.get("properties")
    known = known if isinstance(known, Mapping) else {}
    path: Path = ("inputSchema", "properties")
    for name, one in ours["properties"].items():
        if name not in known:
            yield Fault((*path, name), "the server's schema has no such argument", nearest(name, known))
        elif unbounded(one, ours):
            yield Fault((*path, name), "a string of any length and any content", 'bound it: "maxLength" will do')
    for name in theirs.get("required", ()):
        given = ours["properties"].get(name, {})
        if name not in ours.get("required", ()) and "default" not in given:
            yield Fault(("inputSchema", "required"), f"the server wants {name!r}", "require it too")


# What is shown to people


def changes(old: JsonObject, new: JsonObject | None) -> tuple[str, ...]:
    """How a server's definition differs from its pin, as lines of a diff; none where it does not. `new` None: gone."""
    if new is None:
        return ("- the server no longer has this tool",)
    if new.get("twice"):
        return ("+ the server has two tools of this name",)
    try:
        canonical_json(new).encode()
    except ValueError:  # NaN, half of a surrogate pair: from a server everything is possible
        return ("+ the server's definition is not JSON",)
    if canonical_json(old) == canonical_json(new):
        return ()
    lines = difflib.unified_diff(_lines(old), _lines(new), "pinned", "now", n=1, lineterm="")
    return tuple(visible(line) for line in list(lines)[2:] if not line.startswith("@@"))


def _lines(pin: JsonObject) -> list[str]:
    text = json.dumps(pin, ensure_ascii=False, indent=2, sort_keys=True)
    # A description is one line of JSON: taken apart at its ends of lines and sentences, it shows what changed in it.
    return re.sub(r"(?<=[.!?。！？])(?: |(?=[^\x00-\x7f]))|\\n", "\n      ", text).split("\n")


def shortened(lines: tuple[str, ...]) -> str:
    """A difference as a chat can show it."""
    shown = [line if len(line) <= SHOWN_CHARS else f"{line[:SHOWN_CHARS]}…" for line in lines if line[:1] in "+-"]
    more = len(shown) - SHOWN_LINES
    return "\n".join([*shown[:SHOWN_LINES], *([f"… +{more}"] if more > 0 else [])])


def _hides(char: str) -> bool:
    """Whether a character does not show: controls, zero width, direction marks, tags, private use, surrogates."""
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp") and char not in "\n\t"


def visible(text: str) -> str:
    """`text` with what would not show written out: `\\u202e`."""
    return "".join(_written_out(char) if _hides(char) else char for char in text)


def _written_out(char: str) -> str:
    # As JSON writes it, a pair of surrogates beyond the sixteen bits: a JSON text stays what it was.
    return json.dumps(char)[1:-1] if ord(char) > 0x7E else f"\\u{ord(char):04x}"


def plain(text: str) -> str:
    """`text` on one line, without what would not show."""
    return " ".join("".join(" " if _hides(char) else char for char in text).split())
