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
    "I am not sure that you want this now: {calls}. If so, say it in other words, or use a keyword.",
    "我不确定你现在是不是要：{calls}。如果是，请换个说法，或者用关键词。",
)
NOT_NOW = Phrase(
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
    "This is what I can do: {tools}. What changes something I ask about first. “help” lists the words.",
    "我能做的：{tools}。会改动的操作我会先请你确认。发送“帮助”查看全部用法。",
)
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
