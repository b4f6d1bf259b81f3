"""Questions back about one argument, in words, with numbered choices where there are some."""

from collections.abc import Mapping

from nlops.domain.tools import Asked, Interpretation, Source, ToolCall
from nlops.domain.words import Language
from nlops.understand import phrases
from nlops.understand.ground import Lack


def ask_about(
    lack: Lack, language: Language, before: tuple[ToolCall, ...] = (), source: Source = "model"
) -> Interpretation:
    """The question about what a call lacks. `before` are calls of the same message that lack nothing."""
    choices = (True, False) if lack.argument.kind == "boolean" else lack.argument.choices
    asked = Asked(lack.tool.name, lack.argument.name, choices, lack.known, before, source)
    text = _words(lack, language)
    if choices:
        text += "\n" + "\n".join(f"{number}. {_shown(choice, language)}" for number, choice in enumerate(choices, 1))
    return Interpretation(ask=True, reply=text, source=source, asked=asked)


def _shown(choice: object, language: Language) -> str:
    return phrases.SWITCH[choice].say(language) if isinstance(choice, bool) else str(choice)


def _words(lack: Lack, language: Language) -> str:
    if lack.argument.is_bot:
        if lack.got is None:
            return phrases.WHICH_BOT.say(language)
        phrase = phrases.DID_YOU_MEAN if lack.why else phrases.NO_SUCH_BOT
        return phrase.say(language, word=lack.got, guess=lack.why)
    fields: dict[str, object] = {"tool": lack.tool.called(language), "what": lack.argument.called(language)}
    example = _example(lack)
    if lack.got is None:
        phrase = phrases.MISSING_LIKE if example else phrases.MISSING
        return phrase.say(language, **fields, **example)
    if lack.argument.choices:
        return phrases.NO_SUCH_VALUE.say(language, **fields, got=lack.got)
    most = lack.argument.schema.get("maxLength")
    if isinstance(most, int) and isinstance(lack.got, str) and len(lack.got) > most:
        return phrases.TOO_LONG_TEXT.say(language, **fields, most=most, count=len(lack.got))
    if example:  # a pattern is nothing to read in a chat
        got = ", ".join(map(str, lack.got)) if isinstance(lack.got, list) else lack.got
        return phrases.NOT_LIKE.say(language, **fields, **example, got=got)
    if not lack.why:
        return phrases.MISSING.say(language, **fields)
    return phrases.OUT_OF_BOUNDS.say(language, **fields, got=lack.got, why=lack.why)


def _example(lack: Lack) -> dict[str, object]:
    """What a text of such a pattern looks like, or one of a list, where the definition's examples have one."""
    name, items = lack.argument.name, lack.argument.schema.get("items")
    schema = items if isinstance(items, Mapping) else lack.argument.schema
    rows = [one.arguments[name] for one in lack.tool.examples if name in one.arguments]
    values = [value for row in rows for value in (row if isinstance(row, list) else [row])]
    shown = next((value for value in values if isinstance(value, str) and "pattern" in schema), None)
    return {} if shown is None or lack.argument.choices else {"example": shown}
