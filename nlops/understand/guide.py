"""What can be typed, out of the definitions: the words of all tools, and all about one of them."""

import re
from collections.abc import Iterable, Mapping

from nlops.domain.tools import Catalogue, ToolSpec
from nlops.domain.words import Language, Phrase
from nlops.understand import phrases
from nlops.understand.fold import fold, has_cjk
from nlops.understand.outcomes import describe
from nlops.understand.schema import Argument, arguments_of

MOST_TOOLS = 24  # whose words a message on a phone can show; more are told by their number
_SHOWN_TITLES = 12  # tools named in a reply that says what is possible; more is no help in a chat
_TYPED = ("bot", "integer", "choice")  # what a keyword takes
# The words that are no tool's, and what is said about each.
_OWN: Mapping[str, Phrase] = {
    **dict.fromkeys(("mute", "unmute", "静音", "取消静音"), phrases.ABOUT_MUTE),
    **dict.fromkeys(("stop", "stop all", "resume", "停止", "全部停止", "恢复"), phrases.ABOUT_STOP),
    **dict.fromkeys(
        ("disable-qrrescue", "enable-qrrescue", "qrrescue", "rescue", "关闭救援", "开启救援", "救援"),
        phrases.ABOUT_RESCUE,
    ),
    **dict.fromkeys(("audit", "审计"), phrases.ABOUT_AUDIT),
    **dict.fromkeys(("more", "all", "更多", "全部"), phrases.ABOUT_MORE),
    **dict.fromkeys(("yes", "no", "confirm", "cancel", "确认", "取消"), phrases.ABOUT_YES),
}


def words_for(catalogue: Catalogue, language: Language) -> str:
    """All that can be typed without a model, a form for each: `restart [bot] · log [bot] [lines] · … · help`."""
    forms = [_form(tool, catalogue, language) for tool in catalogue.tools if tool.keywords]
    left = len(forms) - MOST_TOOLS
    if left > 0:
        forms = [*forms[:MOST_TOOLS], phrases.MORE_TOOLS.say(language, count=left)]
    return " · ".join((*forms, phrases.OWN_WORDS.say(language)))


def forms_about(bot: str, catalogue: Catalogue, language: Language) -> str:
    """What can be typed about a bot: `“status bob” · “log bob”`."""
    about = [tool for tool in catalogue.tools if tool.keywords and any(a.is_bot for a in arguments_of(tool, catalogue))]
    return " · ".join(phrases.QUOTED.say(language, form=f"{_word(tool, language)} {bot}") for tool in about)


def titles(catalogue: Catalogue, language: Language) -> str:
    """What there is, as far as a message can show it."""
    found = [re.sub(r"\s+", " ", tool.called(language)) for tool in catalogue.tools]
    more = ["…"] if len(found) > _SHOWN_TITLES else []
    return ("；" if language == "zh" else "; ").join([*found[:_SHOWN_TITLES], *more])


def titles_without_words(catalogue: Catalogue, language: Language) -> str:
    """What can be asked for in words only, by title; empty where everything has a word."""
    found = [tool.called(language) for tool in catalogue.tools if not tool.keywords]
    left = len(found) - MOST_TOOLS
    shown = [*found[:MOST_TOOLS], phrases.MORE_TOOLS.say(language, count=left)] if left > 0 else found
    return ("、" if language == "zh" else ", ").join(shown)


def find_topic(folded: str, catalogue: Catalogue) -> ToolSpec | Phrase | None:
    """What a word is about: a tool by its keywords, name or title, or one of the words that are no tool's."""
    own = _OWN.get(folded)
    if own is not None:
        return own
    wanted = _plain(folded)
    return next((tool for tool in catalogue.tools if wanted and wanted in map(_plain, _names(tool))), None)


def _plain(name: str) -> str:
    """Folded, without articles."""
    return re.sub(r"\b(?:an?|the)\s+", "", fold(name))


def _names(tool: ToolSpec) -> Iterable[str]:
    return (*tool.keywords, tool.name, tool.name.replace("_", " "), tool.title, tool.title_zh)


def explain(tool: ToolSpec, catalogue: Catalogue, language: Language) -> str:
    """What a tool does, what it takes, and how to ask for it. `tool` has the policy that holds."""
    lines = [f"{tool.called(language)} – {phrases.ABOUT_RISK[tool.policy.risk].say(language)}"]
    lines += [_described(tool.description, language)]
    lines += [_about(argument, language) for argument in arguments_of(tool, catalogue)]
    forms = [_form(tool, catalogue, language, word) for word in tool.keywords]
    if forms:
        lines.append(phrases.ABOUT_WORDS.say(language, forms=" · ".join(forms)))
    examples = [one.text for one in tool.examples if has_cjk(one.text) == (language == "zh")]
    if examples:
        lines.append(phrases.ABOUT_EXAMPLE.say(language, text=examples[0]))
    return "\n".join(lines)


def _described(description: str, language: Language) -> str:
    """The sentences of a description in the reader's language; all of them where none is."""
    sentences = [one for one in re.split(r"(?<=[.!?])\s+|(?<=[。！？])\s*", description.strip()) if one]
    own = [one for one in sentences if has_cjk(one) == (language == "zh")]
    return ("" if language == "zh" else " ").join(own or sentences)


def _about(argument: Argument, language: Language) -> str:
    """`Lines: 1–500 (50 if none is said)`."""
    values = describe(argument) if _is_told(argument) else ""
    if argument.kind == "boolean":
        values = ", ".join(phrase.say(language) for phrase in phrases.SWITCH.values())
    text = f"· {argument.called(language)}" + (f": {values}" if values else "")
    if argument.default is not None:
        return text + phrases.ABOUT_DEFAULT.say(language, default=argument.default)
    return text if argument.required else text + phrases.ABOUT_OPTIONAL.say(language)


def _is_told(argument: Argument) -> bool:
    """Whether what it takes is anything for people: a pattern is not."""
    return bool(argument.choices) or "pattern" not in argument.schema


def _word(tool: ToolSpec, language: Language) -> str:
    """A tool's keyword, in the language where it has one."""
    own = [one for one in tool.keywords if has_cjk(one) == (language == "zh")]
    return (own or [*tool.keywords])[0]


def _form(tool: ToolSpec, catalogue: Catalogue, language: Language, word: str = "") -> str:
    """A tool's word with what it takes. Who watches one bot need not name it, and who does not is asked."""
    parts = [word or _word(tool, language)]
    for argument in arguments_of(tool, catalogue):
        if argument.kind in _TYPED:
            name = argument.called(language).lower()
            parts.append(f"[{name}]" if argument.is_bot or not argument.required else name.upper())
    return " ".join(parts)
