"""Text of somebody else as one line for a log or a terminal: nothing in it moves a cursor or turns the writing.

Line breaks become `\\n`, other control characters `\\x1b`, marks of direction and invisible ones `\\u202e`; letters,
signs and emoji of any language stay.
"""

import re

# Cc; marks of direction (UAX #9); separators of lines; zero-width and byte order marks; lone surrogates; tags.
# The joiner U+200D stays, which emoji need.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape(text: str) -> str:
    """The text in one line."""
    return _UNSAFE.sub(_escaped, text)


def escape_lines(text: str) -> str:
    """The text with its line breaks: each further line begins with a mark, so that it is none of its own."""
    first, *rest = text.split("\n")
    return "\n".join([escape(first), *(f"  | {escape(line)}" for line in rest)])


def _escaped(match: re.Match[str]) -> str:
    char = match[0]
    return _SHORT.get(char) or (f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\u{ord(char):04x}")
