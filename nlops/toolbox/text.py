"""The text of a definition as JSON, read strictly: one value, no twins, no NaN, no byte order mark, no bombs."""

import json
from typing import NoReturn

from nlops.toolbox.faults import Fault

MAX_BYTES = 256 * 1024  # a definition with fifty examples has ten thousand


class BadText(ValueError):
    """The text is not JSON as it has to be; `fault` says where and why."""

    def __init__(self, position: str, found: str, mend: str = "") -> None:
        self.fault = Fault((), found, mend, position=position)
        super().__init__(str(self.fault))


def read_text(text: str) -> object:
    """The JSON value of a file. Raises BadText."""
    if text.startswith("\ufeff"):
        raise BadText("$", "the file begins with a byte order mark", "save it as UTF-8 without BOM")
    try:
        value: object = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant, parse_float=_finite)
        json.dumps(value, ensure_ascii=False).encode()
    except BadText:
        raise
    except json.JSONDecodeError as error:
        raise BadText(f"line {error.lineno}, column {error.colno}", error.msg, "it is not JSON there") from error
    except RecursionError:
        raise BadText("$", "nested too deeply", "no definition needs that") from None
    except UnicodeEncodeError:
        raise BadText("$", "half of a surrogate pair (\\ud800 to \\udfff)", "write the character itself") from None
    except ValueError as error:  # an integer of thousands of digits
        raise BadText("$", str(error), "write a number") from None
    return value


def decode(data: bytes) -> str:
    """The bytes of a file as text. Raises BadText."""
    if len(data) > MAX_BYTES:
        raise BadText("$", f"{len(data)} bytes", f"at most {MAX_BYTES} are read")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadText("$", "the file is UTF-16", "save it as UTF-8 without BOM")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte {error.start} is 0x{data[error.start]:02x}"
        raise BadText("$", f"the file is not UTF-8: {byte}", "save it as UTF-8 without BOM") from error


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for key, value in pairs:
        if key in seen:
            raise BadText("$", f"the key {key!r} stands twice in one object", "keep one of them")
        seen[key] = value
    return seen


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) != float("inf") else _no_constant(text)


def _no_constant(name: str) -> NoReturn:
    raise BadText("$", f"{name} is not JSON", "write a number")
