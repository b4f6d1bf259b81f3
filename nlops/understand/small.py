"""Messages too small to be a wish: a name, a number that nothing asked for, a word of wonder, "who are you". Out of
what was said before, a model makes a change of them that nobody asked for; so it is not asked.
"""

import re
from collections.abc import Sequence

from nlops.domain.tools import Catalogue, Interpretation
from nlops.domain.words import Language
from nlops.understand import phrases
from nlops.understand.fold import bare
from nlops.understand.guide import forms_about, titles
from nlops.understand.names import find_names
from nlops.understand.schema import arguments_of
from nlops.understand.talk import Exchange, ask_again

_WONDER_WORDS = """
what, what what, huh, eh, er, hm, hmm, um, why, why not, how, how so, really, sorry, pardon, wait what, say again
what do you mean, i don't understand, i dont understand, i don't get it, what now, and now
什么, 啥, 啊, 哈, 咦, 诶, 为什么, 为啥, 什么意思, 啥意思, 没懂, 不懂, 没看懂, 看不懂, 不明白, 真的吗, 然后呢
"""
_WONDER = frozenset(re.split(r", |\n", _WONDER_WORDS.strip()))
_HOW_NOW = frozenset({"and now", "what now"})  # after a look, the same look again
_WHO = re.compile(
    r"(?:who|what) are you|what is (?:this|nlops)|introduce yourself|你(?:到底)?是(?:谁|什么|啥|干嘛的|干什么的)"
    r"|(?:自我)?介绍一下(?:你自己)?"
)
_NUMBER = re.compile(r"\d{1,2}")


def wonders(text: str) -> bool:
    """Whether the whole message says only that somebody does not understand."""
    return bare(text) in _WONDER


def read_small(
    text: str, exchanges: Sequence[Exchange], catalogue: Catalogue, language: Language
) -> Interpretation | None:
    """What is answered; None where the message is more than that, or what was said before may tell what it means."""
    word = bare(text)
    if not word:
        return Interpretation(reply=phrases.HELLO.say(language))
    last = exchanges[-1] if exchanges else Exchange("")
    if word in _WONDER and not (word in _HOW_NOW and _only_looked(last, catalogue)):
        again = None if last.asked is None else ask_again(last.asked, catalogue, language)
        return again or Interpretation(reply=phrases.WONDER.say(language))
    if _WHO.fullmatch(word):
        return Interpretation(reply=phrases.EXPLAIN.say(language, tools=titles(catalogue, language)))
    if _NUMBER.fullmatch(word) and last.asked is None and not _takes_numbers(last, catalogue):
        return Interpretation(reply=phrases.NO_CHOICE.say(language, number=word))
    name = None if re.search(r"[?？]", text) else _name_alone(word, catalogue)  # "bob?" is a look at him
    if name is not None and last.asked is None and _tells_nothing(name, last):
        forms = forms_about(name, catalogue, language)
        return Interpretation(ask=True, reply=phrases.WHAT_ABOUT.say(language, bot=name, forms=forms))
    return None


def _only_looked(last: Exchange, catalogue: Catalogue) -> bool:
    tools = [catalogue.get(call.tool) for call in last.calls]
    return bool(tools) and all(tool is not None and tool.policy.risk == "read" for tool in tools)


def _tells_nothing(name: str, last: Exchange) -> bool:
    """Whether a bot's name says nothing beside what was spoken of before: nothing was, or it was about this bot."""
    return not last.calls or any(name in call.arguments.values() for call in last.calls)


def _takes_numbers(last: Exchange, catalogue: Catalogue) -> bool:
    """Whether the calls before take anything that a number can be: a count, an id."""
    tools = [tool for call in last.calls if (tool := catalogue.get(call.tool)) is not None]
    kinds = {argument.kind for tool in tools for argument in arguments_of(tool, catalogue)}
    return bool(kinds - {"bot", "choice", "boolean"})


def _name_alone(word: str, catalogue: Catalogue) -> str | None:
    """The one bot that a message names, where it says nothing else."""
    mentions = find_names(word, catalogue.bots)
    left = word
    for mention in reversed(mentions):
        left = left[: mention.start] + left[mention.end :]
    names = {mention.name for mention in mentions}
    return names.pop() if len(names) == 1 and not left.strip() else None
