"""Drawing a login payload as a QR code, here: it is never sent to a picture service."""

import io


def draw_qr(payload: str) -> bytes:
    """`payload` as a PNG, black on white with the quiet zone of four modules that ISO/IEC 18004 wants, about 400 pixels
    wide: large enough to be scanned from another screen."""
    import segno

    code = segno.make(payload, micro=False, error="m")
    width, _ = code.symbol_size(border=4)
    out = io.BytesIO()
    code.save(out, kind="png", scale=max(4, 400 // int(width)), border=4)
    return out.getvalue()
