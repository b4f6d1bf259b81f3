"""What the bot says: every phrase in English and Chinese, with the same fields in both."""

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
        """The phrase in `language`. A field's value is put in as it is, never parsed as a template again."""
        return (self.zh if language == "zh" else self.en).format(**fields)


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


def say_duration(seconds: float, language: Language) -> str:
    """In the largest unit of which there are two at least: `90 s`, `90 分钟`, `3 d`."""
    units = (("d", "天", 86400), ("h", "小时", 3600), ("min", "分钟", 60))
    en, zh, size = next((unit for unit in units if seconds >= 2 * unit[2]), ("s", "秒", 1))
    return f"{max(0.0, seconds) / size:.0f} {zh if language == 'zh' else en}"
