"""`nlops gateway`, the real command over a mock puppet: Node, gRPC, packages from npm."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from grpclib.client import Channel
from wechaty_grpc.wechaty import PuppetStub

from nlops.domain.errors import LinkError
from tests.adapters.wechaty.gateways import Heard, make_chat, running, until
from tests.gateway.started import MOCK, TOKEN, Started, gateway, make_home, mock_lock, wait_for


class Up:
    """A gateway over the mock puppet that is ready."""

    def __init__(self, home: Path, port: int, started: Started) -> None:
        self.home, self.port, self.started = home, port, started


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("home")
    port = make_home(home)
    with gateway(home, "--puppet", MOCK) as started:
        started.says("Gateway ready on")
        yield Up(home, port, started)


async def connected(port: int) -> None:
    """Until the link knows that nobody is logged in; that is told to who was let in only."""
    async with running(make_chat(port, token=TOKEN)) as heard:
        await until(lambda: any("not logged in" in why for why in heard.why))


async def test_nlops_connects_goes_and_comes_back(up: Up) -> None:
    """The link is accepted with the token of nlops.toml, twice; between, nothing is stopped and nobody logged out."""
    await connected(up.port)
    await connected(up.port)
    assert "not done" not in up.started.said and "logout" not in up.started.said


async def test_a_wrong_token_is_refused(up: Up) -> None:
    """Who does not know it gets no connection, for good."""
    with pytest.raises(LinkError, match="token"):
        await make_chat(up.port, token="insecure_another").run(Heard().deliver)


async def test_a_client_cannot_stop_the_puppet(up: Up) -> None:
    """Stop is answered and not done, the log says so, and the gateway serves on."""
    channel = Channel("127.0.0.1", up.port)
    channel._authority = TOKEN
    await PuppetStub(channel, timeout=10).stop()
    channel.close()
    up.started.says("WARN Gateway not done: a client asked to stop the puppet")
    await connected(up.port)


def test_it_listens_on_loopback_only(up: Up) -> None:
    """The kernel's tables: one listener on that port, at 127.0.0.1 (0100007F)."""
    rows = [line.split() for table in ("tcp", "tcp6") for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{up.port:04X}")]
    assert listening == [f"0100007F:{up.port:04X}"]


def test_the_token_is_in_no_process_table(up: Up) -> None:
    """Neither the arguments nor the environment of nlops and node hold it."""
    pids = [up.started.process.pid, *children(up.started.process.pid)]
    assert len(pids) == 2
    for pid in pids:
        for name in ("cmdline", "environ"):
            assert TOKEN.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_second_one_for_the_same_account_is_refused(up: Up) -> None:
    """One session, one gateway."""
    with gateway(up.home, "--puppet", MOCK) as second:
        assert second.ended() == 1
        assert "another nlops gateway serves the account" in second.said


def test_sigterm_ends_it_in_time_with_the_session_kept(tmp_path: Path) -> None:
    """Exit 0 within the grace that systemd and pm2 give, and the session's file is there, private."""
    make_home(tmp_path)
    with gateway(tmp_path, "--puppet", MOCK) as started:
        started.says("Starter Bot Started.")
        assert started.stop() == 0
        assert "stopped; the session is kept" in started.said
    session = tmp_path / "nlops" / "gateway" / mock_lock().name / "session.json"
    assert session.stat().st_mode & 0o777 == 0o600
    assert session.parent.stat().st_mode & 0o777 == session.parent.parent.stat().st_mode & 0o777 == 0o700


def test_the_end_of_node_is_the_end(tmp_path: Path) -> None:
    """Supervision is somebody else's: where node dies, the exit is 1, and says so."""
    make_home(tmp_path)
    with gateway(tmp_path, "--puppet", MOCK) as started:
        started.says("Starter Bot Started.")
        (node,) = children(started.process.pid)
        os.kill(node, signal.SIGKILL)
        assert started.ended() == 1
        assert "the gateway program ended by itself (exit -9)" in started.said


def test_no_gateway_is_left_behind(tmp_path: Path) -> None:
    """Where nlops is killed outright, node ends by itself."""
    make_home(tmp_path)
    with gateway(tmp_path, "--puppet", MOCK) as started:
        started.says("Starter Bot Started.")
        (node,) = children(started.process.pid)
        started.process.kill()
        wait_for(lambda: not Path(f"/proc/{node}/exe").exists(), 20)


# --- what is refused at once -----------------------------------------------------------------------------------------


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    """Exit 2, before anything else is looked at (tests/adapters/test_node.py has more names)."""
    with gateway(tmp_path, "--puppet=--registry=http://example.com") as started:
        assert started.ended() == 2
        assert "'--registry=http://example.com' is no npm package" in started.said


@pytest.mark.parametrize(
    ("chat", "place"),
    [
        ({"endpoint": "10.1.2.3:8788", "tls": True}, "chat.endpoint: 10.1.2.3 is not this machine"),
        ({"tls": True}, "chat.tls: this gateway speaks plain text"),
        ({"token": "env:NOT_THERE"}, "chat.token: the environment has no NOT_THERE"),
        ({"token": "two words"}, "printable ASCII"),
    ],
)
def test_a_configuration_that_does_not_fit(chat: dict[str, object], place: str, tmp_path: Path) -> None:
    """Exit 2 with the place, before anything is installed."""
    make_home(tmp_path, **chat)
    with gateway(tmp_path) as started:
        assert started.ended() == 2
        assert place in started.said


def test_words_beside_a_configuration(tmp_path: Path) -> None:
    """Two answers to one question are refused; so is a token that all could read in the process table."""
    with gateway(tmp_path, "--token", "a-token-itself") as started:
        assert started.ended() == 2 and "could be read by everybody" in started.said
    make_home(tmp_path)
    with gateway(tmp_path, "--port", "8788") as started:
        assert started.ended() == 2 and "without nlops.toml" in started.said


def test_a_busy_port(tmp_path: Path) -> None:
    """Exit 1, with the port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with gateway(tmp_path, "--port", str(port)) as started:
            assert started.ended() == 1
            assert f"127.0.0.1:{port} cannot be used: Address already in use" in started.said
