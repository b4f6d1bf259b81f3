"""Second thoughts in one breath: "gate two no wait gate three", 「五号门 不对 六号门」.

Only what is plainly said twice is put right: the second time with the same noun, or as the same kind of number. Any
other second thought is left as it stands.
"""

import re
from collections.abc import Iterator

from nlops.understand.dictated import end_of_own_words
from nlops.understand.numerals import WORDS

_MARK = re.compile(
    r"[\s,，.…]*(?:\b(?:no+|nope|wait|sorry|oops)[\s,.…]+(?:no[\s,.…]+)?"
    r"(?:wait|sorry|hang\s+on|hold\s+on|scratch\s+that|make\s+(?:that|it)|i\s+mea?nt?|no)(?!\s+to\b)"
    r"|\b(?:scratch|make)\s+that|\bi\s+meant?|\bno(?=\s+not\b))\b(?:\s+not\s+(?P<not>\w+))?[\s,.…]*"
    r"|[\s,，。…]*(?:啊|哦|噢|哎|呃|嗯)*(?:(?<=[啊呃嗯哦哎])不是?(?=[\d零一二两三四五六七八九十])|不是不是|不对(?:[\s,，]*不对)*(?:[啊呀哦]?[\s,，。…]+)?"
    r"|(?:(?<![是要])不是(?=[\s,，])|sorry\s?不是|[说打写发]错了|错了)[啊呀哦]?[\s,，。…]*)(?:应该)?是?",
    re.IGNORECASE,
)
_WORDS = sorted((*WORDS, "hundred", "thousand", "half", "quarter", "oh"), key=len, reverse=True)
_ENGLISH_NUMBER = rf"(?:\d[\d.:]*|{'|'.join(_WORDS)})"
_ENGLISH_NUMBERS = re.compile(
    rf"(?<![\w.:-])(?:(?:half|quarter)\s+(?:past|to)\s+)?{_ENGLISH_NUMBER}(?:[\s-]+(?:and\s+)?{_ENGLISH_NUMBER})*"
    r"(?:\s?(?:am|pm|o'clock)(?![a-z]))?(?![\w:-])",
    re.IGNORECASE,
)
_MONEY = re.compile(
    rf"(?<![\w-])(?:{_ENGLISH_NUMBER}[\s-]+)+(?:yuan|euros?|dollars?|pounds?)(?![a-z])(?:[\s-]+(?:and\s+)?{_ENGLISH_NUMBER}(?![a-z]))*",
    re.IGNORECASE,
)
_HAN_DIGITS = r"[零〇一二两三四五六七八九十百千万半\d]+"
_HAN_TIME = re.compile(rf"(?:上午|下午|早上|晚上|中午|凌晨)?{_HAN_DIGITS}点(?:半|钟|整|[一三]刻|{_HAN_DIGITS}分?)?")
_HAN_NUMBERS = re.compile(rf"(?P<number>(?:零下|负)?{_HAN_DIGITS})(?P<unit>[^\s,，。;；\d]{{0,2}})")
_VERB_AND_NUMBER = re.compile(
    rf"(?P<verb>(?!{_HAN_DIGITS})[\u3400-\u9fff]{{1,2}}?){_HAN_DIGITS}(?P<unit>(?!{_HAN_DIGITS})[\u3400-\u9fff])"
)
# what has three digits or more, and no unit
_ID = re.compile(
    r"(?<![\w.:-])(?:\d{4}-\d\d-\d\d|(?:[a-z]{1,4}-?)?\d{3,})(?![.:]?\d)(?!-\d)(?![a-z])", re.IGNORECASE | re.ASCII
)
_LEADS = "给发到去送换派"
_NOUN_PHRASE = re.compile(r"(?P<the>(?:the|that)\s+)?(?P<one>[\w-]+)\s+(?P<two>[\w-]+)", re.IGNORECASE)
_UNIT = re.compile(
    r"\s*(?:%|(?!(?:of|for|to|on|in|at|please|and|then|from|with|too|not|is|was|i|we)\b)[a-z]+)", re.IGNORECASE
)
_FORBIDS = re.compile(r"\b(?:not|never|no)\b|n['’]t\b|[别勿]|不[要用准]", re.IGNORECASE)
_CLAUSE = re.compile(r"[,，。;；.!！?？]")
_NEAR = 3  # characters
# "…, no wait, other way round: …": what stands behind it says all of it once more
_REVERSED = re.compile(
    r"[\s,，。.]*(?:[啊哦哎呃]|不对[\s,，]*)*我?[说写打搞弄记]反了[啊呀哦]?[\s,，。:：]*"
    r"|[\s,.]*\b(?:(?:no|wait|sorry|oops)[\s,.]+)+(?:the\s+)?other\s+way\s+(?:a)?round[\s,.:]*",
    re.IGNORECASE,
)
_SHORTEST = 6  # characters of what is said once more
_EMPTY = frozenset(
    {"the", "that", "a", "an", "it", "to", "at", "in", "on", "of", "and", "for", "is", "one", "no", "not"}
    | {"i", "you", "he", "she", "we", "they", "do", "just", "please"}
)


def _said_once_more(text: str) -> str:
    """What stands behind "other way round", where that says it once more; else the text as it is."""
    turned = _REVERSED.search(text)
    is_own = turned is not None and turned.start() < end_of_own_words(text)
    return text[turned.end() :] if turned and is_own and len(text) - turned.end() >= _SHORTEST else text


def put_right(text: str) -> str:
    """A text with its second thoughts in the place of the first ones; what it only passes on is as it is."""
    text = _said_once_more(text)
    end = end_of_own_words(text)
    own, rest = text[:end], text[end:]
    for match in reversed(list(_MARK.finditer(own))):
        own = _put_right(own[: match.start()], own[match.end() :], match["not"] or "") or own
    return f"{own}{rest}"


def _put_right(before: str, behind: str, spared: str) -> str:
    """The text before a second thought with what that says in it; empty where nothing of it was said before."""
    if not before.strip() or not behind.strip() or _FORBIDS.search(_CLAUSE.split(before)[-1]):
        return ""  # of "don't shut twelve, I mean shut eleven" nothing is said twice
    for find in (_of_id, _of_noun, _of_time, _of_money, _of_measure, _of_verb, _of_number, _of_whom):
        found = find(before, behind, spared)
        if found is not None:
            start, end, new, rest = found
            return f"{before[:start]}{new}{_kept(before[end:], rest)}{rest}"
    return ""


# What makes a second thought of whatever stands behind it.
_TURNS = re.compile(
    r"\b(?:no|wait|sorry|oops)[\s,.]+(?:no|wait|sorry|not|i\s+mea?nt?)\b|\bscratch\s+that\b|\bi\s+mea?nt?\b|不对|[说打写发]错了|(?<!是)不是不是|[啊呃哦]不是"
)
_REACH = 24  # characters


def turns(folded: str) -> Iterator[tuple[str, str]]:
    """What a folded text has right before a second thought, and right behind it, as far as its clause."""
    for match in _TURNS.finditer(folded):
        before, behind = folded[: match.start()], folded[match.end() :]
        yield _CLAUSE.split(before.rstrip(" ,，"))[-1][-_REACH:], _CLAUSE.split(behind.lstrip(" ,，"))[0][:_REACH]


_Found = tuple[int, int, str, str] | None


def _of_id(before: str, behind: str, spared: str) -> _Found:
    """1406 for 1405, BK118804 for BK118840: the last of the same letters and as many digits."""
    match = _ID.match(behind)
    if match is None:
        return None
    said = [one for one in _ID.finditer(before) if _shape(one[0]) == _shape(match[0])]
    if not said or (spared and spared not in said[-1][0].casefold()):
        return None
    return said[-1].start(), said[-1].end(), match[0], behind[match.end() :]


def _shape(id_: str) -> str:
    return re.sub(r"\d", "0", id_.casefold())


def _of_noun(before: str, behind: str, spared: str) -> _Found:
    """ "gate three" for "gate two", "the scaffold lads" for "the masonry lads"."""
    match = _NOUN_PHRASE.match(behind)
    if match is None:
        return None
    one, two = match["one"].casefold(), match["two"].casefold()
    rest = behind[match.end() :]
    if one not in _EMPTY and one not in WORDS and len(one) > 1:
        said = list(re.finditer(rf"(?<![\w-]){re.escape(one)}\s+(?P<own>[\w-]+)", before, re.IGNORECASE))
        if said and said[-1]["own"].casefold() not in _EMPTY:
            return said[-1].start(), said[-1].end(), match[0].removeprefix(match["the"] or ""), rest
    if two not in _EMPTY and len(two) > 1 and (match["the"] or spared):
        said = list(re.finditer(rf"(?<![\w-])(?P<own>[\w-]+)\s+{re.escape(two)}(?![\w-])", before, re.IGNORECASE))
        if said and (not spared or said[-1]["own"].casefold() == spared.casefold()):
            return said[-1].start(), said[-1].end(), f"{match['one']} {match['two']}", rest
    return None


def _of_time(before: str, behind: str, spared: str) -> _Found:
    del spared
    match, said = _HAN_TIME.match(behind), list(_HAN_TIME.finditer(before))
    if match is None or not said or len(before) - said[-1].end() > _NEAR:
        return None
    first = said[-1]
    part = re.match("上午|下午|早上|晚上|中午|凌晨", first[0])
    new = match[0] if part is None or re.match("上午|下午|早上|晚上|中午|凌晨", match[0]) else f"{part[0]}{match[0]}"
    return first.start(), first.end(), new, behind[match.end() :]


def _of_money(before: str, behind: str, spared: str) -> _Found:
    """ "seventeen yuan ninety" for "nineteen yuan ninety"."""
    del spared
    match, said = _MONEY.match(behind), list(_MONEY.finditer(before))
    if match is None or not said or before[said[-1].end() :].strip():
        return None
    return said[-1].start(), said[-1].end(), match[0], behind[match.end() :]


def _of_measure(before: str, behind: str, spared: str) -> _Found:
    """「六号门」 for 「五号门」."""
    del spared
    match = _HAN_NUMBERS.match(behind)
    if match is None or not match["unit"]:
        return None
    unit = match["unit"]
    said = [one for one in _HAN_NUMBERS.finditer(before) if one["unit"] and one["unit"][0] == unit[0]]
    if not said:
        return None
    first = said[-1]
    same = 2 if first["unit"][:2] == unit[:2] else 1
    new = f"{match['number']}{unit[:same]}"
    return first.start(), first.end("number") + same, new, behind[match.end("number") + same :]


def _of_verb(before: str, behind: str, spared: str) -> _Found:
    """「发五百张」 for 「发三百张」."""
    del spared
    match = _VERB_AND_NUMBER.match(behind)
    if match is None:
        return None
    said = list(re.finditer(rf"{match['verb']}{_HAN_DIGITS}{match['unit']}", before))
    return (said[-1].start(), said[-1].end(), match[0], behind[match.end() :]) if said else None


def _of_whom(before: str, behind: str, spared: str) -> _Found:
    """「给大彬」 for 「给小马」."""
    del spared
    said = re.search(rf"{behind[0]}[\u3400-\u9fff]{{1,4}}$", before) if behind[0] in _LEADS else None
    match = re.match(r"[\u3400-\u9fff]{1,5}", behind)
    return (said.start(), said.end(), match[0], behind[match.end() :]) if said and match else None


def _of_number(before: str, behind: str, spared: str) -> _Found:
    """ "twelve hundred" for "fifteen hundred", right behind it."""
    del spared
    match, said = _ENGLISH_NUMBERS.match(behind), list(_ENGLISH_NUMBERS.finditer(before))
    if match is not None and said and len(before[said[-1].end() :].split()) <= 1:
        return said[-1].start(), said[-1].end(), match[0], behind[match.end() :]
    han, said = _HAN_NUMBERS.match(behind), list(_HAN_NUMBERS.finditer(before))
    if han is not None and said and len(before) - said[-1].end("number") <= 1:
        return said[-1].start(), said[-1].end("number"), han["number"], behind[han.end("number") :]
    return None


def _kept(left: str, rest: str) -> str:
    """What stood between the first thought and the second, but for a unit that is said again: of "20 lines, no sorry 30
    lines" the first lines."""
    plain = left.strip(" .…,")
    unit = _UNIT.match(rest)
    if unit is not None and plain.isascii() and len(plain.split()) == 1:
        return ""
    return f"{left} " if plain and rest and rest[0] not in " ,，.。;；!！?？" else left
