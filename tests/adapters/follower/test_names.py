"""Which names are rotations of a log."""

import pytest

from nlops.adapters.follower.names import age_order, is_rotation, rotation_pattern


@pytest.mark.parametrize(
    "name",
    [
        "bob.log.1",
        "bob.log.12",
        "bob.log-20261122",
        "bob.log-20261122-1795300000",
        "bob.log.20261122",
        "bob-20261122.log",
        "bob.log.2026-11-22_09",
        "bob__2026-11-22_09-00-00.log",
        "bob.2026-11-22.log",
        "bob.1.log",
    ],
)
def test_what_rotators_make(name: str) -> None:
    """The names that logrotate, Python, pm2-logrotate and log4js give."""
    assert is_rotation(rotation_pattern("bob.log"), name)


@pytest.mark.parametrize(
    "name",
    [
        "bob.log",
        "bob-2.log",
        "bob2.log",
        "bob_2.log",
        "bob-error.log",
        "bob.log.bak",
        "bob.log.1.gz",
        "bob.log-20261122.zst",
        "bob.logs.1",
        "xbob.log.1",
        "bob.log.1x",
        "bob.log.",
        "bob.1",
        "bobs__2026-11-22.log",
        "bob.log.1\n",
    ],
)
def test_what_is_somebody_elses(name: str) -> None:
    """Other bots' logs, backups, and what was packed."""
    assert not is_rotation(rotation_pattern("bob.log"), name)


def test_a_name_without_an_ending() -> None:
    pattern = rotation_pattern("messages")
    assert is_rotation(pattern, "messages.1") and is_rotation(pattern, "messages-20261122")
    assert not is_rotation(pattern, "messages-old")


def test_the_oldest_first() -> None:
    """Higher numbers are older, later dates younger."""
    assert sorted(["b.log.1", "b.log.10", "b.log.2"], key=age_order) == ["b.log.10", "b.log.2", "b.log.1"]
    assert sorted(["b-2026-01-02.log", "b-2026-01-01.log"], key=age_order)[0] == "b-2026-01-01.log"
