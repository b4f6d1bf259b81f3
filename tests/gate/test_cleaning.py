"""One place cleans what the service says, sends, records and takes in."""

import pytest

from nlops.domain.chat import ChatMessage
from nlops.domain.effects import Effect, GiveFile, KeepBots, Log, Record, Say, ShowQr
from nlops.domain.tools import ToolResult
from nlops.gate.cleaning import clean_effect, clean_message, clean_result
from nlops.gate.redact import STARS, Redactor

SECRET, PHONE = "the-api-key-of-tests-42", "13800138000"
REDACTOR = Redactor([SECRET])


def record(first: str, second: str, key: str) -> Record:
    calls = [{"arguments": {"to": PHONE, "key": key}}]
    return Record("ran", "wei", "x", {"words": f"{first} {second}", "calls": calls})


@pytest.mark.parametrize(
    ("effect", "cleaned"),
    [
        (Say("x", f"{SECRET} {PHONE}"), Say("x", f"{STARS} {PHONE}")),
        (Say("x", f"{SECRET} {PHONE}", "notice"), Say("x", f"{STARS} {STARS}", "notice")),
        (Say("x", f"{SECRET} {PHONE}", "rescue"), Say("x", f"{STARS} {STARS}", "rescue")),
        (ShowQr("x", "bob", "http://weixin.qq.com/x/A", SECRET), ShowQr("x", "bob", "http://weixin.qq.com/x/A", STARS)),
        (Log("info", f"{SECRET} {PHONE}"), Log("info", f"{STARS} {STARS}")),
        (record(SECRET, PHONE, SECRET), record(STARS, STARS, STARS)),
        (GiveFile("x", "a.txt", b"as it was made"), GiveFile("x", "a.txt", b"as it was made")),
        (KeepBots({}), KeepBots({})),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_effects(effect: Effect, cleaned: Effect) -> None:
    """Secrets go from all of them; a phone number stays where it may be what an admin is to confirm, or confirmed."""
    assert clean_effect(effect, REDACTOR) == cleaned


def test_what_comes_in() -> None:
    """A typed secret goes, a number stays, and nothing else of the message changes."""
    message = ChatMessage("m1", "wxid_wei", None, f"text {PHONE} that {SECRET}", 1.0)
    assert clean_message(message, REDACTOR) == ChatMessage("m1", "wxid_wei", None, f"text {PHONE} that {STARS}", 1.0)


def test_what_a_run_gave() -> None:
    """Text, further pages, the file and its name; the login code, which was asked for, stays."""
    given = ToolResult(True, SECRET, 0, "http://weixin.qq.com/x/A", (f"{SECRET}.txt", SECRET.encode()), (SECRET, PHONE))
    assert clean_result(given, REDACTOR) == ToolResult(
        True, STARS, 0, "http://weixin.qq.com/x/A", (f"{STARS}.txt", STARS.encode()), (STARS, STARS)
    )
