"""Login payloads: what a QR code is drawn of. Only what a real login host issued counts, since whoever scans a forged
code logs the account into someone else's session."""

import re
from urllib.parse import unquote

# Sites that draw a picture of a code from its address, exactly as the starters and the origin print them:
# wechaty/getting-started (today, and its history back to 2018) and wechaty-log-monitor's `makeSelfToBeQrRescued`.
# (The starter once had the typo https://wechaty.js.org.qrcode/: nobody's host, so nothing is read from it.)
PICTURE_SITES: tuple[tuple[str, str], ...] = (
    ("https://wechaty.js.org/qrcode/", ""),
    ("https://wechaty.github.io/qrcode/", ""),
    ("https://api.qrserver.com/v1/create-qr-code/?data=", "&size=220x220&margin=20"),
    ("https://api.qrserver.com/v1/create-qr-code/?data=", ""),
)

# What real puppets emit, whole: host, path and token. Everything else is not a login.
LOGIN_PAYLOADS: tuple[re.Pattern[str], ...] = (
    # web protocol: wechaty-puppet-wechat4u, -wechat (login.weixin.qq.com/l/ + uuid, base64 with its padding)
    re.compile(r"https://login\.weixin\.qq\.com/l/[A-Za-z0-9_-]{8,64}={0,2}"),
    # pad protocol: -padlocal, -padplus, -padpro, -macpro, -xp
    re.compile(r"https?://weixin\.qq\.com/x/[A-Za-z0-9_-]{8,64}"),
    # WeCom: -wxwork (python-wechaty-getting-started#63 shows it)
    re.compile(r"https://wx\.work\.weixin\.qq\.com/cgi-bin/crtx_auth\?key=[A-Za-z0-9]{16,64}(?:&wx=1)?"),
)


def is_login(payload: str) -> bool:
    """Whether a login host issued `payload`."""
    return any(shape.fullmatch(payload) for shape in LOGIN_PAYLOADS)


def login_payload(text: str) -> str | None:
    """The payload, where `text` is one, printed as it is; None where no login host issued it."""
    return text if is_login(text) else None


def pictured_payload(url: str) -> str | None:
    """The payload in the address of its picture, decoded once; None where the site or the payload is unknown."""
    for site, end in PICTURE_SITES:
        if url.startswith(site) and url.endswith(end):
            return login_payload(_decoded(url[len(site) : len(url) - len(end)]))
    return None


def _decoded(text: str) -> str:
    """Percent-decoded UTF-8; what does not decode gives the empty text, which is no payload."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return ""
