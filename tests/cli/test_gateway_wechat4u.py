"""`nlops gateway` with wechat4u from the shipped lock: what would cost a scan upstream, and does not here."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.cli.gateway import find_access
from nlops.domain.bots import SignKind
from tests.adapters.wechaty.gateways import free_port
from tests.gateway.local_wechat import LocalWechat
from tests.gateway.started import gateway, make_home, signs, wait_for


def test_without_configuration_and_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is made once, kept private, shown as a line for nlops.toml and nowhere itself; the gateway comes up, says
    that WeChat is away, and goes on trying."""
    port, nowhere = free_port(), f"http://127.0.0.1:{free_port()}"
    with gateway(tmp_path, "--port", str(port), https_proxy=nowhere, HTTPS_PROXY=nowhere) as started:
        started.says(f"Gateway ready on 127.0.0.1:{port}", seconds=300)
        started.says("a login code: no connection", times=2)
        assert started.stop() == 0
    token = tmp_path / "nlops" / "gateway" / "token"
    text = token.read_text().strip()
    assert f'token = "file:{token}"' in started.said and "trying again in" in started.said
    assert len(text) > 40 and token.stat().st_mode & 0o777 == 0o600 and text not in started.said
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_access(Namespace(config=None, port=None, token=None)).token.reveal() == text


@pytest.fixture
def wechat() -> Iterator[LocalWechat]:
    local = LocalWechat()
    yield local
    local.stop()


def keep_session(home: Path, wechat: LocalWechat) -> Path:
    folder = home / "nlops" / "gateway" / "wechaty-puppet-wechat4u"
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(wechat.session())
    return folder / "session.json"


def test_the_login_outlives_an_outage_and_restarts(wechat: LocalWechat, tmp_path: Path) -> None:
    """WeChat away at the start: the session is kept and tried again, and logs in without a scan once WeChat is back. A
    contact's words that upstream takes for an order to leave, a stop and a new start cost nothing either."""
    make_home(tmp_path)
    session = keep_session(tmp_path, wechat)
    with gateway(tmp_path) as started:
        started.says("Gateway ready on", seconds=300)
        started.says("the session: no connection", seconds=40)  # upstream gives it up after 60 s
        wechat.start()
        started.says("StarterBot Contact<ops> login")
        wechat.message = "🌚 🌚🌚 🌚🌚 🌚"
        wait_for(lambda: wechat.calls.count("webwxinit") >= 2, 20)
        assert started.stop() == 0
    assert json.loads(session.read_text())[LocalWechat.SLOT]["PROP"]["uin"] == "1"
    with gateway(tmp_path) as started:
        started.says("StarterBot Contact<ops> login")
        assert started.stop() == 0
        assert signs(started.said) == [SignKind.STARTED, SignKind.LOGGED_IN]
    assert not {"webwxlogout", "jsLogin"} & set(wechat.calls)


def test_a_session_that_is_over_asks_for_a_scan(wechat: LocalWechat, tmp_path: Path) -> None:
    """Where WeChat says that the account logged out, there is a code at once, and the session is forgotten."""
    make_home(tmp_path)
    session = keep_session(tmp_path, wechat)
    wechat.session_is_valid = False
    wechat.start()
    with gateway(tmp_path) as started:
        started.says("onScan: Waiting(2)", seconds=300)
        assert signs(started.said) == [SignKind.STARTED, SignKind.WAITING]
        assert json.loads(session.read_text()) == {}
