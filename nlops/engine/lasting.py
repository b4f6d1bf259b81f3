"""What lasts: every now and then it is said that a run goes on, and who asked may stop it; and once that a message is
still being read.

`stop` or `cancel` (`停止`, `取消`), with its number where several go on. While a proposal waits here, the word without
a number is the answer to that; and where nothing of theirs goes on, the gate tells the words that stop more.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, Say, StopRuns
from nlops.domain.events import Moment
from nlops.engine.deciding import record_of
from nlops.engine.state import Asker, Running, State, Step
from nlops.gate import confirm
from nlops.replies import show_call
from nlops.understand.fold import fold_strictly

FIRST_S = 5.0  # nobody should wonder whether a word was heard
SECOND_S = 30.0
MOST_S = 300.0  # between two words on the same run
_STOP = re.compile(r"(?:stop|halt|停|停止|停下|住手|cancel|取消)(?: ?#?(\d{1,9}))?")


def on_tick(state: State, now: Moment) -> Step:
    """Tell of the runs that go on: after 5 s, 30 s, a minute, two, four, and then every five; of a message that a model
    reads, after 5 s."""
    state, reading = _tell_of_readers(state, now)
    state, running = _tell_of_runs(state, now)
    return state, (*reading, *running)


def _tell_of_readers(state: State, now: Moment) -> Step:
    """Whoever waits is who asked: a message may take several questions."""
    askers = dict.fromkeys(asker for asker, _ in state.questions.values())
    since = {asker: state.reading.get(asker, now.monotonic) for asker in askers}
    late = [asker for asker, began in since.items() if now.monotonic - began >= FIRST_S]
    told = tuple(Say(one.conversation_id, phrases.STILL_READING.say(one.language), "notice") for one in late)
    return replace(state, reading=since | dict.fromkeys(late, math.inf)), told


def _tell_of_runs(state: State, now: Moment) -> Step:
    lasting: dict[int, tuple[float, float]] = {}
    effects: list[Effect] = []
    for run_id, run in state.running.items():
        began, next_s = state.lasting.get(run_id, (now.monotonic, FIRST_S))
        for_s = now.monotonic - began
        if for_s >= next_s:
            what = ", ".join(show_call(call) for call in run.calls)
            text = phrases.GOES_ON.say(run.asker.language, what=what, seconds=round(for_s))
            effects.append(Say(run.asker.conversation_id, text, "notice"))
            next_s = max(SECOND_S, next_s + min(next_s, MOST_S))
        lasting[run_id] = (began, next_s)
    return replace(state, lasting=lasting), tuple(effects)


def on_words(state: State, asker: Asker) -> Step | None:
    """What was said about runs that go on; None where it is about something else."""
    match = _STOP.fullmatch(fold_strictly(asker.words))
    if match is None:
        return None
    if match[1] is not None and _is_code(state, asker, match[1]):  # digits may be a proposal's code, too
        return None
    mine = {run_id: run for run_id, run in state.running.items() if run.asker.contact_id == asker.contact_id}
    if match[1] is None and (not mine or _waits(state, asker)):  # the gate's to answer
        return None
    if match[1] is not None:
        mine = {run_id: run for run_id, run in mine.items() if run_id == int(match[1])}
    if not mine:
        return state, (Say(asker.conversation_id, phrases.NOTHING_RUNS.say(asker.language)),)
    if len(mine) > 1:
        return state, (Say(asker.conversation_id, _say_which(mine, asker)),)
    ((run_id, run),) = mine.items()
    record = record_of(asker, "cancelled", run.calls, {"run": run_id, "code": run.code})
    return state, (record, StopRuns((run_id,)))


def _is_code(state: State, asker: Asker, number: str) -> bool:
    """Whether a proposal of the asker's, or one that they were asked to approve, has this code."""
    codes = {one.code for one in state.proposals if one.contact_id == asker.contact_id}
    asked = {ask.code for one in state.proposals for ask in one.asks if ask.contact_id == asker.contact_id}
    return number in codes | asked


def _waits(state: State, asker: Asker) -> bool:
    """Whether a proposal waits here: then the word is the answer to it."""
    place = (asker.contact_id, asker.conversation_id)
    return any(one.state in confirm.WAITS and confirm.place_of(one) == place for one in state.proposals)


def _say_which(runs: Mapping[int, Running], asker: Asker) -> str:
    lines = [f"{run_id}. {', '.join(show_call(call) for call in run.calls)}" for run_id, run in runs.items()]
    return phrases.STOP_WHICH.say(asker.language, runs="\n".join(lines), example=next(iter(runs)))
