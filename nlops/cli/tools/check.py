"""`nlops tools check`: every fault of every definition: file, place, what was found, what would do; with `--ask`, what
the model makes of its examples."""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from nlops.adapters.definitions import definitions_in
from nlops.cli.definitions import check_file
from nlops.cli.resources import data_path
from nlops.cli.score import Verdict
from nlops.cli.tools import examples
from nlops.domain.errors import UsageError
from nlops.domain.tools import ToolSpec
from nlops.toolbox.definition import Linted
from nlops.toolbox.faults import Fault, errors_of
from nlops.toolbox.names import check_keywords_apart


def run_check(args: argparse.Namespace) -> int:
    """1 where there is an error, or an example that was asked and is not understood; warnings alone leave it 0."""
    files = _files([Path(word) for word in args.words] or [data_path("tools")])
    linted = {file: check_file(file) for file in files}
    twins = _twins(linted.values())
    found = {file: (*one.faults, *twins.get(str(file), ()), *_same_name(file, files)) for file, one in linted.items()}
    well = [one.tool for file, one in linted.items() if one.tool is not None and not errors_of(found[file])]
    if not args.json:
        for file, one in linted.items():
            _print(file, one.tool, found[file])
    verdicts = examples.try_examples(well, args.config) if args.ask else []
    if args.json:
        rows = [_row(file, one.tool, found[file], verdicts if args.ask else None) for file, one in linted.items()]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for line in examples.report(verdicts) if args.ask else ():
            print(line)
    is_well = len(well) == len(linted) and all(verdict.correct for verdict in verdicts)
    return 0 if is_well else 1


def _files(paths: Sequence[Path]) -> list[Path]:
    files = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise UsageError(f"there is no {path}")
        files += definitions_in(path) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"there is no definition (*.json) in {', '.join(map(str, paths))}")
    return [file.absolute() for file in files]


def _twins(linted: Iterable[Linted]) -> dict[str, list[Fault]]:
    found: dict[str, list[Fault]] = {}
    tools: list[ToolSpec] = [one.tool for one in linted if one.tool is not None]
    for tool, fault in check_keywords_apart(tools):
        found.setdefault(tool.file, []).append(fault)
    return found


def _same_name(file: Path, files: list[Path]) -> list[Fault]:
    shipped = data_path("tools") / file.name
    others = [other for other in files[: files.index(file)] if other.stem == file.stem]
    others += [shipped] if shipped.exists() and shipped != file and shipped not in others else []
    return [Fault(("name",), f"{file.stem!r} is already defined in {other}", "rename one") for other in others[:1]]


def _row(
    file: Path, tool: ToolSpec | None, faults: Sequence[Fault], verdicts: Sequence[Verdict] | None
) -> dict[str, object]:
    asked = {"examples": examples.rows(verdicts, tool)} if verdicts is not None and tool is not None else {}
    return {
        "file": str(file),
        "tool": tool.name if tool else None,
        "risk": tool.policy.risk if tool else None,
        "faults": [
            {"place": fault.place, "level": fault.level, "found": fault.found, "mend": fault.mend} for fault in faults
        ],
        **asked,
    }


def _print(file: Path, tool: ToolSpec | None, faults: Sequence[Fault]) -> None:
    if tool is not None and not errors_of(faults):
        print(f"ok  {file}  {tool.name} ({tool.policy.risk})")
    for fault in faults:
        print(f"{'bad' if fault.level == 'error' else 'hm '} {file}: {fault.place}: {fault}")
