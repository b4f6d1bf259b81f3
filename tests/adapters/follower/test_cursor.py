"""The cursor's file: what a kill, a broken file or a second follower can do to it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.follower import cursor as cursor_module
from nlops.adapters.follower.cursor import FIRST_RECORDS, HEADER_BYTES, PLACE_BYTES, RECORD_BYTES, Cursor
from nlops.adapters.follower.generation import Position
from nlops.domain.errors import StoreError

LOG = "/var/log/bob.log"


def position(offset: int = 0, generation: str = "00" * 8) -> Position:
    return Position(generation, (1, 2), offset, b"mark", b"head" * 64, read_ns=5)


def held(folder: Path, path: str = LOG) -> list[Position]:
    cursor = Cursor(folder)
    try:
        return cursor.positions(path)
    finally:
        cursor.close()


def test_what_was_kept_is_held(tmp_path: Path) -> None:
    """Each position comes back whole, for its own path only, the longest unread first."""
    cursor = Cursor(tmp_path)
    first, second = position(10, "aa" * 8), position(20, "bb" * 8)
    second.skipping = True
    cursor.keep(LOG)(second)
    cursor.keep(LOG)(first)
    cursor.keep("/other")(position(30))
    cursor.keep(LOG)(second)
    cursor.close()
    assert [vars(at) for at in held(tmp_path)] == [vars(first), vars(second)]


def test_what_was_forgotten_is_not(tmp_path: Path) -> None:
    cursor = Cursor(tmp_path)
    at = position(10)
    cursor.keep(LOG)(at)
    cursor.forget(at)
    cursor.close()
    assert held(tmp_path) == []


def test_it_grows(tmp_path: Path) -> None:
    """More generations than the first file has room for."""
    cursor = Cursor(tmp_path)
    keep = cursor.keep(LOG)
    for number in range(3 * FIRST_RECORDS):
        keep(position(number, f"{number:016x}"))
    cursor.close()
    assert [at.offset for at in held(tmp_path)] == list(range(3 * FIRST_RECORDS))


@given(cut=st.integers(0, PLACE_BYTES - 1), writes=st.integers(1, 5))
def test_a_write_that_a_kill_cut_short_leaves_the_one_before(
    tmp_path_factory: pytest.TempPathFactory, cut: int, writes: int
) -> None:
    """The two places of a record are written in turn: whatever is left of the last write, the one before is whole."""
    folder = tmp_path_factory.mktemp("cursor")
    cursor = Cursor(folder)
    keep, at = cursor.keep(LOG), position(1000)
    keep(at)
    before = (folder / "cursors").read_bytes()
    for number in range(writes):
        at.offset = 2000 + number
        before = (folder / "cursors").read_bytes()
        keep(at)
    after = (folder / "cursors").read_bytes()
    slot = at.slot
    cursor.close()
    start = HEADER_BYTES + slot * RECORD_BYTES
    place = next(p for p in (start, start + PLACE_BYTES) if before[p : p + PLACE_BYTES] != after[p : p + PLACE_BYTES])
    (folder / "cursors").write_bytes(after[: place + cut] + before[place + cut :])
    (found,) = held(folder)
    whole = after[place + cut : place + PLACE_BYTES] == before[place + cut : place + PLACE_BYTES]
    assert found.offset == (at.offset if whole else max(1000, at.offset - 1) if writes > 1 else 1000)


@given(st.binary(max_size=HEADER_BYTES + 2 * RECORD_BYTES))
def test_a_file_that_is_none_is_begun_anew(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    folder = tmp_path_factory.mktemp("cursor")
    (folder / "cursors").write_bytes(junk)
    assert held(folder) == []


def test_a_second_follower_is_refused(tmp_path: Path) -> None:
    """Two with one cursor would each deliver half."""
    cursor = Cursor(tmp_path)
    with pytest.raises(StoreError, match="another nlops follows"):
        Cursor(tmp_path)
    cursor.close()
    Cursor(tmp_path).close()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file/cursors: the cursor cannot be kept here"):
        Cursor(tmp_path / "file")


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Marks are pieces of the log."""
    Cursor(tmp_path / "state").close()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / "cursors").stat().st_mode & 0o777 == 0o600


def test_it_is_synced_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of its own brings it to the disk while lines go on coming."""
    synced: list[int] = []
    monkeypatch.setattr(cursor_module, "SYNC_S", 0.01)
    monkeypatch.setattr(os, "fdatasync", synced.append)
    cursor = Cursor(tmp_path)
    keep, at = cursor.keep(LOG), position()
    while len(synced) < 2:
        keep(at)
    cursor.close()
    assert len(synced) >= 3  # and once more at the end


def test_without_a_folder_nothing_is_kept() -> None:
    cursor = Cursor(None)
    at = position(10)
    cursor.keep(LOG)(at)
    assert (cursor.positions(LOG), at.slot) == ([], -1)
    cursor.forget(at)
    cursor.close()
