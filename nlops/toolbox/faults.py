"""What the linter finds: each fault with its JSON path, what was found, and what would do."""

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True)
class Fault:
    """One fault of a definition. `path` are the keys and indexes down to it; `position` stands in for them where the
    text is not JSON. A warning keeps nothing from loading."""

    path: Path
    found: str
    mend: str = ""
    level: Literal["error", "warning"] = "error"
    position: str = ""

    @property
    def place(self) -> str:
        return self.position or json_path(self.path)

    def __str__(self) -> str:
        return f"{self.found}; {self.mend}" if self.mend else self.found


def warning(path: Path, found: str, mend: str = "") -> Fault:
    return Fault(path, found, mend, "warning")


def errors_of(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(fault for fault in faults if fault.level == "error")


def json_path(parts: Sequence[str | int]) -> str:
    """`$.run.argv[2]` of ("run", "argv", 2)."""
    return "$" + "".join(_step(part) for part in parts)


def _step(part: str | int) -> str:
    if isinstance(part, str) and _PLAIN_KEY.fullmatch(part):
        return f".{part}"
    return f"[{json.dumps(part, ensure_ascii=False)}]"


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?` where a known word is near, else all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word.casefold(), names, 1, 0.6)
    near = near or difflib.get_close_matches(word, names, 1, 0.6)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
