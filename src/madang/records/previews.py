"""Pictures for a look: what somebody sent, decoded and drawn anew, smaller, as PNG.

Nothing of the file itself reaches a browser: its pixels are drawn by the typesetter, which reads
the picture out of an SVG that we write around it.
"""

from __future__ import annotations

from base64 import b64encode

from django.utils.translation import gettext as _

from madang.kernel import apart
from madang.kernel.errors import Invalid, MadangError, Unavailable

LONGEST_SIDE = 1_200  # pixels of the preview
MOST_PIXELS = 24_000_000  # decoded it takes four bytes a pixel
# Exif 3.0, tag 0x0112: how a picture that was taken with the camera turned is put upright;
# a matrix of SVG for a picture of width w and height h
_UPRIGHT = {
    1: "1 0 0 1 0 0",
    2: "-1 0 0 1 {w} 0",
    3: "-1 0 0 -1 {w} {h}",
    4: "1 0 0 -1 0 {h}",
    5: "0 1 1 0 0 0",
    6: "0 1 -1 0 {h} 0",
    7: "0 -1 -1 0 {h} {w}",
    8: "0 -1 1 0 0 {w}",
}


def preview_png(data: bytes, media_type: str, size: tuple[int, int], turn: int = 1) -> bytes:
    """Return a picture drawn anew, its longer side at most `LONGEST_SIDE` pixels.

    Parameters
    ----------
    size : width and height of the picture as it is stored, in pixels.
    turn : which side is up (Exif 3.0, tag 0x0112), 1 to 8.

    Raises
    ------
    Invalid
        If it cannot be drawn, or is too large for a look.
    """
    wide, high = size
    if wide * high > MOST_PIXELS or min(size) < 1:
        raise Invalid(_("This picture is too large to be shown here; download it."))
    shown = (high, wide) if turn in (5, 6, 7, 8) else size
    scale = min(1.0, LONGEST_SIDE / max(shown))
    source = b64encode(data).decode("ascii")
    matrix = _UPRIGHT.get(turn, _UPRIGHT[1]).format(w=wide, h=high)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown[0]}pt" height="{shown[1]}pt" '
        f'viewBox="0 0 {shown[0]} {shown[1]}"><image width="{wide}" height="{high}" '
        f'transform="matrix({matrix})" href="data:{media_type};base64,{source}"/></svg>'
    )
    try:
        made: bytes = apart.called("madang.records.press:picture", picture, scale)
    except Unavailable:
        raise
    except MadangError:
        raise Invalid(_("This picture cannot be shown here; download it.")) from None
    return made
