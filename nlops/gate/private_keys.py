"""Blocks of private keys: whole, or by what is left of them where a `tail` has cut off their beginning or end.

-----BEGIN … PRIVATE KEY-----    from here …
base64                           … or the lines of this look before an END, after a BEGIN,
-----END … PRIVATE KEY-----      … to here       or alone, of a key file's widths

What stands before a line (a time, `0|bob |`) and escaped line breaks (`\\n`, in JSON) do not hide it.
"""

import re
from collections.abc import Iterator

from nlops.gate.shapes import compiled

_BEGIN = compiled(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_END = compiled(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
MAX_BLOCK = 32_768  # bytes; an RSA key of 16,384 bits has 13,000
# A line of a block: base64, a header of an encrypted one (RFC 1421 4.6), or nothing; after what a logger put before.
_LINE = re.compile(
    rb"(?:[^\n]*[\s|>\"'])?(?:[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]+={1,2})[\"',]?\s*"
    rb"|(?:Proc-Type|DEK-Info|Version): [^\n]*|\s*"
)
# Base64 in whole lines of 64 (RFC 7468), 70 (OpenSSH) or 76 characters (RFC 2045), then the rest.
_WIDTHS = (64, 70, 76)
WIDE = r"(?m:^[ \t]*(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76})[ \t]*\r?$)"
_WIDE = compiled(WIDE, capture=False)
_BASE64_LINE = re.compile(rb"[ \t]*([A-Za-z0-9+/]+={0,2})[ \t\r]*")


def spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where they stand, in order, without overlap."""
    at = 0
    marked = _marked(data) if b"-----" in data else ()
    unmarked = _unmarked(data) if len(data) >= _WIDTHS[0] and _WIDE.search(data) is not None else ()
    for start, end in sorted((*marked, *unmarked)):
        if end > at:
            yield max(start, at), end
            at = end


def _marked(data: bytes) -> Iterator[tuple[int, int]]:
    begins = [match.span() for match in _BEGIN.finditer(data)]
    ends = [match.span() for match in _END.finditer(data)]
    used = 0
    for at, (start, after) in enumerate(begins):
        limit = begins[at + 1][0] if at + 1 < len(begins) else len(data)
        while used < len(ends) and ends[used][0] < start:
            yield _before(data, ends[used])
            used += 1
        if used < len(ends) and ends[used][1] <= min(limit, after + MAX_BLOCK):
            yield start, ends[used][1]
            used += 1
        else:
            yield start, _after(data, after)
    for end in ends[used:]:
        yield _before(data, end)


def _before(data: bytes, end: tuple[int, int]) -> tuple[int, int]:
    """An END whose BEGIN was cut off, with the lines that belong to it."""
    start = at = data.rfind(b"\n", 0, end[0]) + 1
    if data[start : end[0]].strip():  # escaped into one line: `…\\n-----END`
        at = start = _start_of_word(data, start, end[0])
        return start, end[1]
    while at > 0 and end[0] - at < MAX_BLOCK:
        begin = data.rfind(b"\n", 0, at - 1) + 1
        if not _LINE.fullmatch(data, begin, at - 1):
            break
        start = at = begin
    return start, end[1]


def _start_of_word(data: bytes, low: int, high: int) -> int:
    return max(low, *(data.rfind(mark, low, high) + 1 for mark in (b" ", b'"', b"'", b"\t", b"=")))


def _after(data: bytes, after: int) -> int:
    """Where a block ends whose END was cut off: after the last line of the look."""
    escaped = re.compile(rb"(?:\\+[rn]|[A-Za-z0-9+/=])*").match(data, after)
    end = escaped.end() if escaped else after
    at = data.find(b"\n", end)
    while 0 <= at < after + MAX_BLOCK:
        next_end = data.find(b"\n", at + 1)
        line_end = next_end if next_end >= 0 else len(data)
        if not _LINE.fullmatch(data, at + 1, line_end):
            break
        end, at = line_end, next_end
    return end


def _unmarked(data: bytes) -> Iterator[tuple[int, int]]:
    """Lines of a key file alone, of one width, and the shorter last one. Digests in hexadecimal digits have 64 too, and
    are none."""
    run: list[tuple[int, int, int]] = []
    at = 0
    while at <= len(data):
        end = data.find(b"\n", at)
        end = end if end >= 0 else len(data)
        match = _BASE64_LINE.fullmatch(data, at, end)
        width = len(match[1]) if match else 0
        if match and width in _WIDTHS and _is_mixed(match[1]) and (not run or width == run[-1][2]):
            run.append((at, end, width))
        else:
            is_rest = bool(run) and match is not None and 0 < width < run[-1][2] and width % 2 == 0
            if run:
                yield run[0][0], end if is_rest else run[-1][1]
            run = [(at, end, width)] if match and width in _WIDTHS and _is_mixed(match[1]) and not is_rest else []
        at = end + 1
    if run:
        yield run[0][0], run[-1][1]


def _is_mixed(line: bytes) -> bool:
    """Upper and lower case and digits: base64 of noise, which a word, a path or a digest is not."""
    return bool(re.search(rb"[G-Z]", line) and re.search(rb"[g-z]", line) and re.search(rb"[0-9]", line))
