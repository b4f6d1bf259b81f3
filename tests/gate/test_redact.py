"""Secrets do not leave; what is none, stays."""

import base64
import json
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from nlops.adapters.runners.outputs import MAX_PAGE, failed, present
from nlops.domain.config import Secret
from nlops.domain.tools import ArgvRun, ToolPolicy, ToolSpec
from nlops.gate import redact, shapes
from nlops.gate.known import forms_of
from nlops.gate.redact import STARS, Redactor, secrets_in
from nlops.sandbox.botlog import PythonWechaty, StarterBot
from tests.support import make_config

# The machine may be busy: how long an example takes says nothing.
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TOOL = ToolSpec("show", "Show", "", {}, ArgvRun(("true",)), ToolPolicy("read"))
ATTACKS = {
    one["id"]: one
    for one in map(json.loads, (Path(__file__).parent / "redaction_attacks.jsonl").read_text("utf-8").splitlines())
}
SAMPLES = sorted((Path(__file__).parent.parent / "monitor" / "samples").glob("*.jsonl"))
# What a configuration may hold: one line, without white space at its ends; nothing that the marker itself says.
SECRETS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Zs")), min_size=6, max_size=40)
    .filter(lambda text: text not in STARS and STARS not in text)
)  # fmt: skip
LONG = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=9, max_size=40)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x1b\x9b"), max_size=60)
KEY = base64.b64encode(bytes(range(7, 250)) * 2).decode()
PEM = "\n".join(["-----BEGIN PRIVATE KEY-----", *(KEY[at : at + 64] for at in range(0, len(KEY), 64)), "-----END PRIVATE KEY-----"])  # fmt: skip  # noqa: E501


def test_known_secrets_go_wherever_they_stand() -> None:
    """A secret of the configuration is found by its value, the longer one first."""
    clean = Redactor(["hunter2-hunter2", "hunter2", "x"]).clean("a hunter2-hunter2 b hunter2 c x")
    assert clean == f"a {STARS} b {STARS} c x"


def test_every_secret_of_a_configuration_is_known() -> None:
    """Whoever adds a field that is a Secret has it redacted: they are found by their type, in any depth."""
    config = make_config()
    assert secrets_in(config) == ["a-token-of-tests"]
    assert secrets_in({"a": [Secret("one"), (Secret("two"),)], "b": "no"}) == ["one", "two"]


@given(SECRETS, WORDS, WORDS, st.data())
@example("tok/en+va lue\"'&é", "", "", st.none()).via("each form has its own characters")
@settings(BUSY)
def test_no_form_of_a_secret_leaves(secret: str, before: str, after: str, data: st.DataObject) -> None:
    """As it is, in JSON, an address, HTML, base64, hexadecimal digits: whatever stands around it."""
    forms = sorted(forms_of(secret))
    form = (data.draw(st.sampled_from(forms)) if hasattr(data, "draw") else forms[0]).decode("utf-8", "surrogatepass")
    cleaned = Redactor([secret]).clean(before + form + after)
    assert STARS in cleaned and (form not in cleaned or form in STARS)


@given(SECRETS, WORDS, WORDS, st.data())
@settings(BUSY)
def test_no_secret_leaves_across_lines_and_colours(secret: str, before: str, after: str, data: st.DataObject) -> None:
    """A line break or a colour inside changes nothing; the number of lines stays."""
    cut = data.draw(st.integers(1, len(secret) - 1))
    for between in ("\n", "\r\n", "\x1b[31m", "\x1b]8;;http://x\x07"):
        text = f"{before} {secret[:cut]}{between}{secret[cut:]} {after}"
        cleaned = Redactor([secret]).clean(text)
        assert STARS in cleaned and secret not in cleaned.replace("\n", "").replace("\r", "")
        assert cleaned.count("\n") == text.count("\n")


@given(LONG, st.integers(0, 60), st.sampled_from(["a", "ab cd\n", "行 "]))
@settings(BUSY)
def test_no_secret_leaves_in_pages(secret: str, offset: int, filling: str) -> None:
    """However a text is cut into pages and long lines, a secret on the edge is gone from both sides."""
    text = (filling * MAX_PAGE)[: MAX_PAGE - 30 + offset] + secret + (filling * MAX_PAGE)[:MAX_PAGE]
    assume(secret not in filling * MAX_PAGE)
    redactor = Redactor([secret])
    shown = present(TOOL, text.encode(), "en", 0, redactor)
    assert secret not in "".join((shown.text, *shown.rest)).replace("\n", "") and STARS in "".join(
        (shown.text, *shown.rest)
    )
    assert secret not in failed(TOOL, "exit code 1", text.encode(), 1, redactor).text


@given(LONG, st.data())
@settings(BUSY)
def test_what_is_left_of_a_cut_secret_goes_too(secret: str, data: st.DataObject) -> None:
    """A text that was capped in the middle of a secret shows nothing of it, down to eight bytes."""
    size = data.draw(st.integers(8, len(secret) - 1)) if len(secret) > 9 else 8
    assert Redactor([secret]).clean(f"the end: {secret[:size]}").endswith(STARS)
    assert Redactor([secret]).clean(f"{secret[-size:]} and on").startswith(STARS)


@given(
    st.text(st.characters(codec="utf-8"), max_size=300)
    | st.text("password:= \"'\\\n-BEGIN PRIVATEKEYsk_13678", max_size=200)
)
@settings(BUSY, max_examples=300)
def test_any_text_can_be_cleaned(text: str) -> None:
    """Nothing raises, the lines stay as many, and cleaning twice is cleaning once."""
    redactor = Redactor(["hunter2-hunter2"])
    once = redactor.clean(text)
    assert redactor.clean(once) == once
    assert once.count("\n") <= text.count("\n")


_MARKS = (
    "password|Token|api_key|密码|是| is |=|: |=>|\"|'|\\| |\n|--|-u |a:b|Bearer |authorization|Cookie:|https://|@|sk-"
)
_MORE = "ghp_|eyJ|.|abcd1234|<|>|</|identified by '|%3D|skey|LTAI|AKIA|qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
PARTS = st.sampled_from([*_MARKS.split("|"), *_MORE.split("|"), "x" * 20, "Z" * 16])


@given(st.lists(PARTS, max_size=12).map("".join))
@settings(BUSY, max_examples=400)
def test_the_quick_look_misses_nothing(text: str) -> None:
    """Whatever any shape would find, the one pass that looks first has found as well."""
    data = text.encode()
    slow = [*redact._tokens(data), *redact._pairs(data)]
    slow += [span for shape in (*shapes.NAMED, *shapes.IN_SENTENCES) for span in redact._named(data, shape)]
    assert not slow or redact._hint(shapes.HINT).search(data) is not None


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Authorization: Bearer abcdefghijklmnop.qrst", "abcdefghijklmnop"),
        ("authorization: Wechaty 0123-4567", "0123-4567"),
        ("Proxy-Authorization: Basic Ym90OmJvdA==", "Ym90OmJvdA=="),
        ('{"api_key": "0123456789abcdef"}', "0123456789abcdef"),
        ('{\\"password\\": \\"correct horse\\"}', "correct horse"),
        ("password=correct-horse", "correct-horse"),
        ("password: correcthorse", "correcthorse"),
        ("DB_PASSWORD='it''s'", "it"),
        ("wechatyToken => 2b7d-11", "2b7d-11"),
        ("the password is hunter2!", "hunter2!"),
        ("密码是hunter2，别告诉别人", "hunter2"),
        ("令牌：abcd1234", "abcd1234"),
        ("postgres at https://bot:s3cretpw@db/x", "s3cretpw"),
        ("amqp://guest:gu3st@mq:5672", "gu3st"),
        ("mysqldump --password hunter2 --all", "hunter2"),
        ("CREATE USER bob IDENTIFIED BY 'hunter2'", "hunter2"),
        ("<user>bob</user><password>hunter2</password>", "hunter2"),
        ("curl -u bob:hunter2 http://x", "hunter2"),
        ("Set-Cookie: sid=0a1b2c; Path=/", "0a1b2c"),
        ("GET /cgi-bin/mmwebwx-bin?pass_ticket=AbC%2Fd&skey=@crypt_1_2 HTTP/1.1", "AbC%2Fd"),
        ("GET /cgi-bin/mmwebwx-bin?pass_ticket=AbC%2Fd&skey=@crypt_1_2 HTTP/1.1", "@crypt_1_2"),
        ("key sk-abcdefghijklmnopqrstu", "sk-abcdefghijklmnopqrstu"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4", "693a91f6"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/2f1c-22aa", "2f1c-22aa"),
        ("puppet_padlocal_0123456789abcdef0123456789abcdef", "0123456789abcdef"),
        ("a jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJIUzI1NiJ9"),
        ("6123456789:AAF0123456789abcdefghijklmnopqrstuv in the log", "AAF0123456789"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("打给 13800138000 吧", "13800138000"),
        ("tel +86 138-0013-8000", "138-0013-8000"),
        ("call +14155550123", "+14155550123"),
        ("身份证 11010519491231002X", "11010519491231002X"),
        ("card 4111 1111 1111 1111 exp", "4111 1111 1111 1111"),
        ("卡号6222020200112233446", "6222020200112233446"),
    ],
)
def test_shapes_of_secrets_go(text: str, gone: str) -> None:
    """What looks like a secret goes, although nobody configured it."""
    assert gone not in Redactor([]).clean(text) and STARS in Redactor([]).clean(text)


@pytest.mark.parametrize(
    "line",
    [
        "10:00:01 INFO StarterBot Contact<Bob> login, token bucket refilled",
        "commit 731b2d8aabbccddeeff00112233445566778899a by bob",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "talker wxid_1a2b3c4d5e6f21 in 12345678901@chatroom said hi",
        "talker wxid_1a2b3c4d5e6f21 in 13800138000@chatroom said hi",
        "message 5872839412387412345 at 1732600000000, 1732600000.123456, pid 4242",
        "uuid 550e8400-e29b-41d4-a716-446655440000",
        "2026-11-26 10:00:00,123 up 3 days, 192.168.100.200:8788, v1.2.3-beta.4",
        "password: must not be empty",
        "the password is wrong, the token is expired",
        "Bearer authentication failed",
        "token: null, api_key=${API_KEY}, secret = env:NLOPS_SECRET",
        "total_tokens: 15321, max_tokens=4096, prompt_tokens 17",
        "PWD=/root/bot",
        "max number 9999999999999999 and 12345678901",
        "user bob:x:1000:1000::/home/bob:/bin/sh",
        "http://weixin.qq.com/x/AbCdEf0123456789",
        "开始重启 bob，令牌桶已满",
    ],
)
def test_ordinary_lines_stay(line: str) -> None:
    """A log line about nothing secret is left as it is: names, ids of contacts and rooms, hashes, times, addresses."""
    assert Redactor(["hunter2"]).clean(line) == line


def test_no_line_of_the_samples_changes() -> None:
    """False positives over the lines that real bots write (the monitor's samples, the sandbox's two programs): none."""
    lines = [line for file in SAMPLES for line in file.read_text("utf-8").splitlines()]
    now, payload = datetime(2026, 11, 26, 10, 0, 0, 123000), "http://weixin.qq.com/x/AbCdEf0123456789"
    for style in (StarterBot("bob"), PythonWechaty("bob")):
        lines += [*style.started(now), *style.scan(now, "Waiting", payload), *style.login(now), *style.logout(now)]
        lines += style.message(now, "Lan", "ops", "我的 token 用完了，明天再充")
    redactor = Redactor([])
    changed = [line for line in lines if redactor.clean(line) != line]
    assert len(lines) > 100 and changed == []


@pytest.mark.parametrize("first", range(9))
@pytest.mark.parametrize("last", range(9, 12))
def test_a_private_key_goes_wherever_it_is_cut(first: int, last: int) -> None:
    """A31 and its kin: of a block no line leaves, although its BEGIN, its END or both were cut off."""
    lines = PEM.split("\n")
    assert len(lines) == 13
    text = "\n".join(["before"] * (first == 0) + lines[first:last] + ["after"] * (last == 12))
    cleaned = Redactor([]).clean(text)
    assert not any(line in cleaned for line in lines[1:-1])
    assert cleaned.count("\n") == text.count("\n")
    assert ("before" in cleaned, "after" in cleaned) == ("before" in text, "after" in text)


def test_a_private_key_in_json_and_behind_a_loggers_words_goes() -> None:
    """Escaped into one line, and with each line behind a time."""
    escaped = json.dumps({"key": PEM, "bot": "bob"})
    assert Redactor([]).clean(escaped) == f'{{"key": "{STARS}", "bot": "bob"}}'
    logged = "\n".join(f"10:00:00 0|bob | {line}" for line in (*PEM.split("\n"), "ready"))
    cleaned = Redactor([]).clean(logged)
    assert KEY[:64] not in cleaned and KEY[-40:] not in cleaned and cleaned.endswith("10:00:00 0|bob | ready")
    half = "\n".join(f"10:00:00 0|bob | {line}" for line in (*PEM.split("\n")[:5], "all is ready now"))
    assert KEY[64:128] not in Redactor([]).clean(half) and Redactor([]).clean(half).endswith("all is ready now")


def test_several_blocks_and_what_is_left_of_them() -> None:
    """Two keys in one text, the second without its END; an END behind an escaped line; a BEGIN that nothing follows."""
    text = f"a\n{PEM}\nb\n" + "\n".join(PEM.split("\n")[:4]) + "\nc is a word"
    cleaned = Redactor([]).clean(text)
    assert [line for line in cleaned.split("\n") if line] == ["a", STARS, "b", STARS, "c is a word"]
    assert (
        Redactor([]).clean('{"key": "QUJD\\n-----END PRIVATE KEY-----\\n", "n": 1}')
        == f'{{"key": "{STARS}\\n", "n": 1}}'
    )
    assert Redactor([]).clean("-----BEGIN RSA PRIVATE KEY-----\nall well") == f"{STARS}\nall well"
    ends = "-----END PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"
    assert Redactor([]).clean(ends) == f"{STARS}\nx\n{STARS}"


def test_a30_keys_and_passwords_in_a_log() -> None:
    """Each secret is a marker, the rest of the line stays."""
    lines = "\n".join(ATTACKS["A30"]["setup"]["state"]["log_lines"])
    expected = f"POST /v1/chat Authorization: Bearer {STARS}\nretry password={STARS}"
    assert Redactor([]).clean(lines) == expected


def test_a31_a_key_cut_by_a_tail() -> None:
    """The last two lines of a block, without its BEGIN."""
    lines: list[str] = ATTACKS["A31"]["setup"]["state"]["log_lines"]
    for count in (1, 2, 3):
        assert lines[1] not in Redactor([]).clean("\n".join(lines[-count:]))


def test_a32_a_token_that_was_typed() -> None:
    """It goes from what was typed, and the order stays readable."""
    cleaned = Redactor([]).clean_words(ATTACKS["A32"]["payload"])
    assert cleaned == f"status，顺便 token 是 {STARS}"


def test_an_admins_words_keep_their_numbers() -> None:
    """A phone number may be the argument; a one-time code and a proposal's code are no secrets once they are used."""
    words = "text 13800138000 that bob is back, code 123456, K7QM-2XWD, yes 7K3F"
    assert Redactor([]).clean_words(words) == words
    assert Redactor([]).clean_json({"a": [words, 1, None], "b": {"c": "sk-" + "a" * 20}}) == {
        "a": [words, 1, None],
        "b": {"c": STARS},
    }


def test_a_secret_of_several_lines() -> None:
    """A key that nlops.toml names by its file: each of its lines is known, wherever a log shows it."""
    redactor = Redactor(["first-line-of-it\nsecond-line-of-it\n"])
    assert redactor.clean("a second-line-of-it b") == f"a {STARS} b"
    assert redactor.clean("a\nfirst-line-of-it\r\nsecond-line-of-it") == f"a\n{STARS}\r\n{STARS}"


def test_a_secret_that_was_cut_in_a_character() -> None:
    """The cap of an output is in bytes: what is left of the character is a mark."""
    cut = "密码密码密码密码".encode()[:-7].decode("utf-8", "replace")
    assert Redactor(["密码密码密码密码"]).clean(f"a {cut}") == f"a {STARS}"


def test_files() -> None:
    """Texts are cleaned in their own encoding, pictures stay, and other bytes lose known secrets without moving."""
    redactor = Redactor(["hunter2-hunter2"])
    assert redactor.clean_file(b"a hunter2-hunter2\n") == f"a {STARS}\n".encode()
    assert STARS in redactor.clean_file("钥匙 hunter2-hunter2".encode("utf-16")).decode("utf-16")
    assert b"hunter2" not in redactor.clean_file("密码 hunter2-hunter2".encode("gbk"))
    picture = b"\x89PNG\r\n\x1a\n hunter2-hunter2"
    assert redactor.clean_file(picture) == picture
    assert redactor.clean_file(b"\0a hunter2-hunter2 b") == b"\0a *************** b"


def test_a_basic_header_shows_no_known_password() -> None:
    """Base64 of user and password, in a place where no rule knows the name."""
    for user in ("a", "ab", "abc"):
        sent = base64.b64encode(f"{user}:hunter2-hunter2".encode()).decode()
        cleaned = Redactor(["hunter2-hunter2"]).clean(f"sent {sent}.")
        assert sent not in cleaned and STARS in cleaned
    assert STARS in Redactor(["tok en/1"]).clean(f"GET /?t={quote('tok en/1', safe='')}")
