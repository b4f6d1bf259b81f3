"""Long output: the first page, and the others for who asks."""

from typing import Any

from nlops.domain.config import ChatConfig, Secret
from nlops.domain.effects import GiveFile, RunCalls, Say
from nlops.domain.events import RunFinished
from nlops.domain.tools import ToolResult
from tests.engine.play import Play, of
from tests.support import LAN, WEI, make_config, make_setup

ROOM = "ops@chatroom"


def show(play: Play, *rest: str, who: str = WEI, **place: Any) -> list[str]:
    (run,) = of(RunCalls, play.say("status", who, **place))
    return [one.text for one in of(Say, play(RunFinished(run.run_id, (ToolResult(True, "one", rest=rest),))))]


def test_more() -> None:
    """Page after page, with how many are left; then nothing more."""
    play = Play()
    first = show(play, "two", "three")
    assert first[0] == "one" and "2 more page(s)" in first[1]
    second = [one.text for one in play.say("more")]
    assert second[0] == "two" and "1 more page(s)" in second[1]
    assert [one.text for one in play.say("更多")] == ["three"]
    assert "nothing more" in play.say("more")[0].text


def test_all() -> None:
    """What is left, as a file."""
    play = Play()
    show(play, "two", "three")
    (file,) = play.say("all")
    assert file == GiveFile(WEI, "status.txt", b"two\nthree") and "nothing more" in play.say("all")[0].text


def test_each_person_has_their_own() -> None:
    """Another admin's `more` shows nothing of it; a later run without pages ends them."""
    play = Play()
    show(play, "secret of wei")
    assert "没有更多" in play.say("more", LAN)[0].text
    assert show(play) == ["one"] and "nothing more" in play.say("more")[0].text


def test_in_a_room() -> None:
    """Pages stay where they were asked for; the file goes to the direct chat, and the room hears so."""
    chat = ChatConfig("127.0.0.1:1", Secret("a-token-of-tests"), rooms=(ROOM,))
    play = Play(make_setup(make_config(chat=chat)))
    place: Any = {"room_id": ROOM, "is_addressed": True}
    show(play, "two", **place)
    assert "nothing more" in play.say("more")[0].text
    file, told = play.say("all", **place)
    assert file.conversation_id == WEI and told.conversation_id == ROOM
