"""What the gate says of second factors."""

from nlops.domain.words import Phrase

# What is asked for
ASK_TOTP = Phrase(
    en="{code} is confirmed and not run yet. Now send me the six digits of your authenticator{where}. "
    "Valid for {seconds} s.",
    zh="{code} 已确认，还没有执行。请把验证器上的六位动态码发给我{where}。{seconds} 秒内有效。",
)
ASK_SMS = Phrase(
    en="{code} is confirmed and not run yet. A code went by SMS to {phone}; send me its six digits{where}. "
    "None came? “yes {code}” sends another. Valid for {seconds} s.",
    zh="{code} 已确认，还没有执行。验证码已短信发到 {phone}，请把六位数字发给我{where}。"
    "没收到就回复「确认 {code}」重发。{seconds} 秒内有效。",
)
ASK_AUTHY = Phrase(
    en="{code} is confirmed and not run yet. A verification code went to {phone}; send me its six digits{where}. "
    "None came? “yes {code}” sends another. Valid for {seconds} s.",
    zh="{code} 已确认，还没有执行。身份验证码已发到 {phone}，请把六位数字发给我{where}。"
    "没收到就回复「确认 {code}」重发。{seconds} 秒内有效。",
)
HERE = Phrase(en=" in our direct chat, never in a room", zh="（只在我们的私聊里发，不要发到群里）")
ASKED_OTHERS = Phrase(
    en="{code} is confirmed and not run yet. It waits for the approval of {names}. Valid for {seconds} s.",
    zh="{code} 已确认，还没有执行。正在等 {names} 批准。{seconds} 秒内有效。",
)
ASK_APPROVAL = Phrase(
    en="{admin} wants to run:\n{calls}\nIt needs a second admin. Reply “yes {code}” to let it run, “no {code}” to "
    "stop it. Valid for {seconds} s.",
    zh="{admin} 要执行：\n{calls}\n需要另一位管理员批准。回复「确认 {code}」批准，「取消 {code}」拒绝。"
    "{seconds} 秒内有效。",
)

# What became of it
WRONG_CODE = Phrase(
    en="That code is not right, or was used; nothing was run. {left} more wrong one(s), and you are locked.",
    zh="验证码不对，或者已经用过；没有执行。再错 {left} 次就会锁定。",
)
CODE_OVER = Phrase(
    en="That code's time is over, or none was sent; nothing was run. “yes {code}” sends another.",
    zh="验证码已过期，或者还没有发过；没有执行。回复「确认 {code}」重发。",
)
CLOCK_BACK = Phrase(
    en="This host's clock stands before the last code that was accepted, so none can be judged; nothing was run. "
    "Set the host's clock.",
    zh="主机的时钟早于上一次通过的动态码，无法核对；没有执行。请校准主机时间。",
)
FACTOR_AWAY = Phrase(
    en="The code could not be checked: {reason}. Nothing was run, and it is not counted. Try again.",
    zh="验证码无法核对：{reason}。没有执行，也不计入错误次数。请再试。",
)
NOT_SENT = Phrase(
    en="No code could be sent: {reason}. Nothing was run. “yes {code}” tries again.",
    zh="验证码发不出去：{reason}。没有执行。回复「确认 {code}」再试。",
)
SENT_LATELY = Phrase(
    en="A code was sent just now, or too many were. {code} still waits: say “yes {code}” again; the next one in "
    "{seconds} s.",
    zh="刚发过验证码，或者发得太多。{code} 还在等：{seconds} 秒后回复「确认 {code}」再发。",
)
LOCKED = Phrase(
    en="{admin} is locked after five wrong codes; nothing was run. On the host: nlops unlock {admin}",
    zh="{admin} 连错五次，已锁定；没有执行。请在主机上运行：nlops unlock {admin}",
)
LOCKED_OTHER = Phrase(
    en="{admin} is locked after five wrong codes. If {admin} did not type them, somebody holds that phone. "
    "On the host: nlops unlock {admin}",
    zh="{admin} 连错五次验证码，已锁定。如果不是 {admin} 本人输入的，手机可能在别人手里。"
    "请在主机上运行：nlops unlock {admin}",
)
APPROVED = Phrase(en="{admin} approved {code}.", zh="{admin} 批准了 {code}。")
APPROVED_BY_YOU = Phrase(en="Approved. {admin} hears what comes of it.", zh="已批准，结果会告诉 {admin}。")
REJECTED = Phrase(en="{admin} did not approve {code}. Nothing was run.", zh="{admin} 没有批准 {code}，没有执行。")
REJECTED_BY_YOU = Phrase(en="Stopped. {admin} hears of it.", zh="已拒绝，会告诉 {admin}。")
APPROVAL_OVER = Phrase(en="{code} is over: it {state}.", zh="{code} 已经结束：{state}。")
WHICH_APPROVAL = Phrase(en="Please answer with its code: “yes {code}”.", zh="请带上代码回答：「确认 {code}」。")
NOBODY_ELSE = Phrase(
    en="{code} needs another admin's approval, and there is nobody who could give it (paired, and not locked). "
    "Nothing was run.",
    zh="{code} 需要另一位管理员批准，但没有人能批准（已绑定且未锁定）。没有执行。",
)
CANNOT_GIVE = Phrase(
    en="{code} needs {what}, and nlops.toml gives {admin} none. Nothing was run.",
    zh="{code} 需要{what}，但 nlops.toml 里没有给 {admin} 配置。没有执行。",
)

# Codes in the wrong place
NO_CODE_WANTED = Phrase(
    en="I took that for a one-time code and passed it on to nobody; nothing waits for one.",
    zh="我把它当作验证码，没有交给任何人；现在没有操作在等验证码。",
)
WORD_FIRST = Phrase(
    en="{code} is not confirmed yet; that code was not looked at. Both at once: “yes {code} 123456”.",
    zh="{code} 还没有确认，所以没有核对验证码。可以一起发：「确认 {code} 123456」。",
)
WHICH_CODE = Phrase(
    en="More than one operation waits for a code. Say which: “{code} 123456”.",
    zh="有多个操作在等验证码，请注明是哪一个：「{code} 123456」。",
)
CODE_ALONE = Phrase(
    en="That holds what looks like a one-time code, so I read no further. Send the six digits alone.",
    zh="这里面像有验证码，我没有往下读。请只发六位数字。",
)
CODES_HERE = Phrase(
    en="You sent a one-time code into a room; I ignored it. Codes count in this chat only: send the next one here.",
    zh="你把验证码发到了群里，我没有理会。验证码只在这个私聊里有效，下一个请发到这里。",
)
