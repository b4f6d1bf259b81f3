"""What must not leave: known secrets by their value, and what looks like one."""

import re
from collections.abc import Iterable

STARS = "‹redacted›"
MIN_SECRET = 6  # a shorter "secret" would blot out ordinary words

# `key = value` forms, bearer tokens, and credentials inside a URL: the shapes that logs really show.
_SHAPES = (
    re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{12,}"),
    re.compile(r"(?i)\b((?:api[_-]?key|secret|token|passw(?:or)?d|authorization)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;]{6,}"),
    re.compile(r"(?i)\b(https?://[^\s/:@]+:)[^\s/@]+(?=@)"),
    re.compile(r"()\bsk-[A-Za-z0-9_-]{16,}"),
)


class Redactor:
    """Replaces secrets in text on its way out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= MIN_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def clean(self, text: str) -> str:
        """`text` with every secret replaced by stars."""
        if self._known is not None:
            text = self._known.sub(STARS, text)
        for shape in _SHAPES:
            text = shape.sub(lambda match: match[1] + STARS, text)
        return text
