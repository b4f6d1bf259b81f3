"""The bot's own lines: written by a running bot, read by the monitor that another nlops would have."""

import pytest

from nlops.adapters.wechaty.attached import ScanShown, Started
from nlops.adapters.wechaty.wire import LoggedIn, LoggedOut, MessageCame
from nlops.domain.bots import BackOnline, BotState, LogSign, Notice, OfferQr, SignKind
from nlops.monitor.formats import FORMATS
from nlops.monitor.machine import step
from nlops.monitor.scan import Scanner
from nlops.plugin.own_log import line_of, write
from tests.plugin.world import World, payload, until

FIRST, SECOND = "FirstFirstFirst1", "SecondSecondSec2"


def read(text: str) -> list[LogSign]:
    return Scanner("a", FORMATS["starterbot"]).scan(text.encode())


async def test_what_a_bot_writes_is_read(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Its start, every scan, every login and logout, the second ones too; another bot would offer both codes."""
    world.use(own_lines=True)
    printed = ""

    def out() -> list[LogSign]:
        nonlocal printed
        printed += capsys.readouterr().out
        return read(printed)

    await world.start_bot()
    world.gateway.logout()
    for code in (FIRST, SECOND):
        for status in (2, 3, 4):
            world.gateway.scan(payload(code), status)
        world.gateway.login()
        world.gateway.logout()
    await until(lambda: [sign.kind for sign in out()].count(SignKind.LOGGED_OUT) == 3)
    scanned = [SignKind.WAITING, SignKind.SCANNED, SignKind.CONFIRMED]
    around = [SignKind.LOGGED_IN, SignKind.LOGGED_OUT]
    assert [sign.kind for sign in out()] == [SignKind.STARTED, *around, *scanned, *around, *scanned, *around]
    notices: list[Notice] = []
    state = BotState()
    for at, sign in enumerate(out()):
        state, told = step("a", state, sign, at)
        notices += told
    assert [one.payload for one in notices if isinstance(one, OfferQr)] == [payload(FIRST), payload(SECOND)]
    assert [one.account for one in notices if isinstance(one, BackOnline)] == ["wxid_nlops"] * 2


async def test_switched_off(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Then nothing of it is printed."""
    world.use(own_lines=False)
    await world.start_bot()
    await world.hears("hello")
    assert "StarterBot" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Waiting", SignKind.WAITING),
        ("Timeout", SignKind.TIMEOUT),
        ("Scanned", SignKind.SCANNED),
        ("Confirmed", SignKind.CONFIRMED),
        ("Cancel", SignKind.CANCELLED),
    ],
)
def test_every_status_is_read(status: str, kind: SignKind, capsys: pytest.CaptureFixture[str]) -> None:
    """With the payload where the starter prints one, and only there."""
    write(ScanShown(status, payload(FIRST)))
    (sign,) = read(capsys.readouterr().out)
    assert sign.kind is kind and sign.payload == (payload(FIRST) if status in ("Waiting", "Timeout") else None)


def test_what_has_no_line() -> None:
    """Messages are nobody's business; a scan without a code says so much."""
    assert line_of(MessageCame("1")) is None
    assert line_of(ScanShown("Waiting", "")) == "onScan: Waiting(2)"
    assert line_of(Started()) == "Starter Bot Started."
    assert (line_of(LoggedIn("a")), line_of(LoggedOut("a", ""))) == ("Contact<a> login", "Contact<a> logout")
