"""Pictures that a chat can show: one that is too large is made smaller, one that is broken goes as a file."""

import io
import warnings
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# What WeChat's interfaces that name a limit take as a picture (developers.weixin.qq.com, "image upload size limit"). It
# also fits into one message of every gateway, so that no picture needs a stream, which old ones lack.
MOST_BYTES = 2_000_000
# A decoded picture takes up to 4 bytes a pixel: 200 MB. Larger ones go as files.
MOST_PIXELS = 50_000_000
# The long side, tried one after the other until the picture fits; phones show far less than the first.
SIDES = (4096, 2880, 2048, 1440, 1024, 720, 512)
JPEG_QUALITY = 85
SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
# How each begins, and what ends it (nothing of weight follows): PNG 1.2 and JFIF.
PNG_BEGIN, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
JPEG_BEGIN, JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
END_WITHIN = 64


def fit_picture(name: str, data: bytes, most_bytes: int = MOST_BYTES) -> tuple[str, bytes]:
    """The name and content to send for a file called `name`.

    What is not called a picture, and a whole picture of at most `most_bytes`, stays as it is, byte for byte. A larger
    one is written again in its format, else as JPEG (its name then ends in .jpg), smaller and smaller until it fits.
    What can't be read is sent as a file: puppets go by the name, so `.bin` is put behind it.
    """
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind is None or (len(data) <= most_bytes and _is_whole(data)):
        return name, data
    fitted = _shrunk(data, kind, most_bytes) if _is_whole(data) else None
    if fitted is None:
        return f"{name}.bin", data
    new_kind, smaller = fitted
    return (name if new_kind == kind else f"{PurePath(name).stem}.jpg"), smaller


def _is_whole(data: bytes) -> bool:
    """Whether it begins and ends as a picture does; enough for a small one, which whoever shows it decodes anyway."""
    if data.startswith(PNG_BEGIN):
        return PNG_END in data[-END_WITHIN:]
    return data.startswith(JPEG_BEGIN) and JPEG_END in data[-END_WITHIN:]


def _shrunk(data: bytes, kind: str, most_bytes: int) -> tuple[str, bytes] | None:
    """Format and content of a version that fits; None where the picture can't be read, or won't fit."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a size that is looked at below
            picture = _opened(data)
    except Exception:  # decoders raise many things about data that is broken
        return None
    if picture is None:
        return None
    longest = max(picture.size)
    smaller_sides = [side for side in SIDES if side < longest]
    for form, side in [(kind, longest), *(("JPEG", side) for side in (longest, *smaller_sides))]:
        picture.thumbnail((side, side))
        written = _written(picture, form)
        if len(written) <= most_bytes:
            return form, written
    return None


def _opened(data: bytes) -> "Picture | None":
    """The picture, decoded and upright; None where it has too many pixels."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            return None
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    return upright if upright.mode in {"RGB", "RGBA", "L"} else upright.convert("RGBA")


def _written(picture: "Picture", form: str) -> bytes:
    out = io.BytesIO()
    if form == "JPEG":
        _on_white(picture).save(out, "JPEG", quality=JPEG_QUALITY)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def _on_white(picture: "Picture") -> "Picture":
    """JPEG knows no transparency, and black is not what it looked like."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")
