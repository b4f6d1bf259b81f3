"""Which part of a message is an order for now: quotes, what is forbidden, conditions, times, the past.

Small rules of the two languages, none of them about a tool. They only ever take away: the part of a message that they
mark never becomes a call, or its change is asked back. What is left goes to the model.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

# "don't", 「别」: the clause that holds one is an order not to. Not so in "don't forget".
_NOT_FORBIDDING = r"(?!\s+(?:forget|know|think|see|care|mind|remember|understand|hesitate|get|have|worry|believe)\b)"
_FORBIDS = re.compile(
    rf"""\b(?:do\s?n['’]?t|do\s+not|does\s+not\s+need|never|must\s?n['’]?t|must\s+not|should\s?n['’]?t|should\s+not){_NOT_FORBIDDING}
    |\bdoes\s?n['’]?t\s+(?:need|have\s+to)\b|\b(?:no\s+need|need\s?n['’]?t|needn|not\s+necessary|not\s+yet|not\s+now|hold\s+off|refrain|avoid|skip|never\s?mind|cancel\s+that)\b
    |(?<!n't\s)(?<!not\s)\bforget\s+(?:about\s+)?(?:it|that|the|this)\b
    |\bleave\b.*\b(?:alone|running|be|as\s+(?:it|is)|untouched|in\s+peace)\b|\bstays?\s+(?:where|as\s+(?:it|he|she|they|is)|put|the\s+same|in\s+place)\b|\bstay\s+away\b|\bhands\s+off\b|\bkeep\s+your\s+hands\b
    |(?<!要)不要(?!紧|忘|钱)|(?<!用)不用(?!说|担心|客气)|(?<!特)(?<!分)(?<!区)(?<!级)(?<!类)(?<!个)(?<!告)别(?!的|人|忘|名|处|提|[去到][^,，。]{{1,8}}[\s,，]+改)|甭|勿|不必|无需|无须|不需要|不许|不准|禁止
    |\b(?:nobody|no\s+one)\s+(?!needs|knows|wants|says|minds|cares|answers|picks|has|is|was)[a-z]+(?<!s)s\b
    |先不|不想(?!知)|算了|免了|不急着""",
    re.VERBOSE,
)
# The part that is excepted from the rest of its clause, to the clause's end.
_EXCEPTS = re.compile(
    r"^(?:instead\s+of|rather\s+than)\s+(?:the\s+)?[\w-]+(?:\s+(?:one|ones|bot|queue|server))?(?=\s+\w+\s+\w)|"
    r"\b(?:except(?:\s+for)?|apart\s+from|other\s+than|but\s+not|instead\s+of|rather\s+than|without(?=\s+\w+ing\b)|not(?=\s+(?:(?:at|in|on|to|from|via|by|with|the)\s+(?:the\s+)?)?\w+\s*$))\b.*$"
    r"|^not\s+(?:the\s+)?\w+(?:\s+\w+)?$|除了.{1,20}?(?:以外|之外|外|(?=都|全)|$)|(?<![解删清移])除.{1,12}?(?:以外|之外)|而不是.*$|不(?:包括|包含|含).*$|^不是\s?\S{1,12}$"
)
# 「不在河滨馆取，改车站馆」: the first is excepted where the next clause says what instead.
_NOT_THERE = re.compile(r"不(?:是在?|[在去从用走到给])[^不]{1,10}$")
_INSTEAD = re.compile(r"\s*(?:改|换|而是|是|要)")
_ENDS = re.compile(
    r"[,，。.;；!！?？\n]+(?=\s|$|[^\d\s])|(?<!\d)[,，](?=\d)|(?<=[哈吧啊呀哦啦呢嘛])\s+|\s+(?=(?:but|however|though|just|only)\b)"
    r"|\s+(?=and\s+(?:please\s+)?(?:do\s?n['’]?t|do\s+not|never|must\s?n['’]?t|should\s?n['’]?t|no\s+need)\b)|(?=但是?|不过|只要?看)"
)

_CONDITION = re.compile(
    r"""(?<!\beven\s)(?<!\bas\s)\bif\b|\b(?:unless|whenever|in\s+case|provided|as\s+soon\s+as|(?:until|till)(?!\s+(?:further\s+notice|(?:i|we)\s+(?:say|tell)\b))|once(?=\s+\S+\s+\S)|depending)\b
    |\bwhen\b(?!\s+(?:did|was|is|were|will|do|does|has)\b)|\bshould\s+\w+\s+(?:\w+\s+)?(?:go|crash|fail|drop|die|log|be)\b
    |(?<!look\s)(?<!looking\s)\bafter\b(?!\s*(?:all\b|that|this|which|wards|$|[,;.])|wards)|\bwait\b
    |如果|要是|假如|假设|倘若|若是?|万一|一旦|除非|(?<!方便)(?<!可以)(?<!有空)(?<!不忙)(?<!麻烦)(?<!能行)的话|等到?(?!等).{1,14}?(?:再|就|后)|的时候|(?:之后|以后|后)再
    |(?:超过|低于|高于|达到|少于|多于|大于|小于)[^,，。!！?？]{1,12}[,，]?\s*就
    |(?<!既然)(?:不|没|了|挂|断|掉|错|异常|失败|线)[^,，。!！?？]{0,10}[,，]?\s*就(?!够|行|好|是|可以|要|等|差|这|那|看|成|ok)""",
    re.VERBOSE,
)
_TIME = re.compile(
    r"""\b(?:(?<!done\sfor\s)(?<!enough\sfor\s)(?<!finished\sfor\s)tonight|tomorrow|tmrw?|tmw|later|midnight|noon|o'clock|hourly|daily|nightly|weekly|schedule|monday|tuesday|wednesday|thursday
    |friday|saturday|sunday|weekend|periodically|regularly)\b
    |\b(?:every|each)\s+(?:other\s+)?(?:\w+\s+)?(?:second|minute|min|hour|day|night|morning|evening|week|month|time)s?\b
    |\bin\s+(?:\d+|an?|half|\w+)\s*(?:an?\s+)?(?:second|sec|minute|min|hour|day|week|bit|while|moment)s?\b|\bat\s+(?:\d|noon|night|(?:half|quarter)\s+(?:past\s+|to\s+)?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))
    |\b\d{1,2}\s?(?:am|pm)\b|\b\d{1,2}:\d{2}\b|\bthis\s+(?:evening|afternoon|morning|week)\b|\bnext\s+(?:week|month|time)\b|\bby\s+\d
    |今晚|明[天早晚日]|后天|凌晨|半夜|夜里|晚上|傍晚|早上|上午|中午|下午|下周|周[一二三四五六日末]|星期|每[隔天周晚日月年次半]|每.{0,3}(?:小时|分钟)|定时|定期
    |稍后|晚点|晚些|待会|一会儿?|等会|等下|等一下|回头|过[一几半\d].{0,4}(?:分|时|天)|(?:分钟|小时|秒|天)(?:之|以)?后|[\d零一二两三四五六七八九十]+点(?:半|钟|整|一?刻|[\d零一二三四五六七八九十]+分|(?![\d零一二三四五六七八九]))|月底|月初
    |(?<![提之以目])前[零一二两三四五六七八九十半\d]{1,3}个?(?:小时|钟头|分钟|天|刻钟)""",
    re.VERBOSE,
)
QUOTES = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」|『[^』]*』|‘[^’]{2,}’|(?<!\w)'[^']{2,}'(?!\w)|`[^`]*`")
_FORWARDED = re.compile(
    r"(?:^|\n)\s*(?:>|&gt;)[^\n]*|(?:^|\n)\s*(?:fwd|fw|转发|-{3,})[:：\s].*", re.IGNORECASE | re.DOTALL
)


_FACT = re.compile(
    r"^(?:so\s+|and\s+|hey,?\s+)?(?:what|what's|whats|h(?:ow|wo|w)\s+(?:much|many|long|old|warm|hot|cold|far|full|is|are)|who|who's|whose|which"
    r"|where|when|why|is|are|was|were|does|do|did|has|have(?=\s+(?:you|we|they|i|any)\b))\b|多少|(?<![加来多给发要买订开这那好])几[度点号]|(?:[有是还剩在第到过共差]|^)几[个台次天]|几[个台次天][^,，。]{0,6}[?？呢吗]"
    r"|谁|什么|啥|哪[个些里天辆台位](?![^,，。]{0,5}都)|是不是|有没有|怎么样|如何|吗[?？]?$"
    r"|(?P<verb>[上在开到来下走停满够])不(?P=verb)|^any\s(?:\S+\s){1,4}(?:free|left|open|available)\b"
)
_POLITE = re.compile(
    r"\b(?:can|could|would|will|may)\s+(?:you|we|i)\b|请|麻烦|帮|能不能|可以.*吗|能.*吗|给我|[把将让]|好吗|行吗|一下"
)
# "did you restart her?", 「重启完了没」: a whole message that asks whether something was done, why, or what would be.
# Orders are "has to be restarted", "get bob restarted?", 「重启一下好吗」, 「重启了吧」.
_WHETHER_DONE = re.compile(
    r"^(?:(?:so|and|hey|ok|okay|hm+|wait|but),?\s+)*(?:did|was|were|has(?!\s+to\b)|had(?!\s+(?:to|better)\b)"
    r"|have\s+(?:you|we|they|i|it|any))\b[^,.;:!?]*[?.]*$"
    r"|^(?!(?:get|have|make|keep|want|need|can|could|will|would|please)\b)(?:[\w'’-]+\s+){1,3}(?:\w+ed|done)"
    r"(?:\s+(?:yet|already|now|ok|okay))?\s*\?$"
    r"|^[^,，。；;：:!！?？]*(?:(?:完|过|成功)了?(?:吗|么|没有?)|了(?:吗|么|没有?)|好没有?)[呀啊呢哈]?[?？]*$"
    r"|^[^,，。；;：:!！?？]*(?:什么时候|多久|啥时候)[^,，。；;：:!！?？]{0,3}(?:好|完|完成|结束|出来|弄完|跑完|做完)[呀啊呢]?[?？]*$"
    r"|^(?:(?:so|and|but|hey),?\s+)*(?:why|how\s+come)\b(?!\s+(?:not|don|doesn|isn|aren|can|won|haven|hasn))(?!.*\bplease\b)[^,.;:!?]*[?.]*$"
    r"|^(?:(?:so|and|but|hey),?\s+)*(?:what\s+(?:would|will|could)\s+happen|what\s+happens|what\s+if"
    r"|(?:is\s+it|would\s+it\s+be)\s+(?:safe|wise|risky|dangerous)|would\s+it\s+(?:help|hurt))\b[^.;:!?]*[?.]*$"
    r"|^(?![^?？]*[不没])[^,，。；;：:!！?？]*(?:为什么|为啥|怎么(?:又|会|就))[^,，。；;：:!！?？]*[?？]*$"
    r"|^(?:(?:so|and|hey|ok),?\s+)*(?:is|are)\s+(?:it|they|he|she|that|those|these)\s+(?!\w+ing\b)\w+\s+(?:now|yet|already)\b[^,.;:!?]*[?.]*$"
    r"|^when (?:will|is|are)\b[^,.;:!?]*\b(?:ready|done|finished|complete[d]?)[?.]*$"
    r"|^[^,，。；;：:!！?？]*是不是(?!该|应该|要|得|可以|能)[^,，。；;：:!！?？]*[?？]?$"
    r"|^[^,，。；;：:!！?？]*(?:一[开关停启]动?|的话|[以之]后)[,，]\s*[^,，。；;：:!！?？]{0,6}是不是[^,，。；;：:!！?？]*[?？]?$"
    r"|^[^,，。；;：:!！?？]*(?:是不是已经[^,，。；;：:!！?？]*了|有没有(?!人)[^,，。；;：:!！?？]*过)[吗么?？]*$"
)


# 「不重启不行了」, 「非得重启不可」: twice no is an order.
_MUST = re.compile(r"不\S{1,6}不(?:行|可|成)|非(?:得|要)?\S{1,12}(?:不可|不行)")


# 「算了算了先不动它」, "forget it" at the end take back all that stands before.
_TAKES_BACK = re.compile(
    r"(?:算了)+[吧啊]?(?:先?(?:不动|别动)(?:它|了)?)?|(?:no\s+|nah\s+)?(?:forget\s+(?:it|that)|never\s?mind|scrap\s+that)|(?:先)?(?:不弄|不搞)了"
    r"|(?:no|nah|nope)?\s*(?:actually\s+)?(?:do\s?n['’]?t|(?:no\s+)?leave\s+(?:it|that|them)(?:\s+(?:alone|be))?)|(?:那就?|就)?先?等(?:[他她它]们?|着|等)?[吧了]"
    r"|[哦噢喔啊呃额]+[,，\s]*(?:那)?(?:先)?(?:不用|不要|不必)了|别\s?(?:touch|动|碰)[了啊哈哦]?|(?:but\s+)?not\s+(?:right\s+)?(?:now|yet)|现在先?(?:不用|别)[动弄]?"
    r"|(?:just\s+|please\s+)?(?:tell|say)\s+(?:him|her|them)\s+no|(?:跟|和|告诉)[他她]们?说?不行|(?:帮我)?(?:回绝|拒绝)[他她]们?吧?"
)
_OWN_WAY = re.compile(r"(?:i|we)(?:['’]?ll|\s+will|\s+can)\b|我(?:们)?(?:先|再|去|自己|来)|[他她它人已]")
# "…, just so you know", "all good just letting you know": told, and nothing wanted.
_ONLY_TOLD = re.compile(
    r"\bjust\s+(?:so\s+(?:you|u|ya)\s+know|letting\s+(?:you|u)\s+know|fyi|a\s+heads[\s-]?up)\b|\bno\s+action\s+needed\s*[.!]*$"
    r"|还没(?:定|想好|决定)[呢啊吧]?(?=[.。!！~]*$|[,，]先?别)|[跟和给向]你们?(?:说|报备|知会|同步)一?[声下](?:而已|就行|就好)?[.。!！~]*$"
)
_WISHES = re.compile(
    r"^(?:i['’]?m|we['’]?re)\s+(?:thinking\s+(?:of|about)|considering)\b|^(?:i\s+(?:really\s+|do\s+)?hope(?!\s+(?:you|u)\b)|hopefully|let['’]?s\s+hope|fingers\s+crossed|但愿|希望(?=没|别|不|今|明|大家))"
)
_TURNS_BACK = re.compile(
    r"\b(?:no|actually|wait|scratch\s+that)\s+(?:actually\s+)?(?:do\s?n['’]?t|do\s+not)\s+\w+\s+(?:anything|it|that|them)\b"
    r"(?=\s*(?:$|[.!]|(?:i|we|he|she|they|let)\b))"
    r"|(?:等等|等下|等一下|慢着)[,，\s]*先别\w{1,4}(?=$|[,，。.!！]\s*(?:$|[我他她让等]))"
)


def takes_back(folded: str) -> bool:
    """Whether a folded text ends by taking all of it back."""
    if _TURNS_BACK.search(folded):
        return True
    *before, last = re.split(r"[,，.。;；!！?？…\n]+", folded.strip(" ,，.。;；!！?？…"))
    is_own = bool(before) and _OWN_WAY.match(last.strip()) is not None  # "…no leave it, i'll ring them first"
    return _TAKES_BACK.fullmatch((before[-1] if is_own else last).strip()) is not None


# "@tomek lock dock 28", 「小李，你去锁一下」
_TO_ANOTHER = re.compile(
    r"^@(?!all\b|nlops)[\w.-]+\s|^(?:[小老阿][\u3400-\u9fff]|[\u3400-\u9fff]{1,2}[哥姐总工叔]|[\u3400-\u9fff]师傅)[,，\s]+你(?:去|来|先去)"
)


def is_for_another(folded: str, names: Iterable[str]) -> bool:
    """Whether a folded text is said to somebody else than these (`names`, folded): a bot, or what is called for."""
    begins = (folded.lstrip("@").startswith(one.lstrip("@")) for one in names if one)
    return _TO_ANOTHER.search(folded) is not None and not any(begins)


def only_tells(folded: str) -> bool:
    """Whether a folded text is told, or hoped for, and nothing is wanted."""
    return _ONLY_TOLD.search(folded) is not None or _WISHES.search(folded) is not None


def says_must(folded: str) -> bool:
    """Whether a folded text orders by two negations."""
    return _MUST.search(folded) is not None


def asks_whether_done(folded: str) -> bool:
    """Whether a folded text only asks what has happened, why, or what would."""
    return _WHETHER_DONE.search(folded.strip()) is not None


# "wake me up if bob drops", 「bob掉线了叫我」: a whole message that wants no more than to be told.
_TO_BE_TOLD = re.compile(
    r"^(?:(?:please|pls|hey|and|ok|just),?\s+)*(?:(?:wake|tell|notify|ping|call|alert|warn|message|text)\s+me\b|let\s+me\s+know\b)"
    r"[^,;:]*\b(?:if|when|once|as\s+soon\s+as|in\s+case)\b[^,;:]*$"
    r"|^(?:if|when|once|as\s+soon\s+as|in\s+case)\b[^,;:]*,?\s+(?:please\s+|just\s+)?(?:(?:wake|tell|notify|ping|call|alert|warn|message|text)\s+me|let\s+me\s+know)\b[^,;:]*$"
    r"|^[^,，。;；]*(?:了|的话|的时候|时|以?后)[,，]?(?:就|再|请|麻烦|记得|要)*(?:叫醒|叫|喊|通知|提醒|告诉|告知)(?:一下|一声)?我(?:一下|一声)?[吧哦啊呀]?[.。!！]*$"
)


def wants_to_be_told(folded: str) -> bool:
    """Whether a folded text only wants to hear of something that may happen."""
    return _TO_BE_TOLD.search(folded.strip()) is not None


# "…, and tell me when it's done", 「…，好了叫我一声」, behind an order.
_REPORT = re.compile(
    r"[,;.]?\s+(?:(?:and|then)\s+)*(?:please\s+)?(?:tell|ping|notify|message|text|let)\s+me(?:\s+know)?\s+(?:when|once|as\s+soon\s+as|after)\s+"
    r"(?:(?:it|that|they|this|he|she|you)(?:['’](?:s|re)|\s+(?:is|are|has|have))?\s+)?(?:all\s+|been\s+)?(?:done|finished|ready|over|through|completed?|back(?:\s+up)?|up(?:\s+again)?)\s*[.!]*\s*$"
    r"|[,，。;；\s]*(?:弄|搞|做|跑|干|执行)?(?:好|完|完成|结束|搞定)(?:了|之?后|以后)*(?:就|再|请|麻烦|记得|要)*(?:告诉|通知|叫|喊|跟|和|吱)(?:一下|一声)?我?(?:说)?(?:一声|一下|说一声)?[吧哈啊哦]?[.。!！~～\s]*$",
    re.IGNORECASE,
)
_SHORTEST_ORDER = 4  # characters


def without_report(text: str) -> str:
    """A text without the wish to be told when it is done, where more than that is said."""
    if wants_to_be_told(text.casefold()):
        return text
    rest = _REPORT.sub("", text)
    return rest if len(rest.strip()) >= _SHORTEST_ORDER else text


def asks_for_a_fact(folded: str) -> bool:
    """Whether a folded text wants to know something, and orders nothing politely."""
    return _FACT.search(folded) is not None and _POLITE.search(folded) is None


# 「C2明天要是还潮再调」, "B503 only if they pay"
ITS_CONDITION = re.compile(
    r"\s*(?:and\s+)?(?P<id>[a-z]{0,4}-?\d+)\s*(?:only|but|那?[个台间]?|先|明天|今晚|晚上|下午)*\s*(?:\b(?:if|once|unless)\b|(?:要是|如果|万一)(?![^,，]{1,8}的(?!话)))"
)


def waiting_in(folded: str) -> Iterator[tuple[str, str]]:
    """The clauses of a folded text that begin with what they are about and a condition, each with what that is."""
    for clause in re.split(r"[,，;；。]", folded):
        if match := ITS_CONDITION.match(clause):
            yield match["id"], clause.strip()


def without_waiting(folded: str) -> str:
    """A folded text without these clauses."""
    for _, clause in waiting_in(folded):
        folded = folded.replace(clause, " ")
    return folded


@dataclass(frozen=True)
class Reading:
    """A folded message taken apart.

    `live` is what may be an order; `forbidden` the clauses that forbid, and what is excepted; `quotes` the quoted
    parts, in `live` replaced by a mark. `condition` and `time` tell whether the live part hangs on one.
    """

    whole: str
    live: str
    forbidden: tuple[str, ...]
    quotes: tuple[str, ...]
    condition: bool
    time: bool


def read_moods(folded: str, names: frozenset[str]) -> Reading:
    """Take a folded message apart. A quoted name (`names`, folded) is a name, not a quotation."""
    unquoted, quotes = _take_quotes(folded, names)
    live: list[str] = []
    forbidden: list[str] = []
    for clause, following in pairwise([*_split(unquoted), ""]):
        if _FORBIDS.search(clause):
            forbidden.append(clause)
            continue
        bare = clause.strip(" ,，.。;；!！?？\n")
        match = _EXCEPTS.search(bare) or (_NOT_THERE.search(bare) if _INSTEAD.match(following) else None)
        if match is None:
            live.append(clause)
        else:
            forbidden.append(match[0])
            live.append(clause.strip().replace(match[0], " "))
    rest = "".join(live)
    return Reading(folded, rest.strip(" ,，;；"), tuple(forbidden), quotes, *hangs_on(rest))


# A reason is no condition: 「既然备份都绿了，就切吧」, 「趁现在没流量重启」.
_GIVEN = re.compile(r"(?:既然|趁着?|反正)[^,，。;；]*[,，]?(?:[^,，。;；就]{0,8}就)?")
# "once the broker sends them I'll go and bug QA": what waits is the writer's own
_OWN_PLAN = re.compile(
    r"\b(?:once|when|if|after|until|as\s+soon\s+as)\b[^.;!?]*\b(?:i|we)(?:['’]?ll|\s+will|['’]?m\s+(?:going|gonna)|['’]?re\s+(?:going|gonna))\b[^.;!?]*"
)


def gives_a_reason(folded: str) -> bool:
    """Whether what looks like a condition in a folded text is a reason."""
    return _GIVEN.search(folded) is not None and not hangs_on(folded)[0]


# 「看完我再决定恢不恢复」: what is decided later is not ordered.
_DECIDES_LATER = re.compile(
    r"再决定|\bi(?:['’]ll|\s+will)\s+(?:then\s+)?decide\b|\blet\s+me\s+decide\b|\bthen\s+(?:i|we)(?:['’]ll)?\s+(?:see|decide)\b"
)
# "老周要我关, Dina 说没修好, 我也不知道听谁的"
_UNDECIDED = re.compile(
    r"不知道(?:该)?听谁|我(?:还|也)?(?:得|要)先?[跟和问找].{1,12}(?:确认|核实|商量|check|对一下|问一下)|拿不准|不确定(?:要不要|该不该)|\bnot\s+sure\s+(?:whom?|which|whether|if\s+(?:we|i)\s+should)\b"
    r"|\bdon['’]?t\s+know\s+(?:whom?|which|whether)\s+(?:one\s+)?(?:to|i\s+should)\b"
    r"|\bi\s+(?:still\s+)?(?:have|need)\s+to\s+(?:check|clear\s+(?:it|that)|confirm)\s+(?:it\s+|that\s+|this\s+)?with\b"
)


# "how do I put a delay on it", 「要怎么登记啊」, "can you also …, in general?", 「就问问」
_ASKS_HOW = re.compile(
    r"^(?:(?:hey|hi|so|and|ok|um+),?\s+)*how\s+(?:do|can|would|should)\s+(?:i|we|you|one)\b(?!\s+(?:feel|like))[^,.;!]*$"
    r"|(?:要|该|应该|得)怎么[^,，。;；]{1,8}[啊呀呢吗]?[?？]?$|如何[^,，。;；]{1,10}[啊呀呢吗]?[?？]?$"
    r"|\b(?:in\s+general|just\s+(?:asking|curious|wondering))\b\s*[?.]*$|(?:就|只是?|随便)问问(?:而已)?[.。!！~]*$|一般来说.{0,12}[吗么呢?？]$"
)


def asks_how(folded: str) -> bool:
    """Whether a folded text wants to know how something is done, or what can be done at all."""
    return _ASKS_HOW.search(folded.strip()) is not None


# "ROLL IT BACK NOW": whatever time a message tells of
_SAYS_NOW = re.compile(
    r"\b(?:right\s+now|now|immediately|asap|at\s+once)\s*[.!]*$|(?:马上|立刻|立即|赶紧|现在就)(?!.{0,12}(?:以后|之后))"
)


def wants_it_now(folded: str) -> bool:
    """Whether a folded text plainly wants something done now."""
    said = _SAYS_NOW.search(folded.strip())
    clause = next((part for part in _split(folded.strip()) if said and said[0].strip(" .!") in part), "")
    return said is not None and not hangs_on(folded)[0] and not hangs_on(clause)[1]


# "I did RF808 already", 「阿豪已经带着D7715走了」, 「已经订过了不用再订」
_IS_DONE = re.compile(
    r"(?:^|(?<=[,，。;；.!？! ]))[^,，。;；.!?！？ ]*(?:已经|早就)[^,，。;；.!?！？ ]*[了过][^,，。;；.!?！？ ]*"
    r"|(?:^|(?<=[,;.!?]))[^,;.!?]*\balready\b[^,;.!?]*"
)


def without_done(folded: str) -> str:
    """A folded text without what it tells as done; as it is where it says nothing else."""
    rest = _IS_DONE.sub(" ", folded)
    return rest if rest.strip(" ,，.。") else folded


def decides_later(folded: str) -> bool:
    """Whether a folded text leaves to later what is to be done."""
    return _DECIDES_LATER.search(folded) is not None


def is_undecided(folded: str) -> bool:
    """Whether whoever writes a folded text does not know what to do."""
    return _UNDECIDED.search(folded) is not None


def hangs_on(folded: str) -> tuple[bool, bool]:
    """Whether a folded text speaks of a condition, and of a time."""
    folded = _OWN_PLAN.sub(" ", _GIVEN.sub(" ", folded))
    return _CONDITION.search(folded) is not None, _TIME.search(folded) is not None


def _split(text: str) -> list[str]:
    """Clauses, each with the punctuation that ends it."""
    parts: list[str] = []
    start = 0
    for match in _ENDS.finditer(text):
        parts.append(text[start : match.end()])
        start = match.end()
    return [part for part in (*parts, text[start:]) if part.strip()]


def _take_quotes(folded: str, names: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    quotes: list[str] = []

    def replace(match: re.Match[str]) -> str:
        inner = match[0].strip("“”\"「」『』‘’'`> \n")
        if inner in names:
            return f" {inner} "
        quotes.append(inner)
        return "“…”"

    text = QUOTES.sub(replace, folded)
    return _FORWARDED.sub(replace, text), tuple(quotes)
