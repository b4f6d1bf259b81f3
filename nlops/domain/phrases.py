"""Every phrase that engine, gate and builtin tools say, in both languages."""

from nlops.domain.words import Language, Phrase

# Rescue
OFFER_QR = Phrase(
    en="{bot} is offline. Scan this code to log it in (code {nth}).",
    zh="{bot} 掉线了，请扫码登录（第 {nth} 张码）。",
)
BACK = Phrase(en="{bot} is back after {duration}.", zh="{bot} 恢复在线，离线 {duration}。")
BACK_UNSEEN = Phrase(en="{bot} is logged in.", zh="{bot} 已登录。")
WRONG_ACCOUNT = Phrase(
    en="Careful: {bot} logged in as {account}, expected was {expected}.",
    zh="注意：{bot} 登录的账号是 {account}，应为 {expected}。",
)
WENT_OFFLINE = Phrase(
    en="{bot} logged out. Its code follows as soon as it asks for a scan.",
    zh="{bot} 已退出登录，等它要求扫码时，二维码会马上发来。",
)
SUSPICIOUS = Phrase(
    en="Suspicious: {bot} is logged in, yet its log shows a scan line. The code is not passed on:\n{line}",
    zh="可疑：{bot} 在线，日志里却出现扫码行。这张码不会转发：\n{line}",
)
SUSPICIOUS_AGAIN = Phrase(
    en="Suspicious, {count} more times in the last minute: {bot} is logged in, yet its log shows scan lines. "
    "No code is passed on. One of them:\n{line}",
    zh="可疑，最近一分钟又有 {count} 次：{bot} 在线，日志里却出现扫码行，码都不会转发。其中一行：\n{line}",
)
ALERT = Phrase(en="{bot}'s log, alert “{alert}”:\n{text}", zh="{bot} 的日志告警「{alert}」：\n{text}")
ALERT_AGAIN = Phrase(
    en="{bot}'s log, alert “{alert}”, since the last message:\n{text}",
    zh="{bot} 的日志告警「{alert}」，自上条消息以来：\n{text}",
)
ALERT_TIMES = Phrase(en="{line}  (×{count})", zh="{line}  （{count} 次）")
ALERT_MORE = Phrase(en="… and {count} more lines", zh="……另有 {count} 行")

# Proposals
PROPOSE = Phrase(
    en="I would run:\n{calls}\nReply “yes {code}” to run it, “no” to drop it. Valid for {seconds} s.",
    zh="我准备执行：\n{calls}\n回复「确认 {code}」执行，「取消」作罢。{seconds} 秒内有效。",
)
NOT_KEPT = Phrase(en="Not part of it: {pieces}.", zh="不包括{pieces}。")
QUOTED = Phrase(en="“{text}”", zh="「{text}」")
DENIED = Phrase(en="Dropped {code}. Nothing was run.", zh="已取消 {code}，没有执行任何操作。")
EXPIRED = Phrase(
    en="{code} has expired; nothing was run. Please ask again.", zh="{code} 已过期，没有执行。请重新提出。"
)
USED = Phrase(en="{code} is used up: it {state}.", zh="{code} 已失效：{state}。")
PROPOSAL_STATE = {
    "confirmed": Phrase(en="is confirmed", zh="已确认"),
    "running": Phrase(en="is running", zh="正在执行"),
    "finished": Phrase(en="was run", zh="已经执行过"),
    "unknown": Phrase(en="was started, and how it ended is not known", zh="已开始执行，结果不明"),
    "denied": Phrase(en="was dropped", zh="已取消"),
    "expired": Phrase(en="has expired", zh="已过期"),
    "superseded": Phrase(en="was replaced by a newer one", zh="已被新的操作取代"),
}
ALSO_NEEDED = Phrase(en="Needed after that: {what}.", zh="之后还需要：{what}。")
STILL_MISSING = Phrase(en="{code} still waits for: {what}.", zh="{code} 还在等：{what}。")
FACTOR = {
    "totp": Phrase(en="a code of your authenticator", zh="验证器动态码"),
    "sms": Phrase(en="the code sent by SMS", zh="短信验证码"),
    "authy": Phrase(en="the code sent for verification", zh="Authy 验证码"),
    "second-admin": Phrase(en="another admin's approval", zh="另一位管理员的批准"),
}
UNKNOWN_FACTOR = Phrase(en="a factor that I can't check", zh="一项我无法核对的验证")
NO_SUCH_CODE = Phrase(en="There is no open proposal {code}.", zh="没有待确认的操作 {code}。")
ELSEWHERE = Phrase(
    en="{code} was proposed in another chat. Please answer it there.",
    zh="{code} 是在另一个聊天里提出的，请在那里回复。",
)
NOTHING_OPEN = Phrase(en="Nothing waits for a confirmation.", zh="没有等待确认的操作。")
CODE_NEEDED = Phrase(en="Please confirm with the code: “yes {code}”.", zh="请带上确认码：「确认 {code}」。")
STILL_OPEN = Phrase(
    en="This waits for your word:\n{calls}\n“yes {code}” runs it, “no” drops it.",
    zh="这个还在等你确认：\n{calls}\n「确认 {code}」执行，「取消」作罢。",
)
LAPSED = Phrase(
    en="The definition behind {code} has changed; nothing was run. Please ask again.",
    zh="{code} 对应的工具定义已改变，没有执行。请重新提出。",
)
NOT_RECORDED = Phrase(
    en="Not run: the audit record could not be kept ({reason}). Without a record nothing runs.",
    zh="没有执行：审计记录写不下去（{reason}）。没有记录就不执行。",
)
BEGUN_BEFORE = Phrase(en="it was begun before", zh="它已经开始过")
REFUSED = Phrase(en="I can't run that: {reason}", zh="无法执行：{reason}")

DENIED_BY_RULE = Phrase(
    en="rule {nth} of [policy] in nlops.toml does not allow it", zh="nlops.toml 的 [policy] 第 {nth} 条规则不允许"
)
IS_STOPPED = Phrase(
    en="{admin} stopped everything that changes something. Looking still works; “resume” ends it",
    zh="{admin} 已停止一切会改动的操作。查看类操作仍可用；发「恢复」解除",
)
IS_READ_ONLY = Phrase(
    en="read_only is set in nlops.toml, so only looking works", zh="nlops.toml 里设置了 read_only，只能查看"
)
ALL_TOOLS = Phrase(en="all tools together", zh="所有工具合计")
OVER_LIMIT = Phrase(
    en="at most {most} changes an hour are allowed ({tool}); again in {minutes} min",
    zh="每小时最多允许改动 {most} 次（{tool}），{minutes} 分钟后再试",
)
OVER_LIMIT_EVER = Phrase(
    en="at most {most} changes an hour are allowed ({tool}); this is more at once",
    zh="每小时最多允许改动 {most} 次（{tool}），这一次就超过了",
)
STRICTER_NOW = Phrase(
    en="the policy demands more for it than when it was proposed; please ask again",
    zh="策略现在的要求比提出时更严，请重新提出",
)
REPLACED = Phrase(en="{code} is void: this takes its place.", zh="{code} 作废，由这个取代。")
VOID = Phrase(en="{code} is void: you changed it.", zh="{code} 作废：你改了要求。")

# The kill switch
STOPPED_ALL = Phrase(
    en="{admin} stopped everything: nothing that changes something runs until somebody says “resume”. "
    "{runs} run(s) under way were ended, {proposals} proposal(s) dropped. Looking still works.",
    zh="{admin} 停止了一切：在有人发「恢复」之前，会改动的操作都不执行。结束了 {runs} 个正在执行的操作，"
    "作废了 {proposals} 个待确认的操作。查看类操作仍可用。",
)
STOP_WHAT = Phrase(
    en="{runs} run(s) are under way. “stop all” ends them, and holds everything that changes something until “resume”.",
    zh="正在执行的操作有 {runs} 个。发「全部停止」会中断它们，并停住一切改动，直到有人发「恢复」。",
)
NONE_RUNS = Phrase(
    en="Nothing runs now. “stop all” holds everything that changes something until “resume”.",
    zh="现在没有正在执行的操作。发「全部停止」会停住一切改动，直到有人发「恢复」。",
)
STOPPED_ALREADY = Phrase(
    en="Everything is stopped already, by {admin}. “resume” ends it.", zh="{admin} 早已停止一切，发「恢复」解除。"
)
RESUMED_ALL = Phrase(
    en="{admin} ended the stop: changes are possible again. What was dropped stays dropped.",
    zh="{admin} 解除了停止：可以执行改动了。之前作废的不会恢复。",
)
NOT_STOPPED = Phrase(en="Nothing is stopped.", zh="没有处于停止状态。")
ENDED_BY_STOP = Phrase(
    en="ended by a “stop”; how far it got is not known, so look before you repeat it",
    zh="被「停止」中断，执行到哪一步不清楚，重做之前请先看看",
)
NOT_BEGUN_STOP = Phrase(en="not begun, because of a “stop”", zh="因「停止」没有开始")

# Mutes
STATUS_STOPPED = Phrase(
    en="Stopped by {admin}: nothing that changes something runs. “resume” ends it.",
    zh="{admin} 已停止一切改动操作，发「恢复」解除。",
)
STATUS_MUTED = Phrase(en="{bot} is muted until {until}.", zh="{bot} 静音到 {until}。")
MUTED = Phrase(
    en="{admin} muted {bots} for {minutes} min: no codes and no alerts until {until}. “unmute {bot}” ends it sooner.",
    zh="{admin} 将 {bots} 静音 {minutes} 分钟：{until} 之前不发二维码和告警。发「取消静音 {bot}」提前结束。",
)
NONE_MUTED = Phrase(en="Nobody has muted a bot.", zh="没有谁静音过机器人。")
NOT_MUTED = Phrase(en="{bot} is not muted.", zh="{bot} 没有静音。")
IN_WINDOW = Phrase(
    en="{bot} is in a maintenance window of nlops.toml until {until}; that ends by itself.",
    zh="{bot} 在 nlops.toml 的维护时段内，{until} 自动结束。",
)
MUTE_OVER = Phrase(
    en="{bot} is heard again after {minutes} min. Not told meanwhile: {held}. Now: {status}.",
    zh="{bot} 静音 {minutes} 分钟后恢复通知。期间没有通知的：{held}。现在：{status}。",
)
HELD_NOTHING = Phrase(en="nothing", zh="无")
HELD = {
    "OfferQr": Phrase(en="{count} login code(s)", zh="登录二维码 {count} 张"),
    "BackOnline": Phrase(en="{count} return(s)", zh="恢复在线 {count} 次"),
    "WentOffline": Phrase(en="{count} logout(s)", zh="退出登录 {count} 次"),
    "SuspiciousScan": Phrase(en="{count} suspicious scan line(s)", zh="可疑扫码行 {count} 条"),
    "LogAlert": Phrase(en="{count} alert line(s)", zh="告警 {count} 行"),
}

# Who is who
PAIRED = Phrase(
    en="This contact is now {admin}: I take your orders here, and bring you the login codes. “help” shows how.",
    zh="已绑定：这个联系人现在是 {admin}，我在这里听你的指令，登录二维码也发到这里。发「帮助」看用法。",
)
PAIRED_OTHER = Phrase(
    en="{admin} is now the contact {contact}, bound by a pairing code. If nobody meant that, run: nlops pair {admin}",
    zh="{admin} 刚用配对码绑定到联系人 {contact}。如果没人这样做，请在主机上运行 nlops pair {admin}",
)
PAIRED_AWAY = Phrase(
    en="{admin} was bound to another contact by a pairing code; I take no more orders here. "
    "If that was not you, run on the host: nlops pair {admin}",
    zh="{admin} 已用配对码绑定到另一个联系人，这里的指令不再有效。如果不是你本人，请在主机上运行 nlops pair {admin}",
)
PAIRED_ALREADY = Phrase(
    en="You are known already, as {admin}: the code is not used. Send it from the contact that is to be bound.",
    zh="我已经认识你了（{admin}），配对码没有用掉。请从要绑定的那个联系人发来。",
)
PAIR_AGAIN = Phrase(
    en="The chat account logged in anew, and its contacts have new ids: I can't recognise anybody by a name. "
    "On the host, run: nlops pair NAME, and send me the code here.",
    zh="聊天账号重新登录后，联系人的 id 都变了，我不能凭名字认人。请在主机上运行 nlops pair 名字，再把配对码发到这里。",
)
PAIR_INSTEAD = Phrase(
    en="The contact id in nlops.toml no longer exists at this login, and I can't recognise anybody by a name. "
    "On the host, put pairing = true in place of contact, restart nlops, run: nlops pair NAME, "
    "and send me the code here.",
    zh="这次登录后 nlops.toml 里写的联系人 id 已不存在，我不能凭名字认人。请在主机上把 contact 换成 pairing = true，"
    "重启 nlops，运行 nlops pair 名字，再把配对码发到这里。",
)
TEXT_ONLY = Phrase(en="I read text only; please type it.", zh="我只看得懂文字，请打字告诉我。")
MISSED = Phrase(
    en="I was away when you wrote; nothing of it was carried out. Please say again what still counts.",
    zh="你发消息时我不在线，内容没有执行。还需要的话请再说一遍。",
)
SENT_DIRECTLY = Phrase(
    en="Login codes and files go into your direct chat with me; it is there.",
    zh="二维码和文件只发到你和我的私聊，已经发过去了。",
)
DOUBTFUL = Phrase(
    en="The connection broke while I sent this; it may not have arrived: {what}",
    zh="发送时连接断了，可能没送到：{what}",
)
DOUBTFUL_QR = Phrase(
    en="The connection broke while I sent {bot}'s code; it may not have arrived. Say “qr {bot}” for a fresh one.",
    zh="发送 {bot} 的二维码时连接断了，可能没送到。发「qr {bot}」再要一张。",
)

# Runs
NOT_BEGUN = Phrase(
    en="I was restarted before this began, so it was not run:\n{calls}\nPlease ask again if it is still wanted.",
    zh="还没开始执行我就重启了，所以没有执行：\n{calls}\n还需要的话请重新提出。",
)
OUTCOME_UNKNOWN = Phrase(
    en="I was restarted in the middle of this, so how it ended is not known:\n{calls}\n"
    "I don't repeat it by myself. Look first: {look}. Ask again if it is still wanted.",
    zh="执行到一半我重启了，结果不明：\n{calls}\n我不会自己重做。请先看看：{look}。还需要的话请重新提出。",
)
CALL_DONE = Phrase(en="{call}: done", zh="{call}：已完成")
CALL_UNKNOWN = Phrase(en="{call}: begun, may still be running", zh="{call}：已开始，可能仍在执行")
CALL_NOT_BEGUN = Phrase(en="{call}: not begun", zh="{call}：没有开始")
LOOK_AT_BOT = Phrase(en="“status {bot}”, “log {bot}”", zh="「状态 {bot}」「日志 {bot}」")
LOOK_AT_TOOL = Phrase(en="whether “{tool}” took effect", zh="「{tool}」是否已经生效")
STOPPED = Phrase(
    en="Stopped there: {count} further call(s) were not run:\n{calls}",
    zh="到此为止：后面的 {count} 个操作没有执行：\n{calls}",
)
RUN_FAILED = Phrase(en="{tool} failed: {text}", zh="{tool} 失败：{text}")
CHECKED = Phrase(en="Checked afterwards: {seen}", zh="事后核对：{seen}")
NOT_AS_IT_MUST = Phrase(
    en="It ran, but {seconds} s later it is not as it must be. Seen last: {seen}",
    zh="命令执行了，但 {seconds} 秒后结果仍不对。最后看到的是：{seen}",
)
OTHER_HOST = Phrase(
    en="it belongs to the host {host}; this is {here}, and no agent answers from there",
    zh="它属于主机 {host}；这里是 {here}，那边没有代理应答",
)
EMPTY_OUTPUT = Phrase(en="{tool} is done; it printed nothing.", zh="{tool} 已完成，没有输出。")

GOES_ON = Phrase(
    en="{what} is still running, {seconds} s. “stop” ends it.",
    zh="{what} 还在执行，已 {seconds} 秒。发「停止」可以中断。",
)
STILL_READING = Phrase(
    en="I am still reading your message. Keywords need no reading: “help”.",
    zh="我还在理解这条消息。关键词不用等：「帮助」。",
)
NOTHING_RUNS = Phrase(en="Nothing of yours is running.", zh="你没有正在执行的操作。")
STOP_WHICH = Phrase(
    en="These are running:\n{runs}\nWhich one? “stop {example}”", zh="正在执行：\n{runs}\n停哪一个？「停止 {example}」"
)
MORE = Phrase(
    en="… {count} more page(s): “more” shows the next, “all” sends them as a file.",
    zh="……还有 {count} 页：「更多」看下一页，「全部」作为文件发来。",
)
NO_MORE = Phrase(en="There is nothing more to show.", zh="没有更多内容了。")

# After a bot was started anew
AWAIT_LOGIN = Phrase(
    en="Its login is not seen yet; I tell you when it is (I wait {seconds} s).",
    zh="还没看到它登录，看到了就告诉你（最多等 {seconds} 秒）。",
)
DONE_LOGIN = Phrase(
    en="{bot} is restarted and logged in, {seconds} s after.", zh="{bot} 重启完成，{seconds} 秒后已登录。"
)
DONE_SCAN = Phrase(
    en="{bot} is restarted and asks for a scan: its code comes by itself.",
    zh="{bot} 重启完成，需要扫码：二维码会自动发来。",
)
DONE_SCAN_SILENT = Phrase(
    en="{bot} is restarted and asks for a scan. Its code is not sent by itself now (muted, or QR rescue is off): "
    "“qr {bot}” brings it.",
    zh="{bot} 重启完成，需要扫码。现在不会自动发码（已静音，或扫码救援已关闭），发「qr {bot}」取码。",
)
NO_LOGIN = Phrase(
    en="{bot} was started again, and for {seconds} s its log showed neither a login nor a scan (state: {status}). "
    "“log {bot}” shows what it wrote.",
    zh="{bot} 重新启动了，但 {seconds} 秒内日志里既没有登录也没有要求扫码（状态：{status}）。"
    "发「日志 {bot}」看它写了什么。",
)

# Definitions that change while nlops runs
RELOADED = Phrase(en="The tools were loaded anew: {changes}.", zh="工具已重新加载：{changes}。")
NOT_RELOADED = Phrase(
    en="The tools changed on the disk and are NOT loaded, the old ones stay:\n{fault}",
    zh="磁盘上的工具定义有改动，但没有加载，继续用旧的：\n{fault}",
)
CHANGE = {
    "new": Phrase(en="{name} is new", zh="{name} 新增"),
    "changed": Phrase(en="{name} is another", zh="{name} 已改"),
    "gone": Phrase(en="{name} is gone", zh="{name} 已移除"),
}

# Builtin tools
QR_CAPTION = Phrase(en="{bot}'s login code:", zh="{bot} 的登录二维码：")
QR_NONE = Phrase(
    en="{bot} asks for no scan right now ({status}), so there is no code.",
    zh="{bot} 现在不需要扫码（{status}），没有二维码。",
)
LOG_HEADER = Phrase(en="Last {count} lines of {bot}'s log:", zh="{bot} 日志的最后 {count} 行：")
LOG_DRAWN = Phrase(en="[a QR code, {rows} lines]", zh="[二维码，{rows} 行]")
LOG_EMPTY = Phrase(en="{bot}'s log is empty.", zh="{bot} 的日志是空的。")
LOG_MISSING = Phrase(en="{bot}'s log cannot be read: {reason}", zh="{bot} 的日志无法读取：{reason}")
RESTARTED = Phrase(en="{bot} restarted: {state}.", zh="{bot} 已重启：{state}。")
NEW_PROCESS = Phrase(en="{bot} has a new process: {state}.", zh="{bot} 的进程已换新：{state}。")
RESTART_FAILED = Phrase(en="{bot} was not restarted: {reason}", zh="{bot} 没有重启：{reason}")
NO_MANAGER = Phrase(
    en="nobody is configured to restart it (pm2 or command in its [[bot]])",
    zh="没有配置由谁来重启（在 [[bot]] 里写 pm2 或 command）",
)
STATUS_LINE = Phrase(en="{bot}: {status}{since}{process}{rescue}", zh="{bot}：{status}{since}{process}{rescue}")
SINCE = Phrase(en=" for {duration}", zh="，已 {duration}")
NO_RESCUE = Phrase(en="; its QR rescue is off", zh="；扫码救援已关闭")
PROCESS = Phrase(en=" ({process})", zh="（{process}）")

STATUS = {
    "unknown": Phrase(en="nothing known yet", zh="还不知道"),
    "waiting": Phrase(en="waiting for a scan", zh="等待扫码"),
    "scanned": Phrase(en="scanned, to be confirmed on the phone", zh="已扫码，待手机确认"),
    "confirmed": Phrase(en="confirmed, logging in", zh="已确认，正在登录"),
    "cancelled": Phrase(en="scan cancelled", zh="扫码已取消"),
    "timeout": Phrase(en="code expired", zh="二维码已过期"),
    "logged_in": Phrase(en="logged in", zh="在线"),
    "logged_out": Phrase(en="logged out", zh="已退出登录"),
}

# Understanding, when the model is not there
MODEL_AWAY = Phrase(
    en="I can't read free text right now ({reason}). These words always work:\n{keywords}",
    zh="现在读不了自由文本（{reason}）。这些关键词随时可用：\n{keywords}",
)
MODEL_REASON = {
    "off": Phrase(en="no model is configured", zh="没有配置模型"),
    "starting": Phrase(en="the model is still starting", zh="模型还在启动"),
    "unread": Phrase(en="the model is still reading the tools", zh="模型还在读工具的定义"),
    "timeout": Phrase(en="the model took too long", zh="模型超时"),
    "unreachable": Phrase(en="the model is away", zh="连不上模型"),
    "refused": Phrase(en="the model refused or answered nonsense", zh="模型拒绝或答非所问"),
    "too_large": Phrase(en="the model's answer was too large", zh="模型的回答太大"),
    "budget": Phrase(en="today's budget of tokens is used up", zh="今天的 token 预算用完了"),
}
BUDGET_SPENT = Phrase(
    en="Today's tokens for the model are used up ({detail}), so I can't read free text before 00:00 UTC. "
    "daily_tokens under [model] sets how many there are. These words go on working:\n{keywords}",
    zh="今天给模型的 token 已用完（{detail}），UTC 零点之前读不了自由文本。"
    "数量由 [model] 的 daily_tokens 设定。这些关键词照常可用：\n{keywords}",
)
BUDGET_STILL_SPENT = Phrase(
    en="No free text before 00:00 UTC (today's tokens are used up); keywords work: “help”.",
    zh="UTC 零点之前读不了自由文本（今天的 token 已用完）；关键词可用：「帮助」。",
)
HELP = Phrase(
    en="I watch {bots}. These words work without a model:\n{keywords}\n"
    "“help restart” tells more of a word. "
    "Or just say what you want: what I would run is shown first, and runs after your “yes”.",
    zh="我在看着 {bots}。这些关键词不经过模型：\n{keywords}\n"
    "发「帮助 重启」看某个词的用法。也可以直接说要做什么：我会先给你看，等你「确认」才执行。",
)
HELP_OTHERS = Phrase(en="In words only: {titles}.", zh="只能用说的：{titles}。")
ABOUT_FACTORS = Phrase(en="It wants {what} too.", zh="还需要{what}。")
RESCUE_BY = {
    True: Phrase(en="{who} switched the QR rescue of {bots} on.", zh="{who} 开启了 {bots} 的扫码救援。"),
    False: Phrase(en="{who} switched the QR rescue of {bots} off.", zh="{who} 关闭了 {bots} 的扫码救援。"),
}
RESCUE_OFF = Phrase(
    en="QR rescue of {bot} is off. “qr {name}” still brings a code; “enable-qrrescue” switches it on again.",
    zh="{bot} 的扫码救援已关闭。发「二维码 {name}」仍可取码，「开启救援」恢复自动发送。",
)
RESCUE_ON = Phrase(en="QR rescue of {bot} is on.", zh="{bot} 的扫码救援已开启。")
ALL_BOTS = Phrase(en="all bots", zh="所有机器人")


def say_factors(factors: tuple[str, ...], language: Language) -> str:
    """Second factors in words, all of them."""
    return ("、" if language == "zh" else ", ").join(FACTOR.get(one, UNKNOWN_FACTOR).say(language) for one in factors)
