"""Commands: a program and its arguments as a list, in a folder, as a user, with a small environment."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlops.adapters.process import MAX_OUTPUT_BYTES, Surroundings, run_command
from nlops.adapters.runners.outputs import MAX_FILE_BYTES, failed, present
from nlops.adapters.runners.secrets import NoSecret, resolve
from nlops.domain import run_phrases as phrases
from nlops.domain.tools import ArgvRun, PythonRun, ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.redact import Redactor
from nlops.toolbox.command import build_argv
from nlops.toolbox.template import RefusedArgument


async def run_argv(
    tool: ToolSpec, run: ArgvRun, arguments: Mapping[str, object], language: Language, known: Sequence[str] = ()
) -> ToolResult:
    """Run a command to its end. `known` are secrets that what it prints must not show, beside its own."""
    try:
        argv = build_argv(run.argv, arguments)
        around, secrets = surroundings_of(tool, run)
    except (RefusedArgument, NoSecret) as error:
        return ToolResult(False, error.sentence.say(language))
    program = shutil.which(argv[0])
    if program is None:
        return ToolResult(False, phrases.NO_PROGRAM.say(language, program=argv[0]))
    most = MAX_OUTPUT_BYTES if tool.output == "text" else MAX_FILE_BYTES
    merge = tool.output == "text"  # a warning in the middle of a picture would break it
    finished = await run_command(
        [program, *argv[1:]], tool.timeout_s, around=around, max_output_bytes=most, merge_stderr=merge
    )
    redactor = Redactor((*secrets, *known))
    if finished.exit == 0:
        return present(tool, finished.output, language, 0, redactor)
    reason = finished.reason or phrases.EXIT_CODE.of(exit=finished.exit)
    return failed(tool, reason.say(language), finished.output, finished.exit, redactor)


def surroundings_of(tool: ToolSpec, run: ArgvRun | PythonRun) -> tuple[Surroundings, list[str]]:
    """Where it runs, and the secrets in its environment. Raises NoSecret."""
    env, secrets = resolve(run.env)
    folder = Path(run.cwd) if run.cwd else Path(tool.file).parent if tool.file else None
    return Surroundings(folder, run.user, env), secrets
