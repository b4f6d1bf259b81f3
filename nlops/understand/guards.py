"""Guards between a guess and a call: a wish for something else, a question, a report of the past.

They know a tool by its definition alone: its words are those of its name, title, description, keywords and examples.
"""

import re

from nlops.domain.tools import ToolSpec
from nlops.understand.fold import fold
from nlops.understand.moods import Reading

# Everyday verbs of administration. One that a message orders, and that the definition of the tool at hand nowhere
# speaks of, is a wish for something else: "wipe bob's data" is no restart. Latin: stems; Chinese: as written.
_VERBS_EN = (
    "add create delete remove wipe erase drop destroy uninstall install upgrade update downgrade deploy rollback revert "
    "undo rename change edit modify replace disable enable format export import download upload publish broadcast kill stop "
    "shutdown terminate pause suspend ban kick block invite translate schedule backup restore book buy order pay transfer "
    "print grep exec sudo chmod ssh curl reboot-server"
)
_VERBS_ZH = (
    "删除 删掉 删了 清空 清除 清掉 卸载 安装 升级 降级 更新 部署 回滚 撤销 改名 修改 改成 改为 换成 替换 禁用 停掉 停止 停用 关掉 关闭 关机 杀掉 干掉 "
    "暂停 拉黑 踢出 邀请 翻译 备份 还原 导出 导入 下载 上传 发布 群发 广播 转账 支付 订阅 新建 添加 加个 创建 预订 注销 退出登录 下线"
)
_EN = re.compile(rf"(?<![a-z-])(?:{'|'.join(_VERBS_EN.split())})(?![a-z])")
_ZH = re.compile("|".join(sorted(_VERBS_ZH.split(), key=len, reverse=True)))


def vocabulary(tool: ToolSpec) -> str:
    """All that a definition says of its tool, folded."""
    examples = " ".join(example.text for example in tool.examples)
    return fold(f"{tool.name} {tool.title} {tool.description} {' '.join(tool.keywords)} {examples}")


def is_foreign(tool: ToolSpec, reading: Reading) -> bool:
    """Whether the message orders something that the tool's definition nowhere speaks of."""
    known = vocabulary(tool)
    ordered = {match[0] for pattern in (_EN, _ZH) for match in pattern.finditer(reading.live)}
    return any(verb not in known for verb in ordered)


def is_not_an_order(tool: ToolSpec, reading: Reading) -> bool:
    """Whether a change is only asked about or told of. What only looks may answer a question."""
    if tool.policy.risk == "read":
        return False
    words = frozenset(word for word in (*tool.keywords, *tool.name.split("_")) if len(word) > 1)
    return reading.is_about(frozenset(map(fold, words)))
