"""The demo's bots write what real bots write: literal lines of the real programs, and of the real library."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from nlops.sandbox.botlog import PUPPET_EVENTS, PythonWechaty, StarterBot, drawn
from nlops.sandbox.phone import read_image

NOW = datetime(2026, 11, 22, 9, 5, 7, 45_000)
PAYLOAD = "http://weixin.qq.com/x/gd8oJv2rWqBIYb3dWYZc"


def test_starter_lines() -> None:
    """As brolog 1.14.2 printed them for the starter's calls, with the `toString` of wechaty 1.20.2."""
    bot = StarterBot("bob")
    page = "https://wechaty.js.org/qrcode/http%3A%2F%2Fweixin.qq.com%2Fx%2Fgd8oJv2rWqBIYb3dWYZc"
    assert bot.started(NOW) == ["09:05:07 INFO StarterBot Starter Bot Started."]
    assert bot.scan(NOW, "Waiting", PAYLOAD)[0] == f"09:05:07 INFO StarterBot onScan: Waiting(2) - {page}"
    assert bot.scan(NOW, "Scanned", PAYLOAD) == ["09:05:07 INFO StarterBot onScan: Scanned(3)"]
    assert bot.scan(NOW, "Confirmed", PAYLOAD) == ["09:05:07 INFO StarterBot onScan: Confirmed(4)"]
    assert bot.login(NOW) == ["09:05:07 INFO StarterBot Contact<Bob> login"]
    assert bot.logout(NOW) == ["09:05:07 INFO StarterBot Contact<Bob> logout"]
    assert bot.message(NOW, "Lin", "客服一群", "hi") == [
        "09:05:07 INFO StarterBot Message#Text[🗣Contact<Lin>@👥Room<客服一群>]\thi"
    ]


def test_a_message_is_cut_as_the_starters_cut_it() -> None:
    """70 characters of a message reach the log, no more."""
    (line,) = StarterBot("bob").message(NOW, "Lin", "", "x" * 200)
    assert line.split("\t")[1] == "x" * 70


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the library makes a folder `.wechaty` where one stands."""
    monkeypatch.chdir(tmp_path)


LIBRARY = f"""
from wechaty_puppet import EventLoginPayload, EventLogoutPayload, EventScanPayload, ScanStatus
from wechaty_puppet.logger import get_logger
log = get_logger("Wechaty")
log.info("receive <login> event <%s>", EventLoginPayload(contact_id="wxid_alice"))
log.info("receive <logout> event <%s>", EventLogoutPayload(contact_id="wxid_alice", data="logout"))
log.info("receive <scan> event <%s>", EventScanPayload(status=ScanStatus.Waiting, qrcode={PAYLOAD!r}))
"""


def test_python_wechaty_lines_are_the_librarys(tmp_path: Path) -> None:
    """Login, logout and scan lines are those of python-wechaty's logger and event classes, but for the time."""
    # A process and a folder of its own: the library's loggers are global, and importing it writes into the folder.
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LIBRARY], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    theirs = (printed.stderr + printed.stdout).splitlines()
    bot = PythonWechaty("alice")
    ours = [bot.login(NOW)[0], bot.logout(NOW)[0], bot.scan(NOW, "Waiting", PAYLOAD)[0]]
    stamp = len("2026-11-22 09:05:07,045")
    assert [line[stamp:] for line in ours] == [line[stamp:] for line in theirs]
    assert ours[0][:stamp] == "2026-11-22 09:05:07,045"


def test_python_wechaty_tells_of_the_first_login_only() -> None:
    """wechaty.py:558: later logins of the same process are not logged."""
    bot = PythonWechaty("alice")
    assert len(bot.login(NOW)) == 1
    assert bot.login(NOW) == []


def test_events_are_the_librarys() -> None:
    """The lines of a start name the library's events, in its order."""
    from wechaty_puppet.schemas.puppet import PUPPET_EVENT_DICT

    assert tuple(PUPPET_EVENT_DICT) == PUPPET_EVENTS


def test_the_drawn_code_can_be_scanned() -> None:
    """The half blocks in the log are the code: turned into pixels, a decoder reads the payload."""
    halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    lines = drawn(PAYLOAD)
    image = Image.new("L", (len(lines[0]), 2 * len(lines)), 255)
    for y, line in enumerate(lines):
        for x, char in enumerate(line):
            top, low = halves[char]
            image.putpixel((x, 2 * y), top)
            image.putpixel((x, 2 * y + 1), low)
    wide = Image.new("L", (image.width + 8, image.height + 8), 255)
    wide.paste(image, (4, 4))
    assert read_image(wide.resize((wide.width * 6, wide.height * 6), Image.Resampling.NEAREST)) == PAYLOAD
