"""Word lists of the two languages, none of them about a tool."""

# Everyday verbs of administration. One that a message orders, and that the definition of the tool at hand nowhere
# speaks of, is a wish for something else: "wipe bob's data" is no restart.
_VERBS_EN = """
add create delete remove wipe erase drop destroy uninstall install upgrade update downgrade deploy rollback revert undo
rename change edit modify replace disable enable format export import download upload publish broadcast kill stop
shutdown terminate pause suspend ban kick block invite translate schedule backup restore book buy order pay transfer
print grep exec sudo chmod ssh curl
"""
_VERBS_ZH = """
删除 删掉 删了 清空 清除 清掉 卸载 安装 升级 降级 更新 部署 回滚 撤销 改名 修改 改成 改为 换成 替换
禁用 停掉 停止 停用 关掉 关闭 关机 杀掉 干掉 暂停 拉黑 踢出 邀请 翻译 备份 还原 导出 导入 下载 上传
发布 群发 广播 转账 支付 订阅 新建 添加 加个 创建 预订 注销 退出登录 下线
"""
VERBS_EN = ("shut down", "turn off", "switch off", "log out", "roll back", *_VERBS_EN.split())
VERBS_ZH = tuple(_VERBS_ZH.split())

# Latin words that stand in requests of every kind.
_STOP = """
a about after again all also am an and any are as at back be been but by can could did do does doing done for from get
give go got had has have he her here him his how i if in is it its just know last let like look lot make may me more my
need needs new no not now of off old on one or our out over own please put quick right send set she show so some tell
than that the their them then there these they thing this through time to too two up us use want was way we well what
when where whether which who why will with would you your
"""
STOP = frozenset(_STOP.split())
STOP_HAN = frozenset("一下了的个给把来我你他她它这那是吗呢吧啊就也都还在有没不要想请帮看到么什怎样能会去说点上出再先")

# Words that may stand where a bot's name does and are none.
_NO_NAME = """
it him her them this that these those all every everyone everything both any one bot bots please pls now again today me
my the
"""
NO_NAME = frozenset(_NO_NAME.split())

# Words of definitions that belong to no tool in particular.
COMMON = frozenset(
    {"a", "an", "the", "of", "or", "and", "for", "to", "in", "it", "its", "bot", "bots", "last", "one", "机器人"}
)
