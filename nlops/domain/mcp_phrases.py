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
