"""What understanding says to a person: questions back, noes, and explanations."""

from nlops.domain.words import Phrase

WHICH_BOT = Phrase("Which bot do you mean?", "你指的是哪个机器人？")
NO_SUCH_BOT = Phrase("I know no bot called “{word}”. These I know:", "我没有叫“{word}”的机器人。现有：")
DID_YOU_MEAN = Phrase(
    "I know no bot called “{word}”. Did you mean {guess}? These I know:",
    "我没有叫“{word}”的机器人，你是指 {guess} 吗？现有：",
)
MISSING = Phrase("For “{tool}” I still need: {what}.", "要执行“{tool}”，还需要：{what}。")
MISSING_LIKE = Phrase(
    "For “{tool}” I still need: {what}, as in {example}.", "要执行“{tool}”，还需要：{what}，例如 {example}。"
)
SWITCH = {True: Phrase("on", "开"), False: Phrase("off", "关")}
NOT_LIKE = Phrase(
    "{got} is no {what} that “{tool}” takes. One looks like this: {example}.",
    "“{tool}”的{what}不能是 {got}，应当像这样：{example}。",
)
TOO_LONG_TEXT = Phrase(
    "{what} for “{tool}” may have {most} characters at most; what you wrote has {count}. Say it shorter?",
    "“{tool}”的{what}最多 {most} 个字，你写了 {count} 个。请说短一点。",
)
OUT_OF_BOUNDS = Phrase(
    "{what} for “{tool}” is {got}, which I may not do ({why}). Which value shall it be?",
    "“{tool}”的{what}是 {got}，超出允许范围（{why}）。请换一个值。",
)
NO_SUCH_VALUE = Phrase("“{tool}” knows no {what} called “{got}”. It can be:", "“{tool}”的{what}没有“{got}”。可以是：")
DO_YOU_MEAN = Phrase(
    "I am not sure that you want this now: {calls}. If so, say “now”.",
    "我不确定你现在是不是要：{calls}。如果是，请说“现在”。",
)
NOT_NOW = Phrase(
    "I can only do things now, not on a condition or at a time. Now would be: {calls}. If you want that, say “now”.",
    "我只能马上执行，不能定时或按条件执行。马上执行就是：{calls}。需要的话，请说“现在”。",
)
NOT_LEFT_OUT = Phrase(
    "I cannot leave out “{part}”. All of it would be: {calls}. If you want that, say “now”.",
    "我没法排除“{part}”。全部执行就是：{calls}。需要的话，请说“现在”。",
)
NOT_UNDONE = Phrase(
    "I do not know how it was before. Say what it shall be now, with its value.",
    "我不知道之前是怎样的。请直接说要改成什么。",
)
NOT_NOW_AGAIN = Phrase(
    "I can only do things now, not on a condition or at a time. Now would be: {calls}. "
    "Say it again without the condition if you want that.",
    "我只能马上执行，不能定时或按条件执行。马上执行就是：{calls}。需要的话，请去掉条件再说一遍。",
)
NOT_RUN = Phrase("Not run either: {calls}. Say it by itself.", "这个也还没有执行：{calls}。请单独再说一遍。")
UNCLEAR = Phrase("I am not sure what you want. I can: {tools}", "我不确定你要做什么。我能做的：{tools}")
NOTHING_DONE = Phrase("All right, I leave it as it is. Nothing was done.", "好的，我不动它。什么都没有执行。")
CAN_DO = Phrase(
    "That is not something I can do here. What I can do: {tools}. “help” lists the words.",
    "这个我做不了。我能做的：{tools}。发送“帮助”查看全部用法。",
)
EXPLAIN = Phrase(
    "This is what I can do: {tools}. What I would run I show first. “help” lists the words.",
    "我能做的：{tools}。要执行的我会先给你看。发送“帮助”查看全部用法。",
)
WONDER = Phrase(
    "Tell me what you want, in your words, or a word of “help”. What I would run I show first.",
    "直接说你想做什么，或者用“帮助”里的关键词。要执行的我会先给你看。",
)
NO_CHOICE = Phrase("Nothing is to choose by the number {number} now.", "现在没有要用序号 {number} 选的。")
WHAT_ABOUT = Phrase("What about {bot}? {forms}", "{bot} 怎么了？{forms}")
HELLO = Phrase("I am here. “help” lists what I can do.", "我在。发送“帮助”看看我能做什么。")
TOO_LONG = Phrase("That message is too long for me to read as an order.", "这条消息太长了，我没法当作指令来理解。")
UNREADABLE = Phrase(
    "The language model's answer was not usable, so nothing happens. Keywords work: send “help”.",
    "语言模型的回答无法使用，所以什么都没有执行。关键词可用：发送“帮助”。",
)
MUTE_HOW = Phrase(
    "I can mute a bot for a length of time: mute {bot} 30m, mute {bot} 8h.",
    "静音要说多长时间，例如：静音 {bot} 30分钟、静音 {bot} 8小时。",
)
MUTE_BOUNDS = Phrase("I can mute a bot for 1 to {most} minutes.", "静音时间可以是 1 到 {most} 分钟。")

# What can be typed
OWN_WORDS = Phrase(
    "disable-qrrescue / enable-qrrescue [bot] · mute BOT 30m / unmute BOT · stop · stop all / resume · more · "
    "audit · help",
    "关闭救援 / 开启救援 [名字] · 静音 名字 30分钟 / 取消静音 名字 · 停止 · 全部停止 / 恢复 · 更多 · 审计 · 帮助",
)
QUOTED = Phrase("“{form}”", "「{form}」")
MORE_TOOLS = Phrase("… {count} more tools", "……还有 {count} 个工具")
ABOUT_RISK = {
    "read": Phrase("it only looks.", "只是查看。"),
    "change": Phrase("it changes something.", "会改动。"),
    "destroy": Phrase("it can't be undone, and always wants a confirmation.", "无法撤销，每次都要确认。"),
}
ABOUT_DEFAULT = Phrase(" ({default} if you say none)", "（不说就是 {default}）")
ABOUT_OPTIONAL = Phrase(" (may be left out)", "（可以不说）")
ABOUT_WORDS = Phrase("Words: {forms}", "关键词：{forms}")
ABOUT_EXAMPLE = Phrase("In words: “{text}”", "也可以说：「{text}」")
ABOUT_MUTE = Phrase(
    "mute bob 30m, mute bob 8h, mute all for two hours: no codes and no alerts for so long, a week at most; then one "
    "summary. unmute bob, unmute all: ends it sooner.",
    "静音 bob 30分钟、静音 bob 8小时、静音 全部 2小时：这段时间不发二维码和告警，最长一周，结束时汇总一次。"
    "取消静音 bob、取消静音 全部：提前结束。",
)
ABOUT_STOP = Phrase(
    "stop: drops what waits here, or ends your own run. stop all: ends everything that runs, drops everything that "
    "waits, and nothing is changed until somebody says resume. Looking goes on.",
    "停止：作废这里待确认的操作，或中断你正在执行的操作。全部停止：结束所有正在执行的，作废所有待确认的，"
    "直到有人发「恢复」之前不做任何改动，查看类操作仍可用。",
)
ABOUT_RESCUE = Phrase(
    "disable-qrrescue bob: its login codes are not sent by themselves any more (qr bob still brings one). "
    "enable-qrrescue bob: they are again. Without a name: all bots.",
    "关闭救援 bob：不再自动发它的登录二维码（发「二维码 bob」仍可取码）。开启救援 bob：恢复自动发送。"
    "不写名字就是所有机器人。",
)
ABOUT_AUDIT = Phrase(
    "audit: who asked for what, who confirmed, what ran and how it ended, newest first. audit bob, audit wei 20: of a "
    "bot or a person, so many. audit more: older ones.",
    "审计：谁说了什么、谁确认的、执行了什么、结果如何，新的在前。审计 bob、审计 wei 20：只看某个机器人或某个人，"
    "以及条数。审计 更多：看更早的。",
)
ABOUT_MORE = Phrase(
    "more: the next page of a long answer. all: the whole of it as a file.",
    "更多：看长结果的下一页。全部：整个作为文件发来。",
)
ABOUT_YES = Phrase(
    "What I propose has a code. yes CODE, or the code alone, runs it; no drops it.",
    "我提出的操作带一个确认码。「确认 码」或者只发码就执行，「取消」作罢。",
)
