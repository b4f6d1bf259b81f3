"""`nlops tools`: the linter's words, a first definition by questions, one run by hand with its record first."""

# ruff: noqa: E501  tables

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nlops.adapters.sqlite import open_existing
from nlops.cli.main import main
from nlops.cli.resources import data_path
from nlops.toolbox.schema import DEFINITION_SCHEMA

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with a state folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def write(folder: Path, name: str, **changes: object) -> Path:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string", "enum": ["eins", "zwei"]}, "n": {"type": "integer", "default": 1}},
        "required": ["word"],
        "additionalProperties": False,
    }
    run = {"argv": ["/bin/echo", "{word}", "{n}"]}
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"name": name, "description": "d", "inputSchema": schema, "run": run, **changes}))
    file.chmod(0o644)
    return file


def nlops(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """The command as people call it, with `text` on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "nlops", "tools", *words],
        input=text,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_check_tells_all_of_all(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, place, what was found, what would do; 1 where there is an error, 0 where there are warnings only."""
    write(here, "good")
    write(here, "bad", timeout_s=0, nmae=1)
    assert main(["tools", "check", "."]) == 1
    out = capsys.readouterr().out
    assert f"bad {here}/bad.json: $.nmae: no such key here; did you mean 'name'?" in out
    assert (
        f"bad {here}/bad.json: $.timeout_s: found 0; more than 0" in out
        and f"ok  {here}/good.json  good (change)" in out
    )
    assert main(["tools", "check", "good.json"]) == 0
    assert "hm  " in capsys.readouterr().out


def test_check_as_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON only, with the same findings."""
    write(here, "bad", timeout_s=0)
    assert main(["tools", "check", "--json", "bad.json"]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    errors = [fault for fault in row["faults"] if fault["level"] == "error"]
    assert errors == [{"place": "$.timeout_s", "level": "error", "found": "found 0", "mend": "more than 0"}]


def test_check_sees_what_only_a_machine_can(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program, a folder, a function that is not there; a name that is shipped; a keyword of two."""
    write(here, "one", run={"argv": ["no-such-program-here", "{word}", "{n}"], "cwd": "/no/such"}, keywords=["eins"])
    write(here, "two", run={"python": "beside:go"})
    write(here, "five", keywords=["wort"])
    write(here, "six", keywords=["ＷＯＲＴ"])
    write(here, "three", run={"python": "beside:gone"})
    write(here, "four", run={"python": "missing:go"})
    write(here, "qr", run={"builtin": "qr"})
    (here / "beside.py").write_text("def go(word): ...\n")
    (here / "beside.py").chmod(0o666)
    assert main(["tools", "check", "."]) == 1
    out = capsys.readouterr().out
    for words in ("no program 'no-such-program-here'", "no folder /no/such", "takes no argument 'n'", "can write",
                  "no function 'gone'", "no missing.py", "keyword of 'five' too", "already defined in"):  # fmt: skip
        assert words in out, words


@pytest.mark.parametrize(
    ("text", "arguments", "maps"),
    [("say eins", {"word": "eins"}, True), ("say it twice, eins", {"word": "zwei"}, False), ("put 7 of eins", {"word": "eins", "n": 7}, True),
     ("eins, often", {"word": "eins", "n": 7}, False), ("alice says eins", {"word": "eins", "who": "alice"}, True)],
)  # fmt: skip
def test_examples_that_do_not_map(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, arguments: dict[str, object], maps: bool
) -> None:
    """An example whose text does not say its arguments would never be carried out: a warning, with what is read."""
    who = {"type": "string", "format": "bot"}
    words = {"word": {"type": "string", "enum": ["eins", "zwei"]}, "n": {"type": "integer", "default": 1}, "who": who}
    schema = {"type": "object", "properties": words, "required": ["word"], "additionalProperties": False}
    run = {"argv": ["/bin/echo", "{word}", "{n}", "{who}"]}
    write(here, "say", inputSchema=schema, run=run, examples=[{"text": text, "arguments": arguments}])
    assert main(["tools", "check", "say.json"]) == 0
    out = capsys.readouterr().out
    assert ("$.examples[0]: its text does not say its arguments" in out) != maps, out


def test_check_asks_the_model_about_the_examples(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The true model: an example that says what it means, one for a bot that is called otherwise here, and one that
    says something else; which is an exit code of 1. What is faulty already is not asked about."""
    bot = {"type": "string", "format": "bot", "description": "Which bot"}
    schema = {"type": "object", "properties": {"bot": bot}, "required": ["bot"], "additionalProperties": False}
    texts = [("is rosie's disk full?", "rosie"), ("bob 的磁盘满了吗", "alice")]
    listed = [{"text": text, "arguments": {"bot": name}} for text, name in texts]
    said = "How full the disk of a bot is. 机器人的磁盘。"
    write(
        here,
        "room_left",
        description=said,
        inputSchema=schema,
        examples=listed,
        keywords=[],
        run={"argv": ["df", "{bot}"]},
    )
    write(here, "bad", description=7)
    (here / "nlops.toml").write_text((data_path("examples") / "eval.toml").read_text("utf-8"), "utf-8")
    assert main(["tools", "check", "--ask", "--json", "room_left.json", "bad.json"]) == 1
    rows = json.loads(capsys.readouterr().out)
    asked = {row["tool"]: row.get("examples") for row in rows}
    assert asked[None] is None
    assert [(one["text"], one["right"]) for one in asked["room_left"]] == [
        ("is alice's disk full?", True),
        ("bob 的磁盘满了吗", False),
    ]
    assert asked["room_left"][1]["understood"] == "room_left {'bot': 'bob'}"


def test_the_shipped_ones_pass_and_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every shipped definition has no error; the list says what is enabled."""
    assert main(["tools", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["qr"]["enabled"] and {row["risk"] for row in rows.values()} <= {"read", "change", "destroy"}
    assert set(rows) == {file.stem for file in data_path("tools").glob("*.json")}


def test_show_and_schema(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A definition as it is written; the schema that the linter uses."""
    assert main(["tools", "show", "qr"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == {"builtin": "qr"}
    assert main(["tools", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == DEFINITION_SCHEMA
    assert main(["tools", "show", "nope"]) == 2 and main(["tools", "check", "nope.json"]) == 2


def records(here: Path) -> list[tuple[str, object]]:
    store = open_existing(here / "state" / "nlops")
    try:
        return [(record.kind, record.details.get("calls")) for record in store.records()]
    finally:
        store.close()


def test_try_runs_and_records(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Shown, recorded, run, recorded; arguments by key=value and as JSON; defaults filled in."""
    write(here, "say", policy={"risk": "read"})
    assert main(["tools", "try", "say.json", "word=eins"]) == 0
    out, err = capfd.readouterr()
    assert out == "eins 1\n" and "/bin/echo eins 1" in err and "risk read" in err
    assert main(["tools", "try", "say.json", '{"word": "zwei", "n": 2}']) == 0
    assert capfd.readouterr().out == "zwei 2\n"
    assert records(here)[:2] == [
        (kind, [{"tool": "say", "arguments": {"word": "eins", "n": 1}}]) for kind in ("allowed", "ran")
    ]


@pytest.mark.parametrize("words", [["word=drei"], ["word"], ["word=eins", "x=1"], [], ["{"], ["word=eins", "n=one"]])
def test_try_checks_first(here: Path, words: list[str]) -> None:
    """What the schema refuses is not run, and not recorded as run."""
    write(here, "say", policy={"risk": "read"})
    assert main(["tools", "try", "say.json", *words]) == 2
    assert not (here / "state").exists()


def test_try_asks_before_a_change(here: Path) -> None:
    """Without a terminal and without --yes nothing changes."""
    write(here, "say")
    refused = nlops("try", "say.json", "word=eins")
    assert refused.returncode == 2 and "--yes" in refused.stderr and not (here / "state").exists()
    done = nlops("try", "say.json", "word=eins", "--yes")
    assert (done.returncode, done.stdout) == (0, "eins 1\n")


def test_no_record_no_run(here: Path) -> None:
    """Where the record can't be kept, nothing runs."""
    write(here, "make", run={"argv": ["touch", "{word}"]}, policy={"risk": "read"})
    (here / "state").write_text("not a folder")
    done = nlops("try", "make.json", "word=eins")
    assert done.returncode == 1 and not (here / "eins").exists()


ANSWERS = {
    "command": ["disk_use", "Show how big a folder is", "查看文件夹大小", "read", "command", "du -sh {path}",
                "choice", "which folder", "/etc,/usr/bin", "size", "how big is /etc", "/usr/bin 有多大"],
    "http": ["job", "Show a job", "-", "read", "http", "https://example.com/jobs/{id}?n={n}",
             "text", "", "number", "", "1", "9", "job", "show job seven", "seven", "3"],
    "python": ["sum_up", "Sum up", "-", "change", "python", "days", "number", "", "1", "9", "-", "sum up three days", "3"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_new_writes_what_passes(here: Path, kind: str) -> None:
    """A few answers, and a definition without a fault beside its schema; the second time nothing is touched."""
    answers = "\n".join(ANSWERS[kind]) + "\n"
    done = nlops("new", text=answers)
    assert done.returncode == 0, done.stderr
    file = here / "tools" / f"{ANSWERS[kind][0]}.json"
    if kind == "command":
        assert json.loads(file.read_text())["title"] == "Show how big a folder is / 查看文件夹大小"
    assert f"wrote {file}" in done.stdout and "error" not in done.stdout
    checked = nlops("check", "tools")
    assert checked.returncode == 0 and "ok  " in checked.stdout, checked.stdout
    assert json.loads((here / "tools" / "tool.schema.json").read_text()) == DEFINITION_SCHEMA
    before = file.read_bytes()
    again = nlops("new", text=answers)
    assert again.returncode == 2 and "exists" in again.stderr and file.read_bytes() == before


def test_new_under_an_open_umask(here: Path) -> None:
    """What it writes can be loaded, whatever the umask."""
    old = os.umask(0o000)
    try:
        assert nlops("new", text="\n".join(ANSWERS["command"]) + "\n").returncode == 0
    finally:
        os.umask(old)
    assert nlops("try", "tools/disk_use.json", "path=/etc").returncode == 0


@pytest.mark.parametrize(
    ("at", "answer", "named"),
    [(0, "restart", "exists"), (0, "help", "admins say"), (5, "du -sh {path} | sort", "no shell"), (5, "sudo du", "sudo"),
     (5, "du '", "split"), (8, "-a,b", "flag"), (9, "yes", "admins say")],
)  # fmt: skip
def test_new_says_at_once_what_would_not_do(here: Path, at: int, answer: str, named: str) -> None:
    """The linter's word on each answer; without a terminal nothing is asked again, and nothing written."""
    answers = [*ANSWERS["command"][:at], answer]
    done = nlops("new", text="\n".join(answers) + "\n")
    assert done.returncode == 2 and named in done.stderr and not (here / "tools").exists()


def test_new_that_is_not_answered(here: Path) -> None:
    """An end in the middle writes nothing."""
    done = nlops("new", text="disk_use\n")
    assert done.returncode == 2 and "nothing was written" in done.stderr and not (here / "tools").exists()
