"""Tool definitions: JSON text in; a ToolSpec out, or every fault with its JSON path and what would do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlops.domain.errors import ToolError
from nlops.domain.tools import (
    ArgvRun,
    BuiltinRun,
    HttpRun,
    McpRun,
    PythonRun,
    Risk,
    Run,
    ToolExample,
    ToolPolicy,
    ToolSpec,
    Verify,
    digest,
)
from nlops.domain.words import in_both, language_of
from nlops.toolbox.arguments import validator_of
from nlops.toolbox.faults import Fault, Path, errors_of, warning
from nlops.toolbox.inputs import check_inputs
from nlops.toolbox.leaves import Unresolved
from nlops.toolbox.names import check_names
from nlops.toolbox.runs import check_run
from nlops.toolbox.shape import check_shape
from nlops.toolbox.text import BadText, read_text
from nlops.toolbox.verifying import check_host, check_verify


@dataclass(frozen=True)
class Linted:
    """What the linter says of one file. `tool` is None where a fault is an error."""

    tool: ToolSpec | None
    faults: tuple[Fault, ...] = ()


def parse_definition(text: str, file: str) -> ToolSpec:
    """Read one definition, strictly. `file` is for the error and must be named after the tool. Raises ToolError."""
    linted = lint(text, file)
    if linted.tool is None:
        raise error_of(linted.faults, file)
    return linted.tool


def error_of(faults: tuple[Fault, ...], file: str) -> ToolError:
    """One error that tells all of the faults; its place is the first one's."""
    first, *others = errors_of(faults)
    more = "".join(f"\n{file}: {fault.place}: {fault}" for fault in others)
    return ToolError(file, first.place, f"{first}{more}")


def lint(text: str, file: str) -> Linted:
    """Everything that is wrong with one definition."""
    try:
        raw = read_text(text)
    except BadText as error:
        return Linted(None, (error.fault,))
    faults = tuple(dict.fromkeys(_find(raw, file)))
    if errors_of(faults) or not isinstance(raw, dict):
        return Linted(None, faults)
    return Linted(_build(raw, file), faults)


def _find(raw: object, file: str) -> Iterator[Fault]:
    """Each part is looked at where its shape is right, so that one fault does not hide the others."""
    shape = list(check_shape(raw))
    yield from shape
    if not isinstance(raw, dict):
        return

    def is_well(*keys: str) -> bool:
        # What is missing or extra in a part is told, and leaves the rest of the part readable.
        bad = [fault.path for fault in shape]
        return all(key in raw and (key,) not in bad and not any(_breaks(key, path) for path in bad) for key in keys)

    if is_well("name") and ("keywords" not in raw or is_well("keywords")) and isinstance(raw.get("run", {}), dict):
        yield from check_names(raw, file.rsplit("/", 1)[-1].removesuffix(".json"))
    if not is_well("inputSchema"):
        return
    inputs = list(check_inputs(raw["inputSchema"]))
    yield from inputs
    if errors_of(inputs):
        return
    if is_well("run"):
        try:
            yield from check_run(raw)
            if is_well("host"):
                yield from check_host(raw)
            if is_well("verify"):
                yield from check_verify(raw)
        except Unresolved as error:
            yield Fault(("inputSchema",), str(error), "write the schema here")
    if "examples" not in raw or is_well("examples"):
        yield from _check_examples(raw)


def _breaks(key: str, path: Path) -> bool:
    return len(path) > 0 and path[0] == key


def _check_examples(raw: Mapping[str, Any]) -> Iterator[Fault]:
    validator = validator_of(raw["inputSchema"])
    examples = raw.get("examples", ())
    for at, example in enumerate(examples):
        for error in validator.iter_errors(example["arguments"]):
            yield Fault(("examples", at, "arguments", *error.absolute_path), error.message, "mend one of the two")
    for language, name in (("en", "English"), ("zh", "Chinese")):
        if not any(language_of(example["text"]) == language for example in examples):
            yield warning(("examples",), f"none in {name}", "free text is understood by examples; four do well")


def _policy(raw: Mapping[str, Any]) -> ToolPolicy:
    given, hints = raw.get("policy"), raw.get("annotations", {})
    if given is None and "mcp" in raw["run"]:
        return ToolPolicy("change", "always")  # a server's hints are its own; until somebody decides, every call waits
    if given is None:
        # The contract: risk follows the annotations, and what says nothing of itself is a change.
        destroys = hints.get("destructiveHint", False) and not hints.get("readOnlyHint", False)
        risk: Risk = "read" if hints.get("readOnlyHint", False) else "destroy" if destroys else "change"
        return ToolPolicy(risk, "always" if risk == "destroy" else None)
    auth = given.get("auth", "none")
    return ToolPolicy(
        given["risk"],
        given.get("confirm", "always" if given["risk"] == "destroy" else None),
        tuple(auth) if isinstance(auth, list) else () if auth == "none" else (auth,),
    )


def _run(raw: Mapping[str, Any]) -> Run:
    if "argv" in raw:
        return ArgvRun(tuple(raw["argv"]), raw.get("cwd"), raw.get("user"), tuple(raw.get("env", {}).items()))
    if "http" in raw:
        http = raw["http"]
        return HttpRun(
            http.get("method", "GET"),
            http["url"],
            tuple(http.get("headers", {}).items()),
            http.get("body"),
            http.get("show"),
            http.get("private", False),
        )
    if "python" in raw:
        module, _, function = raw["python"].partition(":")
        return PythonRun(module, function, raw.get("cwd"), raw.get("user"), tuple(raw.get("env", {}).items()))
    if "mcp" in raw:
        mcp = raw["mcp"]
        return McpRun(mcp["server"], mcp["tool"], mcp["pinned"])
    return BuiltinRun(raw["builtin"])


def _verify(raw: Mapping[str, Any] | None) -> Verify | None:
    if raw is None:
        return None
    within_s = raw.get("within_s", Verify.within_s)
    if "bot" in raw:
        return Verify(bot=raw["bot"].strip("{}"), within_s=within_s)
    run = _run(raw)
    assert not isinstance(run, BuiltinRun | McpRun)  # noqa: S101  the schema of `verify` has no such keys
    return Verify(run, expect=raw.get("expect"), within_s=within_s)


def _build(raw: Mapping[str, Any], file: str) -> ToolSpec:
    title, title_zh = in_both(raw.get("title", raw["name"]))
    return ToolSpec(
        name=raw["name"],
        title=title,
        title_zh=title_zh,
        description=raw["description"],
        input_schema=raw["inputSchema"],
        run=_run(raw["run"]),
        policy=_policy(raw),
        keywords=tuple(raw.get("keywords", ())),
        examples=tuple(ToolExample(one["text"], one["arguments"]) for one in raw.get("examples", ())),
        timeout_s=raw.get("timeout_s", 30.0),
        max_lines=raw.get("output", {}).get("max_lines", 500),
        output=raw.get("output", {}).get("as", "text"),
        file=file,
        digest=digest(raw),
        verify=_verify(raw.get("verify")),
        host=raw.get("host"),
    )
