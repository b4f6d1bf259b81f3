"""How a value of an enum may be said: by its names (`labels`), by its sound in Chinese, by a dictionary, by what is
of its kind; behind "from" and "to"; and that all are meant.
"""

import re
from functools import lru_cache
from itertools import zip_longest

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from nlops.understand.dictionary import translations
from nlops.understand.families import in_family, is_always_named, same_as, says
from nlops.understand.fold import fold, has_cjk, is_cjk
from nlops.understand.glosses import EMPTY
from nlops.understand.labels import key, names_of
from nlops.understand.numbered import numbered, other_numbers, other_places
from nlops.understand.numbers import find_numbers
from nlops.understand.schema import Argument

_PARTS = re.compile(r"[a-z]+|[0-9]+")
_WAYS = (
    (re.compile(r"^(?:from|source|src|origin)\b"), r"从|由|\bfrom\b"),
    (re.compile(r"^(?:to|dest|destination|target)\b"), r"[到给去往至]|\bto\b|\binto\b"),
)
# "null: all piers 全部码头"
_NULL_IS_ALL = re.compile(
    r"\bnull\b[^.;。；]{0,8}?(?:\b(?:all|every)\b[^.;。；\u3400-\u9fff]{0,30}|(?=全部|所有))(?:(?:全部|所有)的?(?P<han>[\u3400-\u9fff]{1,4}))?"
)
_CODE = re.compile(r"(?<![a-z0-9_.#-])[a-z]{1,4}[0-9]{1,4}[a-z]?(?![a-z0-9_-])")
_PLAIN = frozenset({"in", "at", "to", "by", "for", "as", "is", "it", "or", "an"})  # names that any sentence has
# Names that stand in sentences about anything: "his lady off". Without a verb that switches they tell less than a model
# that is sure.
FAINT = frozenset({"on", "off", "out", "up", "down"})
_FAINT = re.compile(rf"\b(?:{'|'.join(sorted(FAINT))})\b")
_SWITCHES = re.compile(
    rf"\b(?:turn|switch|set|put|power|flip|shut|keep|leave)\w*\b(?:\s+\S+){{0,4}}?\s+{_FAINT.pattern}"
)
_TIMES = frozenset({"second", "minute", "hour", "day", "night", "week", "month", "year"})
_OTHER_DAYS = frozenset({"今天", "今日", "天", "日", "一天"})  # no day shift
_VERB_AND_OBJECT = 3  # characters
_VERBS = "开关退收拆装加减停启锁换改查补送取"
_NEAR_DAYS = frozenset({"today", "tomorrow", "yesterday"})  # of another family than weekdays beside them
_NOT_THAT_DAY = re.compile(r"(?:不是|不要|而非)\s?[今明昨后][天日早晚]|\b(?:not|than)\s+(?:to|yester)\w+")
_GREETING = re.compile(
    r"\b(?:good|happy)\s+(?:morning|afternoon|evening|night|\w+day)\b|[早晚中上下]午?上?好(?=[呀啊哈,，!！~～。\s]|$)"
)
_STARTS = r"(?<![a-z0-9])(?<!un-)(?<!non-)"  # "un-pause" says no pause
_NEARLY_HAN = 80
_SLIPPERY = (4, 8)  # letters of a word from which on one slip is only that, and two are
_LONG = 6  # letters of a name that is found with other spaces and hyphens, too
# "zto", "jdl": what companies call themselves is longer or shorter than the initials of their Chinese names.
_LONGEST_CODE = 4
_SYLLABLE = (
    r"(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?(?:[iu]?a(?:ng|n|o|i)?|[iuv]?e(?:ng|n|i|r)?|i(?:ng|n|u|ong)?|ong|ou|u[oin]?|o)"
)
_PINYIN = re.compile(rf"(?:{_SYLLABLE}){{2,}}")
_JOINS = re.compile(r"、|&|\+|\band\b|和|及")
_ENDS = ("解除", "撤销", "结束", "终止")
_IN_ROW = re.compile(r"\s*(?:,|，|、|&|\+|\band\b|和|及|以及)\s*(?:and\s+)?(?:the\s+)?")
_SHORT = 16  # characters of a name; what is longer is a sentence, and a part of it no name
_SHORTEST_SOUND = 3  # letters of pinyin; a shorter one is any syllable


def mentioned(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of an argument that a folded text says, in the order of the schema. What a dictionary has for a name
    counts where no value is said by its names, and in a list beside those that are."""
    said = named(argument, folded)
    if said and argument.kind != "list":
        return said
    plain = _GREETING.sub(" ", folded)
    told = tuple(value for value in argument.choices if value in said or _says_translated(argument, value, plain))
    return told or _misspelt(argument, plain)


def in_one_row(argument: Argument, value: object, folded: str) -> tuple[object, ...]:
    """The values of a choice that a folded text names in one row with a value, in order: 「老周、小兰都站前厅」. Empty
    where it names no other so, or one of them elsewhere as well."""
    names = [(name, at) for at, one in enumerate(argument.choices) for name in names_of(argument)[key(one)]]
    spans = [
        (match.start(), -match.end(), at)
        for name, at in names
        if len(name) > 1
        for match in re.finditer(
            rf"{_STARTS}{re.escape(name)}(?![a-z0-9])" if name.isascii() else re.escape(name), folded
        )
    ]
    row: list[int] = []
    joints, end = "", -1
    for start, stop, at in sorted(spans):
        if start < end:
            continue  # a part of a longer name
        if row and not _IN_ROW.fullmatch(folded[end:start]):
            return ()
        joints += folded[end:start] if row else ""
        row, end = [*row, at], -stop
    found = tuple(argument.choices[at] for at in dict.fromkeys(row))
    is_row = len(found) == len(row) > 1 and _JOINS.search(joints) is not None  # "to willow, bamboo smells"
    return found if is_row and value in found else ()


def _misspelt(argument: Argument, folded: str) -> tuple[object, ...]:
    """The one value with a long name that a folded text says with one slip in a word of its own: "tomorow"."""
    words = {word for word in re.findall(r"[a-z]+", folded) if len(word) >= _LONG}
    names = names_of(argument)
    long = [
        (name, value)
        for value in argument.choices
        for name in names[key(value)]
        if name.isascii() and name.isalpha() and len(name) > _LONG
    ]
    found = [value for name, value in long if any(_is_one_slip(word, name) for word in words)]
    return tuple(dict.fromkeys(found)) if len(set(map(key, found))) == 1 else ()


def _is_one_slip(word: str, name: str) -> bool:
    """Whether a word is a name with one slip behind its first letter; a plural is none."""
    return word[0] == name[0] and word not in (f"{name}s", f"{name}d") and OSA.distance(word, name) == 1


def named(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of an argument that a folded text says by their names, or by others of their kind. A greeting says
    none."""
    folded = _GREETING.sub(" ", folded)
    names = names_of(argument)
    kin = _kin(argument, folded)[0]
    by_number = numbered(argument, folded)
    return tuple(
        value
        for at, value in enumerate(argument.choices)
        if at in kin
        or any(_says(name, folded) for name in names[key(value)])
        or (key(value) in _NEAR_DAYS and says(key(value), _NOT_THAT_DAY.sub(" ", folded)))
        or value in by_number
    )


def without_faint(folded: str) -> str:
    """A folded text without the words that stand in any sentence, where nothing is switched."""
    return folded if _SWITCHES.search(folded) else _FAINT.sub(" ", folded)


def strange(argument: Argument, folded: str) -> tuple[str, ...]:
    """The words of a folded text for what is of a kind with the values, and none of them: another weekday, courier, or
    a model's number ("v100" beside h100 and a100)."""
    kin = _kin(argument, folded)[1]
    return kin or _other_codes(argument, folded) or other_numbers(argument, folded) or other_places(argument, folded)


def _other_codes(argument: Argument, folded: str) -> tuple[str, ...]:
    """Codes of a text with as many letters and digits as a value, where most values are such codes."""
    shapes = [_shape(key(value)) for value in argument.choices]
    if 2 * sum(shape is not None for shape in shapes) <= len(shapes):
        return ()
    names = {name for own in names_of(argument).values() for name in own}
    codes = (match[0] for match in _CODE.finditer(folded))
    return tuple(dict.fromkeys(code for code in codes if _shape(code) in shapes and code not in names))


def led(argument: Argument, folded: str) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """The values that stand behind "from" or "to" where the argument's name says that it is one of these, and those
    behind the other of the two."""
    side = next((side for side, (name, _) in enumerate(_WAYS) if name.search(argument.words)), None)
    if side is None:
        return (), ()
    return _behind(_WAYS[side][1], argument, folded), _behind(_WAYS[1 - side][1], argument, folded)


def _behind(marks: str, argument: Argument, folded: str) -> tuple[object, ...]:
    def leads_to(name: str) -> bool:
        return re.search(rf"(?:{marks})\s*(?:the\s+)?{re.escape(name)}(?![a-z0-9])", folded) is not None

    names = names_of(argument)
    return tuple(value for value in argument.choices if any(map(leads_to, names[key(value)])))


def says_every(argument: Argument, folded: str) -> bool:
    """Whether a folded text speaks of all there are, where null stands for that: "in every branch", 「每个码头」."""
    told = _NULL_IS_ALL.search(fold(argument.description)) if argument.nullable else None
    if told is None:
        return False
    noun = re.escape(told["han"] or "") or None
    plain = re.escape(argument.words.removesuffix("s"))
    spoken = rf"\b(?:every|each|all)\s+(?:of\s+)?(?:the\s+|our\s+)?{plain}(?:s|es)?\b"
    return re.search(spoken if noun is None else rf"{spoken}|(?:所有|全部|每个?|各个?)的?{noun}", folded) is not None


def _shape(text: str) -> tuple[int, ...] | None:
    """How many letters and digits a code has in turn: (1, 3) of h100."""
    return tuple(map(len, _PARTS.findall(text))) if _CODE.fullmatch(text) else None


def must_be_named(argument: Argument) -> bool:
    """Whether a value of the argument is said by its name or not at all."""
    names = names_of(argument)
    return is_always_named([names[key(value)] for value in argument.choices])


def hinted(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of whose names a folded text has a part that no other value's name has, nor the argument's own: "the
    dobson" of dobson_400, 「六百的那台」 of cassegrain_600."""
    parts = [frozenset(_PARTS.findall(key(value))) for value in argument.choices]
    telling_nothing = frozenset(_PARTS.findall(argument.words)) | EMPTY
    said = {f"{number.low:g}" for number in find_numbers(folded) if number.low == number.high}
    said |= {word.removesuffix("s") for word in re.findall(r"[a-z]+", folded)} | set(re.findall(r"[a-z]+", folded))
    found = []
    for value, own in zip(argument.choices, parts, strict=True):
        elsewhere = telling_nothing.union(*(other for other in parts if other is not own))
        if said & {part for part in own - elsewhere if len(part) >= (2 if part.isdigit() else 4)}:
            found.append(value)
    return tuple(found)


def _kin(argument: Argument, folded: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    names = names_of(argument)
    return in_family([names[key(value)] for value in argument.choices], folded)


def resolve(argument: Argument, said: object) -> object | None:
    """The value that somebody's word for it means; None where it means none of them, or more than one."""
    if said in argument.choices and not isinstance(said, bool):
        return said
    word = fold(str(said))
    names = names_of(argument)
    exact = [value for value in argument.choices if word in names[key(value)] or _bare(word) == _bare(key(value))]
    if len(exact) == 1:
        return exact[0]
    is_told = " " in word and word in fold(argument.description)
    begun = [value for value in argument.choices if is_told and word.startswith(f"{key(value)} ")]
    if len(begun) == 1:
        return begun[0]  # "drip stand", as the description of "drip" has it
    kin, others = _kin(argument, word)
    if len(kin) == 1 or (others and not kin):
        return argument.choices[kin[0]] if kin else None
    told = [value for value in argument.choices if _says_translated(argument, value, word)]
    if len(told) == 1:
        return told[0]
    same = [value for value in argument.choices if not same_as(word).isdisjoint(names[key(value)])]
    if len(same) == 1:
        return same[0]
    heard = [value for value in argument.choices if has_cjk(word) and _is_heard_as(key(value), word)]
    if len(heard) == 1:
        return heard[0]
    short = [value for value in argument.choices if _is_short_for(word, key(value))]
    if len(short) == 1:
        return short[0]
    close = [
        value
        for value in argument.choices
        if any(_is_misspelt(word, name) or _holds(word, name) for name in names[key(value)])
    ]
    if len(close) == 1:
        return close[0]
    # "lost keys" are no lost_child, nor is next month the next_week: of more words one says too little
    is_short = len(word) <= _SHORT and len(set(re.findall(r"[a-z]{3,}", word)) - EMPTY) <= 1
    parts = hinted(argument, word) if is_short or re.fullmatch(r"[^\s-]+", word) else ()
    return parts[0] if len(parts) == 1 and not close else None


def _translated(argument: Argument, value: object) -> frozenset[str]:
    """What the names of a value are called in the other language."""
    found = (word for name in names_of(argument)[key(value)] for word in translations(name))
    return frozenset(found) - _OTHER_DAYS


def _says_translated(argument: Argument, value: object, folded: str) -> bool:
    return any(_stands(word, folded) for word in _translated(argument, value) if len(word) > 1)


def _stands(word: str, folded: str) -> bool:
    """Whether a dictionary's word stands in a folded text, an English one with any ending."""
    if has_cjk(word):
        return word in folded
    found = word in folded and len(word) > 2
    return found and re.search(rf"{_STARTS}{re.escape(word)}(?:s|es|ed|d|ing)?(?![a-z0-9])", folded) is not None


def _bare(text: str) -> str:
    return re.sub(r"[\s_\-.]+", "", text)


def _is_misspelt(word: str, name: str) -> bool:
    """Whether these are the same words with a slip in them. Hardly anybody's slip is the first letter: methanol is no
    ethanol, and the south hall not the north one."""
    if has_cjk(word + name):
        return len(name) > 2 and fuzz.ratio(word, name) > _NEARLY_HAN
    pairs = zip_longest(word.split(), name.split(), fillvalue="")
    return _bare(word) == _bare(name) or all(one == other or _is_slip(one, other) for one, other in pairs)


def _is_slip(word: str, meant: str) -> bool:
    slips = sum(len(meant) >= length for length in _SLIPPERY)
    return word[:1] == meant[:1] and OSA.distance(word, meant) <= slips


def _holds(word: str, name: str) -> bool:
    """Whether a word is a whole part of a name, or begins with it: 「客厅的」 with 「客厅」, "e-mail queue" with
    "email". What stands before a name makes it another: 「陪产假」 is no 「产假」, and half open not open."""
    said, known = _bare(word), _bare(name)
    short, long = sorted((said, known), key=len)
    begins = long.startswith(short) or long is known
    if has_cjk(short):
        return len(short) >= 2 and short in long and begins
    return len(short) >= 4 and short in long and begins and len(long) - len(short) <= 4


def _is_ended(name: str, folded: str) -> bool:
    """Whether a folded text only says that something ends: 「解除封航」 is no 封航."""
    places = [match.start() for match in re.finditer(re.escape(name), folded)]
    return not name.startswith(_ENDS) and all(folded[:place].endswith(_ENDS) for place in places)


def _says(name: str, folded: str) -> bool:
    if has_cjk(name):
        is_said = name in folded and not _is_ended(name, folded)
        return len(name) > 1 and (is_said or _says_apart(name, folded))
    if (len(name) < 2 and not name.isdigit()) or name in _PLAIN:
        return False
    stem = re.escape(name)
    if len(_bare(name)) >= _LONG and _bare(name) in _bare(folded):
        return True  # "x-ray station" says xray_station
    counted = r"(?<!\d )(?<!\d)" if name in _TIMES else ""  # "21 days" says no day shift
    if re.search(rf"{_STARTS}{counted}{stem}(?:s|es|ed|ing|d|ly)?(?![a-z0-9])", folded):
        return True
    return has_cjk(folded) and any(_sounds_like(name, run) for run in re.findall(r"[\u3400-\u9fff]+", folded))


def _says_apart(name: str, folded: str) -> bool:
    """Whether a folded text has a verb and its object with something between them: 「退一个气瓶押金」 of 退押金."""
    is_phrase = len(name) == _VERB_AND_OBJECT and all(map(is_cjk, name)) and name[0] in _VERBS
    return is_phrase and re.search(rf"{name[0]}[^,，。;；\s]{{1,5}}{name[1:]}", folded) is not None


def _sounds_like(name: str, chinese: str) -> bool:
    """Whether a Latin name is the pinyin, or the initials, of whole characters of a Chinese text."""
    plain = _bare(name)
    if len(plain) < _SHORTEST_SOUND or not plain.isascii() or not plain.isalpha():
        return False
    syllables = _syllables(chinese)
    starts = range(len(syllables))
    heard = ["".join(syllables[at:end]) for at in starts for end in range(at + 2, min(at + 6, len(syllables)) + 1)]
    initials = "".join(syllable[:1] for syllable in syllables)
    return plain in heard or plain == initials


def _is_heard_as(name: str, chinese: str) -> bool:
    if _sounds_like(name, chinese):
        return True
    initials, plain = _initials(chinese), _bare(name)
    if not initials or not 2 <= len(plain) <= _LONGEST_CODE:
        return False
    is_inside = re.fullmatch(".*".join(map(re.escape, plain)), initials) is not None and len(plain) >= _SHORTEST_SOUND
    return plain.startswith(initials) or initials.startswith(plain) or is_inside


def _initials(chinese: str) -> str:
    """ "jd" of 「京东」; a single character's says too little."""
    syllables = _syllables(chinese)
    return "".join(syllable[:1] for syllable in syllables) if len(syllables) > 1 else ""


def _is_short_for(word: str, name: str) -> bool:
    """Whether a word is how people shorten a name: "prod" production, "stg" staging, "pdd" pinduoduo."""
    plain = _bare(name)
    if not word.isascii() or not word.isalpha() or len(plain) <= len(word):
        return False
    if len(word) >= _SHORTEST_SOUND and plain.startswith(word):
        return True
    if not re.fullmatch(r"[b-df-hj-np-tv-z]{2,4}", word):
        return False
    spoken = _PINYIN.fullmatch(plain) and "".join(part[0] for part in re.findall(_SYLLABLE, plain))
    return word == spoken or re.sub(r"[aeiou]", "", plain).startswith(word)


def load_sounds() -> None:
    """Read the table of sounds now, for whoever must not wait for it at the first Chinese name."""
    _syllables("好")


@lru_cache(maxsize=2048)
def _syllables(chinese: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # a table of 40,000 characters, read on first use

    return tuple(lazy_pinyin(chinese))
