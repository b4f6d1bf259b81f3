"""Functions in a process of their own: a crash, a hang or a leak harms nothing here."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlops.adapters.process import MAX_OUTPUT_BYTES, run_command
from nlops.adapters.runners.argv import surroundings_of
from nlops.adapters.runners.outputs import MAX_FILE_BYTES, failed, present
from nlops.adapters.runners.secrets import NoSecret
from nlops.domain import run_phrases as phrases
from nlops.domain.tools import PythonRun, ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.redact import Redactor

_CHILD = Path(__file__).with_name("python_child.py")


async def run_python(
    tool: ToolSpec, run: PythonRun, arguments: Mapping[str, object], language: Language, known: Sequence[str] = ()
) -> ToolResult:
    """Call the function in a child; the arguments go in as JSON, what it returns comes out. `known` as for a
    command."""
    try:
        around, secrets = surroundings_of(tool, run)
    except NoSecret as error:
        return ToolResult(False, error.sentence.say(language))
    order = {"folder": str(Path(tool.file).parent), "module": run.module, "function": run.function}
    finished = await run_command(
        # -I: neither the working folder nor PYTHONPATH says what is imported. -B: nothing is written beside it.
        [sys.executable, "-I", "-B", str(_CHILD)],
        tool.timeout_s,
        merge_stderr=False,
        stdin=json.dumps({**order, "arguments": dict(arguments)}).encode(),
        around=around,
        max_output_bytes=MAX_OUTPUT_BYTES if tool.output == "text" else MAX_FILE_BYTES,
    )
    redactor = Redactor((*secrets, *known))
    if finished.exit == 0:
        return present(tool, finished.output, language, 0, redactor)
    reason = finished.reason or (phrases.FAILED.of() if finished.exit == 1 else phrases.CRASHED.of(exit=finished.exit))
    return failed(tool, reason.say(language), finished.output, finished.exit, redactor)
