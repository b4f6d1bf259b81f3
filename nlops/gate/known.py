"""The configuration's own secrets, by their value: as they are, and as programs write them down."""

import base64
import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import accumulate
from urllib.parse import quote, quote_plus

from nlops.domain.config import Secret
from nlops.gate.shapes import compiled

MIN_SECRET = 6  # a shorter "secret" would blot out ordinary words
_HALF = "\ufffd".encode()  # what a character becomes that was cut in the middle
MIN_PART = 8  # of a secret that was cut where the text begins or ends


def secrets_in(value: object) -> list[str]:
    """Every secret in a configuration, or in any part of one, whoever added it."""
    if isinstance(value, Secret):
        return [value.reveal()]
    if is_dataclass(value) and not isinstance(value, type):
        return [one for field in fields(value) for one in secrets_in(getattr(value, field.name))]
    if isinstance(value, tuple | list):
        return [one for item in value for one in secrets_in(item)]
    if isinstance(value, dict):
        return [one for item in value.values() for one in secrets_in(item)]
    return []


def forms_of(secret: str) -> set[bytes]:
    """How a secret may be written: in JSON (twice too), an address, HTML, Python, a shell, hexadecimal digits, and in
    base64 wherever it begins there (as in `Authorization: Basic`)."""
    raw = secret.encode("utf-8", "surrogatepass")
    texts = {secret, *_in_json(secret), *_in_addresses(raw), html.escape(secret), html.escape(secret, quote=False)}
    texts |= {repr(secret)[1:-1], secret.replace("'", "'\\''"), raw.hex(), raw.hex().upper()}
    found = {text.encode("utf-8", "surrogatepass") for text in texts}
    return {form for form in (*found, *_in_base64(raw)) if len(form) >= MIN_SECRET}


def _in_json(secret: str) -> Iterator[str]:
    plain = json.dumps(secret)[1:-1]
    # PHP escapes the slash; Go's encoder what HTML would read.
    yield from (plain, json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(plain)[1:-1], plain.replace("/", "\\/"))
    yield plain.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _in_addresses(raw: bytes) -> Iterator[str]:
    """Percent-encoded, as different programs leave different characters alone; once and twice."""
    for safe in ("", "/", "!~*'()", "-._~!$&'()*+,;=:@/"):
        yield from (quote(raw, safe), _lower_percent(quote(raw, safe)))
    yield from (quote_plus(raw), _lower_percent(quote_plus(raw)), quote(quote(raw, ""), ""))


def _lower_percent(text: str) -> str:
    first, *rest = text.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The characters that depend on the secret alone, for each of the three places in a group of three bytes."""
    for offset in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(bytes(offset) + raw)
            end = (offset + len(raw)) * 8 // 6
            yield whole[-(-offset * 8 // 6) : end]


class Known:
    """Finds known secrets in UTF-8 bytes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Of a secret of several lines (a key in a file) each line is one, for a log may show some of them.
        parts = [part.strip() for one in secrets for part in (one, *(one.splitlines() if "\n" in one else ()))]
        self._secrets = sorted({one for one in parts if len(one) >= MIN_SECRET}, key=len, reverse=True)
        forms = sorted({form for secret in self._secrets for form in forms_of(secret)}, key=len, reverse=True)
        self.shape = "|".join("".join(f"\\x{{{byte:02x}}}" for byte in form) for form in forms)
        self._shape = compiled(self.shape, capture=False) if self.shape else None
        raw = [secret.encode("utf-8", "surrogatepass") for secret in self._secrets]
        # What begins or ends with a part of a secret begins or ends with eight bytes out of one: a quick no.
        self._grams = {one[at : at + MIN_PART] for one in raw for at in range(len(one) - MIN_PART + 1)}
        sizes = [(one, size) for one in raw for size in range(len(one) - 1, MIN_PART - 1, -1)]
        self._heads = tuple(sorted((one[-size:] for one, size in sizes), key=len, reverse=True))
        self._tails = tuple(sorted((one[:size] for one, size in sizes), key=len, reverse=True))

    def is_in(self, data: bytes) -> bool:
        """Whether `spans` would find any, but for those that are whole on one line."""
        data = data.removesuffix(_HALF)
        if self._may_be_cut(data) and (data.startswith(self._heads) or data.endswith(self._tails)):
            return True
        return self._shape is not None and b"\n" in data and self._shape.search(_joined(data)) is not None

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Where they stand, also across the ends of lines, and cut off at the beginning or end of the text."""
        if self._shape is None:
            return []
        found = [match.span() for match in self._shape.finditer(data)] if self._shape.search(data) else []
        if b"\n" in data:
            found += self._across_lines(data)
        return sorted([*found, *self._at_edges(data)])

    def _across_lines(self, data: bytes) -> list[tuple[int, int]]:
        joined = _joined(data)
        if self._shape is None or self._shape.search(joined) is None:
            return []
        # How many bytes were taken out before each line of the joined text.
        lines = [line.translate(None, b"\r") for line in data.split(b"\n")]
        starts = [0, *accumulate(len(line) for line in lines)]
        origins = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]
        return _placed([match.span() for match in self._shape.finditer(joined)], starts, origins, data)

    def _at_edges(self, data: bytes) -> Iterator[tuple[int, int]]:
        whole, data = data, data.removesuffix(_HALF)
        if not self._may_be_cut(data):
            return
        if data.startswith(self._heads):
            yield 0, next(len(part) for part in self._heads if data.startswith(part))
        if data.endswith(self._tails):
            yield len(data) - next(len(part) for part in self._tails if data.endswith(part)), len(whole)

    def _may_be_cut(self, data: bytes) -> bool:
        return data[:MIN_PART] in self._grams or data[-MIN_PART:] in self._grams


def _joined(data: bytes) -> bytes:
    return data.translate(None, b"\r\n")


def _placed(spans: list[tuple[int, int]], starts: list[int], origins: list[int], data: bytes) -> list[tuple[int, int]]:
    """Spans of the joined text where they are in `data`, those over several lines only. Both go forward together."""
    placed: list[tuple[int, int]] = []
    line = 0
    for start, end in spans:
        while starts[line + 1] <= start:
            line += 1
        last = line
        while starts[last + 1] < end:
            last += 1
        if last > line:
            begin = _skip(data, origins[line], start - starts[line])
            placed.append((begin, _skip(data, origins[last], end - starts[last])))
    return placed


def _skip(data: bytes, at: int, count: int) -> int:
    """The place `count` bytes after `at`, carriage returns not counted."""
    while count > 0 or data[at : at + 1] == b"\r":
        count -= data[at : at + 1] != b"\r"
        at += 1
    return at
