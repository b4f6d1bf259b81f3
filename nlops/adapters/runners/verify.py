"""After a run: what must be true then is looked at until it is, or its time is over; what was seen is said."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.processes import Restarted, Seen
from nlops.domain.tools import ToolResult, ToolSpec, Verify
from nlops.domain.words import Language, Sentence
from nlops.toolbox.template import RefusedArgument, fill

EVERY_S = 1.0  # between two looks
COARSE_S = 1.0  # managers tell the start of a process in whole seconds, some rounded up

Look = Callable[[], Awaitable[Seen | Sentence | None]]
Start = Callable[[ToolSpec], Awaitable[ToolResult]]


async def run_and_check(
    tool: ToolSpec, verify: Verify, arguments: Mapping[str, object], start: Start, language: Language
) -> ToolResult:
    """Run, then run the check until it goes well. `start` runs a tool by its `run`."""
    result = await start(tool)
    if not result.ok or verify.run is None:
        return result
    timeout_s = min(tool.timeout_s, verify.within_s)
    check = replace(tool, run=verify.run, output="text", timeout_s=timeout_s, verify=None)
    deadline = time.monotonic() + verify.within_s
    while True:
        seen = await start(check)
        if seen.ok and is_expected(verify.expect, arguments, seen):
            return replace(result, text=_join(result.text, phrases.CHECKED.say(language, seen=_first_line(seen))))
        if time.monotonic() + EVERY_S > deadline:
            fields = {"seconds": f"{verify.within_s:g}", "seen": seen.text.strip() or "—"}
            return ToolResult(False, phrases.NOT_AS_IT_MUST.say(language, **fields), result.exit)
        await asyncio.sleep(EVERY_S)


def is_expected(expect: str | None, arguments: Mapping[str, object], seen: ToolResult) -> bool:
    """Whether what is expected stands in the output, as words of their own: 2 is not in 12."""
    if expect is None:
        return True
    try:
        wanted = fill(expect, arguments)
    except RefusedArgument:
        return False
    if wanted is None:  # an optional argument is absent: nothing is expected of it
        return True
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return any(pattern.search(page) for page in (seen.text, *seen.rest))


def _first_line(seen: ToolResult) -> str:
    return seen.text.strip().partition("\n")[0] or "✓"


def _join(text: str, more: str) -> str:
    return f"{text}\n{more}" if text else more


async def run_and_look(tool: ToolSpec, verify: Verify, look: Look, start: Start, language: Language) -> ToolResult:
    """Run, then look at the bot's process until it is up in another life than before. Its log is read elsewhere, from
    `since` on; where nobody is configured to know the process (`look` gives None), it is all that tells."""
    before, asked_at = await look(), time.time()
    result = await start(tool)
    if not result.ok:
        return result
    if before is None:
        return replace(result, since=asked_at)
    deadline = time.monotonic() + verify.within_s
    while True:
        after = await look()
        if isinstance(after, Seen) and after.is_up and not (isinstance(before, Seen) and after.life == before.life):
            former = before.pid if isinstance(before, Seen) else 0
            done = Restarted(former, after.pid, since(asked_at, after))
            text = phrases.NEW_PROCESS.say(language, bot=tool.called(language), state=done.describe())
            return replace(result, text=_join(result.text, text), since=done.since)
        if time.monotonic() + EVERY_S > deadline:
            seen = after.describe(time.time()) if isinstance(after, Seen) else after
            fields = {"seconds": f"{verify.within_s:g}", "seen": seen}
            return ToolResult(False, phrases.NOT_AS_IT_MUST.say(language, **fields), result.exit)
        await asyncio.sleep(EVERY_S)


def since(asked_at: float, after: Seen) -> float:
    """From when on a log shows the new process: not before the restart was asked for, nor before its start."""
    return max(asked_at, after.started_at_s - COARSE_S)
