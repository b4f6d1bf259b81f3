"""Runs that last: every now and then it is said that they go on, and who asked may stop them.

`stop` (also `停止`), `stop N` where several go on; `cancel` (`取消`) does the same where no proposal waits for an
answer.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, Say, StopRuns
from nlops.domain.events import Moment
from nlops.domain.tools import ProposalState
from nlops.engine.deciding import record_of
from nlops.engine.state import Asker, Running, State, Step
from nlops.replies import show_call
from nlops.understand.fold import fold_strictly

FIRST_S = 30.0
MOST_S = 300.0  # between two words on the same run
_STOP = re.compile(r"(stop|停止|cancel|取消)(?: ?#?(\d{1,9}))?")


def on_tick(state: State, now: Moment) -> Step:
    """Tell of the runs that go on: after 30 s, a minute, two, four, and then every five."""
    lasting: dict[int, tuple[float, float]] = {}
    effects: list[Effect] = []
    for run_id, run in state.running.items():
        began, next_s = state.lasting.get(run_id, (now.monotonic, FIRST_S))
        for_s = now.monotonic - began
        if for_s >= next_s:
            what = ", ".join(show_call(call) for call in run.calls)
            text = phrases.GOES_ON.say(run.asker.language, what=what, seconds=round(for_s))
            effects.append(Say(run.asker.conversation_id, text, "notice"))
            next_s += min(next_s, MOST_S)
        lasting[run_id] = (began, next_s)
    return replace(state, lasting=lasting), tuple(effects)


def on_words(state: State, asker: Asker) -> Step | None:
    """What was said about runs that go on; None where it is about something else."""
    match = _STOP.fullmatch(fold_strictly(asker.words))
    if match is None:
        return None
    mine = {run_id: run for run_id, run in state.running.items() if run.asker.contact_id == asker.contact_id}
    if match[1] in ("cancel", "取消") and match[2] is None and (not mine or _waits(state, asker)):
        return None
    if match[2] is not None:
        mine = {run_id: run for run_id, run in mine.items() if run_id == int(match[2])}
    if not mine:
        return state, (Say(asker.conversation_id, phrases.NOTHING_RUNS.say(asker.language)),)
    if len(mine) > 1:
        return state, (Say(asker.conversation_id, _say_which(mine, asker)),)
    ((run_id, run),) = mine.items()
    record = record_of(asker, "cancelled", run.calls, {"run": run_id, "code": run.code})
    return state, (record, StopRuns((run_id,)))


def _waits(state: State, asker: Asker) -> bool:
    """Whether a proposal is open here: then `cancel` is the answer to it."""
    place = (asker.contact_id, asker.conversation_id)
    return any(
        one.state is ProposalState.OPEN and (one.contact_id, one.conversation_id) == place for one in state.proposals
    )


def _say_which(runs: Mapping[int, Running], asker: Asker) -> str:
    lines = [f"{run_id}. {', '.join(show_call(call) for call in run.calls)}" for run_id, run in runs.items()]
    return phrases.STOP_WHICH.say(asker.language, runs="\n".join(lines), example=next(iter(runs)))
