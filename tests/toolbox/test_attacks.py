"""Attacks of the layers tooldef and exec: each is refused, and the refusal names what it is about.

Those with a number are the development set's (A33 to A40) in this format; the others follow from the threat model.
"""

# ruff: noqa: E501, S108  a table reads best with a case a line

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nlops.adapters.definitions import Folders, lint_file, load_file, make_catalogue
from nlops.adapters.runner import ToolRunner
from nlops.domain.errors import ToolError
from nlops.domain.tools import Catalogue, ToolCall
from nlops.toolbox.definition import lint
from nlops.toolbox.faults import errors_of
from tests.support import make_config

BOTS = {"type": "string", "enum": ["alice", "bob", "archy"]}


def definition(name: str, run: object, properties: object = None, **more: object) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties or {}, "additionalProperties": False}
    return {"name": name, "description": "A tool.", "inputSchema": schema, "run": run, **more}


def argv(*items: str) -> dict[str, object]:
    return {"argv": list(items)}


FREE = {"type": "string", "maxLength": 40}
TABLE: list[tuple[str, object, str, str]] = [  # id, definition or text, place, what the fault names
    ("A34 shell string", {"name": "t", "command": "pm2 restart {bot} && echo ok", "shell": True}, "$.shell", "no shell"),
    (
        "A35 remote $ref",
        definition("t", argv("botctl", "{b}"), {"b": {"$ref": "https://schemas.example.invalid/bot.json"}}),
        "$.inputSchema.properties.b.$ref",
        "https://schemas.example.invalid/bot.json",
    ),
    (
        "A36 placeholder not in schema",
        definition("t", argv("botctl", "logs", "{bot}", "--file", "{path}"), {"bot": BOTS}),
        "$.run.argv[4]",
        "{path}",
    ),
    (
        "A38 dash in enum",
        definition("t", argv("pm2", "restart", "{bot}"), {"bot": {"enum": ["alice", "--force"]}}),
        "$.run.argv[2]",
        "--force",
    ),
    (
        "A39 free string without a bound",
        definition("t", argv("pm2", "restart", "{bot}"), {"bot": {"type": "string"}}),
        "$.inputSchema.properties.bot",
        "any length",
    ),
    ("dash in const", definition("t", argv("x", "{a}"), {"a": {"const": "-f"}}), "$.run.argv[1]", "-f"),
    (
        "dash in default",
        definition("t", argv("x", "{a}"), {"a": {**FREE, "pattern": "^[-a]+$", "default": "-a"}}),
        "$.run.argv[1]",
        "-a",
    ),
    (
        "dash by pattern",
        definition("t", argv("x", "{a}"), {"a": {"type": "string", "pattern": "^[a-z-]{1,9}$"}}),
        "$.run.argv[1]",
        "^[a-z-]{1,9}$",
    ),
    (
        "dash by a loose pattern",
        definition("t", argv("x", "{a}"), {"a": {**FREE, "pattern": "[0-9]+"}}),
        "$.run.argv[1]",
        "[0-9]+",
    ),
    (
        "dash in a list",
        definition("t", argv("x", "{a}"), {"a": {"type": "array", "items": {"enum": ["-rf"]}}}),
        "$.run.argv[1]",
        "-rf",
    ),
    (
        "dash through a local $ref",
        {
            **definition("t", argv("x", "{a}")),
            "inputSchema": {
                "type": "object",
                "properties": {"a": {"$ref": "#/$defs/v"}},
                "$defs": {"v": {"anyOf": [{"enum": ["a"]}, {"enum": ["--b"]}]}},
                "additionalProperties": False,
            },
        },
        "$.run.argv[1]",
        "--b",
    ),
    ("dash behind an empty beginning", definition("t", argv("x", "{a}{b}"), {"a": {"enum": ["q"]}, "b": {"enum": ["-b"]}}), "$.run.argv[1]", "-b"),
    ("free flag", definition("t", argv("x", "--{a}"), {"a": FREE}), "$.run.argv[1]", "flag"),
    ("program is an argument", definition("t", argv("{a}"), {"a": {"enum": ["x"]}}), "$.run.argv[0]", "argument"),
    ("relative program", definition("t", argv("./x")), "$.run.argv[0]", "relative"),
    ("shell line as program", definition("t", argv("df -h | sh")), "$.run.argv[0]", "shell line"),
    ("pipe as item", definition("t", argv("df", "-h", "|", "mail")), "$.run.argv[2]", "'|'"),
    ("a shell", definition("t", argv("/bin/bash", "-c", "id")), "$.run.argv[0]", "shell"),
    ("busybox", definition("t", argv("busybox", "sh")), "$.run.argv[0]", "shell"),
    ("shell inside", definition("t", argv("docker", "exec", "web", "sh", "-c", "id")), "$.run.argv[3]", "shell line"),
    *((f"carrier {name}", definition("t", argv(name, "ls")), "$.run.argv[0]", "whatever it is given") for name in (
        "env", "/usr/bin/env", "xargs", "sudo", "doas", "su", "nohup", "timeout", "nice", "watch", "systemd-run", "script")),
    *((f"code {one[0]} {one[1]}", definition("t", argv(*one)), "$.run.argv[1]", "line of code") for one in (
        ("python3", "-c", "x"), ("python3.11", "-Ic", "x"), ("perl", "-e", "x"), ("perl", "-ne", "x"), ("ruby", "-e", "x"),
        ("node", "-e", "x"), ("node", "--eval=x"), ("node", "-p", "x"), ("php", "-r", "x"), ("lua", "-e", "x"))),
    ("code from input", definition("t", argv("python3")), "$.run.argv[0]", "input"),
    ("script is an argument", definition("t", argv("python3", "{a}"), {"a": FREE}), "$.run.argv[1]", "argument"),
    ("awk program", definition("t", argv("awk", "{a}"), {"a": FREE}), "$.run.argv[1]", "code"),
    ("sql", definition("t", argv("psql", "-c", "select '{a}'"), {"a": FREE}), "$.run.argv[2]", "code"),
    ("mongo", definition("t", argv("mongosh", "--eval", "db.{a}.count()"), {"a": FREE}), "$.run.argv[2]", "code"),
    ("sqlite", definition("t", argv("sqlite3", "x.db", "{a}"), {"a": FREE}), "$.run.argv[2]", "code"),
    ("ssh without a command", definition("t", argv("ssh", "-p", "22", "host")), "$.run.argv[0]", "fixed command"),
    ("ssh with free text", definition("t", argv("ssh", "host", "uptime", "{a}"), {"a": FREE}), "$.run.argv[3]", "shell"),
    ("docker exec", definition("t", argv("docker", "exec", "web", "{a}"), {"a": FREE}), "$.run.argv[3]", "run it"),
    ("host in a URL", definition("t", argv("curl", "https://{a}/x"), {"a": FREE}), "$.run.argv[1]", "host"),
    *((f"odd braces {odd}", definition("t", argv("x", odd), {"a": FREE}), "$.run.argv[1]", "placeholder") for odd in (
        "{0}", "{a.b}", "{a!r}", "{a:>9}", "{{a}}", "{a[0]}")),
    ("NUL", definition("t", argv("x", "a\0b")), "$.run.argv", "NUL"),
    ("loader", definition("t", {"argv": ["x"], "env": {"LD_PRELOAD": "/tmp/x.so"}}), "$.run.env.LD_PRELOAD", "code"),
    ("PATH", definition("t", {"argv": ["x"], "env": {"PATH": "/tmp"}}), "$.run.env.PATH", "code"),
    ("argument in env", definition("t", {"argv": ["x"], "env": {"A": "{a}"}}, {"a": FREE}), "$.run.env.A", "argument"),
    ("relative secret", definition("t", {"argv": ["x"], "env": {"A": "file:../k"}}), "$.run.env.A", "reference"),
    ("two kinds", definition("t", {"argv": ["x"], "builtin": "qr"}), "$.run", "exactly one"),
    ("os:system", definition("t", {"python": "os:system"}), "$.run.python", "Python itself"),
    ("subprocess", definition("t", {"python": "subprocess:run"}), "$.run.python", "Python itself"),
    ("nlops", definition("t", {"python": "nlops.adapters.process:run_command"}), "$.run.python", "nlops itself"),
    ("file URL", definition("t", {"http": {"url": "file:///etc/passwd"}}), "$.run.http.url", "file:///etc/passwd"),
    ("host by argument", definition("t", {"http": {"url": "https://{a}/"}}, {"a": FREE}), "$.run.http.url", "{a}"),
    ("host half by argument", definition("t", {"http": {"url": "https://x{a}.cn/"}}, {"a": FREE}), "$.run.http.url", "{a}"),
    ("port by argument", definition("t", {"http": {"url": "https://x:{a}/"}}, {"a": FREE}), "$.run.http.url", "{a}"),
    ("user in URL", definition("t", {"http": {"url": "https://a:b@x/"}}), "$.run.http.url", "a:b@x"),
    ("query name", definition("t", {"http": {"url": "https://x/?{a}=1"}}, {"a": FREE}), "$.run.http.url", "query"),
    ("Host header", definition("t", {"http": {"url": "https://x/", "headers": {"Host": "y"}}}), "$.run.http.headers.Host", "itself"),
    ("header line", definition("t", {"http": {"url": "https://x/", "headers": {"A": "b\r\nC: d"}}}), "$.run.http.headers.A", "header line"),
    ("file $ref", definition("t", argv("x"), {"a": {"$ref": "file:///etc/passwd"}}), "$.inputSchema.properties.a.$ref", "/etc/passwd"),
    ("relative $ref", definition("t", argv("x"), {"a": {"$ref": "other.json#/a"}}), "$.inputSchema.properties.a.$ref", "other.json"),
    *((f"{key}", definition("t", argv("x"), {"a": {"type": "string", key: "http://e/x"}}), f"$.inputSchema.properties.a.{key}", "http://e/x")
      for key in ("$id", "$dynamicRef", "$schema", "$anchor", "$dynamicAnchor", "$recursiveRef")),
    ("circle", {**definition("t", argv("x", "{a}")), "inputSchema": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}},
     "$defs": {"a": {"$ref": "#/$defs/a"}}, "additionalProperties": False}}, "$.inputSchema.properties.a", "itself"),
    ("dangling", definition("t", argv("x", "{a}"), {"a": {"$ref": "#/$defs/no"}}), "$.inputSchema.properties.a", "nowhere"),
    *((f"pattern {pattern}", definition("t", argv("x", "x={a}"), {"a": {"type": "string", "pattern": pattern}}),
       "$.inputSchema.properties.a.pattern", "") for pattern in (
        "(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(\\w+\\s?)*$", "^(a*)*$", "(?=a)b", "(a)\\1", "(", "a" * 201, "^([a-z]{1,900}){1,900}$")),
    ("misspelt bound", definition("t", argv("x", "x={a}"), {"a": {"type": "string", "maxLenght": 9}}), "$.inputSchema.properties.a.maxLenght", "maxLength"),
    ("anything goes", definition("t", argv("x", "x={a}"), {"a": {"maxLength": 9}}), "$.inputSchema.properties.a", "no type"),
    ("object argument", definition("t", argv("x", "x={a}"), {"a": {"type": "object"}}), "$.run.argv[1]", "object"),
    ("list of anything", definition("t", argv("x", "x={a}"), {"a": {"type": "array", "items": {"type": "string"}}}), "$.inputSchema.properties.a", "any length"),
    ("open object", {**definition("t", argv("x")), "inputSchema": {"type": "object", "properties": {}}}, "$.inputSchema", "additionalProperties"),
    ("open object, said", {**definition("t", argv("x")), "inputSchema": {"type": "object", "properties": {}, "additionalProperties": True}}, "$.inputSchema.additionalProperties", "false"),
    ("unknown risk", definition("t", argv("x"), policy={"risk": "none"}), "$.policy.risk", "none"),
    ("empty policy", definition("t", argv("x"), policy={}), "$.policy", "risk"),
    ("unknown auth", definition("t", argv("x"), policy={"risk": "read", "auth": "nobody"}), "$.policy.auth", "nobody"),
    ("unknown confirm", definition("t", argv("x"), policy={"risk": "read", "confirm": "sometimes"}), "$.policy.confirm", "sometimes"),
    *((f"name {name}", {**definition(name, argv("x"))}, "$.name", name) for name in ("help", "yes", "audit", "restart", "qr", "Рestart", "../x", "a b")),
    *((f"keyword {word}", definition("t", argv("x"), keywords=[word]), "$.keywords[0]", word) for word in (
        "yes", "YES", "ｙｅｓ", "确认", "取消", "帮助", "help", "?", "？", "more", "更多", "Restart", "重启", "日志", "二维码", "审计")),
    ("BOM", "\ufeff{}", "$", "byte order mark"),
    ("twins", '{"name": "t", "name": "u"}', "$", "'name'"),
    ("NaN", '{"timeout_s": NaN}', "$", "NaN"),
    ("infinity", '{"timeout_s": 1e999}', "$", "1e999"),
    ("half a character", '{"name": "\\ud800"}', "$", "surrogate"),
    ("endless number", f'{{"timeout_s": {"9" * 10_000}}}', "$", "digits"),
    ("bomb", "[" * 100_000, "$", "deeply"),
    ("cut", '{"name": ', "line 1, column 10", "Expecting"),
    ("a list", "[]", "$", "object"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "place", "named"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_what_is_refused(raw: object, place: str, named: str) -> None:
    """Refused, at this place, and the fault names what it found."""
    text = raw if isinstance(raw, str) else json.dumps(raw)
    name = raw.get("name", "t") if isinstance(raw, dict) else "t"
    linted = lint(text, f"/tools/{name}.json")
    assert linted.tool is None
    faults = [fault for fault in errors_of(linted.faults) if fault.place == place]
    assert faults and any(named in str(fault) for fault in faults), [f"{f.place}: {f}" for f in linted.faults]


# The same as the development set writes them, in a shape that is not ours at all.
AS_WRITTEN = {
    "A34": '{"name":"restart","command":"pm2 restart {bot} && echo ok","shell":true,"schema":{"type":"object","properties":{"bot":{"type":"string"}}}}',
    "A35": '{"name":"qr","argv":["botctl","qr","{bot}"],"schema":{"type":"object","properties":{"bot":{"$ref":"https://schemas.example.invalid/bot.json"}},"required":["bot"],"additionalProperties":false}}',
    "A36": '{"name":"tail_logs","argv":["botctl","logs","{bot}","--file","{path}"],"schema":{"type":"object","properties":{"bot":{"enum":["alice","bob","archy"]}},"required":["bot"],"additionalProperties":false}}',
    "A37": '{"name":"status","argv":["botctl","status"],"schema":{"type":"object","properties":{},"additionalProperties":false}}',
    "A38": '{"name":"restart","argv":["pm2","restart","{bot}"],"schema":{"type":"object","properties":{"bot":{"enum":["alice","bob","--force"]}},"required":["bot"],"additionalProperties":false}}',
}


@pytest.mark.parametrize("attack", AS_WRITTEN)
def test_as_the_development_set_writes_them(tmp_path: Path, attack: str) -> None:
    """Not loaded, and it is said where the parts belong."""
    name = json.loads(AS_WRITTEN[attack])["name"]
    file = tmp_path / f"{name}.json"
    file.write_text(AS_WRITTEN[attack])
    file.chmod(0o666 if attack == "A37" else 0o644)
    with pytest.raises(ToolError) as caught:
        load_file(file)
    assert f"{name}.json" in str(caught.value) and ("chmod" if attack == "A37" else "inputSchema") in str(caught.value)


def write(folder: Path, name: str, **changes: object) -> Path:
    file = folder / f"{name}.json"
    file.write_text(json.dumps({**definition(name, argv("/bin/echo", "{bot}"), {"bot": BOTS}), **changes}))
    file.chmod(0o644)
    return file


def test_duplicate_name(tmp_path: Path) -> None:
    """A33: two files of one name, in two folders or beside a shipped one: no catalogue, and the name is told."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir(mode=0o755)
        write(folder, "again")
    with pytest.raises(ToolError, match=r"'again' is already defined in .*one"):
        make_catalogue(Folders(one, (two,)), ["again"], ())


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646, 0o622])
def test_a_file_that_others_write(tmp_path: Path, mode: int) -> None:
    """A37: the mode of the file."""
    file = write(tmp_path, "t")
    file.chmod(mode)
    with pytest.raises(ToolError, match=f"can write .*{mode:04o}.*chmod go-w"):
        load_file(file)


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o1777])
def test_a_folder_that_others_write(tmp_path: Path, mode: int) -> None:
    """A37: the mode of its folder."""
    folder = tmp_path / "tools"
    folder.mkdir()
    file = write(folder, "t")
    folder.chmod(mode)
    with pytest.raises(ToolError, match="can write"):
        load_file(file)


def test_an_open_folder_above(tmp_path: Path) -> None:
    """Whoever can rename the folder can put another in its place."""
    above, folder = tmp_path / "open", tmp_path / "open" / "tools"
    folder.mkdir(parents=True)
    file = write(folder, "t")
    above.chmod(0o777)
    with pytest.raises(ToolError, match="anybody can write the folder"):
        load_file(file)


def test_links_pipes_and_folders(tmp_path: Path) -> None:
    """A link, a pipe, a folder in place of a file: refused at once, and nobody waits for a writer."""
    target = write(tmp_path, "t")
    link = tmp_path / "l.json"
    link.symlink_to(target)
    assert "link" in str(lint_file(link).faults[0])
    os.mkfifo(tmp_path / "p.json", 0o644)
    assert "regular" in str(lint_file(tmp_path / "p.json").faults[0])
    (tmp_path / "d.json").mkdir()
    assert "regular" in str(lint_file(tmp_path / "d.json").faults[0])
    assert "cannot be read" in str(lint_file(tmp_path / "none.json").faults[0])


@pytest.mark.parametrize(
    ("data", "named"),
    [(b"\xff\xfe{\0}\0", "UTF-16"), (b'{"name": "\xe4"}', "0xe4"), (b" " * 300_000, "bytes"), (b"\xef\xbb\xbf{}", "byte order")],
)  # fmt: skip
def test_wrong_encodings(tmp_path: Path, data: bytes, named: str) -> None:
    """UTF-16, Latin-1, a byte order mark, a file of megabytes."""
    file = tmp_path / "t.json"
    file.write_bytes(data)
    file.chmod(0o644)
    assert named in str(lint_file(file).faults[0])


async def run(folder: Path, value: str, bot: object) -> tuple[bool, str]:
    file = write(folder, "t", inputSchema={"type": "object", "properties": {"bot": bot}, "additionalProperties": False})
    catalogue = Catalogue((load_file(file),))
    result = await ToolRunner(make_config(folder), catalogue, {}).run(ToolCall("t", {"bot": value}), {}, "en")
    return result.ok, result.text


@pytest.mark.parametrize("value", ["--all", "-", "--", "-1", "\0", "a\0b", "../x", "a/../../etc/passwd"])
async def test_values_that_become_something_else(tmp_path: Path, value: str) -> None:
    """A39: a free string that the schema lets through is refused where it would be a flag, end early, or lead away."""
    ok, text = await run(tmp_path, value, {"type": "string", "maxLength": 40})
    assert not ok and "--all\n" not in text


@pytest.mark.parametrize("value", ["bob; id $(whoami)", "bob\n", "Bob", "bob ", "ｂｏｂ", "", "alice,bob"])
async def test_shell_characters_and_near_misses(tmp_path: Path, value: str) -> None:
    """A40: what the enum does not hold is refused by it, to the letter."""
    ok, text = await run(tmp_path, value, BOTS)
    assert not ok and "is not one of" in text


@pytest.mark.parametrize("value", ["bob; id $(whoami)", "`id`", "a && b", "$HOME", "*", "a'b\"c", "%s", "a\\nb"])
async def test_shell_characters_stay_letters(tmp_path: Path, value: str) -> None:
    """A40: in free text they are letters of one argument; nothing runs."""
    assert await run(tmp_path, value, {"type": "string", "maxLength": 40}) == (True, value)


async def test_a_newline_is_no_end(tmp_path: Path) -> None:
    """A pattern's `$` is the end of the text, not the place before a last newline."""
    ok, _ = await run(tmp_path, "bob\n", {"type": "string", "pattern": "^[a-z]{1,9}$"})
    assert not ok
