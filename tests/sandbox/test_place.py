"""The demo's folder: one demo at a time, fresh at each start, and only what is its own is removed."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nlops.domain.errors import UsageError
from nlops.sandbox.place import Place, claimed, demo_root


def test_root_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_STATE_HOME where it is absolute; a relative value and none mean ~/.local/state."""
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = tmp_path / ".local" / "state" / "nlops" / "demo"
    monkeypatch.setenv("XDG_STATE_HOME", "/var/x")
    assert demo_root() == Path("/var/x/nlops/demo")
    monkeypatch.setenv("XDG_STATE_HOME", "x")
    assert demo_root() == usual
    monkeypatch.delenv("XDG_STATE_HOME")
    assert demo_root() == usual


def test_fresh_at_each_start_and_strangers_stay(tmp_path: Path) -> None:
    """What an earlier demo made is gone, what somebody else put there stays, a link is removed and not followed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    root = tmp_path / "demo"
    with claimed(root) as place:
        (place.state / "audit.db").touch()
        (root / "notes.txt").touch()
        place.pm2.symlink_to(outside)
        first = place.token
    with claimed(root) as place:
        assert list(place.state.iterdir()) == []
        assert (root / "notes.txt").exists()
        assert not place.pm2.is_symlink()
        assert place.token != first
    assert (outside / "precious").exists()


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """Folder 0700, token 0600, whatever the umask is."""
    before = os.umask(0)
    try:
        with claimed(tmp_path / "a" / "demo") as place:
            modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (place.root, place.state, place.token_file)}
    finally:
        os.umask(before)
    assert list(modes.values()) == [0o700, 0o700, 0o600]


def test_a_second_demo_is_refused_with_the_firsts_address(tmp_path: Path) -> None:
    """It says where the first is, and changes nothing; after the first ended it is let in."""
    with claimed(tmp_path) as place:
        place.page_file.write_text("http://127.0.0.1:1/?key=k")
        token = place.token
        with (
            pytest.raises(UsageError, match=r"another demo is running: http://127\.0\.0\.1:1/\?key=k"),
            claimed(tmp_path),
        ):
            pass
        assert place.token == token
    with claimed(tmp_path) as place:
        assert place.token != token


def test_where_no_folder_can_be_made_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"no place: .*/file/nlops: Not a directory. XDG_STATE_HOME names another"):
        claimed(tmp_path / "file" / "nlops" / "demo").__enter__()


def _start(place: Place, *words: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", *words])
    place.pid_file.write_text(str(process.pid))
    return process


def test_a_service_left_by_a_killed_demo_is_ended(tmp_path: Path) -> None:
    """The process in the pid file is ended if it was given our nlops.toml; another program is let be."""
    place = Place(tmp_path)
    for words, ends in (((str(place.config),), True), (("/etc/nlops.toml",), False)):
        process = _start(place, *words)
        time.sleep(0.2)
        try:
            with claimed(tmp_path):
                assert (process.poll() is not None) == ends
        finally:
            process.kill()
            process.wait()


def test_the_folder_above_is_private_too(tmp_path: Path) -> None:
    """A service keeps its own state there, and `nlops check` would complain of a folder that is open to others."""
    with claimed(tmp_path / "nlops" / "demo"):
        assert stat.S_IMODE((tmp_path / "nlops").stat().st_mode) == 0o700
