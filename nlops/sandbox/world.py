"""The demo's world: a folder, a gateway with its people, two bots, a phone, and the real nlops as a child process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from nlops.sandbox.gateway import LocalGateway, Sent
from nlops.sandbox.keeper import Pm2, bot_command
from nlops.sandbox.phone import Phone
from nlops.sandbox.place import Place
from nlops.sandbox.service import Service
from nlops.sandbox.wechat import BotNow, WeChat


@dataclass(frozen=True)
class Person:
    """Somebody who can write to nlops."""

    id: str
    name: str
    is_admin: bool = False


@dataclass(frozen=True)
class BotPlan:
    """A bot of the demo. `account` is the name that its log shows at a login."""

    name: str
    format: str
    aliases: tuple[str, ...]
    account: str


WEI = Person("wxid_wei", "wei", is_admin=True)
MALLORY = Person("wxid_mallory", "mallory")
PEOPLE = (WEI, MALLORY)
ROOM = "ops@chatroom"
BOTS = (
    BotPlan("alice", "python-wechaty", ("爱丽丝",), "wxid_alice"),
    BotPlan("bob", "starterbot", ("鲍勃", "bobby"), "Bob"),
)


@dataclass(frozen=True)
class Bubble:
    """Something that was said. `chat` is the person whose talk with nlops it belongs to; `by_nlops` says which side."""

    id: str
    chat: str
    by_nlops: bool
    kind: Literal["text", "file"]
    text: str
    at: float
    name: str = ""
    data: bytes = field(default=b"", repr=False)


class World:
    """Everything around nlops, and its levers: say, scan, log out. `listen` hears every bubble."""

    def __init__(self, place: Place, gateway: LocalGateway, service: Service, pm2: Pm2 | None) -> None:
        self.place, self.gateway, self.service, self.pm2 = place, gateway, service, pm2
        self.wechat = WeChat(place.wechat)
        self.phone = Phone(self.wechat, tuple(bot.name for bot in BOTS))
        self.bubbles: list[Bubble] = []
        self._listeners: list[Callable[[Bubble], None]] = []
        gateway.on_sent(self._sent)

    def listen(self, listener: Callable[[Bubble], None]) -> None:
        self._listeners.append(listener)

    @property
    def is_linked(self) -> bool:
        """Whether nlops is on the line. What is written before is lost: a gateway keeps nothing."""
        return self.gateway.clients > 0

    def say(self, person: Person, text: str) -> Bubble:
        """`person` writes to nlops in a direct chat."""
        message_id = self.gateway.receive(person.id, text)
        return self._add(Bubble(message_id, person.id, False, "text", text, time.time()))

    def bot(self, name: str) -> BotNow | None:
        return self.wechat.seen(name)

    def log_lines(self, bot: str) -> list[str]:
        """All of a bot's log, as whole lines."""
        try:
            text = self.place.log(bot).read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return []
        # Split on the line feed only: a message may hold other separators.
        return text.split("\n")[:-1]

    def _sent(self, sent: Sent) -> None:
        self._add(Bubble(sent.id, sent.conversation_id, True, sent.kind, sent.text, sent.at, sent.name, sent.data))

    def _add(self, bubble: Bubble) -> Bubble:
        self.bubbles.append(bubble)
        for listener in self._listeners:
            listener(bubble)
        return bubble


def config_toml(place: Place, port: int, provider: str, commands: Mapping[str, Sequence[str]], by_pm2: bool) -> str:
    """The demo's nlops.toml. JSON strings and lists are TOML ones too."""
    lines = [
        "# Written by `nlops demo`, anew at every start.",
        f"state_dir = {_toml(str(place.state))}",
        'language = "auto"',
        "",
        "[chat]",
        f'endpoint = "127.0.0.1:{port}"',
        f"token = {_toml(f'file:{place.token_file}')}",
        "",
        "[model]",
        f"provider = {_toml(provider)}",
        "",
        "[[admin]]",
        f"name = {_toml(WEI.name)}",
        f"contact = {_toml(WEI.id)}",
    ]
    for bot in BOTS:
        keeper = f"pm2 = {_toml(bot.name)}" if by_pm2 else f"command = {_toml(list(commands[bot.name]))}"
        lines += ["", "[[bot]]", f"name = {_toml(bot.name)}", f"aliases = {_toml(list(bot.aliases))}"]
        lines += [f"log = {_toml(str(place.log(bot.name)))}", f"format = {_toml(bot.format)}"]
        lines += ['login_test = "#ping"', f"account = {_toml(bot.account)}", keeper]
    lines += ["", "[tools]", 'enable = ["qr", "restart", "tail_logs", "status"]']
    lines += ["", "[policy]", 'confirm = "natural-language"', "ttl_s = 120", ""]
    return "\n".join(lines)


def _toml(value: str | list[str]) -> str:
    # A JSON string is a TOML basic string, but for the one control character that JSON leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def bot_commands(place: Place) -> dict[str, list[str]]:
    return {bot.name: bot_command(bot.name, bot.format, place.log(bot.name), place.wechat) for bot in BOTS}


def new_gateway(token: str) -> LocalGateway:
    """The gateway with nlops's account logged in, and its people."""
    gateway = LocalGateway(token)
    for person in PEOPLE:
        gateway.add_contact(person.id, person.name, friend=person.is_admin)
    gateway.add_room(ROOM, "ops", [person.id for person in PEOPLE])
    gateway.login()
    return gateway


@asynccontextmanager
async def opened(place: Place, tell: Callable[[str], None], provider: str = "embedded") -> AsyncIterator[World]:
    """Bring the world up, nlops included, and take all of it down at the end. `tell` gets what nlops prints."""
    gateway = new_gateway(place.token)
    port = await gateway.start()
    pm2 = Pm2.find(place.pm2)
    commands = bot_commands(place)
    place.config.write_text(config_toml(place, port, provider, commands, pm2 is not None), "utf-8")
    world = World(place, gateway, Service(place.config, place.pid_file, tell), pm2)
    for bot in BOTS:
        # Both have logged in once, long ago: they start without a scan.
        world.wechat.keep_session(bot.name)
        place.log(bot.name).touch(mode=0o600)
    try:
        if pm2 is not None:
            await pm2.start(commands)
        await world.service.start(pm2.env if pm2 else {})
        yield world
    finally:
        await _close(world)


async def _close(world: World) -> None:
    """In this order: nlops leaves while its gateway is there, then nobody restarts the bots, then the gateway."""
    await world.service.stop()
    if world.pm2 is not None:
        await world.pm2.kill()
    await world.gateway.stop()


def keeper_line(world: World) -> str:
    """Who keeps the bots running, in one line."""
    if world.pm2 is not None:
        return "alice and bob are kept by pm2, which has a home of its own here."
    return "No pm2 here: nlops itself keeps alice and bob running."


async def linked(world: World, timeout_s: float) -> bool:
    """Wait until nlops is on the line; False where it ended or the time is up."""
    end = time.monotonic() + timeout_s
    while not world.is_linked:
        if world.service.ended.is_set() or time.monotonic() > end:
            return False
        await asyncio.sleep(0.1)
    return True
