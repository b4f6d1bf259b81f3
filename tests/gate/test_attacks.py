"""The attacks on who may and on what was confirmed (attacks.jsonl), each played through the engine.

`setup` says who sends and what holds before, `payload` what is sent; `{{CONFIRM P1}}` is tried in every form that
confirms. What an outcome means is checked for all of its kind, what is special to one in SPECIAL.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nlops.domain.config import AdminConfig, BotConfig
from nlops.domain.effects import AskModel, Log, Record, RunCalls, Say, ShowQr
from nlops.domain.events import NameKnown, RunFinished
from nlops.domain.tools import ProposalState, ToolCall, ToolResult
from tests.engine.play import Play, of
from tests.support import LAN, WEI, make_config, make_setup

ATTACKS = [json.loads(line) for line in Path(__file__).with_name("attacks.jsonl").read_text("utf-8").splitlines()]
SENDERS = {
    "admin": WEI,
    "admin2": LAN,
    "stranger": "wxid_stranger",
    "group_member": "wxid_member",
    "lookalike": "wxid_lookalike",
}
CODE = "7K3F"
CONFIRMS = ("7K3F", "7k3f", "yes 7K3F", "confirm 7K3F", "确认 7K3F", "yes", "确认")
NO_EFFECT = (ProposalState.OPEN, ProposalState.SUPERSEDED, ProposalState.EXPIRED, ProposalState.FINISHED)


def cases() -> Iterator[Any]:
    for attack in ATTACKS:
        is_confirm = "{{CONFIRM" in json.dumps(attack["payload"])
        for form in CONFIRMS if is_confirm else ("",):
            yield pytest.param(attack, form, id=f"{attack['id']}-{form}" if form else attack["id"])


def prepared(attack: Any) -> Play:
    """What holds before, at second 0."""
    names = ("alice", "bob", "archy")
    bots = tuple(BotConfig(name, (Path(f"/nowhere/{name}.log"),)) for name in names)
    admins = (AdminConfig("admin", WEI, "en"), AdminConfig("admin2", LAN, "zh"))
    play = Play(make_setup(make_config(bots=bots, admins=admins)))
    state = attack["setup"]["state"]
    pending = state.get("pending")
    if pending is not None:
        assert pending["by"] == "admin" and pending["ttl_s"] == play.setup.config.policy.ttl_s
        play.propose(ToolCall(pending["tool"], pending["args"]), seconds=-pending["age_s"])
    for _ in state.get("done", ()):
        play.propose(ToolCall("restart", {"bot": "bob"}), seconds=-20)
        (run,) = of(RunCalls, play.say(CODE, seconds=-10))
        play(RunFinished(run.run_id, (ToolResult(True, "bob restarted"),)), -5)
    if "display_name" in state:
        play(NameKnown(SENDERS["lookalike"], state["display_name"]), -1)
    return play


def send(play: Play, attack: Any, form: str) -> tuple[Any, ...]:
    """All effects of the messages of the payload."""
    payload = attack["payload"]
    room = "ops@chatroom" if attack["setup"]["where"] == "group" else None
    effects: tuple[Any, ...] = ()
    for template in [payload] if isinstance(payload, str) else payload:
        text = template.replace("{{CONFIRM P1}}", form)
        assert "{{" not in text
        effects += play.say(text, SENDERS[attack["setup"]["sender"]], room_id=room, is_addressed=room is not None)
    return effects


@pytest.mark.parametrize(("attack", "form"), list(cases()))
def test_attack(attack: Any, form: str) -> None:
    """Nothing runs; who is nobody gets no word, costs no model call and changes nothing; who is an admin is told."""
    play = prepared(attack)
    before = play.state
    effects = send(play, attack, form)
    assert not of(RunCalls, effects) and not of(ShowQr, effects)
    if attack["outcome"] == "ignore":
        assert not of(AskModel, effects) and not of(Say, effects) and not of(Record, effects)
        assert play.state.proposals == before.proposals
    elif attack["outcome"] == "refuse":
        assert len(of(Say, effects)) == 1 and not of(AskModel, effects)
        assert of(Record, effects)[-1].kind == "refused"
    assert all(one.state in NO_EFFECT for one in play.state.proposals)
    SPECIAL[attack["id"]](play, effects)


def logs_the_sender(play: Play, effects: tuple[Any, ...]) -> None:
    (log,) = of(Log, effects)
    assert any(f"{who!r}" in log.text for who in SENDERS.values())
    assert not any(bot.name in log.text for bot in play.setup.config.bots)


def still_good(play: Play, effects: tuple[Any, ...]) -> None:
    """The proposal was left to its owner, who can confirm it now."""
    assert of(RunCalls, play.say(CODE, seconds=1))


def says(*words: str) -> Callable[[Play, tuple[Any, ...]], None]:
    def check(play: Play, effects: tuple[Any, ...]) -> None:
        assert all(word in of(Say, effects)[0].text for word in words), of(Say, effects)

    return check


def is_void(play: Play, effects: tuple[Any, ...]) -> None:
    """A new proposal for bob, with a code of its own; the old code runs nothing, before and after it."""
    (proposed,) = [one for one in of(Record, effects) if one.kind == "proposed"]
    assert proposed.details["calls"] == [{"tool": "restart", "arguments": {"bot": "bob"}}]
    assert "bot = bob" in of(Say, effects)[0].text and "void" in of(Say, effects)[0].text
    assert not of(RunCalls, play.say(CODE, seconds=1))
    (run,) = of(RunCalls, play.say(f"yes {proposed.details['code']}", seconds=2))
    assert run.calls == (ToolCall("restart", {"bot": "bob"}),)
    assert not of(RunCalls, play.say(CODE, seconds=3))


def nothing_more(play: Play, effects: tuple[Any, ...]) -> None:
    """All of it is what every outcome of its kind means."""


SPECIAL: dict[str, Callable[[Play, tuple[Any, ...]], None]] = {
    "A01": logs_the_sender,
    "A02": nothing_more,
    "A03": nothing_more,
    "A04": logs_the_sender,
    "A05": logs_the_sender,
    "A06": logs_the_sender,
    "A07": nothing_more,  # a bare yes hears that nothing is open, a code that it was used
    "A08": nothing_more,  # as well
    "A09": still_good,
    "A10": still_good,
    "A11": still_good,
    "A12": still_good,
    "A13": still_good,
    "A14": is_void,
}


def test_every_attack_is_played() -> None:
    """None of the file is left out."""
    assert [attack["id"] for attack in ATTACKS] == list(SPECIAL) and len(ATTACKS) == 14


def test_what_a_used_and_an_expired_code_hear() -> None:
    """A07 and A08 with the code: what became of it."""
    used, expired = (next(one for one in ATTACKS if one["id"] == wanted) for wanted in ("A07", "A08"))
    says("7K3F", "was run")(play := prepared(used), send(play, used, "yes 7K3F"))
    says("7K3F", "expired")(play := prepared(expired), send(play, expired, "7K3F"))


def test_an_admin_in_an_allowed_room(attack: Any = ATTACKS[2]) -> None:
    """A03 where the operator allowed the room by its id: an order counts where nlops is addressed, and only there."""
    assert attack["id"] == "A03"
    play = prepared(attack)
    config = play.setup.config
    chat = type(config.chat)(config.chat.endpoint, config.chat.token, rooms=("ops@chatroom",))
    play.setup = make_setup(make_config(chat=chat, admins=config.admins, bots=config.bots))
    for room, is_addressed, runs in (("ops@chatroom", True, 1), ("ops@chatroom", False, 0), ("x@chatroom", True, 0)):
        effects = play.say(attack["payload"], WEI, room_id=room, is_addressed=is_addressed)
        assert len(of(RunCalls, effects)) == runs
