"""What the bot says: every phrase in English and Chinese, with the same fields in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal

Language = Literal["en", "zh"]


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@dataclass(frozen=True)
class Phrase:
    """One thing to say, as `str.format` templates. A phrase that lacks a language or a field cannot be made."""

    en: str
    zh: str

    def __post_init__(self) -> None:
        if not self.en or not self.zh or _fields(self.en) != _fields(self.zh):
            raise ValueError(f"both languages want the same fields: {self.en!r}, {self.zh!r}")

    def say(self, language: Language, **fields: object) -> str:
        """The phrase in `language`. A field's value is put in as it is, never parsed as a template again; a sentence is
        said in the same language, several (a tuple) as a list."""
        said = {name: _say(value, language) for name, value in fields.items()}
        return (self.zh if language == "zh" else self.en).format(**said)

    def of(self, **fields: object) -> "Sentence":
        """The phrase with its fields, for whoever will know the language."""
        return Sentence(self, fields)


@dataclass(frozen=True)
class Sentence:
    """A phrase with its fields, in no language yet: what went wrong far from whoever is told. `str` is English."""

    phrase: Phrase
    fields: Mapping[str, object]

    def say(self, language: Language) -> str:
        return self.phrase.say(language, **self.fields)

    def __str__(self) -> str:
        return self.say("en")


def _say(value: object, language: Language) -> object:
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(str(_say(one, language)) for one in value)
    return value.say(language) if isinstance(value, Sentence) else value


def in_both(text: str) -> tuple[str, str]:
    """What a text of the operator's says in English and in Chinese: `Disk space / 磁盘空间`. One that is no such pair
    is the same in both."""
    first, _, second = text.partition(" / ")
    if not second or language_of(first) == language_of(second):
        return text, text
    return (first, second) if language_of(second) == "zh" else (second, first)


def language_of(text: str) -> Language:
    """`zh` where the text holds a Chinese character, else `en`: how `language = "auto"` answers as the admin writes."""
    return "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"


_SECONDS = Phrase("{count} s", "{count} 秒")
_UNITS = (
    (86400, Phrase("{count} d", "{count} 天")),
    (3600, Phrase("{count} h", "{count} 小时")),
    (60, Phrase("{count} min", "{count} 分钟")),
)


def duration(seconds: float) -> Sentence:
    """In the largest unit of which there are two at least: `90 s`, `90 分钟`, `3 d`."""
    size, phrase = next((unit for unit in _UNITS if seconds >= 2 * unit[0]), (1, _SECONDS))
    return phrase.of(count=f"{max(0.0, seconds) / size:.0f}")
