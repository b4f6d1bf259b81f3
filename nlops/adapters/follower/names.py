"""Which names beside a log are rotations of it. Strict, so that another program's log is never taken for one."""

import re

# Rotations that were packed hold no lines that can be read on.
PACKED = (".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip")

_DATE = r"\d{4}-?\d{2}-?\d{2}[\w.:-]*"


def rotation_pattern(name: str) -> re.Pattern[str]:
    """Names that rotators give to `name`, compared as a whole.

    logrotate: bob.log.1, bob.log-20260101, bob-20260101.log (`extension`) · Python's handlers: bob.log.1,
    bob.log.2026-01-01_09 · pm2-logrotate: bob__2026-01-01_09-00-00.log · log4js with keepFileExt: bob.1.log,
    bob.2026-01-01.log.
    """
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    whole, start, end = re.escape(name), re.escape(stem), re.escape(dot + ending)
    return re.compile(rf"{whole}[._-](?:\d{{1,5}}|{_DATE})|{start}(?:\.\d{{1,5}}|(?:__|[._-]){_DATE}){end}")


def is_rotation(pattern: re.Pattern[str], name: str) -> bool:
    """Whether `name` is a rotation by `pattern`, and not packed."""
    return pattern.fullmatch(name) is not None and not name.endswith(PACKED)


def age_order(name: str) -> tuple[int, str]:
    """Orders rotations written at the same moment, oldest first: .3 before .2, an earlier date before a later."""
    number = None if re.search(_DATE, name) else re.search(r"[._-](\d{1,5})(?:\.\w+)?$", name)
    return (-int(number[1]), "") if number else (0, name)
