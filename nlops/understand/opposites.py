"""Words that are each other's opposite: a tool that only postpones does not bring forward.

A small model maps a wish onto the nearest tool, and the nearest to a word is often its opposite. Where a message orders
one side of a pair, and everything that a definition says of its tool knows the other side alone, the tool is not meant.
General words of the two languages, none about a tool.
"""

import re
from functools import lru_cache

from nlops.domain.tools import ToolSpec
from nlops.understand.dictionary import translations
from nlops.understand.fold import fold, has_cjk, words_of
from nlops.understand.moods import Reading

_PAIRS = """
bring forward, earlier, advance, move up, 提前, 提早 / postpone, delay, later, defer, push back, 推迟, 延后, 延期, 推后
unlock, 解锁, 开锁 / lock, 锁定, 上锁, 锁上
unmute, 解除静音, 取消静音, 解除禁言 / mute, 静音, 禁言
unblock, unban, off the blacklist, off the banned, 解封, 取消拉黑, 移出黑名单 / block, ban, 封禁, 拉黑, 屏蔽
unfreeze, 解冻 / freeze, 冻结
unpause, resume, 恢复, 继续 / pause, suspend, 暂停, 挂起, 停掉, 停了, 停一下, 先停
release, 放行, 释放, 解除 / hold, 扣住, 压住, 冻结, 保留
unpublish, take down, 下架, 撤下 / publish, 发布, 上架
undo, revert, 撤销, 还原 / apply, execute
restore, recover, 还原 / back up, backup, 备份
download, pull, 下载 / upload, 上传
import, 导入 / export, 导出
prefetch, preload, warm up, 预热, 预取 / purge, flush, clear, invalidate, 清除, 清空, 刷新
check out, 退房 / check in, 入住
approve, accept, 批准, 通过, 同意 / reject, deny, decline, 驳回, 拒绝
refund, 退款 / charge, 收款, 扣款
return, 退货, 退掉 / order, buy, 订购, 采购, 下单
subscribe, 订阅 / unsubscribe, 退订
mount, attach, 挂载 / unmount, detach, 卸载
hire, 入职 / fire, dismiss, 离职, 解雇
connect, 连接 / disconnect, 断开
scale up, expand, grow, enlarge, 扩容, 扩大 / scale down, shrink, 缩容, 缩小
install, 安装 / uninstall, 卸载
encrypt, 加密 / decrypt, 解密
"""
# What a definition says that its tool does not: "it can only grow, never shrink".
_DENIED = re.compile(
    r"\b(?:never|not|cannot|can['’]?t|without)\s+(?:be\s+)?[a-z]+|(?:不能|不可以?|无法|不会|不支持)[\u4e00-\u9fff]{2}"
)
_NO = re.compile(r"\b(?:not?|never|without|need(?=n't))\b|n['’]t\b|不[用要必]?|[别勿甭]|无需")
_SHORTEST_DEED = 4  # letters
Side = tuple[str, ...]
_SIDES: list[tuple[Side, Side]] = []
for _line in _PAIRS.strip().splitlines():
    _one, _, _other = _line.partition(" / ")
    _first, _second = (tuple(word.strip() for word in side.split(",")) for side in (_one, _other))
    _SIDES += [(_first, _second), (_second, _first)]


def is_opposite(tool: ToolSpec, folded: str) -> bool:
    """Whether a folded text orders the opposite of what the tool does, by all that its definition says."""
    known = _vocabulary(tool)
    return any(
        _holds(folded, said) and not _holds(folded, other) and _holds(known, other) and not _holds(known, said)
        for said, other in _SIDES
    )


def forbids(tool: ToolSpec, reading: Reading) -> bool:
    """Whether a message forbids what destroys by its very name, and orders something else: "no need to scrap it, just
    take it off the street", 「不用报废，先下架就行」."""
    if tool.policy.risk != "destroy" or not any(map(str.isalnum, reading.live)):
        return False
    things = {word for name in tool.properties for word in words_of(name).split()}
    words = {word for word in words_of(tool.name).split() if len(word) >= _SHORTEST_DEED and word not in things}
    words |= {other for word in words for other in translations(word) if len(other) > 1}
    parts = [_NO.split(part, maxsplit=1)[-1] for part in reading.forbidden]  # what is denied stands behind the no
    is_forbidden = any(word in part for word in words for part in parts)
    return is_forbidden and not any(word in reading.live for word in words)


def _holds(text: str, words: Side) -> bool:
    return any(word in text if has_cjk(word) else re.search(_pattern(word), text) is not None for word in words)


@lru_cache(maxsize=256)
def _pattern(word: str) -> str:
    stem = re.escape(word.removesuffix("e")).replace(r"\ ", r"\s+(?:\S+\s+){0,3}?")
    return rf"(?<![a-z]){stem}(?:e|es|ed|ing|s|d)?(?![a-z])"


def _vocabulary(tool: ToolSpec) -> str:
    inputs = " ".join(f"{words_of(name)} {schema}" for name, schema in tool.properties.items())
    examples = " ".join(example.text for example in tool.examples)
    words = f"{words_of(tool.name)} {tool.title} {tool.description} {' '.join(tool.keywords)} {examples} {inputs}"
    return _DENIED.sub(" ", fold(words.replace("_", " ")))
