"""Targets: names that the operator lists in nlops.toml, each with what it stands for.

A definition that nlops brings along cannot know anybody's databases, sites or folders. A property with `"format":
"target"` takes a name out of `[tools.targets.TOOL]`; what the name stands for is filled in where the tool runs, and
stands in no message, no proposal and no record. So an argument chooses a target, and never makes one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nlops.domain.tools import JsonObject, ToolExample, ToolSpec, digest
from nlops.toolbox.faults import Fault
from nlops.toolbox.template import is_broken_reference

FORMAT = "target"


def target_properties(tool: ToolSpec) -> tuple[str, ...]:
    """The arguments that are names of targets."""
    return tuple(name for name, schema in tool.properties.items() if schema.get("format") == FORMAT)


def check_targets(tool: ToolSpec, targets: Mapping[str, str]) -> Iterator[Fault]:
    """What `[tools.targets.TOOL]` lacks for this tool, or has too much."""
    wanted = target_properties(tool)
    if wanted and not targets:
        mend = f"write [tools.targets.{tool.name}] into nlops.toml: a name, and what it stands for, a line each"
        yield Fault(("inputSchema", "properties", wanted[0]), "no targets are listed for it", mend)
    if targets and not wanted:
        yield Fault(("inputSchema",), f"[tools.targets.{tool.name}] lists targets, and it takes none", "leave them out")
    for name, value in targets.items():
        if is_broken_reference(value):
            found = f"tools.targets.{tool.name}.{name} is no reference"
            yield Fault(("inputSchema",), found, "env:NAME or file:/absolute/path")
        elif value.startswith("-"):
            yield Fault(("inputSchema",), f"tools.targets.{tool.name}.{name} would be read as a flag", "leave the dash")


def with_targets(tool: ToolSpec, targets: Mapping[str, str]) -> ToolSpec:
    """The tool with these targets: its schema lists their names, its examples use them, its digest covers them."""
    wanted = target_properties(tool)
    if not wanted:
        return tool
    names = list(targets)
    listed = {name: {**schema, "enum": names} if name in wanted else schema for name, schema in tool.properties.items()}
    examples = tuple(_renamed(example, wanted, names, at) for at, example in enumerate(tool.examples))
    return replace(
        tool,
        input_schema={**tool.input_schema, "properties": listed},
        examples=examples,
        targets=dict(targets),
        digest=digest([tool.digest, dict(targets)]),
    )


def _renamed(example: ToolExample, wanted: tuple[str, ...], names: list[str], at: int) -> ToolExample:
    """An example of a definition stands for every name: here it gets one that there is."""
    text, arguments = example.text, dict(example.arguments)
    for name in wanted:
        if name in arguments and arguments[name] not in names:
            new = names[at % len(names)]
            text, arguments[name] = text.replace(str(arguments[name]), new), new
    return ToolExample(text, arguments)


def stand_for(tool: ToolSpec, arguments: JsonObject) -> dict[str, object]:
    """The arguments with each target's name replaced by what it stands for; that may still be a reference."""
    wanted = target_properties(tool)
    return {
        name: tool.targets[str(value)] if name in wanted and str(value) in tool.targets else value
        for name, value in arguments.items()
    }
