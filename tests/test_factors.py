"""Second factors from end to end: the service, a gateway over gRPC, SQLite, providers over HTTP, a tool that demands
them. The attacks are played in the chat, as an attacker would."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlops.domain.config import (
    AdminConfig,
    AuthyConfig,
    BotConfig,
    ChatConfig,
    HttpSms,
    PolicyConfig,
    Secret,
    ToolPolicyConfig,
)
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.gate.audit import AuditRecord, verify
from nlops.gate.totp import code_at, step_at
from tests.providers import ACCOUNT, SERVICE, TOKEN, Server, Twilio, takes_all
from tests.serving import StuckModel, World, until
from tests.support import LAN, MALLORY, WEI

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PHONE = "+8613800138000"
ROOM = "ops@chatroom"
RESTARTED = "has a new process"
ATTACKS = [json.loads(line) for line in (Path(__file__).parent / "attacks" / "auth.jsonl").read_text().splitlines()]


class Curious:
    """A model that is asked nothing here, and remembers what it was asked all the same."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    start = stop = StuckModel.start
    renew = StuckModel.renew

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        self.asked.append(str(request))
        return ModelFailure("off", "")


class Ops(World):
    """A world in which a restart demands factors, and providers that deliver them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sms, self.twilio, self.model = Server(takes_all), Twilio(), Curious()
        self.verify = Server(self.twilio)
        self.auth: tuple[str, ...] = ("totp",)

    def factored(self) -> dict[str, Any]:
        """What `service` changes of the configuration."""
        form = (("to", Secret("{phone}")), ("text", Secret("{text}")))
        return {
            "admins": (AdminConfig("wei", WEI, "en", Secret(SECRET), PHONE), AdminConfig("lan", LAN, "zh")),
            "bots": (BotConfig("bob", (self.folder / "bob.log",), command=("sleep", "600")),),
            "policy": PolicyConfig(tools={"restart": ToolPolicyConfig(auth=self.auth)}),
            "sms": HttpSms(self.sms.url, form=form, timeout_s=5),
            "authy": AuthyConfig(ACCOUNT, Secret(TOKEN), SERVICE, base_url=self.verify.url, timeout_s=5),
            "model": self.model,
        }

    async def say(self, text: str, who: str = WEI, **where: Any) -> str:
        """Say it and wait for the answer."""
        count = len(self.texts(who))
        self.gateway.receive(who, text, **where)
        await until(lambda: len(self.texts(who)) > count)
        return self.texts(who)[-1]

    async def propose(self) -> str:
        """A proposal to restart bob; its code."""
        return code_in(await self.say("restart bob"))

    def records(self) -> list[AuditRecord]:
        with self.store() as store:
            records = list(store.records())
            assert verify(records, store.head()) is None
            return records

    def kinds(self) -> list[str]:
        return [record.kind for record in self.records()]

    def ran(self) -> int:
        return self.kinds().count("ran")


def code_in(text: str) -> str:
    found = re.search(r"(?:yes |确认 )([2-9A-Z]{4})", text)
    assert found, text
    return found[1]


def totp(off: int = 0) -> str:
    return code_at(SECRET, step_at(time.time()) + off)


async def earlier() -> str:
    """The code of the step before, which is good for the rest of this one."""
    if time.time() % 30 > 26:
        await asyncio.sleep(4)
    return totp(-1)


@pytest.fixture
async def ops(tmp_path: Path) -> AsyncIterator[Ops]:
    ops = Ops(tmp_path)
    await ops.open()
    async with ops.sms.serving(), ops.verify.serving():
        yield ops
    await ops.gateway.stop()


async def test_a_code_of_the_authenticator(ops: Ops, caplog: pytest.LogCaptureFixture) -> None:
    """Confirmed, asked for, given, run; the code stands nowhere: not in a record, a log, the store or a question to a
    model."""
    caplog.set_level(logging.DEBUG)
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert "Needed after that: a code of your authenticator." in ops.texts()[-1]
        assert "authenticator" in await ops.say(f"yes {code}")
        given = totp()
        assert RESTARTED in await ops.say(given)
        assert ops.kinds() == ["proposed", "awaiting", "approved", "confirmed", "ran"]
        assert "nothing waits" in await ops.say("123456")
        assert "looks like a one-time code" in await ops.say(f"my code is {given}")
        # While it runs, so that what was deleted again would still be found beside the database.
        kept = b"".join(file.read_bytes() for file in ops.config.state_dir.iterdir() if file.is_file())
    assert not ops.model.asked
    kept += b"".join(file.read_bytes() for file in ops.config.state_dir.iterdir() if file.is_file())
    assert given.encode() not in kept and given not in caplog.text
    assert all(given not in str(record) for record in ops.records())


async def test_the_word_and_the_code_at_once(ops: Ops) -> None:
    """`yes CODE 123456`, in Chinese too; nobody is asked anything in between."""
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert RESTARTED in await ops.say(f"确认{code} {totp()}")
        assert ops.kinds() == ["proposed", "awaiting", "approved", "confirmed", "ran"]
        assert len(ops.texts()) == 2


async def test_a_restart_of_nlops_in_between(ops: Ops) -> None:
    """What waits for a code waits on; the code that was used in the earlier life is used."""
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        used = await earlier()
        await ops.say(f"yes {code} {used}")
        code = await ops.propose()
        await ops.say(f"yes {code}")
    async with ops.service(**ops.factored()):
        assert "not right, or was used" in await ops.say(used)
        assert ops.ran() == 1
        assert RESTARTED in await ops.say(totp())
        assert ops.ran() == 2


async def test_a_code_by_sms(ops: Ops) -> None:
    """It is sent when the proposal is confirmed, not before; asked again, another one; it says what it is for."""
    ops.auth = ("sms",)
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert not ops.sms.asked
        told = await ops.say(f"yes {code}")
        assert "…8000" in told and PHONE not in told
        text = ops.sms.asked[0].form["text"]
        assert ops.sms.asked[0].form["to"] == PHONE and f"{code} (restart)" in text
        assert "next one in" in await ops.say(f"yes {code}")
        found = re.search(r"\d{6}", text)
        assert found and found[0] not in told
        assert RESTARTED in await ops.say(found[0])
    kinds = ["proposed", "awaiting", "asked", "approved", "confirmed", "ran"]
    assert ops.kinds() == kinds and "…8000" in str(ops.records()[2].details)


async def test_an_sms_that_does_not_leave(ops: Ops) -> None:
    """It is told why; nothing runs, and another yes tries again, when that is allowed."""
    ops.auth, ops.sms.handler = ("sms",), lambda asked: (503, {})
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert "No code could be sent: HTTP 503" in await ops.say(f"yes {code}")
        assert "time is over, or none" not in await ops.say("help")
        assert ops.ran() == 0


async def test_a_verification_by_twilio(ops: Ops) -> None:
    """A wrong code is told with how many are left, the right one runs it."""
    ops.auth = ("authy",)
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert "verification code went to …8000" in await ops.say(f"yes {code}")
        right = ops.twilio.open[PHONE].code
        wrong = "000000" if right != "000000" else "000001"
        assert "4 more" in await ops.say(wrong)
        ops.twilio.limit = True
        assert "too many requests" in await ops.say(right)
        ops.twilio.limit = False
        assert RESTARTED in await ops.say(right)
    assert ops.ran() == 1


async def test_another_admin_approves(ops: Ops) -> None:
    """lan gets the exact calls in Chinese with a code of their own; it is good from lan only, once; wei hears of it."""
    ops.auth = ("second-admin",)
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert "waits for the approval of lan" in await ops.say(f"yes {code}")
        await until(lambda: bool(ops.texts(LAN)))
        (asked,) = ops.texts(LAN)
        assert "wei 要执行：\n1. restart  bot = bob\n" in asked and code not in asked
        theirs = code_in(asked)
        assert "no open proposal" in await ops.say(f"yes {theirs}")
        assert "still waits" in await ops.say(f"yes {code}")
        ops.gateway.receive(MALLORY, f"yes {theirs}")
        assert "没有待确认的操作" in await ops.say(f"确认 {code}", LAN)
        assert theirs in await ops.say("确认", LAN)
        assert ops.ran() == 0
        assert "已批准" in await ops.say(f"确认 {theirs}", LAN)
        await until(lambda: ops.ran() == 1)
        assert "已经结束" in await ops.say(theirs, LAN)
        await until(lambda: any(RESTARTED in text for text in ops.texts()))
        assert any("lan approved" in text for text in ops.texts())
    approved = next(record for record in ops.records() if record.kind == "approved")
    assert (approved.admin, approved.contact_id) == ("lan", LAN) and ops.ran() == 1


async def test_another_admin_does_not_approve(ops: Ops) -> None:
    """Then it is over, for both, and nothing ran."""
    ops.auth = ("second-admin",)
    async with ops.service(**ops.factored()):
        await ops.say(f"yes {await ops.propose()}")
        await until(lambda: bool(ops.texts(LAN)))
        theirs = code_in(ops.texts(LAN)[0])
        assert "已拒绝" in await ops.say(f"取消 {theirs}", LAN)
        await until(lambda: any("did not approve" in text for text in ops.texts()))
        assert "已经结束" in await ops.say(f"确认 {theirs}", LAN)
    assert "denied" in ops.kinds() and ops.ran() == 0


async def test_all_of_a_list_one_after_the_other(ops: Ops) -> None:
    """Another person is troubled only once who asked has shown who they are."""
    ops.auth = ("second-admin", "totp", "sms")
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        assert "authenticator" in await ops.say(f"yes {code}")
        assert not ops.sms.asked and not ops.texts(LAN)
        assert "SMS" in await ops.say(totp())
        assert not ops.texts(LAN)
        found = re.search(r"\d{6}", ops.sms.asked[0].form["text"])
        assert found and "approval of lan" in await ops.say(found[0])
        await until(lambda: bool(ops.texts(LAN)))
        assert ops.ran() == 0
        await ops.say(code_in(ops.texts(LAN)[0]), LAN)
        await until(lambda: ops.ran() == 1)


async def test_five_wrong_codes_lock_and_the_host_unlocks(ops: Ops) -> None:
    """Both admins are told; a restart, a new proposal and the right code change nothing; `nlops unlock`, a process of
    its own, does, while the service runs. It is in the audit, without a code."""
    (ops.folder / "nlops.toml").write_text(TOML.format(port=ops.port, secret=SECRET), "utf-8")
    async with ops.service(**ops.factored()):
        await ops.say(f"yes {await ops.propose()}")
        wrong = [code for code in (f"{n:06}" for n in range(900, 920)) if code not in (totp(-1), totp(), totp(1))]
        for nth in range(5):
            told = await ops.say(wrong[nth])
        assert "wei is locked after five wrong codes" in told and "nlops unlock wei" in told
        await until(lambda: any("手机可能在别人手里" in text for text in ops.texts(LAN)))
        assert "nothing waits" in await ops.say(totp())
    async with ops.service(**ops.factored()):
        assert "locked" in await ops.say(f"yes {await ops.propose()}")
        assert "locked" in await ops.say(f"yes {await ops.propose()} {totp()}")
        assert ops.ran() == 0
        command = [sys.executable, "-m", "nlops", "unlock", "wei", "-c", str(ops.folder / "nlops.toml")]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "wei is unlocked" in done.stdout, done.stderr
        assert RESTARTED in await ops.say(f"yes {await ops.propose()} {totp()}")
    kinds = ops.kinds()
    assert kinds.count("locked") == kinds.count("unlocked") == kinds.count("ran") == 1


async def test_codes_count_in_the_direct_chat_only(ops: Ops) -> None:
    """A room's proposal is confirmed in the room and proved in the direct chat; a code in a room is for nobody, and
    its writer hears so, directly."""
    ops.gateway.add_room(ROOM, "ops", [WEI, LAN, MALLORY])
    chat = replace(ChatConfig(f"127.0.0.1:{ops.port}", Secret("a-token-of-tests")), rooms=(ROOM,))
    config = replace(ops.configured(**{k: v for k, v in ops.factored().items() if k != "model"}), chat=chat)
    ops.configured = lambda **_: config  # type: ignore[method-assign]  # rooms stand in [chat]
    async with ops.service(model=ops.model):
        ops.gateway.receive(WEI, "restart bob", room_id=ROOM, mentions=["wxid_nlops"])
        await until(lambda: bool(ops.texts(ROOM)))
        code = code_in(ops.texts(ROOM)[0])
        ops.gateway.receive(WEI, f"yes {code}", room_id=ROOM)
        await until(lambda: len(ops.texts(ROOM)) == 2)
        assert "direct chat" in ops.texts(ROOM)[1]
        given = totp()
        ops.gateway.receive(WEI, given, room_id=ROOM)
        ops.gateway.receive(WEI, f"yes {code} {given}", room_id=ROOM)
        await until(lambda: len(ops.texts()) == 2)
        assert all("into a room" in text for text in ops.texts()) and ops.ran() == 0
        ops.gateway.receive(WEI, given)
        await until(lambda: ops.ran() == 1)
        await until(lambda: RESTARTED in ops.texts(ROOM)[-1])
    assert not any(re.search(r"\d{6}", text) for text in ops.texts(ROOM)) and not ops.model.asked


async def test_who_cannot_give_a_factor_cannot_run_it(ops: Ops) -> None:
    """lan has no authenticator: it is said so, and never taken for none."""
    async with ops.service(**ops.factored()):
        code = code_in(await ops.say("重启 bob", LAN))
        assert "没有给 lan 配置" in await ops.say(f"确认 {code}", LAN)
        assert "nothing waits" not in await ops.say(totp(), LAN)
    assert ops.ran() == 0


async def test_without_the_part_that_judges_nothing_is_given(ops: Ops) -> None:
    """Neither asked for nor checked; it is told."""
    async with ops.service(**ops.factored()) as service:
        code = await ops.propose()
        await ops.say(f"yes {code}")
        service._parts.factors = None
        assert "could not be checked" in await ops.say(totp())
        assert "nothing here judges" in await ops.say(f"yes {await ops.propose()}")
        assert ops.ran() == 0


def filled(payload: str, code: str, used: str) -> str:
    """A payload of the attacks, with what it leaves to the test."""
    arabic = totp().translate({ord(str(n)): 0x660 + n for n in range(10)})
    return (
        payload.replace("{{CONFIRM P1}}", f"yes {code}")
        .replace("{{TOTP_USED}}", used)
        .replace("{{TOTP_EXPIRED}}", totp(-20))
        .replace("{{TOTP_CURRENT as Arabic-Indic digits}}", arabic)
    )


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one["id"])
@pytest.mark.parametrize("is_confirmed", [False, True], ids=["open", "awaiting"])
async def test_attacks(ops: Ops, attack: dict[str, Any], is_confirmed: bool) -> None:
    """Each attack on codes, against a proposal that is open, and one that waits for its code: nothing runs, nothing
    breaks, no model hears of it."""
    payload = attack["payload"]
    async with ops.service(**ops.factored()):
        used = totp()
        assert RESTARTED in await ops.say(f"yes {await ops.propose()} {used}")
        code = await ops.propose()
        if is_confirmed:
            await ops.say(f"yes {code}")
        sequence = payload["sequence"] if isinstance(payload, dict) else {"template": payload, "from": 0, "count": 1}
        for nth in range(sequence["from"], sequence["from"] + sequence["count"]):
            text = sequence["template"] % nth if sequence["count"] > 1 else sequence["template"]
            if any(f"{nth:06}" == totp(off) for off in (-1, 0, 1)):
                continue  # one in a million is no guess
            answer = await ops.say(filled(text, code, used))
            assert RESTARTED not in answer
        if attack["kind"] == "totp_brute_force":
            assert "locked" in ops.kinds() and ops.kinds().count("locked") == 1
            other = await ops.propose()  # a new proposal resets nothing
            assert "is locked" in await ops.say(f"yes {other} {totp()}")
        assert ops.ran() == 1 and not ops.model.asked
    assert not any(used in str(record) for record in ops.records())


@pytest.mark.parametrize(
    "text",
    [
        "y\u0435s {code} {totp}",
        "{code} {totp} please",
        "yes {code} {totp}!",
        "he said: {code} {totp}",
        "yes{code}{totp}",
    ],
)
async def test_what_only_looks_like_a_code(ops: Ops, text: str) -> None:
    """A look-alike letter, words around it, a quotation: nothing is confirmed or given by it, and where it holds the
    six digits that are asked for, no model gets them."""
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        await ops.say(f"yes {code}")
        answer = await ops.say(text.format(code=code, totp=totp()))
        assert RESTARTED not in answer and ops.ran() == 0
        assert not any(totp() in question or totp(-1) in question for question in ops.model.asked)


async def test_a_stolen_phone(ops: Ops) -> None:
    """Whoever holds wei's phone reads its SMS and writes as wei: they can't approve for lan, can't get lan's code by
    asking again, and wei's own approval counts for nothing."""
    ops.auth = ("sms", "second-admin")
    async with ops.service(**ops.factored()):
        code = await ops.propose()
        await ops.say(f"yes {code}")
        found = re.search(r"\d{6}", ops.sms.asked[0].form["text"])
        assert found
        await ops.say(found[0])
        await until(lambda: bool(ops.texts(LAN)))
        theirs = code_in(ops.texts(LAN)[0])
        for words in (f"yes {code}", theirs, f"yes {theirs}", "yes", f"yes {code} {found[0]}", f"approve {theirs}"):
            answer = await ops.say(words)
            assert RESTARTED not in answer and "Approved" not in answer
        assert ops.ran() == 0 and len(ops.texts(LAN)) == 1
        assert theirs not in "".join(ops.texts()).replace(f"“yes {theirs}”", "").replace(f"proposal {theirs}", "")


async def test_the_program_itself(ops: Ops) -> None:
    """`nlops run` with an nlops.toml and a definition that demands two factors, as a stranger would set it up."""
    definition = {
        "name": "deploy",
        "description": "Deploy a release. 发布一个版本。",
        "inputSchema": {
            "type": "object",
            "properties": {"release": {"type": "integer", "minimum": 1, "maximum": 99}},
            "required": ["release"],
            "additionalProperties": False,
        },
        "keywords": ["deploy", "发布"],
        "run": {"argv": ["mkdir", f"{ops.folder}/deployed-{{release}}"]},
        "policy": {"risk": "destroy", "auth": ["totp", "second-admin"]},
    }
    (ops.folder / "tools").mkdir(mode=0o700)
    file = ops.folder / "tools" / "deploy.json"
    file.write_text(json.dumps(definition), "utf-8")
    file.chmod(0o600)
    (ops.folder / "secret").write_text(f"{SECRET}\n")
    tools = "[tools]\npaths = ['tools']\nenable = ['deploy']\n"
    toml = TOML.format(port=ops.port, secret="file:secret").partition("[policy.restart]")[0] + tools
    (ops.folder / "nlops.toml").write_text(toml, "utf-8")
    command = (sys.executable, "-m", "nlops", "run", "-c", str(ops.folder / "nlops.toml"))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        while (line := await asyncio.wait_for(process.stdout.readline(), 60)) != b"nlops: ready\n":
            assert line, "it ended"
        code = code_in(await ops.say("deploy 7"))
        given = totp()
        assert "approval of lan" in await ops.say(f"yes {code} {given}")
        await until(lambda: bool(ops.texts(LAN)))
        assert "deploy  release = 7" in ops.texts(LAN)[0] and not (ops.folder / "deployed-7").exists()
        await ops.say(f"确认 {code_in(ops.texts(LAN)[0])}", LAN)
        await until((ops.folder / "deployed-7").exists)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert given not in (ops.folder / "state" / "nlops.log").read_text("utf-8")
    assert [record.kind for record in ops.records()][-3:] == ["approved", "confirmed", "ran"]


TOML = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:{port}"
token = "a-token-of-tests"
[model]
provider = "none"
[[admin]]
name = "wei"
contact = "wxid_wei"
totp = "{secret}"
[[admin]]
name = "lan"
contact = "wxid_lan"
[[bot]]
name = "bob"
log = "bob.log"
[policy.restart]
auth = "totp"
"""
