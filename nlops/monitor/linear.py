"""Regular expressions that an operator wrote: searched in linear time (RE2), over whole blocks of lines.

RE2 knows neither look-around nor back references, so no text that a stranger gets into a log can make a search slow.
Its syntax: https://github.com/google/re2/wiki/Syntax.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import re2

Groups = Mapping[str, str | None]
LineReader = Callable[[str], Groups | None]
"""Takes a line; its named groups where the whole of it matches, else None."""

# The time for a byte grows with the program at worst. A letter is about one step, a class of Chinese characters ten.
MAX_PROGRAM = 2000

# A block is searched whole, so what means the beginning or end of a text, or any byte at all, has no place.
_OF_BLOCKS = re.compile(r"\\\\|(\\[AzC]|\(\?[a-zA-Z]*-?[a-zA-Z]*m[a-zA-Z]*-?[a-zA-Z]*[:)])")
_NAMED = re.compile(r"(?<!\\)\(\?P?<\w+>")


def _options(*, capture: bool) -> re2.Options:
    options = re2.Options()
    options.never_nl = True  # not even [^"] reaches over the end of a line
    options.never_capture = not capture
    options.log_errors = False
    return options


_READING, _FINDING = _options(capture=True), _options(capture=False)


def fault_of(text: str) -> str | None:
    """Why the expression is refused, for people; None where it is well."""
    try:
        shape = re2.compile(text, _READING)
    except re2.error as error:
        detail = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        return f"{detail} (RE2's syntax: neither look-around nor back references)"
    if len(shape.groupindex) != len(_NAMED.findall(text)):
        return "the name of a group stands in it twice"
    if shape.programsize > MAX_PROGRAM:
        return f"too large: {shape.programsize} steps, {MAX_PROGRAM} are allowed; fewer or smaller repetitions"
    if barred := next(filter(None, (match[1] for match in _OF_BLOCKS.finditer(text))), None):
        return f"{barred} has no place here: ^ and $ are the beginning and end of a line"
    if re2.compile(f"(?m:{text})", _READING).search("") is not None:
        return "it matches the empty line, so it would match every line"
    return None


def groups_of(text: str) -> frozenset[str]:
    """The names of the expression's groups."""
    return frozenset(re2.compile(text, _READING).groupindex)


def line_reader(text: str) -> LineReader:
    """A reader of whole lines. `text` is an expression without a fault."""
    shape = re2.compile(text, _READING)

    def read(line: str) -> Groups | None:
        match = shape.fullmatch(line)
        return match.groupdict() if match is not None else None

    return read


def line_test(text: str) -> Callable[[bytes], bool]:
    """Whether the expression matches anywhere in a line, as a `LineFinder` would find it."""
    shape = re2.compile(f"(?m:{text})", _FINDING)
    return lambda line: shape.search(line) is not None


def whole_line(text: str) -> str:
    """For a `LineFinder`: the expression from a line's first to its last character."""
    return f"^(?:{text})\\r?$"


def literally(text: str) -> str:
    """For a `LineFinder`: exactly these characters."""
    return str(re2.escape(text))


class LineFinder:
    """Finds the lines in which any of some expressions matches: one pass over a block, however many there are."""

    def __init__(self, texts: Iterable[str]) -> None:
        together = "|".join(f"(?:{text})" for text in dict.fromkeys(texts))
        self._shape = re2.compile(f"(?m:{together})", _FINDING) if together else None

    def find(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Start and end (without `\\n`) of each such line, in order. What follows the last `\\n` is left alone."""
        if self._shape is None:
            return
        end_of_lines = block.rfind(b"\n") + 1
        at = 0
        while at < end_of_lines and (match := self._shape.search(block, at, end_of_lines)) is not None:
            start = block.rfind(b"\n", 0, match.start()) + 1
            end = block.find(b"\n", match.start())
            yield start, end
            at = end + 1
