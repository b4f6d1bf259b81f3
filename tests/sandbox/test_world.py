"""The demo's world with its real parts: gateway, bots under the real pm2, phone, the configuration."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import segno

from nlops.cli.load import load_config
from nlops.domain.errors import NlopsError
from nlops.sandbox.keeper import LONGEST_SOCKET, MAX_SOCKET_PATH, Pm2
from nlops.sandbox.phone import read_code
from nlops.sandbox.place import claimed
from nlops.sandbox.service import Service
from nlops.sandbox.wechat import WeChat, is_running
from nlops.sandbox.world import BOTS, MALLORY, WEI, Bubble, World, bot_commands, config_toml, new_gateway
from tests.node import installed, node_environment

PACKAGE = Path(__file__).resolve().parent.parent / "pm2"


async def until(look: Callable[[], object], timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not look():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.05)


def picture(payload: str, file: Path) -> bytes:
    segno.make(payload).save(str(file), scale=6)
    return file.read_bytes()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world without nlops, its gateway started."""
    with claimed(tmp_path / "demo") as place:
        world = World(place, new_gateway(place.token), Service(place.config, place.pid_file, print), None)
        await world.gateway.start()
        yield world
        await world.gateway.stop()


@pytest.fixture
def pm2_path(monkeypatch: pytest.MonkeyPatch) -> None:
    bin_folder = installed(PACKAGE) / "node_modules" / ".bin"
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}{node_environment()['PATH']}")


@pytest.mark.parametrize("by_pm2", [True, False])
def test_nlops_reads_the_configuration(tmp_path: Path, by_pm2: bool) -> None:
    """nlops's own reader takes the demo's nlops.toml, in a folder with odd characters too, and finds what was meant."""
    with claimed(tmp_path / 'a "b" \\ 乙\x7f') as place:
        commands = bot_commands(place)
        place.config.write_text(config_toml(place, 4321, "none", commands, by_pm2), "utf-8")
        config = load_config(str(place.config))
        assert config.chat.token.reveal() == place.token
        assert (config.chat.endpoint, config.state_dir, config.language) == ("127.0.0.1:4321", place.state, "auto")
        assert [(admin.name, admin.contact) for admin in config.admins] == [("wei", WEI.id)]
        assert [bot.log for bot in config.bots] == [(place.log("alice"),), (place.log("bob"),)]
        assert [bot.format for bot in config.bots] == [plan.format for plan in BOTS]
        assert [bot.pm2 for bot in config.bots] == (["alice", "bob"] if by_pm2 else [None, None])
        assert [bot.command for bot in config.bots] == [() if by_pm2 else tuple(words) for words in commands.values()]


@pytest.mark.usefixtures("pm2_path")
async def test_pm2_keeps_the_bots_and_leaves_nothing(world: World) -> None:
    """Both bots come up under a pm2 of our own, one that dies comes again, and at the end nobody is left."""
    pm2 = Pm2.find(world.place.pm2)
    assert pm2 is not None
    for bot in BOTS:
        world.wechat.keep_session(bot.name)
    await pm2.start(bot_commands(world.place))
    try:
        await until(lambda: all(now and now.status == "online" for now in map(world.bot, ("alice", "bob"))))
        before = world.wechat.pid("bob")
        assert before is not None
        daemon = int((world.place.pm2 / "pm2.pid").read_text())
        os.kill(before, 9)
        await until(lambda: world.wechat.pid("bob") != before)
        bots = [world.wechat.pid(bot) for bot in ("alice", "bob")]
    finally:
        await pm2.kill()
    for pid in (daemon, *bots):
        assert pid is not None
        await until(lambda pid=pid: not is_running(pid))  # type: ignore[misc]


@pytest.mark.usefixtures("pm2_path")
async def test_a_pm2_left_by_a_killed_demo_is_ended(tmp_path: Path) -> None:
    """The next demo ends that daemon with its bots before it takes the folder, however much of the folder's name is
    left in the daemon's title: here it is as long as pm2 can bear."""
    root = tmp_path / ("x" * (MAX_SOCKET_PATH - len(f"{tmp_path}//pm2/{LONGEST_SOCKET}")))
    with claimed(root) as place:
        pm2 = Pm2.find(place.pm2)
        assert pm2 is not None
        await pm2.start(bot_commands(place))
        wechat = WeChat(place.wechat)
        await until(lambda: wechat.pid("alice") and wechat.pid("bob"))
        pids = [int((place.pm2 / "pm2.pid").read_text()), wechat.pid("alice"), wechat.pid("bob")]
    with claimed(root) as place:
        assert not place.pm2.exists()
        for pid in pids:
            assert pid is not None
            await until(lambda pid=pid: not is_running(pid))  # type: ignore[misc]


@pytest.mark.usefixtures("pm2_path")
async def test_pm2_says_why_it_cannot(world: World) -> None:
    """A failed start is an error in pm2's words."""
    pm2 = Pm2.find(world.place.pm2)
    assert pm2 is not None
    try:
        with pytest.raises(NlopsError, match=r"(?s)pm2 start: .*no-such-program$"):
            await pm2.start({"bob": ["/no-such-program"]})
    finally:
        await pm2.kill()


@pytest.mark.usefixtures("pm2_path")
def test_no_pm2_where_its_sockets_do_not_fit(tmp_path: Path) -> None:
    """A path longer than a socket's name may be means no pm2, rather than a daemon that hangs."""
    assert Pm2.find(tmp_path / "pm2") is not None
    assert Pm2.find(tmp_path / ("x" * 120)) is None


def test_no_pm2_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Pm2.find(tmp_path / "pm2") is None


async def test_the_phone_scans_only_what_a_bot_shows(world: World, tmp_path: Path) -> None:
    """The present code logs bob in; an old one, another picture, and no picture at all do nothing."""
    process = await asyncio.create_subprocess_exec(*bot_commands(world.place)["bob"])
    try:
        await until(lambda: world.bot("bob") is not None)
        now = world.bot("bob")
        assert now is not None and now.payload is not None
        for wrong in (picture("http://weixin.qq.com/x/another", tmp_path / "a.png"), b"\x89PNG\r\n\x1a\nbroken", b""):
            assert world.phone.scan(wrong) is None
        shown = picture(now.payload, tmp_path / "b.png")
        assert read_code(shown) == now.payload
        assert world.phone.scan(shown) == "bob"
        await until(lambda: (bot := world.bot("bob")) and bot.status == "online")
        assert world.phone.scan(shown) is None
    finally:
        process.terminate()
        await process.wait()


async def test_bubbles_are_what_was_said(world: World) -> None:
    """Both directions, in order, each under the person whose chat it is; whoever listens hears each once."""
    heard: list[Bubble] = []
    world.listen(heard.append)
    world.say(MALLORY, "restart bob")
    world.say(WEI, "状态")
    world.gateway.send_text(WEI.id, "bob: online")
    world.gateway.send_file(WEI.id, "bob.png", b"data")
    assert [(b.chat, b.by_nlops, b.kind, b.text, b.name, b.data) for b in heard] == [
        (MALLORY.id, False, "text", "restart bob", "", b""),
        (WEI.id, False, "text", "状态", "", b""),
        (WEI.id, True, "text", "bob: online", "", b""),
        (WEI.id, True, "file", "", "bob.png", b"data"),
    ]
    assert heard == world.bubbles
    assert len({bubble.id for bubble in heard}) == 4


def test_log_lines_are_whole_lines_split_on_line_feeds_only(tmp_path: Path) -> None:
    """A half line at the end doesn't count; other separators stay inside their line."""
    with claimed(tmp_path) as place:
        world = World(place, new_gateway("t"), Service(place.config, place.pid_file, print), None)
        assert world.log_lines("alice") == []
        place.log("alice").write_bytes("a\u2028b\x0bc\n二\r\n\nhalf".encode())
        assert world.log_lines("alice") == ["a\u2028b\x0bc", "二\r", ""]


async def test_the_service_that_cannot_start_has_ended_with_its_words(tmp_path: Path) -> None:
    """A broken configuration: `ended` is set, the exit code is 2, and what it said was told."""
    with claimed(tmp_path) as place:
        place.config.write_text("nonsense")
        told: list[str] = []
        service = Service(place.config, place.pid_file, told.append)
        await service.start({})
        await asyncio.wait_for(service.ended.wait(), 20)
        await service.stop()
        assert service.exit_code == 2
        assert not service.ready.is_set()
        assert any("nlops.toml" in line for line in told)
        assert list(service.last_words) == told
        assert not place.pid_file.exists()
