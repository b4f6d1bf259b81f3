"""Second factors in nlops.toml: what is right is read, and each fault is one error with file and place."""

import json
from pathlib import Path

import pytest

from nlops.cli.factors import check_factors, lacking
from nlops.cli.load import load_catalogue, load_config
from nlops.domain.config import CommandSms, Config, HttpSms, TencentSms
from nlops.domain.errors import ConfigError
from nlops.gate.redact import secrets_in

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
GOOD = f"""
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "a-token-of-tests"
[[admin]]
name = "wei"
contact = "wxid_wei"
totp = "{SECRET}"
phone = "+8613800138000"
[[admin]]
name = "lan"
contact = "wxid_lan"
[[bot]]
name = "bob"
log = "bob.log"
"""
SMS = """
[sms]
provider = "http"
url = "https://sms.example/send"
form = { to = "{phone}", text = "{text}" }
"""
TENCENT = """
[sms]
provider = "tencent"
secret_id = "id-of-tests"
secret_key = "env:TENCENT_KEY"
app_id = "1400006666"
sign = "腾讯云"
template = "449739"
parameters = ["{code}", "{minutes}"]
"""
COMMAND = """
[sms]
provider = "command"
command = ["aliyun", "dysmsapi", "SendSms", "--PhoneNumbers", "{local}", "--TemplateParam", '{"code":"{code}"}']
accept = { pointer = "/Code", equals = "OK" }
"""
AUTHY = f"""
[authy]
account = "AC{"a" * 32}"
token = "env:TWILIO_TOKEN"
service = "VA{"b" * 32}"
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMS_KEY", "TENCENT_KEY", "TWILIO_TOKEN"):
        monkeypatch.setenv(name, f"{name.lower()}-of-tests")


def load(folder: Path, text: str) -> Config:
    (folder / "nlops.toml").write_text(text, "utf-8")
    return load_config(str(folder / "nlops.toml"))


def test_an_admin_with_factors(tmp_path: Path) -> None:
    """A secret as people copy it; it does not show itself."""
    assert load(tmp_path, GOOD).admins[0].phone == "+8613800138000"
    spaced = " ".join(SECRET.lower()[at : at + 4] for at in range(0, 32, 4))
    secret = load(tmp_path, GOOD.replace(SECRET, spaced)).admins[0].totp
    assert secret is not None and secret.reveal() == SECRET and SECRET not in repr(load(tmp_path, GOOD))


def test_sms_by_http(tmp_path: Path) -> None:
    """References stand where a key goes; each is a secret, and known as one."""
    text = """
[sms]
provider = "http"
url = "http://127.0.0.1:9/send?to={phone}"
user = "AC1"
password = "env:SMS_KEY"
headers = { Authorization = "Bearer env:SMS_KEY" }
json = { key = "env:SMS_KEY", list = [{ text = "{text}" }], n = 3 }
accept = { pointer = "/code", equals = "0" }
timeout_s = 5
"""
    config = load(tmp_path, GOOD + text)
    assert isinstance(config.sms, HttpSms) and config.sms.accept == ("/code", "0") and config.sms.timeout_s == 5
    assert config.sms.headers[0][1].reveal() == "Bearer sms_key-of-tests" and config.sms.json is not None
    body = json.loads(config.sms.json.reveal())
    assert body == {"key": "sms_key-of-tests", "list": [{"text": "{text}"}], "n": 3}
    assert "sms_key-of-tests" in secrets_in(config) and "sms_key-of-tests" not in repr(config)


def test_sms_by_tencent_and_authy(tmp_path: Path) -> None:
    """With what each has by itself; every secret is known as one."""
    config = load(tmp_path, GOOD + TENCENT + AUTHY)
    assert isinstance(config.sms, TencentSms) and config.sms.endpoint == "https://sms.tencentcloudapi.com"
    assert config.authy is not None and config.authy.base_url == "https://verify.twilio.com"
    secrets = {SECRET, "tencent_key-of-tests", "twilio_token-of-tests", "id-of-tests"}
    assert secrets <= set(secrets_in(config)) and not any(secret in repr(config) for secret in secrets)


def test_sms_by_a_program(tmp_path: Path) -> None:
    """Words with placeholders; JSON's braces are none."""
    sms = load(tmp_path, GOOD + COMMAND).sms
    assert isinstance(sms, CommandSms) and sms.command[-1] == '{"code":"{code}"}' and sms.accept == ("/Code", "OK")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (GOOD.replace(SECRET, "JBSWY3DP"), "admin[0].totp", "128 bits"),
        (GOOD.replace(SECRET, "0189" * 8), "admin[0].totp", "base32"),
        (GOOD.replace(f'"{SECRET}"', '"env:NLOPS_NOT_SET"'), "admin[0].totp", "NLOPS_NOT_SET"),
        (GOOD.replace(f'"{SECRET}"', '"file:nope"'), "admin[0].totp", "nope"),
        (GOOD.replace(f'"{SECRET}"', "123456"), "admin[0].totp", "not allowed"),
        (GOOD.replace("+86", ""), "admin[0].phone", "not allowed"),
        (GOOD.replace('"wxid_lan"', f'"wxid_lan"\ntotp = "{SECRET}"'), "admin[1].totp", "wei has the same"),
        (GOOD.replace('"wxid_lan"', '"wxid_lan"\nphone = "+8613800138000"'), "admin[1].phone", "wei has the same"),
        (GOOD + "[sms]\nurl = 'https://x'", "sms", "provider"),
        (GOOD + "[sms]\nprovider = 'pigeon'", "sms.provider", "pigeon"),
        (GOOD + "[sms]\nprovider = 'http'", "sms", "url"),
        (GOOD + "[sms]\nprovider = 'tencent'\nsecret_id = 'x'", "sms", "secret_key"),
        (GOOD + SMS + "colour = 'red'", "sms.colour", "no such key"),
        (GOOD + SMS.replace("https:", "http:"), "sms.url", "https://"),
        (GOOD + SMS.replace("https://", "https://user:pass@"), "sms.url", "https://"),
        (GOOD + SMS.replace("https://sms.example", "ftp://127.0.0.1"), "sms.url", "https://"),
        (GOOD + SMS.replace("{text}", "{colour}"), "sms.form.text", "{colour}"),
        (GOOD + SMS.replace("{text}", "hello"), "sms", "no code would be sent"),
        (GOOD + SMS.replace("{phone}", "me"), "sms", "go to nobody"),
        (GOOD + SMS + "json = {}", "sms", "exclude each other"),
        (GOOD + SMS + "user = 'x'", "sms", "stand together"),
        (GOOD + SMS.replace("{text}", "env:NLOPS_NOT_SET"), "sms.form.text", "NLOPS_NOT_SET"),
        (GOOD + TENCENT.replace("{minutes}", "{hours}"), "sms.parameters", "{hours}"),
        (GOOD + TENCENT.replace("449739", "x"), "sms.template", "x"),
        (GOOD + TENCENT + "endpoint = 'http://sms.example'", "sms.endpoint", "https://"),
        (GOOD + COMMAND.replace("{code}", "{otp}"), "sms.command", "{otp}"),
        (GOOD + COMMAND.replace("{code}", "x"), "sms", "no code would be sent"),
        (GOOD + COMMAND.replace('"aliyun"', '"{code}"'), "sms.command", "the program"),
        (GOOD + COMMAND + "url = 'https://x'", "sms.url", "no such key"),
        (GOOD + "[sms]\nprovider = 'command'\ncommand = []", "sms.command", "[]"),
        (GOOD + AUTHY.replace('"AC', '"XX'), "authy.account", "XX"),
        (GOOD + AUTHY.replace("env:TWILIO_TOKEN", "env:NLOPS_NOT_SET"), "authy.token", "NLOPS_NOT_SET"),
        (GOOD + AUTHY + "channel = 'pigeon'", "authy.channel", "pigeon"),
        (GOOD + AUTHY + "base_url = 'http://verify.example'", "authy.base_url", "https://"),
    ],
)
def test_faults_are_placed(tmp_path: Path, text: str, place: str, words: str) -> None:
    """One error each; no secret stands in it."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert caught.value.place == place and words in caught.value.message, str(caught.value)
    assert caught.value.file == str(tmp_path / "nlops.toml") and SECRET not in str(caught.value)
    assert "13800138000" not in str(caught.value)


def demand(folder: Path, auth: str, text: str = GOOD) -> Config:
    return load(folder, f"{text}\n[policy.restart]\nauth = {auth}\n")


@pytest.mark.parametrize(
    ("auth", "text", "words"),
    [
        ("'sms'", GOOD, "no [sms]"),
        ("'authy'", GOOD, "no [authy]"),
        ("'totp'", GOOD.replace(f'totp = "{SECRET}"', ""), "no [[admin]] has totp"),
        ("'sms'", GOOD.replace('phone = "+8613800138000"', "") + SMS, "no [[admin]] has a phone"),
        (
            "['totp', 'second-admin']",
            GOOD.replace('[[admin]]\nname = "lan"\ncontact = "wxid_lan"', ""),
            "one [[admin]]",
        ),
    ],
)
def test_what_nobody_could_give_stops_the_start(tmp_path: Path, auth: str, text: str, words: str) -> None:
    """With where it is demanded; a tool that nobody could run is a mistake, and never one without factors."""
    config = demand(tmp_path, auth, text)
    with pytest.raises(ConfigError) as caught:
        check_factors(config, load_catalogue(config))
    assert caught.value.place == "policy.restart.auth" and words in caught.value.message


def test_a_definition_and_a_rule_demand_too(tmp_path: Path) -> None:
    """The place is the definition's, or the rule's."""
    definition = {
        "name": "deploy",
        "description": "d",
        "inputSchema": {"type": "object", "properties": {}, "additionalProperties": False},
        "run": {"argv": ["true"]},
        "policy": {"risk": "change", "auth": ["totp", "sms"]},
    }
    (tmp_path / "tools").mkdir(mode=0o700)
    file = tmp_path / "tools" / "deploy.json"
    file.write_text(json.dumps(definition))
    file.chmod(0o600)
    tools = "[tools]\npaths = ['tools']\nenable = ['deploy', 'restart']\n"
    config = load(tmp_path, GOOD + tools)
    with pytest.raises(ConfigError, match=r"deploy\.json: \$\.policy\.auth: sms is demanded, and .* no \[sms\]"):
        check_factors(config, load_catalogue(config))
    rule = "[[policy.rule]]\nthen = 'confirm'\ntools = ['restart']\nauth = 'authy'\n"
    config = load(tmp_path, GOOD + SMS + tools + rule)
    with pytest.raises(ConfigError, match=r"policy\.rule\[0\]\.auth: authy is demanded"):
        check_factors(config, load_catalogue(config))


def test_who_lacks_what_is_known(tmp_path: Path) -> None:
    """For `nlops check`: by tool, its own demands and those of rules; an admin that a rule excepts lacks nothing."""
    rule = "[[policy.rule]]\nthen = 'confirm'\ntools = ['status']\nauth = 'totp'\nexcept_admins = ['lan']\n"
    config = demand(tmp_path, "['totp', 'second-admin']", GOOD)
    assert [(admin.name, *rest) for admin, *rest in lacking(config, load_catalogue(config))] == [
        ("lan", "restart", "totp")
    ]
    config = load(tmp_path, GOOD + rule)
    assert not list(lacking(config, load_catalogue(config)))


DOC = (Path(__file__).resolve().parent.parent.parent / "docs" / "factors.md").read_text("utf-8")
BLOCKS = [one.partition("```")[0] for one in DOC.split("```toml\n")[1:]]


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_what_the_documentation_shows_is_read(tmp_path: Path, block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block, with its secrets where it looks for them."""
    (tmp_path / "secret").write_text(SECRET)
    for name in ("TWILIO_TOKEN", "VONAGE_SECRET", "YUNPIAN_KEY", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"):
        monkeypatch.setenv(name, "a-secret-of-tests")
    block = block.replace("/var/lib/nlops/totp/wei", str(tmp_path / "secret"))
    rest = GOOD if "[[admin]]" not in block else GOOD.replace(GOOD[GOOD.index("[[admin]]") : GOOD.index("[[bot]]")], "")
    load(tmp_path, f"{rest}\n{block}")


def test_the_documentation_shows_each_provider() -> None:
    """Nothing that can be configured is left out."""
    assert len(BLOCKS) == 7 and all(f'provider = "{one}"' in DOC for one in ("http", "tencent", "command"))
