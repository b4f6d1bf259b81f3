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


def draw_in_text(payload: str) -> list[str]:
    """`payload` in half blocks, two rows of modules a line, light on dark, for a terminal or a journal. Raises
    ValueError for more than a code can hold."""
    import segno

    rows = [list(row) for row in segno.make(payload, micro=False, error="l").matrix_iter(border=2)]
    rows += [[1] * len(rows[0])] * (len(rows) % 2)
    halves = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return [
        "".join(halves[top, low] for top, low in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
