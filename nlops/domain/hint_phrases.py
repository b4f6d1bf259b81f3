"""What nlops's own words can do for a message that no tool answers."""

from nlops.domain.words import Phrase

RESCUE = Phrase(
    en="If you want no login codes by themselves: “disable-qrrescue {bot}”.",
    zh="如果不想自动收到登录二维码：「关闭救援 {bot}」。",
)
MUTE = Phrase(
    en="If you want to hear nothing of a bot for a while: “mute {bot} 30m”. “status” tells what is muted.",
    zh="如果想让某个机器人安静一会儿：「静音 {bot} 30分钟」。「状态」会列出静音的机器人。",
)
TELLS = Phrase(
    en="When {bot} drops, its code comes to you by itself, and you hear when it is back. "
    "Other lines of a log: [[bot.alert]] in nlops.toml.",
    zh="{bot} 掉线时会自动把二维码发给你，恢复了也会告诉你。日志里的其他内容可以用 nlops.toml 的 [[bot.alert]]。",
)
AUDIT = Phrase(en="Who asked for what, and what ran: “audit {bot}”.", zh="谁说了什么、执行了什么：「审计 {bot}」。")
STOP = Phrase(
    en="“stop” drops what waits or ends your own run; “stop all” stops everything.",
    zh="「停止」作废待确认的或中断你正在执行的操作；「全部停止」停下一切。",
)
BOT = Phrase(
    en="What there is about it: “status {bot}”, “log {bot} 50”, “audit {bot}”.",
    zh="可以看看：「状态 {bot}」「日志 {bot} 50」「审计 {bot}」。",
)
