"""The gateway's program over a puppet that plays a script, and the log of what happens: another nlops can read it."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from nlops.adapters.gateway import GatewayProcess, Order, put_beside
from nlops.adapters.node import installed
from nlops.cli.gateway_log import GatewayLog
from nlops.cli.resources import cache_dir, data_path
from nlops.domain.bots import SignKind
from nlops.domain.config import Secret
from nlops.domain.errors import GatewayError
from nlops.monitor.formats import FORMATS
from nlops.monitor.scan import Scanner
from tests.adapters.wechaty.gateways import free_port
from tests.gateway.started import TOKEN, mock_lock, signs
from tests.node import the_node

PAYLOAD = "https://login.weixin.qq.com/l/4aJ78Mkc5g=="
TESTS = Path(__file__).resolve().parent.parent
SCRIPTED = TESTS / "gateway" / "scripted.mjs"
EXAMPLES = TESTS.parent / "examples"


@dataclass(frozen=True)
class Played:
    """What a run left: its log, what it drew, what libraries and puppet printed, and the process, ended."""

    log: str
    screen: str
    noise: list[str]
    process: GatewayProcess


def play(session: Path, *script: str, until_event: str = "login") -> Played:
    """Run the script; at the first `until_event` the program is asked to end."""
    program = put_beside(data_path("gateway"), installed(mock_lock(), cache_dir() / "node", the_node(), print))
    shutil.copy(SCRIPTED, program.parent)
    noise: list[str] = []
    log = GatewayLog(out := StringIO(), screen := StringIO())
    order = Order(free_port(), Secret(TOKEN), "./scripted.mjs", session)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRIPT", json.dumps(script))
        process = GatewayProcess(program, the_node(), order, noise.append)
    try:
        for event in process.events():
            log.tell(event)
            if event["event"] == until_event:
                process.stop()
    finally:
        process.close()
    return Played(out.getvalue(), screen.getvalue(), noise, process)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, Played]:
    """A run that logs in, and one after it with the same session."""
    session = tmp_path_factory.mktemp("session") / "session.json"
    return play(session, "scan", "login"), play(session, "scan", "login")


class TestTwoRuns:
    """A login with a scan, and a start after it."""

    def test_another_nlops_can_read_the_log(self, runs: tuple[Played, Played]) -> None:
        """Start, code, scan and login are signs of `starterbot`, with the payload; a nickname makes no line of its
        own."""
        log = runs[0].log
        read = Scanner("ops", FORMATS["starterbot"]).scan(log.encode())
        kinds = [SignKind.STARTED, SignKind.WAITING, SignKind.SCANNED, SignKind.LOGGED_IN]
        assert [sign.kind for sign in read] == kinds
        assert read[1].payload == PAYLOAD
        assert all(re.match(r"\d\d:\d\d:\d\d (INFO|WARN) (StarterBot|Gateway) ", line) for line in log.splitlines())

    def test_the_code_on_the_screen_is_the_code(self, runs: tuple[Played, Played]) -> None:
        """What is drawn is read back by a QR reader: blocks are white, the rest is black."""
        import zxingcpp
        from PIL import Image

        rows = [line for line in runs[0].screen.splitlines() if set(line) <= set("█▀▄ ") and "█" in line]
        halves = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
        picture = Image.new("L", (len(rows[0]), 2 * len(rows)))
        for y, row in enumerate(rows):
            for x, char in enumerate(row):
                for half in (0, 1):
                    picture.putpixel((x, 2 * y + half), halves[char][half])
        large = picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST)
        assert [code.text for code in zxingcpp.read_barcodes(large)] == [PAYLOAD]

    def test_a_restart_costs_no_scan(self, runs: tuple[Played, Played]) -> None:
        """The second run logs in from the session alone; neither run stopped the puppet or logged out."""
        assert signs(runs[1].log) == [SignKind.STARTED, SignKind.LOGGED_IN]
        assert not [line for run in runs for line in run.noise if line.startswith("PUPPET")]


def test_a_start_that_fails_is_tried_again(tmp_path: Path) -> None:
    """In words, after a pause; a rejected promise that nobody waits for ends nothing."""
    log = play(tmp_path / "session.json", "refuse", "reject", "login").log
    assert "WARN Gateway the puppet does not start: not yet; trying again in 2 s" in log
    assert log.index("not yet; trying") < log.index(" login")


def test_an_exception_is_the_end_and_is_shown(tmp_path: Path) -> None:
    """Where the program dies, the last lines say of what."""
    played = play(tmp_path / "session.json", "die", until_event="never")
    with pytest.raises(GatewayError, match="this is the end"):
        played.process.raise_for_end()


def test_a_broken_session_is_put_aside(tmp_path: Path) -> None:
    """What is no JSON is kept beside, told, and the account asked to scan."""
    (tmp_path / "session.json").write_text('{"login": ')
    log = play(tmp_path / "session.json", "scan", "login").log
    assert "is no session and was put aside" in log and SignKind.WAITING in signs(log)
    assert (tmp_path / "session.json.broken").read_text() == '{"login": '
    assert json.loads((tmp_path / "session.json").read_text()) == {"login": "wxid_ops"}


DRIVE = """
const { transformFileSync } = require('@swc/core')
const { EventEmitter } = require('node:events')
const options = { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }
const example = {}
new Function('exports', transformFileSync(process.argv[1], options).code)(example)
const bot = new EventEmitter()
example.logForNlops(bot)
bot.emit('scan', process.argv[2], 2)
bot.emit('scan', '', 3)
bot.emit('scan', '', 4)
bot.emit('login', { toString: () => 'Contact<ops\\n09:00:00 INFO StarterBot Contact<mallory> logout>' })
bot.emit('logout', { toString: () => 'Contact<ops>' })
"""


def test_the_example_for_typescript_bots_is_read() -> None:
    """examples/log-lines.ts, run: every event is one line that the format reads, the payload whole."""
    packages = installed(data_path("gateway"), cache_dir() / "node", the_node(), print)
    command = [str(the_node().program), "-e", DRIVE, str(EXAMPLES / "log-lines.ts"), PAYLOAD]
    done = subprocess.run(command, cwd=packages, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    read = Scanner("ops", FORMATS["starterbot"]).scan(done.stdout.encode())
    kinds = ["started", "waiting", "scanned", "confirmed", "logged_in", "logged_out"]
    assert [sign.kind.value for sign in read] == kinds and read[1].payload == PAYLOAD
