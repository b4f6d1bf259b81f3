"""Runs under way: each in a task of its own, call after call, until its end or until it is stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import RunCalls
from nlops.domain.errors import StoreError
from nlops.domain.events import Event, RunFinished
from nlops.domain.tools import ToolCall, ToolResult
from nlops.ports import Runner, Store

log = logging.getLogger("nlops")


class Runs:
    """Knows what goes on. `clean` takes secrets out of what came, before it becomes a message or a file: both leave."""

    def __init__(self, store: Store, clean: Callable[[str], str], put: Callable[[Event], Awaitable[None]]) -> None:
        self._store, self._clean, self._put = store, clean, put
        self._stops: dict[int, asyncio.Event] = {}

    def begin(self, run_id: int) -> None:
        """Before `run` is first scheduled, so that a stop that comes at once is not missed."""
        self._stops[run_id] = asyncio.Event()

    def stop(self, run_id: int) -> None:
        """End a run with all that it started; nothing where it is over already."""
        if run_id in self._stops:
            self._stops[run_id].set()

    async def run(self, effect: RunCalls, runner: Runner) -> None:
        """Run the calls one after the other, stop at the first that fails, or when the run is to end."""
        results: list[ToolResult] = []
        stop, ended = self._stops[effect.run_id], False
        for nth, call in enumerate(effect.calls, 1):
            refusal = await self._refusal(effect, nth)
            if refusal:
                results.append(ToolResult(False, refusal))
                break
            done = await _run_call(runner, effect, call, stop)
            ended = done is None
            result = done or ToolResult(False, phrases.ENDED_BY_STOP.say(effect.language))
            result = replace(result, text=self._clean(result.text), rest=tuple(map(self._clean, result.rest)))
            results.append(result)
            log.info("ran %s: %s", call.tool, "ended" if ended else "ok" if result.ok else "failed")
            if not result.ok:
                break
        del self._stops[effect.run_id]
        await self._put(RunFinished(effect.run_id, tuple(results), ended))

    async def _refusal(self, effect: RunCalls, nth: int) -> str:
        """Note on the disk that a call begins; why it must not, where that can't be noted, or the run is to end."""
        if self._stops[effect.run_id].is_set():
            return phrases.NOT_BEGUN_STOP.say(effect.language)
        try:
            if await self._store.begin_call(effect.run_id, nth):
                return ""
            reason = phrases.BEGUN_BEFORE.say(effect.language)
        except StoreError as error:
            reason = str(error)
        log.error("call %d of run %d was not started: %s", nth, effect.run_id, reason)
        return phrases.NOT_RECORDED.say(effect.language, reason=reason)


async def _run_call(runner: Runner, effect: RunCalls, call: ToolCall, stop: asyncio.Event) -> ToolResult | None:
    """What a call gave; None where it was ended before."""
    running = asyncio.ensure_future(runner.run(call, effect.bots, effect.language))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:  # cancelled too: nothing of it goes on
        for task in (running, stopping):
            task.cancel()
        await asyncio.wait((running, stopping))
    return None if running.cancelled() else running.result()
