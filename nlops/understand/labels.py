"""What the values of an enum are called, as its description tells it.

"aka 客厅 = living, lounge = living", "zto (中通)", "cn: China", "harbour 港内, channel 航道": whatever stands with a
value in one such pair counts as its name. So does each of as many Chinese words in a row as there are values:
「平板车 / 厢式货车 / 冷藏车」.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from nlops.understand.fold import fold, words_of
from nlops.understand.glosses import bracketed
from nlops.understand.schema import Argument

_PIECES = re.compile(r"[,，;；、。\n]|\.\s|\baka\b|\bor\b|或")
_PAIR = re.compile(r"\s*(?:=|:|：|→|->)\s*")
_SENTENCES = re.compile(r"[。；;：:\n()（）]|\.\s")
_NAME_IN_ROW = r"(?:\d{1,4}\s?)?[\u3400-\u9fff]{1,10}(?:/[\u3400-\u9fff]{1,10})?(?:\s?[a-z0-9]+)?"
_OPEN = re.compile(r"([^()（）]{2,}?)\s*[(（]([^()（）]{2,})")
_MAY_BE_SHORT = re.compile(r"[\u3400-\u9fff]{2,}[店馆仪号]")  # 「机场」 is enough for 「机场店」
# "harbour 港内, channel 航道"
_BESIDE = re.compile(r"([^\s()（）\u3400-\u9fff]+)\s+([\u3400-\u9fff]{1,8})$")
_LONGEST_NAME = 2  # words before a colon; more are a heading
_HAN_BEHIND = re.compile(r"[a-z)]\s+([\u3400-\u9fff]{2,8})$")
_HAN_NAMES = r"[\u3400-\u9fff]{1,8}(?:/[\u3400-\u9fff]{1,8})*"
_LATIN_NAMES = r"[a-z][a-z' /+&-]{1,40}"
_IN_BOTH = re.compile(
    rf"(?P<value>[^\s\u3400-\u9fff]+)\s+"
    rf"(?:(?P<han>{_HAN_NAMES})(?:(?:\s+[\d×.-]\S*)*(?:\s+(?P<latin>{_LATIN_NAMES}))?)|(?P<latin2>{_LATIN_NAMES}?)\s+(?P<han2>{_HAN_NAMES}))"
)
_SHORTEST_PLURAL = 5
_SIGNS = {"+": (" pos", " positive", " plus", "阳", "型阳"), "-": (" neg", " negative", " minus", "阴", "型阴")}
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([kmgt]b|kg|ml|gbps|mbps|mm|cm|km)(?![a-z0-9])")
_NOW = (
    "this second",
    "this instant",
    "instantly",
    "right away",
    "right now",
    "at once",
    "straight away",
    "immediately",
    "asap",
    "立即",
    "立刻",
    "马上",
    "现在",
)
_ALIASES = {
    **dict.fromkeys(("now", "immediate", "immediately"), _NOW),
    "off": ("关掉", "关了", "关上", "关闭", "停掉", "停了"),
    "on": ("打开", "开启", "启动", "开起来"),
}
_BRACKET = re.compile(r"([^\s()（）\[\]]+)\s*[(（\[]([^()（）\[\]]+)[)）\]]")


def names_of(argument: Argument) -> Mapping[str, tuple[str, ...]]:
    """All names of each value, folded, by the folded value, which is the first of them."""
    values = tuple(key(value) for value in argument.choices)
    return _names(values, tuple(words_of(str(value)) for value in argument.choices), fold(argument.told))


@lru_cache(maxsize=4096)
def _names(values: tuple[str, ...], words: tuple[str, ...], description: str) -> Mapping[str, tuple[str, ...]]:
    found = {value: [value] if value.endswith("-") else [value, own] for value, own in zip(values, words, strict=True)}
    for left, right in _pairs(description, values):
        for one, other in ((left, right), (right, left)):
            for value in _values_in(one, values):
                found[value] += [name.strip() for name in re.split(r"[/／|]", other) if name.strip()]
    for value, own in _in_both_languages(description, values):
        found[value] += own
    for at, name in bracketed(values, description).items():
        found[values[at]].append(name)
    for row in _rows(description, len(values)):
        for value, name in zip(values, row, strict=True):
            found[value] += name.split("/")
    for value, own in found.items():  # the blood group A+
        own += [f"{value[:-1]}{sign}" for sign in _SIGNS.get(value[-1:], ()) if value[:-1].isalpha()]
    sizes = Counter(size for value in values for size in _sizes_in(value))
    for value, names in found.items():
        names.extend(_ALIASES.get(value, ()))
        names.extend(name for size in _sizes_in(value) if sizes[size] == 1 for name in size)
    apart = _apart(found, description)
    for value, names in found.items():  # "nozzles only", "being repaired 维修"
        names += [*apart[value], *(name.removesuffix(" only") for name in names[2:] if name.endswith(" only"))]
        names += [match[1] for name in names if (match := _HAN_BEHIND.search(name))]
    short = Counter(name[:-1] for names in found.values() for name in set(names) if _MAY_BE_SHORT.fullmatch(name))
    for names in found.values():
        names += [name[:-1] for name in names if short[name[:-1]] == 1 and _MAY_BE_SHORT.fullmatch(name)]
    return {value: tuple(dict.fromkeys(_without_parts(value, names, values))) for value, names in found.items()}


def _without_parts(value: str, names: Iterable[str], values: Sequence[str]) -> Iterator[str]:
    """The names of a value without those that are a part of another: of "unassigned: paid, but no rider yet" beside
    `unpaid` the "paid" tells nothing."""
    others = [one for one in values if one != value]
    for name in names:
        is_part = name.isalpha() and name.isascii() and any(name in one and name != one for one in others)
        if not is_part or name in (value, words_of(value)):
            yield name


def _apart(found: Mapping[str, Sequence[str]], description: str) -> Mapping[str, Sequence[str]]:
    """What stands before the bracket of a name and what in it, each as a name where no other value has it: "Gulf Foods
    (Dubai)"."""
    opened = {
        value: [part for name in dict.fromkeys(names) for part in _sides(name, description)]
        for value, names in found.items()
    }
    spread = Counter(part for parts in opened.values() for part in set(parts))
    return {value: [part for part in parts if spread[part] == 1] for value, parts in opened.items()}


def _sides(name: str, description: str) -> Sequence[str]:
    match = _OPEN.fullmatch(name)
    is_whole = match is not None and re.search(rf"[(（]{re.escape(match[2])}[)）]", description)  # and no row of names
    return match.groups() if match is not None and is_whole else ()


def _rows(description: str, count: int) -> Iterator[list[str]]:
    """So many Chinese words in a row, whatever parts them; of two, only a slash makes a row."""
    for piece in _SENTENCES.split(description):
        for mark in ("/／|", "、，,") if count > 2 else ("/／|",):
            row = [word.strip() for word in re.split(f"[{mark}]", piece)]
            if len(row) == count and all(re.fullmatch(_NAME_IN_ROW, word) for word in row):
                yield row


def _in_both_languages(description: str, values: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Names in both languages behind each value, where most are told so: "glass_a 番茄棚 tomatoes; tunnel 草莓棚
    strawberries", "moved_out 退租/搬走"."""
    plain = re.sub(r"\([^()]*\)|（[^（）]*）", "", description).rstrip(" .。")
    pieces = [piece.strip() for piece in re.split(r"[;；,，、。\n]|\.\s", plain)]
    pieces = [piece if piece.split(":")[0] in values else piece.rpartition(":")[2].strip() for piece in pieces]
    told = [match for piece in pieces if (match := _IN_BOTH.fullmatch(piece)) and match["value"] in values]
    if 2 * len({match["value"] for match in told}) <= len(values):
        return
    for match in told:
        han = [name.strip() for name in (match["han"] or match["han2"]).split("/")]
        latin = [name.strip() for name in re.split(r"[+&/]", match["latin"] or match["latin2"] or "")]
        yield match["value"], [name for name in (*han, *latin, *map(_singular, latin)) if name]


def _sizes_in(value: str) -> list[tuple[str, str]]:
    """The sizes in a value, each as it may be written: 1gb of plus_1gb."""
    return [(f"{number}{unit}", f"{number} {unit}") for number, unit in _SIZE.findall(value)]


def _singular(name: str) -> str:
    """Empty where a name is no plural."""
    if len(name) < _SHORTEST_PLURAL or " " in name or not name.endswith("s") or name.endswith(("ss", "us", "is")):
        return ""
    return re.sub("ies$", "y", name) if name.endswith("ies") else re.sub("(?<=o)es$|s$", "", name)


def _values_in(text: str, values: Iterable[str]) -> list[str]:
    parts = {part.strip(" '\"‘’“”") for part in re.split(r"[/／|]", text)}
    return [value for value in values if value in parts]


def _pairs(description: str, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    pieces = [piece.strip().rstrip(".") for piece in _PIECES.split(description)]
    for piece, following in pairwise([*pieces, ""]):
        sides = [side.strip(" '\"()（）‘’“”`") for side in _PAIR.split(piece)]
        # "what to point at: sun, moon, venus", "what the sign shows: ice, bare ground"
        is_told = ":" in piece and "=" not in piece and len(sides[0].split()) > _LONGEST_NAME and sides[-1] in values
        is_heading = following.strip("'\"‘’“”") in values or is_told
        if len(sides) >= 2 and all(sides) and not is_heading:
            left, right = sides[-2:]  # "the branch that gives: riverside = 滨江店"
            yield left, right
            yield left.split()[-1].strip("(（"), right  # "which room: 客厅 = living", "where (ap = 亚太)"
        beside = _BESIDE.search(sides[-1])
        if beside:
            yield beside[1], beside[2]
    for match in _BRACKET.finditer(description):
        for inner in re.split(r"[,，、/]", match[2]):
            yield match[1], inner.strip()


def key(value: object) -> str:
    """A value as it stands in the names."""
    return fold(str(value))
