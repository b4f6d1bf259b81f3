"""The audit, asked in chat: its records in words."""

from nlops.domain.words import Phrase

HEAD = Phrase(en="Audit of {about}, newest first:", zh="{about}的审计记录（新的在前）：")
ALL = Phrase(en="everybody", zh="所有人")
NONE = Phrase(en="Nothing of that is on record yet.", zh="还没有这样的记录。")
END = Phrase(
    en="There are no older ones in the store. On the host, nlops audit export shows all there ever were.",
    zh="没有更早的记录了。在主机上用 nlops audit export 可以看全部。",
)
MORE = Phrase(en="“audit more” shows older ones.", zh="发「审计 更多」看更早的。")
CHECKPOINT = Phrase(
    en="Checkpoint {checkpoint} (as long as this message is here, nobody can exchange the record up to now unseen)",
    zh="校验点 {checkpoint}（留着这条消息，之前的记录若被替换就查得出来）",
)
UNREAD = Phrase(en="The audit cannot be read: {reason}", zh="审计记录读不出来：{reason}")
TAMPERED = Phrase(
    en="⚠ Somebody has touched the audit record on the host: {reason}\nOn the host, run: nlops audit verify",
    zh="⚠ 有人动过主机上的审计记录：{reason}\n请在主机上运行 nlops audit verify",
)
WHO = Phrase(
    en="I know no bot and no person called “{word}”. Say: audit [bot or person] [how many], or audit more.",
    zh="没有叫「{word}」的机器人或管理员。可以说：审计 [机器人或人名] [条数]，或者「审计 更多」。",
)
DONE = Phrase(en="done", zh="成功")
FAILED = Phrase(en="FAILED", zh="失败")
FAILED_EXIT = Phrase(en="FAILED (exit {exit})", zh="失败（退出码 {exit}）")
RAN = Phrase(en="ran for {who}: {calls}: {outcome}{code}", zh="已为 {who} 执行 {calls}：{outcome}{code}")
RESCUE_ON = Phrase(en="{who} switched the QR rescue of {bots} on", zh="{who} 开启了 {bots} 的扫码救援")
RESCUE_OFF = Phrase(en="{who} switched the QR rescue of {bots} off", zh="{who} 关闭了 {bots} 的扫码救援")
OTHER = Phrase(en="{who}: {kind}: {calls}{code}", zh="{who}：{kind}：{calls}{code}")
KINDS = {
    "proposed": Phrase(
        en="{who} asked “{words}”; proposed: {calls}{code}", zh="{who} 说「{words}」，待确认：{calls}{code}"
    ),
    "allowed": Phrase(en="{who} ordered “{words}”: {calls}{code}", zh="{who} 下令「{words}」：{calls}{code}"),
    "confirmed": Phrase(en="{who} confirmed{code}: {calls}", zh="{who} 确认了{code}：{calls}"),
    "denied": Phrase(en="{who} said no{code}: {calls}", zh="{who} 取消了{code}：{calls}"),
    "expired": Phrase(en="{who} did not confirm in time{code}: {calls}", zh="{who} 未及时确认{code}：{calls}"),
    "superseded": Phrase(
        en="{who} asked for something newer, dropped{code}: {calls}", zh="{who} 有了新指令，作废{code}：{calls}"
    ),
    "refused": Phrase(en="refused to {who} “{words}”{code}: {reason}", zh="拒绝了 {who}「{words}」{code}：{reason}"),
    "awaiting": Phrase(
        en="{who} confirmed{code}, a second factor is awaited: {calls}", zh="{who} 确认了{code}，等第二因素：{calls}"
    ),
    "approved": Phrase(en="{who} approved ({factor}){code}: {calls}", zh="{who} 批准了（{factor}）{code}：{calls}"),
    "unknown": Phrase(en="OUTCOME UNKNOWN for {who}{code}: {calls}", zh="{who} 的操作结果不明{code}：{calls}"),
    "paired": Phrase(en="{who} was paired with the contact {contact}", zh="{who} 绑定到联系人 {contact}"),
    "cancelled": Phrase(en="{who} stopped what ran{code}: {calls}", zh="{who} 中断了执行{code}：{calls}"),
    "verified": Phrase(en="looked at after {calls}: {bot}: {seen}", zh="{calls} 之后看到 {bot}：{seen}"),
    "reloaded": Phrase(en="tools were loaded anew: {reason}", zh="工具重新加载：{reason}"),
    "stopped": Phrase(en="{who} STOPPED everything", zh="{who} 叫停了一切"),
    "resumed": Phrase(en="{who} let things run again", zh="{who} 恢复了运行"),
    "muted": Phrase(en="{who} muted {bot} for {minutes} min", zh="{who} 静音 {bot} {minutes} 分钟"),
    "unmuted": Phrase(en="{who} ended the muting of {bot}", zh="{who} 取消了 {bot} 的静音"),
    "asked": Phrase(en="{who} was asked for {factor}{code}: {calls}", zh="向 {who} 要 {factor}{code}：{calls}"),
    "changed": Phrase(
        en="{name} is off, the MCP server {server} changed it: {change}",
        zh="{name} 已停用，MCP 服务器 {server} 改了它：{change}",
    ),
    "locked": Phrase(en="{who} was locked out after wrong codes", zh="{who} 输错太多次，已锁定"),
    "unlocked": Phrase(en="{who} was unlocked on the host", zh="{who} 已在主机上解锁"),
    "tampered": Phrase(en="⚠ THE RECORD WAS TAMPERED WITH: {reason}", zh="⚠ 审计记录被人动过：{reason}"),
    "rotated": Phrase(en="older records were closed into a file", zh="较早的记录已归档成文件"),
}
