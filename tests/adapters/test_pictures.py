"""Pictures for a chat: large ones are made smaller, small ones are left alone, broken ones go as files."""

import io
import os

import pytest
from PIL import Image

from nlops.adapters.pictures import MOST_BYTES, fit_picture
from nlops.adapters.qrcode import draw_qr


def noise(width: int, height: int, form: str, mode: str = "RGB") -> bytes:
    """A picture that no format makes small."""
    picture = Image.frombytes(mode, (width, height), os.urandom(width * height * len(mode)))
    out = io.BytesIO()
    picture.save(out, form, **({"quality": 100} if form == "JPEG" else {}))
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bob.png", draw_qr("http://weixin.qq.com/x/abc")),
        ("small.jpg", noise(20, 20, "JPEG")),
        ("just.png", noise(600, 600, "PNG")),
        ("bob.log", os.urandom(3_000_000)),
        ("archive.bin", b""),
    ],
)
def test_what_fits_or_is_no_picture_is_untouched(name: str, data: bytes) -> None:
    assert fit_picture(name, data) == (name, data)


@pytest.mark.parametrize(
    ("name", "form", "mode"), [("a.png", "PNG", "RGB"), ("a.png", "PNG", "RGBA"), ("a.JPEG", "JPEG", "RGB")]
)
def test_large_picture_is_made_to_fit(name: str, form: str, mode: str) -> None:
    """Under the limit, of the same shape, not larger than it was; the name tells the format that it now has."""
    data = noise(1500, 1000, form, mode)
    assert len(data) > MOST_BYTES
    new_name, smaller = fit_picture(name, data)
    picture = read(smaller)
    assert len(smaller) <= MOST_BYTES
    assert picture.width <= 1500
    assert picture.width / picture.height == pytest.approx(1.5, abs=0.01)
    assert new_name == (name if picture.format == form else "a.jpg")


def test_large_drawing_stays_a_png_of_full_size() -> None:
    """Written without any compression it is too large; that alone is mended."""
    out = io.BytesIO()
    Image.new("P", (2000, 2000), 3).save(out, "PNG", compress_level=0)
    name, smaller = fit_picture("plot.png", out.getvalue())
    assert (name, read(smaller).size, read(smaller).format) == ("plot.png", (2000, 2000), "PNG")


def test_transparency_becomes_white() -> None:
    data = noise(1200, 1200, "PNG", "RGBA")
    clear = Image.open(io.BytesIO(data))
    clear.putalpha(0)
    out = io.BytesIO()
    clear.save(out, "PNG")
    _, smaller = fit_picture("a.png", out.getvalue(), 100_000)
    picture = read(smaller).convert("RGB")
    assert picture.getpixel((picture.width // 2, picture.height // 2)) == (255, 255, 255)


def test_photo_is_upright() -> None:
    """Phones write the turn into EXIF, which is not written again."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.frombytes("RGB", (1200, 800), os.urandom(1200 * 800 * 3)).save(out, "JPEG", quality=100, exif=exif)
    _, smaller = fit_picture("photo.jpg", out.getvalue(), 1_000_000)
    picture = read(smaller)
    assert picture.height > picture.width
    assert not picture.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        draw_qr("http://weixin.qq.com/x/abc")[:-20],
        noise(900, 900, "PNG")[:1_500_000],
        noise(900, 900, "PNG")[:1_000_000] + noise(900, 900, "PNG")[1_200_000:],
        b"\x89PNG\r\n\x1a\n" + os.urandom(3_000_000) + b"IEND\xaeB`\x82",
    ],
)
def test_broken_picture_goes_as_a_file(data: bytes) -> None:
    """Empty, something else, cut off, a piece missing, nonsense within: its content is kept, and no puppet takes it
    for a picture."""
    assert fit_picture("a.png", data) == ("a.png.bin", data)


def test_picture_with_too_many_pixels_goes_as_a_file() -> None:
    """A few kilobytes can decode to gigabytes; here padded so that it is too large to be left alone."""
    out = io.BytesIO()
    Image.new("1", (30_000, 10_000)).save(out, "PNG", compress_level=0)
    assert fit_picture("bomb.png", out.getvalue())[0] == "bomb.png.bin"
