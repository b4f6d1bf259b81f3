"""Names and keywords: what is taken by nlops itself, in both languages, and by other tools."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nlops.domain.tools import ToolSpec
from nlops.toolbox.faults import Fault
from nlops.toolbox.schema import BUILTINS

# What an admin says to nlops itself (nlops.understand.keywords, and the answers to a proposal or a long run).
WORDS = frozenset(
    """yes no y n ok confirm cancel stop help ? audit mute unmute more all disable-qrrescue enable-qrrescue pair
    是 否 好 确认 取消 停止 帮助 ？ 审计 静音 更多 全部 关闭救援 开启救援 配对""".split()  # noqa: SIM905  easier to read
)
# The words of the shipped builtin tools: whoever types one means that.
BUILTIN_WORDS: Mapping[str, tuple[str, ...]] = {
    "qr": ("qr", "qrcode", "二维码"),
    "restart": ("restart", "重启"),
    "tail_logs": ("tail_logs", "log", "logs", "日志"),
    "status": ("status", "状态"),
}


def fold_word(word: str) -> str:
    """The form in which a keyword is compared: width and case do not count."""
    return unicodedata.normalize("NFKC", word).casefold()


_WORDS = frozenset(map(fold_word, WORDS))
_OWNERS = {fold_word(word): name for name, words in BUILTIN_WORDS.items() for word in words}


def check_names(raw: Mapping[str, Any], stem: str) -> Iterator[Fault]:
    """The name against the file's and the reserved ones; the keywords against what is taken."""
    name, builtin = raw.get("name"), (raw.get("run") or {}).get("builtin")
    if name != stem:
        yield Fault(("name",), f"{name!r} is not what the file is called", f"name it {stem!r}, or the file {name}.json")
    if name in BUILTINS and builtin != name:
        yield Fault(("name",), f"{name!r} is what nlops brings itself", "choose another name")
    elif fold_word(str(name)) in _WORDS:
        yield Fault(("name",), f"{name!r} is a word that admins say to nlops itself", "choose another name")
    for at, word in enumerate(raw.get("keywords", ())):
        folded = fold_word(word)
        if folded in _WORDS:
            yield Fault(("keywords", at), f"{word!r} is a word that admins say to nlops itself", "choose another")
        elif _OWNERS.get(folded, builtin) != builtin:
            yield Fault(("keywords", at), f"{word!r} is the keyword of {_OWNERS[folded]!r}", "choose another")


def check_keywords_apart(tools: Iterable[ToolSpec]) -> Iterator[tuple[ToolSpec, Fault]]:
    """Keywords that two tools of one catalogue claim: the later tool's fault."""
    owners: dict[str, ToolSpec] = {}
    for tool in tools:
        for at, word in enumerate(tool.keywords):
            owner = owners.setdefault(fold_word(word), tool)
            if owner is not tool:
                yield tool, Fault(("keywords", at), f"{word!r} is the keyword of {owner.name!r} too", "choose another")
