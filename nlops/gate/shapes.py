"""What a secret looks like: a table of shapes (RE2, over UTF-8 bytes), each with where its form is written down.

A shape's group 1 is what goes. Only what has a mark of its own stands here: a bare run of hexadecimal digits may be a
commit, a checksum or a message's id, and stays. All of them run in linear time.
"""

from typing import Any

import re2

MAX_MEMORY = 128 << 20  # bytes, at most: two hundred secrets in all their forms need 30; past it a search would be slow
Shape = Any
"""A compiled expression: the library has no types."""


def compiled(shape: str, *, capture: bool = True) -> Shape:
    """An expression over bytes: `\\w`, `\\b` and case are ASCII's; Chinese words stand in it as they are."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_capture = not capture
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return re2.compile(shape.encode(), options)


# Name, shape, source. Read 2026-11. Lengths are the shortest ones documented, or shorter: a key may have been cut.
TOKENS: tuple[tuple[str, str, str], ...] = (
    ("GitHub", r"gh[pousr]_[A-Za-z0-9]{16,}", "docs.github.com: about authentication, token formats"),
    ("GitHub, fine-grained", r"github_pat_[A-Za-z0-9_]{16,}", "docs.github.com: token formats"),
    ("GitLab", r"gl(?:pat|dt|oas|rt|cbt|ptt|ft|imt|agent|soat)-[\w-]{16,}", "docs.gitlab.com: token overview"),
    ("OpenAI, DeepSeek, Moonshot, Anthropic, DashScope", r"sk-[\w-]{16,}", "the providers' consoles"),
    ("AWS, id of a key", r"A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}", "docs.aws.amazon.com: IAM identifiers"),
    ("Alibaba Cloud, id of a key", r"LTAI[A-Za-z0-9]{12,}", "help.aliyun.com: AccessKey"),
    ("Tencent Cloud, id of a key", r"AKID[A-Za-z0-9]{13,}", "cloud.tencent.com: API 3.0 signature"),
    ("Slack", r"xox[abeoprs]-[\w-]{10,}", "api.slack.com: token types"),
    ("Slack, app", r"xapp-[\w-]{10,}", "api.slack.com: token types"),
    ("Google, API key", r"AIza[\w-]{30,}", "cloud.google.com: API keys"),
    ("Google, OAuth", r"ya29\.[\w-]{16,}", "cloud.google.com: access tokens"),
    ("npm", r"npm_[A-Za-z0-9]{20,}", "github.blog: npm's new token format"),
    ("PyPI", r"pypi-[\w-]{20,}", "PyPI help: API tokens"),
    ("Hugging Face", r"hf_[A-Za-z0-9]{20,}", "huggingface.co/docs: access tokens"),
    ("DigitalOcean", r"do[opr]_v1_[a-f0-9]{20,}", "docs.digitalocean.com: API tokens"),
    ("Grafana", r"gl(?:sa|c)_[\w+/=-]{20,}", "grafana.com/docs: service accounts"),
    ("Stripe", r"[rs]k_(?:live|test|prod)_\w{10,}", "docs.stripe.com: API keys"),
    ("Stripe, webhook", r"whsec_[A-Za-z0-9+/=]{16,}", "docs.stripe.com: webhooks"),
    ("SendGrid", r"SG\.[\w-]{16,}\.[\w-]{16,}", "www.twilio.com/docs/sendgrid: API keys"),
    ("Twilio, key", r"SK[0-9a-f]{32}", "www.twilio.com/docs/iam: API keys"),
    ("Telegram, bot", r"[0-9]{8,10}:A[\w-]{34}", "core.telegram.org/bots/api"),
    ("Vault", r"hv[bsr]\.[\w-]{20,}", "developer.hashicorp.com/vault: tokens"),
    ("Databricks", r"dapi[a-f0-9]{32}", "docs.databricks.com: personal access tokens"),
    ("JSON web token", r"eyJ[\w-]{8,}\.eyJ[\w-]{4,}(?:\.[\w-]*)?", "RFC 7519, RFC 7515 3.1"),
    ("Wechaty, puppet service", r"puppet_[a-z0-9]+_[\w-]{16,}", "wechaty.js.org/docs/puppet-services"),
    ("age", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}", "github.com/FiloSottile/age: README"),
)

# Addresses that let whoever has them post: each ends in its secret.
HOOKS = (
    r"qyapi\.weixin\.qq\.com/cgi-bin/webhook/\w+\?key=([\w-]+)",
    r"open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v\d/hook/([\w-]+)",
    r"hooks\.slack\.com/(?:services|workflows)/([\w/-]+)",
    r"discord(?:app)?\.com/api/webhooks/([\w/-]+)",
    r"sctapi\.ftqq\.com/(\w+)",
)

# `name = value`, in logs, JSON (escaped too), forms, environments and Chinese sentences. The end of a name counts:
# DB_PASSWORD, wechatyToken. pass_ticket, skey, wxsid and the tickets are what a WeChat web session consists of.
_NAMES = (
    r"(?i:api[_-]?key|access[_-]?key(?:[_-]?id)?|secret(?:[_-]?(?:id|key|access[_-]?key))?|private[_-]?key|aes[_-]?key"
    r"|token|passw(?:or)?d|passphrase|passcode|pwd|credentials?|pass_ticket|skey|wxsid|webwx_(?:auth|data)_ticket)"
    r"|密码|口令|密钥|秘钥|令牌"
)
_SEPARATOR = r"(?:=>?|:|%3[dD]|：|＝|[ \t]?(?:是|为))"
_QUOTED = (r"\\\"([^\"\\\n]{2,})", r"\"((?:[^\"\\\n]|\\[^\n]){2,})", r"'((?:[^'\\\n]|\\[^\n]){2,})")
_BARE = r"([^\s\"',;&<>\\\x80-\xff][^\s\"',;&<>\\\x80-\xff]{3,})"
PAIR = rf"({_NAMES})(?:\\?[\"'])?[ \t]*({_SEPARATOR}[ \t]*)(?:{'|'.join((*_QUOTED, _BARE))})"

# What else says by its name that a secret follows.
NAMED = (
    r"(?i:\bauthorization)[\"']?\s*[:=]\s*[\"']?(?:[A-Za-z][\w-]*[ \t]+)?([^\s\"',;]{4,})",
    r"(?i:\b(?:set-)?cookie)[\"']?[ \t]*[:=][ \t]*[\"']?([^\r\n\"']{4,})",
    r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@\"']*:([^\s/@\"']+)@",
    r"(?i:identified by)[ \t]+'([^']{2,})'",
    r"(?i:password|passwd|token|secret|api[_-]?key)>([^<\s]{4,})</",
    r"\s(?:-u|--user)[ =][\"']?[^\s:\"'/]+:([^\s\"']+)",
)
# The same in sentences, where a word may follow.
IN_SENTENCES = (
    r"(?i:\bbearer)[ \t]+([\w.~+/=-]{8,})",
    r"--[\w-]*(?:password|passwd|token|secret|api-key|access-key)[ \t]+[\"']?([^\s\"'-][^\s\"']*)",
    r"(?i:\b(?:password|passphrase|token|secret|api key))[ \t]+is[ \t]+[\"']?([!-~]{4,})",
)

# One pass says that a text holds none of all these, which is what most texts hold.
HINT = (
    "|".join(shape for _, shape, _ in TOKENS)
    + rf"|(?:{_NAMES})(?:\\?[\"'])?[ \t]*{_SEPARATOR}"
    + r"|(?i:bearer|authorization|cookie|identified by)|(?i:password|passwd|token|secret|key)>"
    + r"|(?i:password|passphrase|token|secret|api key)[ \t]+is[ \t]"
    + r"|--[\w-]*(?:password|passwd|token|secret|key)[ \t]|\s(?:-u|--user)[ =]|://[^\s/:@]*:[^\s/@]+@"
    + r"|-----(?:BEGIN|END) |qyapi\.weixin|open-apis/bot|hooks\.slack|/api/webhooks|sctapi\.ftqq"
)

# Personal numbers, before their checks (`nlops.gate.numbers`).
PHONE = r"(?:^|[^\w.+@-])((?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|\+[1-9][0-9]{9,14})\b"
IDENTITY = r"(?:^|[^\w.-])([1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx])\b"
CARD = (
    r"(?:^|[^\w.-])([2-6][0-9]{14,18}|[2-6][0-9]{3}(?:[ -][0-9]{4}){3}(?:[ -]?[0-9]{1,3})?"
    r"|3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5})\b"
)
NUMBERS = "|".join((PHONE, IDENTITY, CARD))
