"""Two hundred records, altered one by one in every way that a hand in the files has: two hundred are found."""

import asyncio
import gzip
import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlops.adapters import audit_files
from nlops.adapters.sqlite import FILE, SqliteStore
from nlops.adapters.sqlite.reader import AuditReader
from nlops.adapters.sqlite.rotation import rotate
from nlops.adapters.sqlite.seal import KEY, SEAL
from nlops.cli.audit_files import verify_store
from nlops.domain.effects import Record
from nlops.domain.tools import canonical_json
from nlops.gate.audit import link
from nlops.ports import Commit

COUNT = 200
FIELDS = ("seq", "at", "kind", "admin", "contact_id", "details", "previous", "hash")
TRIGGERS = ("audit_no_update", "audit_no_delete", "audit_in_order")
KINDS = ("proposed", "confirmed", "ran", "allowed", "refused")


def make_store(folder: Path, count: int = COUNT) -> Path:
    async def write() -> None:
        store = SqliteStore(folder)
        for number in range(1, count + 1):
            calls = [{"tool": "restart", "arguments": {"bot": "bob", "n": number}}]
            details = {
                "words": f"重启 bob {number}",
                "calls": calls,
                "results": [{"ok": True, "exit": None, "output": "f" * 64}],
            }
            record = Record(KINDS[number % 5], "wei" if number % 2 else "lan", f"wxid_{number}", details)
            await store.commit(Commit((record,)), 1.7e9 + number / 3)
        store.close()

    asyncio.run(write())
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("audit") / "state")


@contextmanager
def copied(whole: Path) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A copy of the state folder, and a hand in its database; the guards are off."""
    folder = whole.parent / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        for trigger in TRIGGERS:
            db.execute(f"DROP TRIGGER {trigger}")
        yield folder, db


def broken(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What verify says; empty where the chain holds."""
    reader = AuditReader(folder)
    try:
        code = verify_store(reader, ())
    finally:
        reader.close()
    said = capsys.readouterr().out.strip()
    return "" if code == 0 else said


def change_field(db: sqlite3.Connection, seq: int, field: str) -> None:
    (old,) = db.execute(f"SELECT {field} FROM audit WHERE seq = ?", (seq,)).fetchone()  # noqa: S608 - a name of ours
    new: object = (
        old + 1000 if field == "seq" else old + 0.25 if field == "at" else f"{old[:-1]}{'x' if old[-1] != 'x' else 'y'}"
    )
    db.execute(f"UPDATE audit SET {field} = ? WHERE seq = ?", (new, seq))  # noqa: S608 - a name of ours


def change_a_letter(db: sqlite3.Connection, seq: int, chooser: random.Random) -> None:
    """Of the details: one character is another, one more, or one less."""
    (old,) = db.execute("SELECT details FROM audit WHERE seq = ?", (seq,)).fetchone()
    at = chooser.randrange(len(old))
    new = chooser.choice(
        [f"{old[:at]} {old[at:]}", old[:at] + old[at + 1 :], f"{old[:at]}{chr(ord(old[at]) ^ 1)}{old[at + 1 :]}"]
    )
    db.execute("UPDATE audit SET details = ? WHERE seq = ?", (new, seq))


def double_a_key(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """What a reader that takes the first of two keys would see is a lie; the last is the truth."""
    (old,) = db.execute("SELECT details FROM audit WHERE seq = ?", (seq,)).fetchone()
    db.execute("UPDATE audit SET details = ? WHERE seq = ?", (f'{{"words":"nothing",{old[1:]}', seq))


def no_text(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """Bytes that are no UTF-8, in a column of text."""
    db.execute("UPDATE audit SET admin = CAST(x'ff00fe' AS TEXT) WHERE seq = ?", (seq,))


def remove(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    db.execute("DELETE FROM audit WHERE seq = ?", (seq,))


def remove_and_close_up(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """The ones after it move down, and the head with them."""
    db.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    for later in range(seq + 1, COUNT + 1):
        db.execute("UPDATE audit SET seq = ? WHERE seq = ?", (later - 1, later))
    db.execute("UPDATE head SET seq = seq - 1")


def insert(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """One more between two."""
    for later in range(COUNT, seq - 1, -1):
        db.execute("UPDATE audit SET seq = ? WHERE seq = ?", (later + 1, later))
    (before,) = db.execute("SELECT previous FROM audit WHERE seq = ?", (seq + 1,)).fetchone()
    new = link((seq - 1, before), 1.0, "ran", "eve", "wxid_eve", {})
    put(db, new.seq, new.at, new.kind, new.admin, new.contact_id, "{}", new.previous, new.hash)
    db.execute("UPDATE head SET seq = seq + 1")


def swap(db: sqlite3.Connection, seq: int, chooser: random.Random) -> None:
    """Two change places."""
    other = chooser.choice([one for one in range(1, COUNT + 1) if one != seq])
    db.execute("UPDATE audit SET seq = -1 WHERE seq = ?", (seq,))
    db.execute("UPDATE audit SET seq = ? WHERE seq = ?", (seq, other))
    db.execute("UPDATE audit SET seq = ? WHERE seq = -1", (other,))


def cut(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """The tail goes from here on."""
    db.execute("DELETE FROM audit WHERE seq >= ?", (seq,))


def cut_with_head(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """The tail goes, and its head row with it: what is left is a whole chain."""
    cut(db, seq, _)
    db.execute("DELETE FROM head")
    db.execute("INSERT INTO head SELECT 1, seq, hash FROM audit ORDER BY seq DESC LIMIT 1")


def forge(db: sqlite3.Connection, seq: int, _: random.Random) -> None:
    """Changed, and every hash after it computed anew, with the head: a whole chain, of other records."""
    rows = db.execute("SELECT * FROM audit WHERE seq >= ? ORDER BY seq", (seq,)).fetchall()
    db.execute("DELETE FROM audit WHERE seq >= ?", (seq,))
    head = (seq - 1, rows[0][6])
    for number, at, kind, admin, contact, details, _previous, _hash in rows:
        new = link(head, at, kind, "eve" if number == seq else admin, contact, json.loads(details))
        put(db, new.seq, at, kind, new.admin, contact, details, new.previous, new.hash)
        head = (new.seq, new.hash)
    db.execute("UPDATE head SET seq = ?, hash = ?", head)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - choices of a test, no secrets


def put(db: sqlite3.Connection, *row: object) -> None:
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", row)


Tampering = Callable[[sqlite3.Connection, int, random.Random], None]
OTHERS: tuple[Tampering, ...] = (
    *(change_a_letter, double_a_key, no_text, remove, remove_and_close_up, insert, swap, cut, cut_with_head, forge),
)


def test_untouched_it_holds(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Else nothing of what follows would mean anything."""
    with copied(whole) as (folder, _):
        assert broken(folder, capsys) == ""


def test_each_of_two_hundred_is_found(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every record once, every field and every other way in turn; where one record alone was touched, it is named."""
    found = 0
    for seq in range(1, COUNT + 1):
        way = seq % (len(FIELDS) + len(OTHERS))
        with copied(whole) as (folder, db):
            if way < len(FIELDS):
                change_field(db, seq, FIELDS[way])
            else:
                OTHERS[way - len(FIELDS)](db, seq, dice(seq))
            said = broken(folder, capsys)
            assert said, f"record {seq}, way {way}"
            if way < len(FIELDS) or OTHERS[way - len(FIELDS)] in (change_a_letter, double_a_key, no_text, remove, cut):
                assert f"at record {seq}" in said, (said, seq, way)
            found += 1
    assert found == COUNT


@given(st.integers(1, COUNT), st.sampled_from(FIELDS + OTHERS), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_of_them_is_found(
    whole: Path, capsys: pytest.CaptureFixture[str], seq: int, way: str | Tampering, chooser: random.Random
) -> None:
    """Any record in any way."""
    with copied(whole) as (folder, db):
        if isinstance(way, str):
            change_field(db, seq, way)
        else:
            way(db, seq, chooser)
        assert broken(folder, capsys)


@pytest.mark.parametrize("what", [SEAL, KEY])
@pytest.mark.parametrize("how", ["gone", "empty", "other"])
def test_a_seal_that_was_touched_is_found(whole: Path, capsys: pytest.CaptureFixture[str], what: str, how: str) -> None:
    """The seal or its key is gone, empty, or another's."""
    with copied(whole) as (folder, _):
        if how == "gone":
            (folder / what).unlink()
        else:
            (folder / what).write_text("" if how == "empty" else "ab" * 32)
        assert SEAL in broken(folder, capsys)
        reader = AuditReader(folder)
        assert what in reader.fault_at_seal() or SEAL in reader.fault_at_seal()
        reader.close()


@pytest.mark.parametrize("tamper", [cut_with_head, forge])
async def test_what_is_written_later_does_not_hide_it(
    whole: Path, capsys: pytest.CaptureFixture[str], tamper: Tampering
) -> None:
    """The service goes on over a tail that was cut, or a chain that was made anew: its first record says so, and verify
    names it."""
    with copied(whole) as (folder, db):
        tamper(db, 150, dice(1))
    store = SqliteStore(folder)
    for _ in range(3):
        await store.commit(Commit((Record("ran", "wei", "x", {}),)), 1.0)
    told = await store.find_tampering(1.0)
    assert told and [await store.find_tampering(1.0) for _ in range(2)] == ["", ""]
    assert [record.kind for record in store.records()].count("tampered") == 1
    store.close()
    said = broken(folder, capsys)
    assert "the service found then" in said and ("cut off" in said or "not the one that was sealed" in said)


async def test_a_seal_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Records are kept all the same; verify says what is missing; once it can be written again, so does the chain."""
    await asyncio.to_thread(make_store, tmp_path / "state", 3)
    seal = tmp_path / "state" / SEAL
    seal.unlink()
    seal.mkdir()
    store = SqliteStore(tmp_path / "state")
    await store.commit(Commit((Record("ran", "wei", "x", {}),)), 1.0)
    assert SEAL in broken(tmp_path / "state", capsys)
    seal.rmdir()
    await store.commit(Commit((Record("ran", "wei", "x", {}),)), 1.0)
    store.close()
    assert "the service found then" in broken(tmp_path / "state", capsys)


async def test_an_older_copy_that_is_put_back_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The database of yesterday, with the seal of today."""
    await asyncio.to_thread(make_store, tmp_path / "state", 5)
    shutil.copy(tmp_path / "state" / FILE, tmp_path / "old")
    store = SqliteStore(tmp_path / "state")
    await store.commit(Commit((Record("ran", "wei", "x", {}),)), 1.0)
    store.close()
    shutil.copy(tmp_path / "old", tmp_path / "state" / FILE)
    assert "there were records up to 6" in broken(tmp_path / "state", capsys)


def test_guards_refuse_what_slips_in(whole: Path) -> None:
    """Neither a change nor a removal, nor a record that does not follow: REPLACE neither."""
    store = SqliteStore(whole)
    db = store.database.connection
    row = (7, 1.0, "ran", "eve", "x", "{}", "0" * 64, "0" * 64)
    for statement, values in (
        ("UPDATE audit SET admin = 'eve' WHERE seq = 7", ()),
        ("DELETE FROM audit WHERE seq = 7", ()),
        ("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", row),
        ("INSERT OR REPLACE INTO audit VALUES (?,?,?,?,?,?,?,?)", row),
        ("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", (COUNT + 1, *row[1:])),
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement, values)
    store.close()


def test_rotation_keeps_the_chain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Old records go into compressed files, private as the store is; verify walks them all, and the store goes on."""
    folder = make_store(tmp_path / "state", 100)
    store = SqliteStore(folder)
    assert [len(rotate(store, 30, 10)), len(rotate(store, 30, 10))] == [3, 0]
    store.close()
    files = audit_files.segments(folder)
    assert [file.name for file in files] == [audit_files.segment_name(at, at + 29) for at in (1, 31, 61)]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert broken(folder, capsys) == ""
    store = SqliteStore(folder)
    kinds = [record.kind for record in store.records()]
    assert len(kinds) == 13 and kinds[-3:] == ["rotated"] * 3
    store.close()


@pytest.mark.parametrize("way", ["changed", "gone", "cut", "swapped", "shorter"])
def test_a_segment_that_was_touched_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str) -> None:
    """The file and the record are named."""
    folder = make_store(tmp_path / "state", 100)
    store = SqliteStore(folder)
    rotate(store, 30, 10)
    store.close()
    first, second, third = audit_files.segments(folder)
    lines = gzip.decompress(second.read_bytes()).splitlines(keepends=True)
    if way == "changed":
        lines[4] = lines[4].replace(b"bob", b"eve")
    elif way == "swapped":
        lines[4], lines[5] = lines[5], lines[4]
    elif way == "shorter":
        del lines[-1]
    second.write_bytes(gzip.compress(b"".join(lines)))
    if way == "gone":
        second.unlink()
    elif way == "cut":
        second.write_bytes(gzip.compress(b"".join(lines))[:-20])
    said = broken(folder, capsys)
    expected = {"changed": (35, second), "swapped": (35, second), "gone": (31, third), "shorter": (60, third)}
    if way in expected:
        seq, file = expected[way]
        assert f"at record {seq}" in said and str(file) in said
    else:
        assert str(second) in said and "cut off" in said
    assert first.exists()


def test_a_kill_in_the_middle_of_a_rotation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is there, and the rows too: nothing is lost or doubled, and the next rotation does it again."""
    folder = make_store(tmp_path / "state", 50)
    reader = AuditReader(folder)
    records = [one for one in reader.stored() if isinstance(one, tuple)]
    reader.close()
    audit_files.write_records(folder / audit_files.FOLDER / audit_files.segment_name(1, 20), records[:20])
    assert broken(folder, capsys) == ""
    store = SqliteStore(folder)
    assert rotate(store, 30, 5) == [audit_files.segment_name(1, 30)]
    store.close()
    assert len(audit_files.segments(folder)) == 1 and broken(folder, capsys) == ""


def test_a_kill_while_rows_are_taken_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Some are gone from the store, some not: the chain holds, and the next rotation finishes the first."""
    folder = make_store(tmp_path / "state", 60)
    store = SqliteStore(folder)
    rotate(store, 30, 20)
    files = audit_files.segments(folder)
    with store.database.writing() as db:  # as if it had got no further than record 12
        for record in list(audit_files.read_records(files[0]))[12:]:
            for trigger in TRIGGERS:
                db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            put(db, *record)  # type: ignore[misc]  # no Break among them
    assert store.first_record() == 13 and broken(folder, capsys) == ""
    assert rotate(store, 30, 20) == [] and store.first_record() == 31
    assert audit_files.segments(folder) == files and broken(folder, capsys) == ""
    store.close()


def test_rotation_takes_nothing_out_of_a_broken_chain(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A record that was changed stays where it is, to be looked at."""
    from nlops.domain.errors import StoreError

    with copied(whole) as (folder, db):
        db.execute("UPDATE audit SET admin = 'eve' WHERE seq = 20")
    store = SqliteStore(folder)
    with pytest.raises(StoreError, match="record 20"):
        rotate(store, 30, 10)
    assert store.first_record() == 1 and "record 20" in broken(folder, capsys)
    store.close()


def test_lines_of_a_file_are_read_strictly(tmp_path: Path) -> None:
    """No other spaces, order or keys: what was exported, byte for byte."""
    record = link(None, 1.0, "ran", "wei", "x", {"a": 1})
    line = canonical_json({**record.body(), "hash": record.hash})
    file = tmp_path / "one.jsonl"
    for wrong in (line.replace(":", ": ", 1), line.replace("{", '{"seq":1,', 1), "[]", "null", "{}", line[:-1]):
        file.write_text(wrong + "\n")
        (found,) = audit_files.read_records(file)
        assert str(found).startswith("the chain breaks at record 1") and str(file) in str(found)
    file.write_text(line + "\n")
    (found,) = audit_files.read_records(file)
    assert isinstance(found, tuple) and found.computed() == record.hash
