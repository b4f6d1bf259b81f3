"""The pretended phone: it reads a login code from the picture, as a camera does, and approves the login."""

import io

import zxingcpp
from PIL import Image

from nlops.sandbox.wechat import WeChat


def read_code(picture: bytes) -> str | None:
    """The text of the QR code in a picture; None where there isn't exactly one."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            return read_image(image)
    except OSError:  # no picture, or half of one
        return None


def read_image(image: Image.Image) -> str | None:
    """As `read_code`, of pixels."""
    found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found[0].text) if len(found) == 1 else None


class Phone:
    """The phone that owns the bots' accounts."""

    def __init__(self, wechat: WeChat, bots: tuple[str, ...]) -> None:
        self._wechat, self._bots = wechat, bots

    def scan(self, picture: bytes) -> str | None:
        """Scan a picture: the bot that shows this very code now; None where none does (an old code, no code)."""
        payload = read_code(picture)
        if payload is None:
            return None
        bot = next((name for name in self._bots if self._shown_by(name) == payload), None)
        if bot is not None:
            self._wechat.scan(payload)
        return bot

    def log_out(self, bot: str) -> None:
        """Log that device out, as the phone's "log out of WeChat for Windows" does."""
        self._wechat.ask_logout(bot)

    def _shown_by(self, bot: str) -> str | None:
        now = self._wechat.seen(bot)
        return None if now is None else now.payload
