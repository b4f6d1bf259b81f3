"""nlops.toml: what is right is read, and each fault is one error that names file and place."""

import re
from pathlib import Path

import pytest

from nlops.cli.load import load_catalogue, load_config, load_formats
from nlops.cli.resources import cache_dir, default_state_dir
from nlops.domain.bots import SignKind
from nlops.domain.config import AdminConfig, AlertConfig
from nlops.domain.errors import ConfigError, ToolError
from nlops.monitor.formats import FORMATS

GOOD = """
[chat]
endpoint = "127.0.0.1:8788"
token = "env:NLOPS_TEST_TOKEN"

[[admin]]
name = "wei"
contact = "wxid_wei"

[[bot]]
name = "bob"
aliases = ["鲍勃"]
log = "logs/bob.log"
"""


OWN_FORMAT = r"""
[[format]]
name = "mine"
description = "my own bot"
[[format.pattern]]
sign = "logged_in"
line = 'I am (?P<account>\w+)'
samples = ["I am bob"]
near_misses = ["I am "]
"""
ALERTS = r"""
[[bot.alert]]
pattern = 'ERROR|FATAL'
[[bot.alert]]
pattern = 'heap out of \w+'
name = "memory"
at_most = 1
around = 2
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a function of the tests
    monkeypatch.setenv("NLOPS_TEST_TOKEN", "hunter2-hunter2")

    def write_text(text: str) -> str:
        file = tmp_path / "nlops.toml"
        file.write_text(text, "utf-8")
        return str(file)

    return write_text


def test_small_configuration_has_sane_defaults(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Ten lines are enough; a relative path stands beside the file; a secret does not show itself."""
    config = load_config(write(GOOD))
    assert config.bots[0].log == (tmp_path / "logs/bob.log",) and config.bots[0].format == "starterbot"
    assert config.chat.token.reveal() == "hunter2-hunter2" and "hunter2" not in repr(config)
    assert config.tools.enable == ("qr", "restart", "tail_logs", "status") and config.policy.ttl_s == 120
    assert config.model.provider == "embedded" and config.language == "auto"
    assert [tool.name for tool in load_catalogue(config).tools] == list(config.tools.enable)


def test_admins_are_configured_or_paired(write) -> None:  # type: ignore[no-untyped-def]
    """A contact id, or pairing = true; each is told from the other by its contact."""
    text = GOOD.replace("[[bot]]", '[[admin]]\nname = "lan"\npairing = true\nlanguage = "zh"\n[[bot]]')
    assert load_config(write(text)).admins == (AdminConfig("wei", "wxid_wei"), AdminConfig("lan", None, "zh"))
    with pytest.raises(ConfigError, match="got both"):
        load_config(write(GOOD.replace("[[bot]]", '[[admin]]\nname = "x"\ncontact = "y"\npairing = true\n[[bot]]')))


def test_rooms_and_what_the_account_may_send(write) -> None:  # type: ignore[no-untyped-def]
    """No room and a careful number where nothing is said."""
    chat = load_config(write(GOOD)).chat
    assert (chat.rooms, chat.per_minute, chat.per_day) == ((), 20, 1000)
    limits = 'rooms = ["1@chatroom", "2@chatroom"]\nper_minute = 5\nper_day = 100\n[[admin]]'
    chat = load_config(write(GOOD.replace("[[admin]]", limits))).chat
    assert (chat.rooms, chat.per_minute, chat.per_day) == (("1@chatroom", "2@chatroom"), 5, 100)


def test_secret_from_a_file(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """file:PATH is read, its line end left out."""
    (tmp_path / "token").write_text("from-a-file\n")
    config = load_config(write(GOOD.replace("env:NLOPS_TEST_TOKEN", "file:token")))
    assert config.chat.token.reveal() == "from-a-file"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('endpoint = "127.0.0.1:8788"', "", "chat"),
        ('endpoint = "127.0.0.1:8788"', 'endpoint = "http://x:1"', "chat.endpoint"),
        ('endpoint = "127.0.0.1:8788"', 'endpoint = "10.0.0.5:8788"', "chat.tls"),
        ("[chat]", "[chta]\nx = 1\n[chat]", "chta"),
        ("[chat]", "[chat]\ntolken = 1", "chat.tolken"),
        ('token = "env:NLOPS_TEST_TOKEN"', 'token = "env:NLOPS_NOT_THERE"', "chat.token"),
        ('token = "env:NLOPS_TEST_TOKEN"', 'token = "file:not-there"', "chat.token"),
        ("[[admin]]", 'rooms = "r@chatroom"\n[[admin]]', "chat.rooms"),
        ("[[admin]]", 'rooms = ["r", "r"]\n[[admin]]', "chat.rooms"),
        ("[[admin]]", 'rooms = [""]\n[[admin]]', "chat.rooms[0]"),
        ("[[admin]]", "per_minute = 0\n[[admin]]", "chat.per_minute"),
        ("[[admin]]", "per_minute = true\n[[admin]]", "chat.per_minute"),
        ("[[admin]]", "per_day = 1.5\n[[admin]]", "chat.per_day"),
        ('contact = "wxid_wei"', 'contact = ""', "admin[0].contact"),
        ('contact = "wxid_wei"', "", "admin[0]"),
        ('contact = "wxid_wei"', "pairing = false", "admin[0]"),
        ('contact = "wxid_wei"', 'contact = "wxid_wei"\npairing = true', "admin[0]"),
        ('contact = "wxid_wei"', 'pairing = "yes"', "admin[0].pairing"),
        ('contact = "wxid_wei"', 'pairing = true\n[[admin]]\nname = "wei"\npairing = true', "admin"),
        ('contact = "wxid_wei"', 'contact = "wxid_wei"\n[[admin]]\nname = "x"\ncontact = "wxid_wei"', "admin"),
        ('name = "bob"', 'name = "-bob"', "bot[0].name"),
        ('aliases = ["鲍勃"]', 'aliases = ["BOB"]', "bot"),
        ('aliases = ["鲍勃"]', 'format = "syslog"', "bot[0].format"),
        ('aliases = ["鲍勃"]', 'pm2 = "bob"\ncommand = ["x"]', "bot[0]"),
        ('aliases = ["鲍勃"]', 'pm2 = "--all"', "bot[0].pm2"),
        ("[[bot]]", '[policy]\nconfirm = "sometimes"\n[[bot]]', "policy.confirm"),
        ("[[bot]]", "[policy]\nttl_s = 0\n[[bot]]", "policy.ttl_s"),
        ("[[bot]]", "[policy]\nconfrim = 1\n[[bot]]", "policy.confrim"),
        ("[[bot]]", '[model]\nprovider = "skynet"\n[[bot]]', "model.provider"),
    ],
)
def test_faults_are_placed(write, old: str, new: str, place: str) -> None:  # type: ignore[no-untyped-def]
    """A wrong or unknown key, a missing secret, a twin, plain text to another machine: file and place."""
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load_config(write(GOOD.replace(old, new)))
    assert caught.value.place == place and caught.value.file.endswith("nlops.toml"), str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[admin]]", "[[admins]]", "admins: there is no such key; did you mean 'admin'?"),
        (
            "[[bot]]",
            '[tools]\ndirs = ["x"]\n[[bot]]',
            "tools.dirs: there is no such key; there are: enable, paths, targets",
        ),
        (
            'contact = "wxid_wei"',
            'contacts = "wxid_wei"',
            "admin[0].contacts: there is no such key; did you mean 'contact'?",
        ),
    ],
)
def test_an_unknown_key_is_told_with_those_there_are(write, old: str, new: str, said: str) -> None:  # type: ignore[no-untyped-def]
    """What is written wrongly is the error, and not what is missing for it."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(GOOD.replace(old, new)))
    assert str(caught.value).endswith(f"nlops.toml: {said}")


def test_own_formats_and_alerts_are_read(write) -> None:  # type: ignore[no-untyped-def]
    """A bot may be pinned to an own format, carried or not; an alert is named by its pattern where nothing names it."""
    config = load_config(write(GOOD + 'format = "mine-pm2"\n' + ALERTS + OWN_FORMAT))
    assert config.bots[0].alerts == (
        AlertConfig("ERROR|FATAL", "ERROR|FATAL"),
        AlertConfig(r"heap out of \w+", "memory", at_most=1, around=2),
    )
    (own,) = config.formats
    assert own.patterns[0].sign is SignKind.LOGGED_IN and own.patterns[0].samples == ("I am bob",)
    assert config.bots[0].format == "mine-pm2"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('samples = ["I am bob"]', "", "format[0].pattern[0]"),
        ('near_misses = ["I am "]', "near_misses = []", "format[0].pattern[0].near_misses"),
        ('samples = ["I am bob"]', 'samples = ["I am bob\\n"]', "format[0].pattern[0].samples[0]"),
        ('samples = ["I am bob"]', 'samples = ["I am bob", "I was"]', "format[0].pattern[0].samples[1]"),
        ('near_misses = ["I am "]', 'near_misses = ["I am eve"]', "format[0].pattern[0].near_misses[0]"),
        ("line = 'I", "line = '(?<!x)I", "format[0].pattern[0].line"),
        ('sign = "logged_in"', 'sign = "online"', "format[0].pattern[0].sign"),
        ('sign = "logged_in"', 'sign = "logged_in"\nhosts = ["evil.example"]', "format[0].pattern[0].hosts"),
        ('name = "mine"', 'name = "starterbot"', "format[0].name"),
        ('name = "mine"', 'name = "My own"', "format[0].name"),
        ("'ERROR|FATAL'", "'(ERROR'", "bot[0].alert[0].pattern"),
        ("'ERROR|FATAL'", "'(?P<account>ERROR)'", "bot[0].alert[0].pattern"),
        ("'ERROR|FATAL'", "'.*'", "bot[0].alert[0].pattern"),
        ("'ERROR|FATAL'", "'memory'", "bot[0].alert"),
        ("at_most = 1", "at_most = 0", "bot[0].alert[1].at_most"),
        ("around = 2", "around = 99", "bot[0].alert[1].around"),
    ],
)
def test_faults_of_formats_and_alerts_are_placed(write, old: str, new: str, place: str) -> None:  # type: ignore[no-untyped-def]
    """No pattern without samples and near misses that hold; no host of one's own; nothing that is not linear."""
    good = GOOD + ALERTS + OWN_FORMAT
    assert old in good
    with pytest.raises(ConfigError) as caught:
        load_config(write(good.replace(old, new)))
    assert caught.value.place == place and caught.value.file.endswith("nlops.toml"), str(caught.value)


def test_formats_are_known_without_the_secrets(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """`nlops formats` and `replay` need no token; without a configuration there are the shipped ones."""
    file = write(GOOD + OWN_FORMAT)
    monkeypatch.delenv("NLOPS_TEST_TOKEN")
    assert list(load_formats(file)) == [*FORMATS, "mine", "mine-pm2", "mine-timestamped"]
    monkeypatch.chdir(tmp_path)
    assert "mine" in load_formats(None)
    (tmp_path / "nlops.toml").unlink()
    assert load_formats(None) == FORMATS


def test_the_example_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a user copies loads as it is, and with its own format taken in."""
    monkeypatch.setenv("NLOPS_GATEWAY_TOKEN", "hunter2-hunter2")
    monkeypatch.setenv("WEI_TOTP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    text = (Path(__file__).parents[2] / "examples" / "nlops.toml").read_text("utf-8")
    for example in (text, re.sub(r"(?m)^#(?! )", "", text)):
        (tmp_path / "nlops.toml").write_text(example, "utf-8")
        config = load_config(str(tmp_path / "nlops.toml"))
        assert [alert.name for alert in config.bots[0].alerts] == ["errors"]
    assert [one.name for one in config.formats] == ["carol"]


def test_a_wrong_secret_is_not_shown(write) -> None:  # type: ignore[no-untyped-def]
    """A secret of the wrong type is an error that does not repeat it."""
    with pytest.raises(ConfigError) as caught:
        load_config(write(GOOD.replace('"env:NLOPS_TEST_TOKEN"', "31415926")))
    assert caught.value.place == "chat.token" and "31415926" not in str(caught.value)


@pytest.mark.parametrize("text", ["= =", "[chat", "\udcff"])
def test_what_is_no_toml_is_one_error(tmp_path: Path, text: str) -> None:
    """A syntax error and a wrong encoding name the file."""
    file = tmp_path / "nlops.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"nlops\.toml"):
        load_config(str(file))


def test_missing_file_is_said(tmp_path: Path) -> None:
    """With the mend."""
    with pytest.raises(ConfigError, match="no such file"):
        load_config(str(tmp_path / "nlops.toml"))


def test_tools_are_an_allowlist(write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """What is not enabled does not exist; what is enabled must; a shipped name is not taken twice."""
    enabled = '[tools]\npaths = ["mine"]\nenable = ["status"]\n[[bot]]'
    (tmp_path / "mine").mkdir()
    assert [tool.name for tool in load_catalogue(load_config(write(GOOD.replace("[[bot]]", enabled)))).tools] == [
        "status"
    ]
    with pytest.raises(ConfigError, match="nope"):
        load_catalogue(load_config(write(GOOD.replace("[[bot]]", enabled.replace('"status"', '"nope"')))))
    (tmp_path / "mine" / "status.json").write_text("{}")
    with pytest.raises(ToolError, match="already defined"):
        load_catalogue(load_config(write(GOOD.replace("[[bot]]", enabled))))


def test_folders_follow_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set and absolute: used. Relative: ignored, as the specification says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert cache_dir() == tmp_path / "nlops" and default_state_dir() == Path.home() / ".local/state/nlops"
