"""Runs under way: each in a task of its own, call after call, until its end or until it is stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import RunCalls
from nlops.domain.events import Event, RunFinished
from nlops.domain.tools import ToolResult
from nlops.ports import Runner

log = logging.getLogger("nlops")


class Runs:
    """Knows what goes on. `clean` takes secrets out of what came, before it becomes a message or a file: both leave."""

    def __init__(self, clean: Callable[[str], str], put: Callable[[Event], Awaitable[None]]) -> None:
        self._clean, self._put = clean, put
        self._calls: dict[int, asyncio.Future[ToolResult] | None] = {}
        self._stopped: set[int] = set()

    def begin(self, run_id: int) -> None:
        """Before `run` is first scheduled, so that a stop that comes at once is not missed."""
        self._calls[run_id] = None

    async def run(self, effect: RunCalls, runner: Runner) -> None:
        """Run the calls one after the other, stop at the first that fails."""
        results: list[ToolResult] = []
        try:
            for call in effect.calls:
                result = await self._run_one(effect, runner, len(results))
                clean = self._clean
                result = replace(result, text=clean(result.text), rest=tuple(map(clean, result.rest)))
                results.append(result)
                log.info("ran %s: %s", call.tool, "ok" if result.ok else "failed")
                if not result.ok:
                    break
        finally:
            self._calls.pop(effect.run_id, None)
            self._stopped.discard(effect.run_id)
        await self._put(RunFinished(effect.run_id, tuple(results)))

    async def _run_one(self, effect: RunCalls, runner: Runner, at: int) -> ToolResult:
        stopped = ToolResult(False, phrases.RUN_STOPPED.say(effect.language))
        if effect.run_id in self._stopped:
            return stopped
        going = asyncio.ensure_future(runner.run(effect.calls[at], effect.bots, effect.language))
        self._calls[effect.run_id] = going
        try:
            return await going
        except asyncio.CancelledError:
            if effect.run_id in self._stopped:
                return stopped
            raise  # the service ends

    def stop(self, run_id: int) -> None:
        """End a run with all that it started; nothing where it is over already."""
        if run_id in self._calls:
            self._stopped.add(run_id)
            going = self._calls[run_id]
            if going is not None:
                going.cancel()
