"""What is quoted is data, unless the writer says outside the quotes that it shall be done: "do as she asks", 「照办」.

Then the quoted words are the writer's own. What is only forwarded, with nothing around it that sets it apart, stays
data whatever it says of itself.
"""

import re

from nlops.understand.fold import is_cjk
from nlops.understand.moods import QUOTES

_WHO = r"(?:she|he|they|it|the\s+\w+|[a-z]+)"
_WANTS = r"(?:asks?|says?|said|wants?|wrote|requests?|requested|asked|told)"
_ENDORSES = re.compile(
    rf"\b(?:(?:please|pls|plz|just|so)\s+)*(?:do|handle)\s+(?:exactly\s+)?(?:what|as)\s+{_WHO}\s+{_WANTS}\b(?:\s+for)?"
    r"|\b(?:(?:please|pls|plz|just)\s+)+do\s+(?:it|that|this|so|both)\b|\bdo\s+both\b|\bmake\s+it\s+so\b"
    r"|\bgo\s+ahead\b(?:\s+(?:and\s+do|with)\s+(?:it|that))?"
    r"|\b(?:fine|ok|okay|yes|sure|approved|agreed)[,\s]+(?:(?:please|pls)\s+)?"
    r"(?:do|book|send|approve|run|open|close|set)\s+(?:it|that|this|so|them)\b"
    r"|(?:就|都|全|请|麻烦|那就)*(?:照|按|依)[着照]?(?:[她他]们?|[\u3400-\u9fff]{1,3})?(?:说|要求|写|讲)的(?:意思)?"
    r"(?:去|来)?(?:办|做|弄|处理|执行)?(?:一下|就行)?吧?"
    r"|(?:就|都|全|请|那就)*照办[吧了]?|(?:就|都|那就)*(?:这么|这样)(?:办|做|弄)[吧了]?"
    r"|[给帮][她他]们?(?:办|弄|处理)(?:一下|了)?吧?",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?:\b(?:not|never|should|shall|could|if)\b|n['’]t\b|[别勿]|不要|要不要|是否)[^,，。;；.!！?？]*$", re.IGNORECASE
)
_SHORTEST = 3, 5  # words, and Chinese characters, of a message
_HEADER = re.compile(r"(?:^|(?<=\n))\s*(?:fwd?|转发)\s*[:：]?\s*", re.IGNORECASE)
_LINES = re.compile(r"(?:^|(?<=\n))[ \t]*(?:>|&gt;)[ \t]*(?P<own>[^\n]*)")
_SAYS = re.compile(
    r"(?:(?<![\w'])(?:she|he|they)\s+|(?<![\u3400-\u9fff])[她他](?=[写说发问]))?"
    r"(?:wrote|writes|says|said|asks|asked|写道?|说|发来|发了条?|问)?(?:\s+me)?\s*[:：]?\s*$",
    re.IGNORECASE,
)


def with_endorsed(text: str) -> str:
    """The text with what it quotes as its own words, where it says that this shall be done; else as it is."""
    outside = _LINES.sub(_blank, QUOTES.sub(lambda match: _blank(match) if _is_a_message(match[0]) else match[0], text))
    if outside == text:
        return text
    found = _ENDORSES.search(outside)
    if found is None or _NOT.search(outside[: found.start()]) or re.match(r"\s*[?？]", outside[found.end() :]):
        return text
    before, behind = text[: found.start()].rstrip(" ,，"), text[found.end() :].lstrip(" .。!！")
    own = _LINES.sub(lambda match: match["own"], f"{before} {behind}".strip())
    parts: list[str] = []
    end = 0
    for match in (one for one in QUOTES.finditer(own) if _is_a_message(one[0])):
        parts += [_SAYS.sub(" ", own[end : match.start()]), match[0][1:-1]]
        end = match.end()
    return _HEADER.sub("", "".join((*parts, own[end:]))).strip() or text


def _is_a_message(quote: str) -> bool:
    """Whether a quote is what somebody wrote, and no word or name."""
    return len(quote.split()) >= _SHORTEST[0] or sum(map(is_cjk, quote)) >= _SHORTEST[1]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
