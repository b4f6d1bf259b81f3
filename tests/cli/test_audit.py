"""`nlops audit`: tail, export, verify and rotate, as an operator uses them."""

import asyncio
import gzip
import json
import shutil
import time
from pathlib import Path

import pytest

from nlops.adapters.audit_files import seal_file
from nlops.adapters.sqlite import SqliteStore
from nlops.cli.main import main
from nlops.domain.audit import AuditQuery
from nlops.domain.effects import Record
from nlops.gate.audit import read_checkpoint
from nlops.ports import Commit

CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "t"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
"""
NOW = time.time()


async def fill(state: Path) -> None:
    """Sixty records, one an hour, the last one now: of two people, three kinds, two bots."""
    store = SqliteStore(state)
    for number in range(60):
        kind = ("allowed", "ran", "refused")[number % 3]
        calls = [{"tool": "restart", "arguments": {"bot": "bob" if number % 2 else "alice"}}]
        details = {
            "words": f"order {number}\x1b[2J",
            "calls": calls,
            "results": [{"ok": False, "exit": 2}] if kind == "ran" else [],
        }
        record = Record(kind, "wei" if number < 30 else "lan", "x", details)
        await store.commit(Commit((record,)), NOW - 3600 * (59 - number))
    store.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("audit") / "state"
    asyncio.run(fill(state))
    return state


@pytest.fixture
def config(tmp_path: Path, filled: Path) -> str:
    shutil.copytree(filled, tmp_path / "state")
    (tmp_path / "nlops.toml").write_text(CONFIG)
    return str(tmp_path / "nlops.toml")


Capture = pytest.CaptureFixture[str]


def run(*words: str) -> int:
    return main(["audit", *words])


def test_tail(config: str, capsys: Capture) -> None:
    """The last ones, or the last of a kind, a person, a time; a cursor is not moved by what somebody typed."""
    assert run("tail", "-c", config) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 20 and lines[-1].startswith("60 ") and "\\x1b[2J" in lines[-1] and "\x1b" not in lines[-1]
    assert run("tail", "-n", "2", "--admin", "wei", "--kind", "ran", "-c", config) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["26", "29"] and "failed (exit 2)" in lines[0]
    assert run("tail", "-n", "100", "--bot", "bob", "--admin", "lan", "-c", config) == 0
    assert len(capsys.readouterr().out.splitlines()) == 15
    assert run("tail", "--since", "3h", "-c", config) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_export_into_a_file_and_verify(config: str, tmp_path: Path, capsys: Capture) -> None:
    """Compressed with its seal; it verifies here and, without the key, elsewhere."""
    file = tmp_path / "all.jsonl.gz"
    assert run("export", "-o", str(file), "-c", config) == 0
    assert len(gzip.decompress(file.read_bytes()).splitlines()) == 60 and file.stat().st_mode & 0o777 == 0o600
    capsys.readouterr()
    assert run("verify", str(file), "-c", config) == 0
    out = capsys.readouterr().out
    assert "60 records, sealed" in out and read_checkpoint(out.split()[-1])
    for state in (tmp_path / "state").iterdir():
        state.unlink()
    assert run("verify", str(file), "-c", config) == 0 and "without the state folder's key" in capsys.readouterr().out


@pytest.mark.parametrize("way", ["changed", "removed", "cut", "added", "seal"])
@pytest.mark.parametrize("filters", [[], ["--kind", "ran"]])
def test_an_exported_file_that_was_touched_is_found(
    config: str, tmp_path: Path, capsys: Capture, way: str, filters: list[str]
) -> None:
    """Whole or filtered: changed, taken out, cut at its end, added to, or with another seal."""
    file = tmp_path / "some.jsonl"
    assert run("export", "-o", str(file), *filters, "-c", config) == 0
    lines = file.read_text().splitlines(keepends=True)
    if way == "changed":
        lines[5] = lines[5].replace("order", "0rder")
    elif way == "removed":
        del lines[5]
    elif way == "cut":
        del lines[-3:]
    elif way == "added":
        lines.append(lines[-1])
    elif way == "seal":
        seal = json.loads(seal_file(file).read_text())
        seal_file(file).write_text(json.dumps({**seal, "count": 7}))
    file.write_text("".join(lines))
    capsys.readouterr()
    assert run("verify", str(file), "-c", config) == 1
    out = capsys.readouterr().out
    assert str(file) in out and "the chain breaks at record" in out
    if way == "cut":
        assert "the end was cut off" in out


def test_parts_verify_together(config: str, tmp_path: Path, capsys: Capture) -> None:
    """Pieces of one chain, in any order; a piece that is missing is named; a checkpoint finds a cut end."""
    assert run("export", "-c", config) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines(keepends=True)
    kept = told.err.split()[-1]
    parts = [tmp_path / f"{at}.jsonl" for at in range(3)]
    for at, part in enumerate(parts):
        part.write_text("".join(lines[20 * at : 20 * at + 20]))
    names = [str(part) for part in parts]
    assert run("verify", names[2], names[0], names[1], "--checkpoint", kept, "-c", config) == 0
    assert run("verify", names[1], "-c", config) == 0 and "a checkpoint or the next file" in capsys.readouterr().out
    assert run("verify", names[0], names[2], "-c", config) == 1
    assert "at record 21" in capsys.readouterr().out
    assert run("verify", names[0], names[1], "--checkpoint", kept, "-c", config) == 1
    assert "there were records up to 60" in capsys.readouterr().out


def test_a_file_that_cannot_be_written(config: str, tmp_path: Path, capsys: Capture) -> None:
    """One line that names it; nothing half is left."""
    (tmp_path / "there.jsonl").mkdir()
    assert run("export", "-o", str(tmp_path / "there.jsonl"), "-c", config) == 1
    assert "there.jsonl cannot be written" in capsys.readouterr().err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["nlops.toml", "state", "there.jsonl"]


def test_checkpoints(config: str, capsys: Capture) -> None:
    """What verify prints today is held against the chain tomorrow; another chain is found by it."""
    assert run("verify", "-c", config) == 0
    kept = capsys.readouterr().out.split()[-1]
    assert run("verify", "--checkpoint", kept, "-c", config) == 0
    assert run("verify", "--checkpoint", f"60-{'0' * 20}", "-c", config) == 1
    assert "at record 60: it is not the record that its checkpoint was made of" in capsys.readouterr().out
    assert run("verify", "--checkpoint", f"61-{'0' * 20}", "-c", config) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "--checkpoint", "nonsense"],
        ["tail", "--since", "yesterday"],
        ["export", "some.jsonl"],
        ["verify", "/no/such/file.jsonl"],
    ],
)
def test_wrong_usage(config: str, capsys: Capture, words: list[str]) -> None:
    """One clear error, that names what was given."""
    assert run(*words, "-c", config) in (1, 2)
    told = capsys.readouterr()
    assert words[-1] in told.err and not told.out


async def test_rotate_by_hand(config: str, tmp_path: Path, capsys: Capture) -> None:
    """What is older than the newest ones lies in a file, and every command sees it all the same."""
    assert run("rotate", "--keep", "10", "-c", config) == 0
    told = capsys.readouterr()
    assert told.out == "records-000000000001-000000000050.jsonl.gz\n" and "1 segment(s)" in told.err
    assert run("verify", "-c", config) == 0 and "61 records" in capsys.readouterr().out
    assert run("export", "-c", config) == 0 and len(capsys.readouterr().out.splitlines()) == 61
    assert run("tail", "-n", "100", "-c", config) == 0 and len(capsys.readouterr().out.splitlines()) == 61
    assert run("verify", str(tmp_path / "state/audit/records-000000000001-000000000050.jsonl.gz"), "-c", config) == 0


async def test_pages_of_the_store(config: str, tmp_path: Path) -> None:
    """By bot, by person, and on behind a record."""
    store = SqliteStore(tmp_path / "state")
    page = await store.read_audit(AuditQuery(3, bot="bob", admin="wei"))
    assert [one.seq for one in page.entries] == [30, 28, 26] and page.older and read_checkpoint(page.checkpoint)
    page = await store.read_audit(AuditQuery(3, bot="bob", before=5))
    assert [one.seq for one in page.entries] == [4, 2] and not page.older
    assert (await store.read_audit(AuditQuery(bot="nobody"))).entries == ()
    store.close()
    for file in (tmp_path / "state").iterdir():
        file.unlink()
    store = SqliteStore(tmp_path / "state")
    assert (await store.read_audit(AuditQuery())).checkpoint == ""
    store.database.connection.execute("DROP TABLE head")
    assert "head" in (await store.read_audit(AuditQuery())).fault
    store.close()
