"""SMS by one HTTP request, and by Tencent Cloud's library: what is sent, and what counts as taken."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nlops.adapters.factors.program import send_by_program
from nlops.adapters.factors.remote import Away
from nlops.adapters.factors.sms import PLACEHOLDERS, Sms, pointed, send_by_http, unknown_placeholder
from nlops.adapters.factors.tencent import Tencent
from nlops.domain.config import CommandSms, HttpSms, Secret, TencentSms
from tests.providers import SECRET_ID, SECRET_KEY, Asked, Server, TencentCloud, takes_all

MESSAGE = Sms("+8613800138000", "012345", "7K3F (restart)", "en", 300.0)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(takes_all).serving() as server:
        yield server


def http(server: Server, path: str = "/send", **fields: Any) -> HttpSms:
    return HttpSms(f"{server.url}{path}", timeout_s=5.0, **fields)


async def test_a_form_as_twilio_messages_wants_it(server: Server) -> None:
    """Basic auth, and a text that says what the code is for; a plus sign stays one."""
    form = (("To", Secret("{phone}")), ("Body", Secret("{text}")), ("From", Secret("+15005550006")))
    await send_by_http(http(server, user="AC1", password=Secret("pass"), form=form), MESSAGE)
    (asked,) = server.asked
    assert asked.method == "POST" and asked.basic == ("AC1", "pass") and asked.form["To"] == "+8613800138000"
    assert "012345" in asked.form["Body"] and "7K3F (restart)" in asked.form["Body"] and "5 min" in asked.form["Body"]
    await send_by_http(http(server, form=form), replace(MESSAGE, language="zh"))
    assert "验证码 012345" in server.asked[-1].form["Body"]


async def test_json_headers_and_url(server: Server) -> None:
    """Placeholders anywhere in a body of any depth, in headers and, encoded, in the address."""
    body = {"to": ["{digits}"], "params": {"code": "{code}", "n": 5, "none": None}, "text": 'for "{local}"'}
    config = http(
        server,
        "/send?mobile={phone}&note={text}",
        method="PUT",
        headers=(("Authorization", Secret("Bearer key")),),
        json=Secret(json.dumps(body)),
    )
    await send_by_http(config, replace(MESSAGE, about="a&b=c {code}"))
    (asked,) = server.asked
    assert asked.method == "PUT" and asked.headers["authorization"] == "Bearer key"
    assert asked.headers["content-type"] == "application/json"
    assert asked.query["mobile"] == "+8613800138000" and "a&b=c {code}" in asked.query["note"]
    sent = {"to": ["8613800138000"], "params": {"code": "012345", "n": 5, "none": None}, "text": 'for "13800138000"'}
    assert json.loads(asked.body) == sent


async def test_an_answer_that_says_no_with_200(server: Server) -> None:
    """Many providers do; a pointer tells, and its refusal is shown without the code and the key that it repeats."""
    config = http(server, form=(("c", Secret("{code}")),), accept=("/code", "0"), secrets=(Secret("k3y-of-tests"),))
    await send_by_http(config, MESSAGE)
    server.handler = lambda asked: (200, {"code": 22, "msg": f"limit of k3y-of-tests for {asked.form['c']}"})
    with pytest.raises(Away, match=r"did not take the message: .*limit of ••• for •••"):
        await send_by_http(config, MESSAGE)
    server.handler = lambda asked: (200, ["surprise"])
    with pytest.raises(Away, match="did not take"):
        await send_by_http(config, MESSAGE)


@pytest.mark.parametrize(
    ("status", "why"), [(400, "HTTP 400"), (401, "HTTP 401"), (503, "HTTP 503"), (302, "HTTP 302")]
)
async def test_refusals(server: Server, status: int, why: str) -> None:
    """Any status but 2xx, once: an SMS is never sent twice by itself."""
    server.handler = lambda asked: (status, {"error": "x" * 500})
    with pytest.raises(Away, match=why) as caught:
        await send_by_http(http(server), MESSAGE)
    assert len(server.asked) == 1 and len(str(caught.value)) < 200


async def test_too_many_says_when_to_come_again(server: Server) -> None:
    """429 with Retry-After (RFC 9110)."""
    server.handler, server.more = (lambda asked: (429, {})), "Retry-After: 60\r\n"
    with pytest.raises(Away, match=r"429.*again after 60 s"):
        await send_by_http(http(server), MESSAGE)


async def test_slow_and_away(server: Server) -> None:
    """The deadline holds, and nothing of the request stands in the error."""

    async def slow() -> None:
        await asyncio.sleep(5)

    server.before = slow
    with pytest.raises(Away, match=r"within 0\.2 s"):
        await send_by_http(replace(http(server), timeout_s=0.2), MESSAGE)
    with pytest.raises(Away) as caught:
        await send_by_http(HttpSms("http://127.0.0.1:1/send?key=k3y&c={code}"), MESSAGE)
    assert "k3y" not in str(caught.value) and "012345" not in str(caught.value)


def test_placeholders() -> None:
    """All that are named are filled, for any number; others are told."""
    assert set(MESSAGE.values()) == set(PLACEHOLDERS)
    other = replace(MESSAGE, phone="+4915112345678").values()
    assert (other["digits"], other["local"]) == ("4915112345678", "4915112345678")
    assert unknown_placeholder("{code} {colour}") == "colour" and unknown_placeholder("{code}") is None


@pytest.mark.parametrize(
    ("body", "pointer", "value"),
    [
        (b'{"a": {"b/c": ["x"]}}', "/a/b~1c/0", "x"),
        (b'{"code": 0}', "/code", "0"),
        (b'{"ok": true}', "/ok", "true"),
        (b'"OK"', "", "OK"),
        (b"{}", "/code", None),
        (b"[1]", "/x", None),
        (b"[1]", "/7", None),
        (b"no json", "/code", None),
    ],
)
def test_pointers(body: bytes, pointer: str, value: str | None) -> None:
    """RFC 6901; what is not there is nothing."""
    assert pointed(body, pointer) == value


def program(code: str, *words: str, **fields: Any) -> CommandSms:
    return CommandSms((sys.executable, "-c", code, *words), **{"timeout_s": 20.0, **fields})


async def test_a_program_gets_its_words_and_its_input(tmp_path: Path) -> None:
    """Each placeholder within its word, however odd that is; no shell; a small environment."""
    out = tmp_path / "out"
    code = "import sys,os,json;json.dump([sys.argv[2:],sys.stdin.read(),sorted(os.environ)],open(sys.argv[1],'w'))"
    config = program(code, str(out), "{local}", '{"code":"{code}"}', "$(id); {about}", stdin="{text}")
    await send_by_program(config, MESSAGE)
    words, given, environment = json.loads(out.read_text())
    assert words == ["13800138000", '{"code":"012345"}', "$(id); {about}"]
    assert "012345 confirms 7K3F (restart)" in given and not [name for name in environment if "NLOPS" in name]


async def test_a_program_that_fails() -> None:
    """By its exit, by its answer, by its time, or because it is not there; the code is in none of the reasons."""
    says_no = "import sys;print(sys.argv[1])"
    accept = ("/Code", "OK")
    await send_by_program(program(says_no, '{"Code":"OK"}', accept=accept), MESSAGE)
    for config, why in (
        (
            program("import sys;print('no credit for '+sys.argv[1]);sys.exit(3)", "{code}"),
            "ended with 3: no credit for •••",
        ),
        (
            program(says_no, '{"Code":"isv.BUSINESS_LIMIT_CONTROL"}', accept=accept),
            "did not get it sent: .*LIMIT_CONTROL",
        ),
        (program("import time;time.sleep(20)", timeout_s=0.5), r"past its 0\.5 s"),
        (CommandSms(("/nowhere/aliyun", "{code}")), "cannot be started"),
    ):
        with pytest.raises(Away, match=why) as caught:
            await send_by_program(config, MESSAGE)
        assert "012345" not in str(caught.value)


def tencent(server: Server, **changes: Any) -> Tencent:
    config = TencentSms(Secret(SECRET_ID), Secret(SECRET_KEY), "1400006666", "腾讯云", "449739", endpoint=server.url)
    return Tencent(replace(config, **changes))


async def test_tencent_takes_a_signed_request() -> None:
    """The signature is the documented one, computed anew; the template's parameters come in their order."""
    cloud = TencentCloud()
    async with Server(cloud).serving() as server:
        await tencent(server, parameters=("{code}", "{minutes}")).send(MESSAGE)
        assert cloud.sent == [
            {
                "PhoneNumberSet": ["+8613800138000"],
                "SmsSdkAppId": "1400006666",
                "SignName": "腾讯云",
                "TemplateId": "449739",
                "TemplateParamSet": ["012345", "5"],
            }
        ]
        assert await tencent(server).look() == "template 449739 is approved" and len(cloud.sent) == 1


async def test_tencent_refuses() -> None:
    """A wrong key, a limit, a template that is not approved, silence: each in words, none with the number."""
    cloud = TencentCloud()
    async with Server(cloud).serving() as server:
        with pytest.raises(Away, match=r"AuthFailure\.SignatureFailure"):
            await tencent(server, secret_key=Secret("other")).send(MESSAGE)
        cloud.code = "LimitExceeded.PhoneNumberThirtySecondLimit"
        with pytest.raises(Away, match="ThirtySecondLimit") as caught:
            await tencent(server).send(MESSAGE)
        assert "138" not in str(caught.value)
        cloud.status_code = 1
        with pytest.raises(Away, match="not approved"):
            await tencent(server).look()

        def nonsense(asked: Asked) -> tuple[int, Any]:
            return 200, "what?"

        server.handler = nonsense
        with pytest.raises(Away):
            await tencent(server).send(MESSAGE)

        async def slow() -> None:
            await asyncio.sleep(1.2)

        server.before = slow
        with pytest.raises(Away, match=r"within 0\.3 s"):
            await tencent(server, timeout_s=0.3).send(MESSAGE)
    with pytest.raises(Away, match="ClientNetworkError"):
        await tencent(server).send(MESSAGE)
