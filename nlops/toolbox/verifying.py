"""What must be true after a run, and the host that it runs on, as a definition says them."""

from collections.abc import Iterator, Mapping
from typing import Any

from nlops.toolbox.faults import Fault, nearest
from nlops.toolbox.leaves import is_bot, leaves
from nlops.toolbox.runs import check_run
from nlops.toolbox.template import LOOKALIKE, names_in

_RUN_KEYS = ("argv", "http", "python", "cwd", "user", "env")


def check_verify(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults of `verify`: those that a run of it would have, and what it says of bots and of its output."""
    verify, schema = raw["verify"], raw["inputSchema"]
    if "bot" in verify:
        yield from _check_bot(("verify", "bot"), verify["bot"], schema)
        return
    run = {key: verify[key] for key in _RUN_KEYS if key in verify}
    for fault in check_run({"run": run, "inputSchema": schema}):
        if fault.path[:1] == ("run",):  # what it says of the arguments is said of the run already
            yield Fault(("verify", *fault.path[1:]), fault.found, fault.mend, fault.level)
    expect = verify.get("expect", "")
    if (odd := LOOKALIKE.search(expect)) is not None:
        yield Fault(("verify", "expect"), f"{odd[0]!r} is no placeholder", "one is {name}, the name of a property")
    for name in names_in(expect):
        if name not in schema["properties"]:
            mend = nearest(name, schema["properties"])
            yield Fault(("verify", "expect"), f"{{{name}}} is no property of inputSchema", mend)


def check_host(raw: Mapping[str, Any]) -> Iterator[Fault]:
    """The faults of `host`: a placeholder in it is a bot."""
    if names_in(raw.get("host", "")):
        yield from _check_bot(("host",), raw["host"], raw["inputSchema"])


def _check_bot(path: tuple[str, ...], text: str, schema: Mapping[str, Any]) -> Iterator[Fault]:
    (name,) = names_in(text)
    if name not in schema["properties"]:
        mend = nearest(name, schema["properties"])
        yield Fault(path, f"{{{name}}} is no property of inputSchema", mend)
    elif not all(is_bot(leaf) for leaf in leaves(schema["properties"][name], schema)):
        yield Fault(path, f"{{{name}}} is no bot", 'give the property "format": "bot"')
