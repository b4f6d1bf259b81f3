"""What must not leave: the configuration's secrets by value, what looks like a secret, and persons' numbers.

    text ─▶ colours off ─▶ known secrets ─▶ private keys ─▶ tokens ─▶ name = value, headers, addresses ─▶ numbers

Every expression is RE2's, so the time is linear in the text whatever it holds; one pass says that there is nothing to
do, which is what most lines need. `clean` is for what others wrote (logs, output, files); `clean_words` for what an
admin typed and what is shown to be confirmed: there a phone number may be the very argument that was meant.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache

from nlops.gate import numbers, private_keys, shapes
from nlops.gate.known import MIN_SECRET, Known, secrets_in

__all__ = ["MIN_SECRET", "STARS", "Redactor", "secrets_in"]

STARS = "‹redacted›"
_STARS = STARS.encode()
# CSI, OSC and other sequences (ECMA-48 5.4, 8.3.89), with one byte or two: colours inside a secret would hide it.
_ANSI = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[@-Z\\\\^_]")
_HARMLESS = re.compile(
    rb"(?i:true|false|null|none|nil|undefined|empty|unset|required|optional|invalid|valid|missing|incorrect|wrong|expired"
    rb"|changed|updated|rejected|accepted|failed|error|string|number|boolean|hidden|redacted|masked|\*+|x{4,}|<[\w-]+>"
    rb"|\[[\w-]+\]|\([\w-]+\)|\{\{?\w+\}?\})[.!)\]}]*|\$\{\w+\}|\$[A-Z_]+|env:\w+|file:[\w./~-]+"
)
_PLAIN_WORD = re.compile(rb"[A-Za-z]+[.,;:!?)]*")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Spans = Iterable[tuple[int, int]]


@cache
def _shape(text: str) -> "shapes.Shape":
    return shapes.compiled(text)


@lru_cache(maxsize=32)
def _known(secrets: tuple[str, ...]) -> Known:
    return Known(secrets)


@lru_cache(maxsize=32)
def _hint(text: str) -> "shapes.Shape":
    return shapes.compiled(text, capture=False)


class Redactor:
    """Replaces secrets in text on its way out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = _known(tuple(sorted(set(secrets))))
        known = f"|{self._known.shape}" if self._known.shape else ""
        self._secret_hint = _hint(f"{shapes.HINT}|{private_keys.WIDE}{known}")
        self._hint = _hint(f"{shapes.HINT}|{private_keys.WIDE}|{shapes.NUMBERS}{known}")

    def clean(self, text: str) -> str:
        """`text` without colours, and with every secret and every person's number replaced by stars."""
        return self._clean(text, self._bytes)

    def clean_words(self, text: str) -> str:
        """As `clean`, but with the numbers."""
        return self._clean(text, self._secrets)

    def clean_json(self, value: object) -> object:
        """A JSON value with `clean_words` applied to each text in it, keys too."""
        if isinstance(value, str):
            return self.clean_words(value)
        if isinstance(value, Mapping):
            return {self.clean_words(str(key)): self.clean_json(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_json(one) for one in value]
        return value

    def clean_file(self, data: bytes) -> bytes:
        """A file: as a text where it is one (UTF-8, UTF-16 with its mark, or any that holds ASCII as it is). In any
        other only known secrets are overwritten, byte for byte; pictures stay as they are."""
        if data.startswith(_PICTURES):
            return data
        encoding = _MARKS.get(data[:2])
        if encoding is not None:
            return self.clean(data.decode(encoding, "replace")).encode(encoding)
        if b"\0" in data:
            return _replaced(data, self._known.spans(data), lambda old: b"*" * len(old))
        text = _ANSI.sub("", data.decode("utf-8", "surrogateescape"))
        return self._bytes(text.encode("utf-8", "surrogateescape"))

    def _clean(self, text: str, clean: Callable[[bytes], bytes]) -> str:
        if "\x1b" in text or "\x9b" in text:
            text = _ANSI.sub("", text)
        data = text.encode("utf-8", "surrogatepass")
        cleaned = clean(data)
        return text if cleaned is data else cleaned.decode("utf-8", "surrogatepass")

    def _bytes(self, data: bytes) -> bytes:
        if self._hint.search(data) is None and not self._known.is_in(data):
            return data
        data = self._secrets(data)
        return _without_numbers(data) if _hint(shapes.NUMBERS).search(data) else data

    def _secrets(self, data: bytes) -> bytes:
        if self._secret_hint.search(data) is None and not self._known.is_in(data):
            return data
        data = _starred(data, self._known.spans(data))
        data = _starred(data, private_keys.spans(data))
        if _hint(shapes.HINT).search(data) is None:
            return data
        data = _starred(data, _tokens(data))
        data = _starred(data, _pairs(data))
        for text in (*shapes.NAMED, *shapes.IN_SENTENCES):
            data = _starred(data, _named(data, text))
        return data


def _starred(data: bytes, spans: Spans) -> bytes:
    """The line breaks of what is replaced stay, so that what follows keeps its place."""
    return _replaced(data, spans, lambda old: _STARS + b"\n" * old.count(b"\n"))


def _replaced(data: bytes, spans: Spans, by: Callable[[bytes], bytes]) -> bytes:
    """The same object where there is nothing to replace. Spans that overlap are one."""
    pieces: list[bytes] = []
    at = 0
    merged: list[list[int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    for start, end in merged:
        pieces += [data[at:start], by(data[start:end])]
        at = end
    return b"".join([*pieces, data[at:]]) if pieces else data


def _tokens(data: bytes) -> Iterator[tuple[int, int]]:
    prefixed = "|".join(shape for _, shape, _ in shapes.TOKENS)
    found = [match.span(1) for match in _shape(rf"(?:^|[^A-Za-z0-9])({prefixed})").finditer(data)]
    for text in shapes.HOOKS:
        found += [match.span(1) for match in _shape(text).finditer(data)]
    yield from sorted(found)


def _pairs(data: bytes) -> Iterator[tuple[int, int]]:
    for match in _shape(shapes.PAIR).finditer(data):
        group = next(number for number in range(3, 7) if match.span(number)[0] >= 0)
        start, end = match.span(group)
        value = data[start:end]
        is_path = match[1].lower() == b"pwd" and value.startswith((b"/", b"~"))
        is_prose = group == 6 and _is_prose(match[2], value, data[end : end + 2])
        if not (is_path or is_prose or _HARMLESS.fullmatch(value) or _STARS in value):
            yield start, end


def _is_prose(separator: bytes, value: bytes, after: bytes) -> bool:
    """`password: must not be empty` goes on with words; a value stands alone."""
    spaced = separator.rstrip() != separator and separator.strip() == b":"
    return spaced and _PLAIN_WORD.fullmatch(value) is not None and after[:1] == b" " and after[1:].isalpha()


def _named(data: bytes, text: str) -> Iterator[tuple[int, int]]:
    # `Bearer authentication`, `the password is wrong`: a word is no value. A long one may be.
    wants_mark = text in shapes.IN_SENTENCES
    for match in _shape(text).finditer(data):
        value = match[1]
        is_word = wants_mark and len(value) < 24 and _PLAIN_WORD.fullmatch(value) is not None
        if not (is_word or _HARMLESS.fullmatch(value) or value.startswith(_STARS)):
            yield match.span(1)


def _without_numbers(data: bytes) -> bytes:
    for text, is_one in _NUMBERS:
        data = _starred(data, _numbers(data, text, is_one))
    return data


def _numbers(data: bytes, text: str, is_one: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    for match in _shape(text).finditer(data):
        start, end = match.span(1)
        if numbers.stands_alone(data[max(0, start - 12) : start], data[end : end + 12]) and is_one(match[1].decode()):
            yield start, end


_NUMBERS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (shapes.IDENTITY, numbers.is_identity_number),
    (shapes.CARD, numbers.is_card_number),
    (shapes.PHONE, lambda _: True),
)
