"""Pairing as it is lived: `nlops run` and `nlops pair` as processes, over gRPC, with a login that changes every id."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from nlops.adapters.sqlite import SqliteStore
from nlops.domain.chat import KnownContact
from nlops.sandbox.gateway import LocalGateway

TOKEN = "a-token-of-tests"
ROOM = "ops@chatroom"
CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:{port}"
token = "a-token-of-tests"
rooms = ["ops@chatroom"]
[model]
provider = "none"
[[admin]]
name = "wei"
pairing = true
[[bot]]
name = "bob"
log = "bob.log"
"""


async def nlops(*words: str) -> str:
    """What a command prints; it must be well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nlops", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, error.decode()
    return out.decode()


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[None]:
    """The service, from its `ready` on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nlops", "run", "-c", str(config), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        while line := await asyncio.wait_for(process.stdout.readline(), 60):
            if line == b"nlops: ready\n":
                break
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0


@asynccontextmanager
async def gateway_with(*people: tuple[str, str], port: int = 0) -> AsyncIterator[tuple[LocalGateway, int]]:
    """A gateway that is logged in and knows these people, by id and name; and its port."""
    gateway = LocalGateway(TOKEN)
    for contact_id, name in people:
        gateway.add_contact(contact_id, name)
    gateway.add_room(ROOM, "ops", [contact_id for contact_id, _ in people])
    gateway.login()
    port = await gateway.start(port=port)
    try:
        yield gateway, port
    finally:
        await gateway.stop()


async def until(what: Callable[[], bool], seen: Callable[[], object]) -> None:
    """Wait until `what` holds; thirty seconds are a failure, not a measure."""
    for _ in range(1500):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never came true; seen: {seen()}")


async def heard(gateway: LocalGateway, conversation_id: str, words: str) -> None:
    """Wait until these words were said there."""
    await until(
        lambda: any(words in one.text for one in gateway.sent if one.conversation_id == conversation_id),
        lambda: gateway.sent,
    )


async def logged(config: Path, words: str, times: int = 1) -> None:
    """Wait until the service's log says so, so many times."""
    log = config.parent / "state" / "nlops.log"
    await until(lambda: log.read_text("utf-8").count(words) >= times, lambda: log.read_text("utf-8"))


async def remembered(config: Path, contact: KnownContact) -> None:
    """Wait until wei's contact is in the store, name and all."""
    store = SqliteStore(config.parent / "state")
    try:
        await until(lambda: store.contacts().get("wei") == contact, store.contacts)
    finally:
        store.close()


async def code_for(config: Path) -> str:
    """A code as a person copies it from the terminal."""
    match = re.match(r"([0-9A-Z]{4}-[0-9A-Z]{4})\n", await nlops("pair", "wei", "-c", str(config)))
    assert match
    return match[1]


async def test_a_person_is_paired_and_after_a_login_that_changed_the_ids_again(tmp_path: Path) -> None:
    """A stranger gets nothing, a room's code nothing; the code in the direct chat binds. Then every id is another one:
    who bears the name hears what to do and has no right before the second code."""
    config = tmp_path / "nlops.toml"
    (tmp_path / "bob.log").touch()
    async with AsyncExitStack() as stack:
        async with gateway_with(("@wei-1", "薇"), ("@eve-1", "eve")) as (gateway, port):
            config.write_text(CONFIG.format(port=port))
            await stack.enter_async_context(running(config))
            await _first_pairing(gateway, config)
        async with gateway_with(("@wei-2", "薇"), ("@eve-2", "eve"), port=port) as (gateway, _):
            await _second_pairing(gateway, config)
    assert "admin wei: paired with @wei-2" in await nlops("status", "-c", str(config))
    assert (await nlops("audit", "tail", "-c", str(config))).count("wei paired") == 2
    assert "the chain holds" in await nlops("audit", "verify", "-c", str(config))


async def _first_pairing(gateway: LocalGateway, config: Path) -> None:
    await logged(config, "no admin is paired yet")
    code = await code_for(config)
    gateway.receive("@eve-1", "K7QM-2XWD")
    gateway.receive("@wei-1", code, room_id=ROOM, mentions=["wxid_nlops"])
    gateway.receive("@wei-1", "status")
    await logged(config, "ignored a message of '@wei-1'")
    assert not gateway.sent
    gateway.receive("@wei-1", code.lower())
    await heard(gateway, "@wei-1", "This contact is now wei")
    gateway.receive("@eve-1", code)
    gateway.receive("@wei-1", "status")
    await heard(gateway, "@wei-1", "bob: ")
    gateway.receive("@wei-1", "@nlops status", room_id=ROOM, mentions=["wxid_nlops"])
    await heard(gateway, ROOM, "bob: ")
    await logged(config, "gave a pairing code that is not open", 2)
    assert not [one for one in gateway.sent if one.conversation_id == "@eve-1"]
    await remembered(config, KnownContact("@wei-1", "薇"))


async def _second_pairing(gateway: LocalGateway, config: Path) -> None:
    await logged(config, "wei's contact is unknown to the chat account")
    for contact in ("@eve-2", "@wei-2"):
        gateway.receive(contact, "status")
    await heard(gateway, "@wei-2", "nlops pair")
    gateway.receive("@wei-2", await code_for(config))
    await heard(gateway, "@wei-2", "This contact is now wei")
    gateway.receive("@wei-2", "status")
    await heard(gateway, "@wei-2", "bob: ")
    assert not [one for one in gateway.sent if one.conversation_id == "@eve-2"]
