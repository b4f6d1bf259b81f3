"""What is said about MCP servers, and to and about the programs that use `nlops mcp`."""

from nlops.domain.words import Phrase

# Servers whose tools are called. Each failure is one sentence, and then one of these two.
NOT_CALLED = Phrase(en="{failure} It was not called.", zh="{failure}没有调用。")
UNKNOWN = Phrase(en="{failure} Whether it did anything is not known.", zh="{failure}它是否已经做了什么，不得而知。")
NO_SERVER = Phrase(en="nlops.toml has no [[mcp]] named {server}.", zh="nlops.toml 里没有名为 {server} 的 [[mcp]]。")
NO_START = Phrase(
    en="The MCP server {server} cannot be started: {reason}.", zh="MCP 服务器 {server} 启动不了：{reason}。"
)
AWAY = Phrase(en="The MCP server {server} is away: {reason}.", zh="连不上 MCP 服务器 {server}：{reason}。")
SLOW = Phrase(
    en="The MCP server {server} gave no answer within {seconds} s.",
    zh="MCP 服务器 {server} 在 {seconds} 秒内没有答复。",
)
CUT_OFF = Phrase(en="The MCP server {server} was cut off: {reason}.", zh="已断开 MCP 服务器 {server}：{reason}。")
DIED = Phrase(
    en="The MCP server {server} ended in the middle, exit code {code}{words}.",
    zh="MCP 服务器 {server} 中途退出，退出码 {code}{words}。",
)
WORDS = Phrase(en=": {line}", zh="：{line}")
REFUSED = Phrase(en="The MCP server {server} refused: {reason}.", zh="MCP 服务器 {server} 拒绝了：{reason}。")
NONSENSE = Phrase(
    en="The MCP server {server} answered what is no answer: {reason}.", zh="MCP 服务器 {server} 答非所问：{reason}。"
)
SENT_MUCH = Phrase(en="it sent more than {most} MiB", zh="发来的超过 {most} MiB")
COMPRESSED = Phrase(en="it sent a compressed answer, which was not asked for", zh="发来压缩的答复，我没有这样要求")
PRINTS_OTHER = Phrase(
    en="it prints other things than the protocol on its standard output", zh="它在标准输出里打印协议以外的东西"
)
MANY_TOOLS = Phrase(en="more than {most} tools", zh="工具超过 {most} 个")
TOOL_FAILED = Phrase(en="The MCP server {server} says that it failed", zh="MCP 服务器 {server} 报告失败")
CHANGED = Phrase(
    en="Not called: {server} now defines {tool} otherwise than when it was looked at.\n{change}\n"
    "Look on the host: nlops mcp diff {server}; accept it: nlops mcp pin {server} {tool}",
    zh="没有调用：{server} 对 {tool} 的定义和当初核对时不一样了。\n{change}\n"
    "请在主机上查看：nlops mcp diff {server}；接受则运行：nlops mcp pin {server} {tool}",
)
TOLD_CHANGED = Phrase(
    en="{name} is off: the MCP server {server} now defines {tool} otherwise than when it was looked at.\n{change}\n"
    "Look on the host: nlops mcp diff {server}; accept it: nlops mcp pin {server} {tool}",
    zh="{name} 已停用：MCP 服务器 {server} 对 {tool} 的定义和当初核对时不一样了。\n{change}\n"
    "请在主机上查看：nlops mcp diff {server}；接受则运行：nlops mcp pin {server} {tool}",
)
MORE_FILES = Phrase(en="({count} more files are left out)", zh="（另有 {count} 个文件略去）")
UNREADABLE = Phrase(en="({kind} that cannot be read)", zh="（{kind}，读不出来）")
TOO_LARGE = Phrase(en="({kind} of more than {size} MiB: left out)", zh="（{kind}，超过 {size} MiB，已略去）")
CUT_TEXT = Phrase(en="… (cut after {size} KiB)", zh="……（超过 {size} KiB，已截断）")

# Programs that use `nlops mcp`
PROGRAM_ASKS = Phrase(
    en="Another program asks for this, nobody in this chat: {program}.",
    zh="这是另一个程序的请求，不是聊天里的人提出的：{program}。",
)
WITHDRAWN = Phrase(
    en="{code} is withdrawn: the program that asked no longer waits. Nothing was run.",
    zh="{code} 已撤回：提出请求的程序不再等待，没有执行。",
)
WAITS = Phrase(
    en="{admin} is asked in chat, and has {seconds} s to confirm.", zh="已在聊天里请 {admin} 确认，{seconds} 秒内有效。"
)
NOT_OFFERED = Phrase(en="There is no tool {tool} here.", zh="这里没有工具 {tool}。")
NOT_SERVING = Phrase(
    en="The nlops.toml of the running service has no [mcp_server]; nothing is offered.",
    zh="正在运行的服务的 nlops.toml 没有 [mcp_server]，不提供任何工具。",
)
LONG_ARGUMENTS = Phrase(
    en="The arguments are too long to be shown to the person who decides: {count} characters, at most {most}.",
    zh="参数太长，没法给决定的人看全：{count} 个字符，最多 {most}。",
)
NOBODY_TO_ASK = Phrase(
    en="{admin} would have to confirm this, and has no chat contact yet (nlops pair {admin}).",
    zh="这需要 {admin} 确认，但还没有绑定聊天联系人（nlops pair {admin}）。",
)
ONE_AT_A_TIME = Phrase(
    en="Another request waits for {admin}'s word; ask again after that.", zh="另一个请求正等 {admin} 确认，请稍后再试。"
)
BUSY = Phrase(
    en="{count} calls of programs are under way; ask again after that.",
    zh="已有 {count} 个程序调用在执行，请稍后再试。",
)
NOT_RUN = Phrase(en="Not run: {how}.", zh="没有执行：{how}。")
HOW = {
    "denied": Phrase(en="it was refused in chat, or could not be started", zh="在聊天里被拒绝，或没能开始"),
    "expired": Phrase(en="nobody confirmed it in time", zh="没有人及时确认"),
    "superseded": Phrase(en="nobody can confirm it any more", zh="已经没有人能确认"),
    "unknown": Phrase(en="it was started, and how it ended is not known", zh="已开始执行，结果不明"),
}
NO_CODES = Phrase(
    en="Login codes go into an admin's direct chat and nowhere else.", zh="登录二维码只发到管理员的私聊。"
)
