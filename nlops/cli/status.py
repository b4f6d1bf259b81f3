"""`nlops status`: the states of the bots as the service last kept them, what their process managers say, who the admins
are, how the model is, and what the gate holds back."""

import argparse
import asyncio
import time
from collections.abc import Iterator

from nlops.adapters.budget import DAY_S
from nlops.adapters.managers import make_managers
from nlops.adapters.presets import shown_name
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore, open_existing
from nlops.cli.load import load_catalogue, load_config
from nlops.cli.pair import who_is
from nlops.domain.config import Config, ModelConfig
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal, ProposalState
from nlops.domain.words import Language
from nlops.gate.hours import ends_at
from nlops.gate.policy import contacts_of
from nlops.gate.rules import HOUR_S
from nlops.replies import show_call


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops status -c /etc/nlops.toml"


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    catalogue = load_catalogue(config)
    store = open_existing(config.state_dir)
    try:
        bots, contacts = store.bots(), contacts_of(config.admins, store.contacts())
        gate = [model_line(config.model, store, time.time()), *_gate(config, store, time.time())]
    finally:
        store.close()
    runner = ToolRunner(config, catalogue, make_managers())
    language: Language = "zh" if config.language == "zh" else "en"
    print(asyncio.run(runner.status(bots, language)))
    for admin in config.admins:
        print(f"admin {admin.name}: {who_is(admin, contacts)}")
    for line in gate:
        print(line)
    return 0


_MODEL = {"ready": "answers", "starting": "is starting; keywords work", "stopped": "not started: nlops is down"}


def model_line(config: ModelConfig, store: SqliteStore, now: float) -> str:
    """The model's name, how it is, and what it has used of today's tokens (UTC; the embedded one costs none)."""
    if config.provider == "none":
        return "model: none; keywords only"
    kept = store.model_state()
    if kept is None:
        state = "never started yet"
    else:
        trouble = f"no answer ({kept.state}{f': {kept.detail}' if kept.detail else ''}); keywords work"
        state = f"{_MODEL.get(kept.state, trouble)}, since {_show(kept.at)}"
    line = f"model {shown_name(config)}: {state}"
    if config.provider == "embedded":
        return line
    used = store.tokens_of(int(now // DAY_S))
    spent = "; spent, free text is read again at 00:00 UTC" if used >= config.daily_tokens else ""
    return f"{line}; {used:,} of {config.daily_tokens:,} tokens today{spent}"


def _gate(config: Config, store: SqliteStore, now: float) -> Iterator[str]:
    """A line for each thing that holds changes or news back, or waits."""
    standing = store.standing()
    if standing.stopped is not None:
        since = _show(standing.stopped.at)
        yield f"stopped: everything that changes something, by {standing.stopped.by} since {since}; “resume” in chat"
    if config.policy.read_only:
        yield "read-only: policy.read_only in nlops.toml"
    yield from _mutes(config, standing, now)
    most = config.policy.changes_per_hour
    used = sum(len(one.calls) for one in store.decided(now - HOUR_S))
    if most is not None or used:
        yield f"changes in the last hour: {used}{f' of {most}' if most is not None else ''}"
    for one in store.proposals():
        yield from _proposal(one, now)


def _mutes(config: Config, standing: Standing, now: float) -> Iterator[str]:
    names = {bot.name for bot in config.bots}
    mutes = {bot: one for bot, one in standing.mutes.items() if one.until > now and bot in names}
    for bot, one in mutes.items():
        held = sum(one.held.values())
        by = f"muted by {one.by}" if one.by else "in a maintenance window"
        yield f"{bot}: {by} until {_show(one.until)}, {held} message(s) held back"
    offset_s = time.localtime(now).tm_gmtoff
    for window in config.maintenance:
        until = ends_at(window.hours, now, offset_s)
        for bot in sorted(set(window.bots or names) - set(mutes)) if until is not None else ():
            yield f"{bot}: in a maintenance window until {_show(until or now)}"


def _proposal(one: Proposal, now: float) -> Iterator[str]:
    """One that waits, runs, or ended nobody knows how. No codes: they are for the chat."""
    calls = "; ".join(map(show_call, one.calls))
    if one.state in (ProposalState.OPEN, ProposalState.AWAITING) and one.until > now:
        what = "waits for a confirmation" if one.state is ProposalState.OPEN else "waits for a second factor"
        yield f"{what}: {calls} ({one.admin}, {one.until - now:.0f} s left)"
    elif one.state is ProposalState.RUNNING:
        yield f"running: {calls} ({one.admin}, since {_show(one.decided_at)}; unless nlops is down)"
    elif one.state is ProposalState.UNKNOWN and now - one.decided_at < 24 * HOUR_S:
        yield f"not known how it ended: {calls} ({one.admin}, {_show(one.decided_at)})"


def _show(wall: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(wall))
