"""Flags and null, by the words that their descriptions have for them: "no notice on the page" of a flag that leaves a
notice unless it is said, 「解禁吧」 of a time that is "null: lift it 解禁".
"""

import re
from functools import lru_cache

from nlops.understand.fold import fold
from nlops.understand.glosses import means_of, stem
from nlops.understand.schema import Argument

_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_NAME = re.compile(r"[\u3400-\u9fff]{2,}(?=\s*(?:$|[.,;:。；，、：)）]))")  # and not 客人 of "客人 gets a text"
_WORD = re.compile(r"[a-z]{4,}")
_SHORT = re.compile(r"\b[a-z]{3}\b")
_CLAUSES = re.compile(r"[\s,.;:!?，。；：]+")
_LITTLE = 2  # characters
_OFF = re.compile(r"\bfalse\s*(?:[:=]|is|means)?\s*(?P<told>[^.;。；]*)")
_ON = re.compile(r"\btrue\s*(?:[:=]|is|means)?\s*(?P<told>[^.;。；]*)")
_NULL = re.compile(r"\bnull\s*(?:[:=]|is|means|for)?\s*(?P<told>[^.;。；]*)")
_DOES = re.compile(r"null\s+(?!is\b|means\b)[a-z]+s\b")
_OBJECT = re.compile(r"\b(?:the|an?|this|that|its|their|any)\s+\w+")
_SPECIAL = re.compile(r"(?<![\w.–-])(?P<n>0|-1)(?![\w.%–-])\s*(?:[:=]|is|means|for)?\s*(?P<told>[^.,;。，；]*)")
_END = re.compile(r"(?<![\w.–-])(?P<n>\d{1,3})(?![\w.%–-])\s*(?:[:=]|is|means|for)?\s*(?P<told>[a-z][^.,;。，；\d]*)")
_A_PART = re.compile(r"\b(?:half|halfway|quarters?|thirds?|bit|little|partly|slightly)\b|半|一点|稍")
_ANY_WORD = re.compile(r"[a-z]{3,}")
_NO = r"\b(?:no|without|don['’]?t|do\s+not|need\s+not|no\s+need\s+to|not)\s+(?:the\s+|any\s+|a\s+)?"
_NOT = r"\b(?:do\s?n['’]?t|do\s+not|no\s+need|need\s+not|never|without)\b"
_NO_HAN = r"(?:不用|不要|不必|不需要?|无需|别|免|不留|不)"
_COMMON_WORDS = """
the and for you not all any its one are out off
also back come comes down else false from goes keep leave left more null only over rest stay stays take then this that
them they true until what when with your does make made
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_URGENT = ("urgent", "rush", "priority", "express", "high priority")
_URGENTLY = re.compile(r"\b(?:urgent(?:ly)?|asap)\b|\bit['’]?s\s+a\s+rush\b|加急|紧急|很急|急用|急(?=$|[,，。!！])")
_NO_HURRY = re.compile(r"\b(?:no|not|non|isn['’]?t)[\s-]+(?:\w+\s+)?(?:urgent|rush)|[不没别]\w{0,2}急|不用紧急")


def overheard_flag(argument: Argument, live: str) -> bool | None:
    """What a folded message says of a flag by the very words of its description; None where it says nothing."""
    if argument.default is True:
        return False if is_refused(argument, live) else None
    if argument.default is not False:
        return None
    is_hurry = argument.words in _URGENT and _URGENTLY.search(live) and not _NO_HURRY.search(live)
    said = [word for word in _words_of(argument.description, _ON) if len(word) > 1 and word in live]
    denied = [word for word in said if re.search(rf"{_NO_HAN}.?{word}", live)]
    return True if is_hurry or (said and not denied) else None


def is_refused(argument: Argument, live: str) -> bool:
    """Whether a folded message refuses what a flag does unless it is said."""
    if argument.default is not True:
        return False
    off = _words_of(argument.description, _OFF)
    if any(word in live for word in off):
        return True
    told = fold(_OFF.sub(" ", argument.description))
    words = {word for word in (*_WORD.findall(told), *_WORD.findall(argument.words)) if word not in _COMMON}
    if any(re.search(rf"{_NO}{word}", live) for word in words):
        return True
    clauses = re.findall(rf"{_NOT}[^,.;:!?，。；]*", live)
    short = words | ({*_SHORT.findall(told)} - _COMMON)
    if any(len({word for word in short if re.search(rf"\b{word}\b", clause)}) > 1 for clause in clauses):
        return True  # "don't put anything back on stock"
    pairs = {run[at : at + 2] for run in _HAN.findall(told) for at in range(len(run) - 1)}
    return any(re.search(rf"{_NO_HAN}{pair}|{pair}(?:就|都|先|也)?(?:不用|不要|不必|别)", live) for pair in pairs)


def says_no_end(argument: Argument, live: str) -> bool:
    """Whether a clause of a folded message has the Chinese words of what null stands for and hardly more: 「一直挂着」,
    not 「客人一直在问」."""
    match = _NULL.search(fold(argument.description))
    runs = _HAN.findall(match["told"]) if match else []
    clauses = [clause.strip() for clause in _CLAUSES.split(live)]
    return any(run in clause and len(clause) <= len(run) + _LITTLE for run in runs for clause in clauses)


def says_null(argument: Argument, live: str) -> bool:
    """Whether a folded message has a word of what null stands for, and that no other value does."""
    match = _NULL.search(fold(argument.description))
    if match is None:
        return False
    rest = fold(argument.description).replace(match[0], " ") + argument.words
    # "null frees the room": who names the room does not free it
    said = _OBJECT.sub(" ", match["told"]) if _DOES.match(match[0]) else match["told"]
    words = [word for word in _WORD.findall(said) if word not in _COMMON and word not in rest]
    pairs = [run[at : at + 2] for run in _HAN.findall(match["told"]) for at in range(len(run) - 1)]
    own = [pair for pair in pairs if pair not in rest and pair in live]
    return bool(own) or any(re.search(rf"\b{word}\b", live) for word in words)


def special_number(argument: Argument, live: str) -> int | None:
    """0 or -1, where a description has a Chinese word of its own for it, and a folded message has that: 「恢复」 of
    "0 reopens 恢复"; or the least or the most that it may be, by a word in either language: 「最后做」 of "5 last"."""
    end = _end_number(argument, live)
    if end is not None:
        return end
    told = fold(argument.description)
    for match in _SPECIAL.finditer(told):
        rest = told.replace(match[0], " ")
        pairs = [run[at : at + 2] for run in _HAN.findall(match["told"]) for at in range(len(run) - 1)]
        is_alone = not re.search(r"\d", match["told"])  # and not "0 to 100 亮度"
        if is_alone and any(pair in live and pair not in rest for pair in pairs):
            return int(match["n"])
    return None


def _end_number(argument: Argument, live: str) -> int | None:
    """Of "1 is made first, 5 last" the one whose word a folded message has or means, and not the other's."""
    is_whole = argument.kind == "integer" and not _A_PART.search(live)
    ends = [argument.schema.get("minimum"), argument.schema.get("maximum")] if is_whole else []
    means = means_of(live)
    told: dict[int, bool] = {}
    for match in _END.finditer(fold(argument.description)):
        if int(match["n"]) in ends:
            words = {word for word in _ANY_WORD.findall(match["told"]) if word not in _COMMON}
            is_said = any(re.search(rf"\b{word}\b", live) for word in words) or not means.isdisjoint(map(stem, words))
            told[int(match["n"])] = is_said
    said = [number for number, is_said in told.items() if is_said]
    return said[0] if len(told) == len(ends) == len(said) + 1 else None


@lru_cache(maxsize=1024)
def _words_of(description: str, side: re.Pattern[str]) -> tuple[str, ...]:
    """The Chinese words that a description has for one side of a flag; of what is on, those that stand for neither as
    well."""
    folded = fold(description)
    match = side.search(folded)
    told = match["told"] if match else ""
    if side is _ON and match is None:
        told = _OFF.sub(" ", folded)
    return tuple(_NAME.findall(told))
