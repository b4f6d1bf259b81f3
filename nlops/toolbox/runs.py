"""How a tool runs, as its definition says it: placeholders that exist, places that are safe, nothing that runs code."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from nlops.domain.tools import JsonObject
from nlops.toolbox.faults import Fault, Path, nearest, warning
from nlops.toolbox.inputs import endless, unbounded
from nlops.toolbox.leaves import dashed, is_free, leaves, types_of
from nlops.toolbox.pins import check_pin
from nlops.toolbox.programs import check_program
from nlops.toolbox.template import LOOKALIKE, PLACEHOLDER, is_broken_reference, names_in, reference_in

# Variables by which a program loads code, or finds other programs.
_LOADERS = re.compile(
    r"LD_.*|DYLD_.*|GCONV_PATH|PYTHON.*|NODE_.*|PERL5.*|PERLLIB|RUBY.*|LUA_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|BASH_.*|ENV|"
    r"IFS|SHELL.*|PS4|PROMPT_COMMAND|PATH|GIT_SSH.*|GIT_EXEC_PATH|GIT_CONFIG.*|GIT_.*EDITOR|EDITOR|VISUAL|.*PAGER|BROWSER"
)
_SECRET_HEADER = re.compile(r"(?i)authorization|.*(?:token|secret|api-?key|password).*")
_OPERATORS = frozenset(("|", "||", "&", "&&", ";", ">", ">>", "<", "<<", "2>", "2>&1", "&>"))
_EXPANDED = re.compile(r"\$\(|`|\$[A-Z_]{2,}|\$\{|^~/|2>&1")
_SCRIPT = "one program a tool; write a script for more, and name that"
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def check_run(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults of `run`, in a definition whose parts have the shape of one."""
    run, schema = raw["run"], raw["inputSchema"]
    yield from _check_environment(run.get("env", {}))
    if "argv" in run:
        yield from _check_placeholders(run["argv"], ("run", "argv"), schema)
        yield from _check_argv(run["argv"], schema)
    elif "http" in run:
        yield from _check_http(run["http"], schema)
    elif "python" in run:
        yield from _check_python(run["python"])
    elif "mcp" in run:
        yield from check_pin(run["mcp"], schema)
    yield from _check_use(run, schema)


def strings_in(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Every string of a JSON value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from strings_in(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from strings_in(inner, (*path, at))


def _check_placeholders(value: object, path: Path, schema: JsonObject) -> Iterator[Fault]:
    for place, text in strings_in(value, path):
        odd = LOOKALIKE.search(text)
        if odd is not None:
            yield Fault(place, f"{odd[0]!r} is no placeholder", "one is {name}, with the name of a property")
            continue
        for name in names_in(text):
            if name not in schema["properties"]:
                mend = nearest(name, schema["properties"])
                yield Fault(place, f"{{{name}}} is no property of inputSchema", mend)


def _check_use(run: Mapping[str, Any], schema: JsonObject) -> Iterator[Fault]:
    if "argv" not in run and "http" not in run:
        return
    used = {name for _, text in strings_in(run, ()) for name in names_in(text)}
    for name in schema["properties"]:
        if name not in used:
            yield warning(("inputSchema", "properties", name), "no placeholder uses it", "use it, or leave it out")
            continue
        yield from _check_bound(name, schema)


def _check_bound(name: str, schema: JsonObject) -> Iterator[Fault]:
    path: Path = ("inputSchema", "properties", name)
    if unbounded(schema["properties"][name], schema):
        yield Fault(path, "a string of any length and any content", 'bound it: "enum", "pattern" or "maxLength"')
    elif endless(schema["properties"][name], schema):
        yield warning(path, "its pattern lets texts of any length through", 'give it a "maxLength" too')


# Commands


def _check_argv(argv: list[str], schema: JsonObject) -> Iterator[Fault]:
    program = argv[0]
    where: Path = ("run", "argv", 0)
    if "\0" in "".join(argv):
        yield Fault(("run", "argv"), "found a NUL character", "no argument can hold one")
    if PLACEHOLDER.search(program):
        yield Fault(where, "the program itself cannot be an argument", "name it")
    elif not program.startswith("/") and re.search(r"[\s;|&$<>`/\\]", program):
        mend = "an absolute path or a bare name, and each argument as its own item; there is no shell"
        yield Fault(where, f"{program!r} is a shell line or a relative path", mend)
    elif program.startswith("-"):
        yield Fault(where, f"{program!r} is no program", "an absolute path or a bare name")
    else:
        yield from check_program(argv, _is_open(schema))
    for at, item in enumerate(argv):
        if item in _OPERATORS:
            yield Fault(("run", "argv", at), f"{item!r} is a shell's, and there is no shell", _SCRIPT)
        elif at and _EXPANDED.search(item):
            yield warning(("run", "argv", at), f"{item!r} is passed on as it stands: there is no shell", _SCRIPT)
        yield from _check_item(("run", "argv", at), item, schema)


def _properties_of(item: str, schema: JsonObject) -> list[tuple[str, JsonObject]]:
    return [(name, schema["properties"][name]) for name in names_in(item) if name in schema["properties"]]


def _is_open(schema: JsonObject) -> Callable[[str], bool]:
    """Whether free text could come into an item."""

    def is_open(item: str) -> bool:
        return any(is_free(leaf) for _, one in _properties_of(item, schema) for leaf in leaves(one, schema))

    return is_open


def _check_item(path: Path, item: str, schema: JsonObject) -> Iterator[Fault]:
    is_open = _is_open(schema)
    for name, one in _properties_of(item, schema):
        if any(types_of(leaf) & {"object"} for leaf in leaves(one, schema)):
            yield Fault(path, f"{{{name}}} is an object, which is no argument", "take it apart into properties")
    before = item[: item.find("{")]
    if not before:
        yield from _check_dashes(path, item, schema)
    elif not before.strip("-") and is_open(item):
        yield Fault(path, f"free text in {item!r} chooses the flag", "write the flag out")
    authority = _AUTHORITY.match(item)
    if authority and is_open(authority[0]):
        yield Fault(path, f"free text in {item!r} chooses the host", "list the hosts in an enum")


def _check_dashes(path: Path, item: str, schema: JsonObject) -> Iterator[Fault]:
    """Values that would begin an item with a dash: those of the placeholders with nothing but placeholders before."""
    lead = re.match(rf"(?:{PLACEHOLDER.pattern})*", item)
    for name, one in _properties_of(lead[0] if lead else "", schema):
        for leaf in leaves(one, schema):
            if (bad := dashed(leaf)) is not None:
                mend = f"leave it out, or give the item a fixed beginning, as in {'--' + name + '={' + name + '}'!r}"
                yield Fault(path, f"{{{name}}} may be {bad!r}, which would be read as a flag", mend)
            elif _may_be_negative(leaf):
                mend = f"write {'--' + name + '={' + name + '}'!r}"
                yield warning(path, f"a number below nought of {{{name}}} is refused: it looks like a flag", mend)


def _may_be_negative(leaf: JsonObject) -> bool:
    if "enum" in leaf or not types_of(leaf) & {"number", "integer"}:
        return False
    least = [leaf[key] for key in ("minimum", "exclusiveMinimum") if isinstance(leaf.get(key), int | float)]
    return bool(least) and max(least) < 0


def _check_environment(env: Mapping[str, str]) -> Iterator[Fault]:
    for name, value in env.items():
        if _LOADERS.fullmatch(name):
            yield Fault(("run", "env", name), "it decides what code is loaded", "name programs by absolute paths")
        yield from _check_reference(("run", "env", name), value)
        if PLACEHOLDER.search(value):
            yield Fault(("run", "env", name), "an argument has no place in the environment", "give it as an argument")


def _check_reference(path: Path, value: str) -> Iterator[Fault]:
    if is_broken_reference(value):
        yield Fault(path, f"{value!r} is no reference", "env:NAME or file:/absolute/path")


# Requests


def _check_http(http: Mapping[str, Any], schema: JsonObject) -> Iterator[Fault]:
    base: Path = ("run", "http")
    for key in ("url", "headers", "body"):
        yield from _check_placeholders(http.get(key), (*base, key), schema)
    if not http["url"].isascii() or not http["url"].isprintable() or not _has_port(http["url"]):
        yield Fault((*base, "url"), f"found {http['url']!r}", "plain ASCII (percent-encoded), and a port up to 65535")
    query = http["url"].partition("?")[2]
    if any(PLACEHOLDER.search(pair.partition("=")[0]) for pair in query.split("&")):
        yield Fault((*base, "url"), "a placeholder in the name of a query field", "only in its value: ?name={name}")
    if "body" in http and http.get("method", "GET") in ("GET", "HEAD"):
        yield Fault((*base, "body"), f"{http.get('method', 'GET')} has no body", '"method": "POST"')
    for name, value in http.get("headers", {}).items():
        path = (*base, "headers", name)
        yield from _check_reference(path, value)
        if name.casefold() in ("host", "content-length", "transfer-encoding", "connection"):
            yield Fault(path, "nlops writes this line itself", "leave it out")
        elif not (value.isascii() and value.isprintable()):
            yield Fault(path, "found what no header line can hold", "plain ASCII on one line")
        elif _SECRET_HEADER.fullmatch(name) and reference_in(value) is None:
            yield warning(path, "a secret in plain words", "env:NAME or file:/absolute/path")
        elif reference_in(value) and http["url"].startswith("http:") and not http.get("private"):
            yield warning(path, "a secret over plain http", "https")


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


# Functions


def _check_python(target: str) -> Iterator[Fault]:
    top = target.partition(":")[0].partition(".")[0]
    if top in sys.stdlib_module_names or top in ("nlops", "builtins"):
        found = f"{target!r} belongs to {'nlops' if top == 'nlops' else 'Python'} itself"
        yield Fault(("run", "python"), found, "write a function of your own, in a file beside this one")
