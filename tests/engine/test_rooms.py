"""Rooms: orders only where the room is allowed, the sender an admin and nlops addressed; no codes, no files."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.bots import SignKind
from nlops.domain.config import AdminConfig
from nlops.domain.effects import AskModel, GiveFile, Log, Record, RunCalls, Say, ShowQr
from nlops.domain.events import ModelAnswered, RecordRefused, RunFinished, SignSeen
from nlops.domain.model import ModelFailure
from nlops.domain.tools import ToolCall, ToolResult
from tests.engine.play import QR, RESTART, Play, of, sign
from tests.support import LAN, MALLORY, WEI, make_config, make_setup

ROOM, OTHER = "ops@chatroom", "friends@chatroom"


def make_play(**changes: Any) -> Play:
    config = make_config(**changes)
    return Play(make_setup(replace(config, chat=replace(config.chat, rooms=(ROOM,)))))


def test_an_order_in_an_allowed_room_is_answered_there() -> None:
    """The run's record names the room, and its result goes where it was asked for."""
    play = make_play()
    record, run = play.say("restart bob", room_id=ROOM, is_addressed=True)
    assert record.details["room"] == ROOM and run.calls == (RESTART,)
    (said,) = of(Say, play(RunFinished(run.run_id, (ToolResult(True, "bob restarted: pid 2."),))))
    assert (said.conversation_id, said.text) == (ROOM, "bob restarted: pid 2.")
    for words in ("help", "enable-qrrescue bob", "restart carol", "yes 7K3F"):
        assert {one.conversation_id for one in of(Say, play.say(words, room_id=ROOM, is_addressed=True))} == {ROOM}


def test_failures_are_told_in_the_room() -> None:
    """Of the model, and of the record."""
    play = make_play()
    asked = of(AskModel, play.say("bob seems down, have a look", room_id=ROOM, is_addressed=True))[0]
    told = of(Say, play(ModelAnswered(asked.question_id, ModelFailure("timeout"))))
    run = of(RunCalls, play.say("restart bob", room_id=ROOM, is_addressed=True))[0]
    told += of(Say, play(RecordRefused("disk full", (run.run_id,))))
    assert [one.conversation_id for one in told] == [ROOM, ROOM]


@pytest.mark.parametrize(
    "changes",
    [
        {"room_id": OTHER, "is_addressed": True},
        {"room_id": ROOM},
        {"room_id": ROOM, "is_addressed": True, "contact_id": MALLORY},
        {"room_id": ROOM, "is_addressed": True, "contact_id": ROOM},
        {"room_id": ROOM, "is_addressed": True, "contact_id": WEI.upper()},
        {"room_id": ROOM, "is_addressed": True, "is_own": True},
        {"room_id": ROOM.upper(), "is_addressed": True},
        {"room_id": ROOM, "kind": "other", "text": ""},
    ],
)
@pytest.mark.parametrize("text", ["restart bob", "how is bob?", "yes", "no", "7K3F", "yes 7K3F", "K7QM-2XWD", "123456"])
def test_all_else_in_rooms_is_nothing(text: str, changes: dict[str, Any]) -> None:
    """Another room, not addressed, a stranger, a look-alike: a line in the log at most, though a direct proposal is
    open."""
    play = make_play()
    play.propose(RESTART)
    before = play.state
    effects = play.say(**{"text": text, "who": WEI, **changes})
    assert all(isinstance(one, Log) for one in effects) and play.state == before


@pytest.mark.parametrize("words", ["yes", "确认", "7K3F", "yes 7k3f", "确认7K3F"])
def test_a_rooms_proposal_is_confirmed_in_that_room(words: str) -> None:
    """By its admin, with or without a mention; the words of others run nothing."""
    play = make_play()
    play.propose(RESTART, place=ROOM)
    for who, where in ((LAN, ROOM), (MALLORY, ROOM), (WEI, OTHER)):
        assert not of(RunCalls, play.say(words, who, room_id=where))
        assert not of(RunCalls, play.say(words, who, room_id=where, is_addressed=True))
    assert of(RunCalls, play.say(words, room_id=ROOM))


@pytest.mark.parametrize("words", ["7K3F", "yes 7K3F", "no 7K3F", "yes", "no"])
@pytest.mark.parametrize(("made", "answered"), [(ROOM, None), (WEI, ROOM)])
def test_a_proposal_is_not_answered_from_elsewhere(made: str, answered: str | None, words: str) -> None:
    """A room's not from the direct chat, and the other way round: told where, where a code was given; still open."""
    play = make_play()
    play.propose(RESTART, place=made)
    before = play.state.proposals
    effects = play.say(words, room_id=answered, is_addressed=answered is not None)
    assert not of(RunCalls, effects) and not of(AskModel, effects) and play.state.proposals == before
    (said,) = of(Say, effects)
    assert said.conversation_id == (answered or WEI) and ("another chat" in said.text) == ("7K3F" in words)


def test_a_wrong_code_in_a_room_is_told_while_one_is_open() -> None:
    """With the word it is meant as an answer; four letters alone may be anything."""
    play = make_play()
    play.propose(RESTART, place=ROOM)
    assert "8M4G" in of(Say, play.say("yes 8M4G", room_id=ROOM))[0].text
    assert play.say("8M4G", room_id=ROOM) == ()
    assert of(Record, play.say("no", room_id=ROOM))[0].kind == "denied"
    assert play.say("no", room_id=ROOM) == () and of(Say, play.say("7K3F", room_id=ROOM))


def test_pictures_and_files_go_into_the_direct_chat() -> None:
    """The room hears one line for all of them, and no payload and no part of a file."""
    play = make_play()
    play.propose(ToolCall("qr", {"bot": "bob"}), ToolCall("tail_logs", {"bot": "bob", "lines": 500}), place=ROOM)
    run = of(RunCalls, play.say("yes", room_id=ROOM))[0]
    log = "Last 500 lines of bob's log:\n" + "secret\n" * 1000
    results = (ToolResult(True, "bob's login code:", qr=QR), ToolResult(True, log, file=("bob.log", b"secret")))
    effects = play(RunFinished(run.run_id, results))
    assert [(type(one), one.contact_id) for one in of(ShowQr, effects)] == [(ShowQr, WEI)]
    assert [one.conversation_id for one in of(GiveFile, effects)] == [WEI, WEI]
    in_room = [one.text for one in of(Say, effects) if one.conversation_id == ROOM]
    assert in_room == ["Login codes and files go into your direct chat with me; it is there."]


def test_notices_go_to_direct_chats_only() -> None:
    """A room never sees a code by itself."""
    shown = make_play()(SignSeen(sign(SignKind.WAITING, QR)))
    assert {one.contact_id for one in of(ShowQr, shown)} == {WEI, LAN}


@pytest.mark.parametrize("code", ["K7QM-2XWD", "k7qm2xwd", "Ｋ７ＱＭ－２ＸＷＤ", "123456", "１２３４５６"])
@pytest.mark.parametrize("who", [WEI, MALLORY])
@pytest.mark.parametrize("room", [ROOM, OTHER])
def test_codes_that_show_who_one_is_count_for_nothing_in_rooms(code: str, who: str, room: str) -> None:
    """Nobody is paired by them; it is logged, without the code, and an admin hears in their direct chat where one-time
    codes belong."""
    play = make_play(admins=(AdminConfig("wei", WEI), AdminConfig("lan", None)))
    log, *said = play.say(code, who, room_id=room, is_addressed=True)
    assert isinstance(log, Log) and "code" in log.text and code not in log.text
    is_told = who == WEI and room == ROOM and "-" not in code and code[:1] in "1１"
    assert [one.conversation_id for one in said] == ([WEI] if is_told else []) and code not in repr(said)
