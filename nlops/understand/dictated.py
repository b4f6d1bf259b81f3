"""Messages as people say them into a phone: without the sounds between words, dates and ids in figures ("p l t dash oh
four seven", 「rf幺零七」), and an order that is put as a question as an order.
"""

import re

from nlops.understand.moods import QUOTES
from nlops.understand.numerals import ONES, TENS, WORDS, han_or_digits

_SOUNDS = re.compile(
    r"(?<![\w'’-])(?:u+h+|u+m+|erm+)(?![\w'’-])[,.…]*\s*|呃+[,，。]?|(?:^|(?<=[\s,，。]))[嗯额唔]+(?=[\s,，。]|$)[,，。]?\s*"
    r"|(?:^|(?<=[\s,，。]))那个(?=[\s,，])[,，]?\s*",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(r"[:：](?=\s|[^\d\s])")
# "the fifth of may twenty twenty six", 「二零二六年六月十八号」
_ONES = "|".join(ONES.split()[1:10])
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_YEAR = re.compile(
    rf"(?P<month>\b(?:{_MONTHS})\s+)twenty[\s-]+(?P<tens>twenty|thirty)(?:[\s-]+(?P<ones>{_ONES})(?![a-z]))?",
    re.IGNORECASE,
)
_HAN_DATE = re.compile(
    r"二[零〇][零〇一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号])?)?"
)
_HAN_DAY = re.compile(r"(?<=\d年)[一二三四五六七八九十]{1,2}(?=月)|(?<=\d月)[一二三四五六七八九十]{1,3}(?=[日号])")
_HAN_NUMBER = re.compile("[零〇一二三四五六七八九十]+")
# 「rf幺零七」, 「K杠四零二幺」, 「SP四四零然后是九二七」; 「C三十」 of one letter
_HAN_DIGIT = "零〇一幺二三四五六七八九"
_HAN_ID = re.compile(
    rf"(?<![A-Za-z0-9])(?P<letters>[A-Za-z](?:\s?[A-Za-z]){{0,3}})\s?(?P<dash>横?杠|dash\s|-)?\s?"
    rf"(?P<digits>[{_HAN_DIGIT}](?:(?:呃|嗯|然后是?|\s)*[{_HAN_DIGIT}])+)(?![点个分块元天十百千万{_HAN_DIGIT}])"
)
_HAN_MARK = re.compile(
    r"(?<![A-Za-z])(?P<letter>[A-Za-z])(?P<number>[一二三四五六七八九]?十[一二三四五六七八九]?)(?![点个分块元天行条度])"
)
# "r f three oh two", "k dash five five one oh", "k seventy seven oh one": a letter, and numbers that are no one number
_TENS = "|".join(TENS.split())
_DIGIT = rf"(?:oh|{'|'.join(ONES.split()[:10])}|o)(?![a-z])"
_GROUP = rf"(?:(?:{_TENS})(?:[\s-]+(?:{_ONES})(?![a-z]))?+|(?:{'|'.join(ONES.split()[10:])})|{_DIGIT})"
_ENGLISH_ID = re.compile(
    rf"(?<![A-Za-z0-9'’])(?P<letters>[b-hj-z](?:\s[a-z]){{0,3}}|[a-z](?:\s[a-z]){{1,3}}|[b-df-hj-np-tv-xz]{{2,4}}|[a-z]{{1,4}}(?=\s+dash\b))"
    rf"\s+(?P<dash>dash\s+)?(?P<digits>{_GROUP}(?:[\s-]+{_GROUP})+)(?![\w-])",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<![A-Za-z0-9'’])[A-Za-z](?:\s[A-Za-z]){1,3}(?=\s-?\d)")
_DIGITS = re.compile(rf"(?<![\w-]){_DIGIT}(?:\s+{_DIGIT}){{3,}}(?![\w-])", re.IGNORECASE)
# 「可以把X加到Y吗」 orders politely, and asks for nothing.
_ASKED = re.compile(
    r"^(?P<before>[^,，。;；]{0,8}?)(?:请问|麻烦)?你?(?:可以|能不能|能否|可不可以|就不能|能)(?:请|麻烦)?你?(?=[把将])"
    r"(?P<order>[^,，。;；?？]*?)[吗嘛么](?P<behind>$|[\s,，。].*)[?？]?"
)


def tidied(text: str) -> str:
    """A text with dates and ids in figures. What is quoted, or stands behind a colon, is as it is."""
    end = end_of_own_words(text)
    return f"{_tidied(text[:end])}{text[end:]}".strip() or text


def without_sounds(text: str) -> str:
    """A text without what people say while they think, as far as it is no text to be passed on."""
    end = end_of_own_words(text)
    own = _SOUNDS.sub(lambda match: " " if match.start() and match[0].isascii() else "", text[:end])
    return f"{own}{text[end:]}".strip() or text


def end_of_own_words(text: str) -> int:
    """Where a text to be passed on begins: a quote, or what stands behind a colon."""
    colon, quote = _PASSED_ON.search(text), QUOTES.search(text)
    return min((match.start() for match in (colon, quote) if match), default=len(text))


def _tidied(text: str) -> str:
    text = _YEAR.sub(_in_figures, _HAN_DATE.sub(_date_in_figures, text))
    text = _HAN_MARK.sub(lambda match: f"{match['letter']}{han_or_digits(match['number']):g}", _HAN_ID.sub(_id, text))
    text = _SPACED.sub(lambda match: re.sub(r"\s", "", match[0]), _ENGLISH_ID.sub(_id, text))
    text = _DIGITS.sub(lambda match: _figures(match[0]), text)
    text = _HAN_DAY.sub(lambda match: f"{han_or_digits(match[0]):g}", text)
    return _ASKED.sub(r"\g<before>\g<order>\g<behind>", text)


def _id(match: re.Match[str]) -> str:
    letters = re.sub(r"\s", "", match["letters"])
    return f"{letters}{'-' if match['dash'] else ''}{_figures(match['digits'])}"


def _figures(said: str) -> str:
    """The figures of numbers that are said one by one: 7701 of "seventy seven oh one"."""
    if not said.isascii():
        return "".join(f"{han_or_digits(char.replace('幺', '一')):g}" for char in said if char in _HAN_DIGIT)
    groups = (re.split(r"[\s-]+", match[0].casefold()) for match in re.finditer(_GROUP, said, re.IGNORECASE))
    return "".join(f"{sum(WORDS.get(word, 0) for word in words):g}" for words in groups)


def _in_figures(match: re.Match[str]) -> str:
    year = 2000 + WORDS[match["tens"].casefold()] + WORDS[(match["ones"] or "zero").casefold()]
    return f"{match['month']}{year:g}"


def _date_in_figures(match: re.Match[str]) -> str:
    """2026年6月18号 of 「二零二六年六月十八号」."""
    return _HAN_NUMBER.sub(lambda number: f"{han_or_digits(number[0]):g}", match[0])
