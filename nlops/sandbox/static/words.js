// What the page says, in English and Chinese. {names} are filled in by `say`.

const EN = {
  line: "ops assistant", away: "not connected", admin: "admin", stranger: "stranger",
  writeAs: "Write as", bots: "Bots", kept: "kept running by {keeper}", close: "Close", send: "Send",
  placeholder: "Message nlops as {name}", waitLink: "nlops is starting…",
  empty: "This is {name}'s chat with nlops. In a few seconds bob loses his login: his QR code will come here by itself.",
  emptyStranger: "You write as {name}, who is no admin. nlops never answers strangers, and never shows their words to a model. Try “restart bob”: nothing happens.",
  starting: "nlops is starting…", modelStarting: "Keywords work already. Free text waits for the model: {told}", loading: "it is loading…", fetching: "fetched once, {share} % ({done} of {all}, {rate})",
  ended: "nlops has ended. The terminal tells why.",
  scan: "Scan with my phone", scanNote: "Pretended phone, real picture: the QR code is read from the pixels.",
  scanned: "Scanned: {bot} is logging in", stale: "No bot shows this code any more. Take the newest one.",
  confirm: "yes {code}", deny: "no", online: "online", waiting: "waits for a scan", scannedState: "scanned, logging in", off: "not started",
  ago: "{time}, pid {pid}", logout: "Log out", logoutTip: "Log this bot out on the phone: it loses its login",
  seconds: "{n} s", minutes: "{n} min", hours: "{n} h", file: "{size} · download",
  realTitle: "What is real here", real: "nlops itself, its gRPC link to the gateway, the language model, both bots' processes, their logs and QR codes. Pretended: WeChat and the phone.",
  lookTitle: "Look behind it", failed: "That did not go through.",
};

const ZH = {
  line: "运维助手", away: "未连接", admin: "管理员", stranger: "陌生人",
  writeAs: "发言身份", bots: "机器人", kept: "由 {keeper} 守护进程", close: "关闭", send: "发送",
  placeholder: "以 {name} 的身份发消息", waitLink: "nlops 正在启动…",
  empty: "这是 {name} 和 nlops 的对话。几秒后 bob 会掉线，登录二维码会自动发到这里。",
  emptyStranger: "你现在是 {name}，不是管理员。nlops 不回复陌生人，也不会把陌生人的话交给模型。试试“restart bob”：什么都不会发生。",
  starting: "nlops 正在启动…", modelStarting: "关键词已可用。自由文本要等模型：{told}", loading: "加载中…", fetching: "首次下载 {share} %（{done} / {all}，{rate}）",
  ended: "nlops 已退出，原因见终端。",
  scan: "用我的手机扫码", scanNote: "手机是模拟的，图是真的：二维码从像素里读出。",
  scanned: "已扫码，{bot} 正在登录", stale: "这张码已失效，请扫最新的一张。",
  confirm: "确认 {code}", deny: "取消", online: "在线", waiting: "等待扫码", scannedState: "已扫码，登录中", off: "未启动",
  ago: "{time}，进程 {pid}", logout: "下线", logoutTip: "在手机上让它退出登录",
  seconds: "{n} 秒", minutes: "{n} 分钟", hours: "{n} 小时", file: "{size} · 下载",
  realTitle: "哪些是真的", real: "nlops 本身、它到网关的 gRPC 连接、语言模型、两个机器人的进程、日志和二维码都是真的；模拟的只有微信和手机。",
  lookTitle: "看看背后", failed: "没有发送成功。",
};

export const isChinese = navigator.language.toLowerCase().startsWith("zh");

export function say(name, fields = {}, chinese = isChinese) {
  return (chinese ? ZH : EN)[name].replace(/\{(\w+)\}/g, (_, field) => fields[field] ?? "");
}
