"""Why something could not be run, restarted, asked or sent: the reasons that stand inside what is said about it."""

from nlops.domain.words import Phrase

# What the system says
PLAIN = Phrase(en="{error}", zh="{error}")
NO_FILE = Phrase(en="there is no {path}", zh="没有 {path}")
NO_PERMISSION = Phrase(en="no permission for {path}", zh="没有 {path} 的权限")
NO_FOLDER = Phrase(en="{path} is a folder", zh="{path} 是个文件夹")
OF_FILE = Phrase(en="{path}: {error}", zh="{path}：{error}")
STORE_FULL = Phrase(en="the store can't write: {error}", zh="存储写不进去：{error}")

# Programs
NO_PROGRAM = Phrase(en="there is no program {program}", zh="没有 {program} 这个程序")
NOT_ON_PATH = Phrase(en="there is no {program} on the PATH", zh="PATH 里没有 {program}")
NO_USER = Phrase(en="there is no user {user}", zh="没有 {user} 这个用户")
NO_START = Phrase(en="{program} cannot be started: {error}", zh="{program} 启动不了：{error}")
RAN_PAST = Phrase(en="it ran past its {seconds} s and was stopped", zh="超过 {seconds} 秒还没结束，已经终止")
EXITED = Phrase(en="{program} exited with {exit}: {line}", zh="{program} 的退出码是 {exit}：{line}")
PRINTED_NOTHING = Phrase(en="it printed nothing", zh="没有输出")
EXIT_CODE = Phrase(en="exit code {exit}", zh="退出码 {exit}")
FAILED = Phrase(en="it failed", zh="执行失败")
CRASHED = Phrase(en="it crashed: exit code {exit}", zh="崩溃了，退出码 {exit}")
NO_PICTURE = Phrase(en="what it gave is no PNG and no JPEG", zh="给出的既不是 PNG 也不是 JPEG")

# Arguments and secrets
TWO_OF_ONE = Phrase(en="a comma in an item of a list would make two of it", zh="列表里的一项含有逗号，会变成两项")
TOO_LONG = Phrase(en="a value of {count} characters; at most {most} are taken", zh="值有 {count} 个字，最多 {most} 个")
HOLDS_NUL = Phrase(en="an argument of {item} holds a NUL character", zh="{item} 的参数里有 NUL 字符")
A_FLAG = Phrase(en="{text} would be read as a flag", zh="{text} 会被当成命令行选项")
ANOTHER_FLAG = Phrase(en="{text} would be read as another flag", zh="{text} 会被当成另一个命令行选项")
LEADS_OUT = Phrase(en="{text} leads out of its folder", zh="{text} 会走出它的文件夹")
BIG_BODY = Phrase(en="a body of {count} bytes; at most {most} are sent", zh="请求体有 {count} 字节，最多发 {most} 字节")
NOT_IN_PATH = Phrase(en="{text} cannot stand in the path, at {template}", zh="{text} 不能放在路径的 {template} 处")
NOT_IN_HEADER = Phrase(
    en="a value of the header {name} holds what no header line can", zh="请求头 {name} 的值含有不允许的字符"
)
NO_SECRET = Phrase(en="{reference} cannot be read: {error}", zh="{reference} 读不出来：{error}")
NOT_UTF8 = Phrase(en="not UTF-8", zh="不是 UTF-8")
EMPTY_SECRET = Phrase(en="{reference} is empty", zh="{reference} 是空的")
LONG_SECRET = Phrase(en="{reference} is more than one line", zh="{reference} 不止一行")

# Requests
NO_ANSWER = Phrase(en="no answer within {seconds} s", zh="{seconds} 秒内没有答复")
OF_HOST = Phrase(en="{host}: {error}", zh="{host}：{error}")
NOT_FOUND = Phrase(en="{host} is not found: {error}", zh="找不到 {host}：{error}")
NOT_PUBLIC = Phrase(en="{host} is at {address}, which is not public", zh="{host} 的地址 {address} 不是公网地址")
NOT_PRIVATE = Phrase(
    en='{host} is at {address}, which is not public; "private": true allows loopback and private ones',
    zh='{host} 的地址 {address} 不是公网地址；写上 "private": true 可允许本机和内网地址',
)
NO_ADDRESS = Phrase(en="{host} has no address", zh="{host} 没有地址")
NO_SOCKET_FILES = Phrase(en="no socket files", zh="不支持套接字文件")
NOBODY = Phrase(en="nobody answers there", zh="连不上，没有响应")
NO_CONNECTION = Phrase(en="the connection failed: {error}", zh="连接失败：{error}")
MANY_REDIRECTS = Phrase(en="more than {most} redirects", zh="重定向超过 {most} 次")
TO_NOWHERE = Phrase(en="it redirects to nowhere", zh="重定向的地址无效")
TO_ANOTHER = Phrase(
    en="it redirects to {host}, which the definition does not name", zh="它重定向到 {host}，定义里没有写这个主机"
)
BIG_ANSWER = Phrase(en="an answer of more than {most} bytes", zh="答复超过 {most} 字节")
NOT_JSON = Phrase(en="the answer is not JSON", zh="答复不是 JSON")
NOTHING_AT = Phrase(en="the answer has nothing at {pointer}", zh="答复里没有 {pointer}")

# Bots and who keeps them
NO_BOT = Phrase(en="there is no bot {bot}", zh="没有 {bot} 这个机器人")
KEPT = Phrase(en="kept by nlops", zh="由 nlops 看管")
SEEN = Phrase(en="{parts}", zh="{parts}")
UP = Phrase(en="up {duration}", zh="已运行 {duration}")
RESTARTS = Phrase(en="{count} restarts", zh="重启过 {count} 次")
NOT_RUNNING = Phrase(en="not running", zh="没有运行")
DOES_NOT_START = Phrase(en="{program} does not start", zh="{program} 启动不了")
KEEPS_NO_LOG = Phrase(en="nlops keeps nothing of what {program} prints", zh="nlops 不保留 {program} 的输出")
NOT_UP = Phrase(en="{program} restarted it, but it is not up: {seen}", zh="{program} 重启了它，但它没有起来：{seen}")
NO_PROCESS = Phrase(en="{program} knows no process {name}", zh="{program} 里没有 {name} 这个进程")
NO_UNIT = Phrase(en="systemd knows no unit {name} ({state})", zh="systemd 里没有 {name} 这个单元（{state}）")
NOT_UNDERSTOOD = Phrase(en="{program} is not understood: {error}", zh="看不懂 {program} 的输出：{error}")

# Second factors
NO_SMS = Phrase(en="no SMS is configured", zh="没有配置短信")
NO_VERIFICATION = Phrase(en="no verification is configured", zh="没有配置验证服务")
NO_FACTOR = Phrase(en="no {factor} is configured for {admin}", zh="没有给 {admin} 配置 {factor}")
UNREACHABLE = Phrase(en="it can't be reached ({error})", zh="连不上（{error}）")
MANY_MESSAGES = Phrase(en="too many messages (HTTP 429)", zh="短信发得太多（HTTP 429）")
MANY_MESSAGES_UNTIL = Phrase(
    en="too many messages (HTTP 429); it says: again after {seconds} s",
    zh="短信发得太多（HTTP 429），对方说 {seconds} 秒后再试",
)
NOT_TAKEN = Phrase(en="it did not take the message{said}", zh="对方没有接收这条短信{said}")
NOT_SENT = Phrase(en="{program} did not get it sent{said}", zh="{program} 没有发出去{said}")
ENDED_WITH = Phrase(en="{program} ended with {exit}{said}", zh="{program} 的退出码是 {exit}{said}")
BAD_TOKEN = Phrase(
    en="{provider} refuses the account or its token (HTTP 401)", zh="{provider} 不认这个账号或它的令牌（HTTP 401）"
)
NO_SERVICE = Phrase(
    en="{provider} knows no such Verify service (HTTP 404)", zh="{provider} 没有这个验证服务（HTTP 404）"
)
MANY_REQUESTS = Phrase(en="too many requests (HTTP 429)", zh="请求太多（HTTP 429）")
MANY_WRONG = Phrase(en="too many wrong codes for this verification (HTTP 429)", zh="这次验证输错太多次（HTTP 429）")
MANY_CODES = Phrase(en="too many codes were sent to this number (HTTP 429)", zh="给这个号码发的验证码太多（HTTP 429）")
ANSWERS = Phrase(en="{provider} answers {status}", zh="{provider} 答复 {status}")
NOTHING = Phrase(en="an empty answer", zh="答复是空的")
HTTP_STATUS = Phrase(en="HTTP {status}{said}", zh="HTTP {status}{said}")
PROVIDER_DID_NOT = Phrase(en="{provider} did not take the message: {error}", zh="{provider} 没有接收这条短信：{error}")
PROVIDER_AWAY = Phrase(en="{provider} is away ({error})", zh="连不上 {provider}（{error}）")
REFUSED = Phrase(en="{provider} refused or is away: {error}", zh="{provider} 拒绝了，或者连不上：{error}")
NO_TEMPLATE = Phrase(en="{provider} knows no template {template}", zh="{provider} 没有模板 {template}")
NO_APPROVAL = Phrase(en="template {template} is not approved", zh="模板 {template} 没有通过审核")
NO_TEMPLATE_NUMBER = Phrase(
    en="the template's id is a number; got {template}", zh="模板 id 应当是数字，现在是 {template}"
)
NO_SUCH_ANSWER = Phrase(en="{provider}'s answer is none", zh="{provider} 的答复不完整")
