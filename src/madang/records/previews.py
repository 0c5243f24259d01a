"""Pictures for a look: what somebody sent, decoded and drawn anew, smaller, as PNG.

Nothing of the file itself reaches a browser: its pixels are drawn by the typesetter, which reads
the picture out of an SVG that we write around it.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from madang.kernel.errors import Invalid

LONGEST_SIDE = 1_200  # pixels of the preview
MOST_PIXELS = 24_000_000  # decoded it takes four bytes a pixel
_PAPERS = Path(__file__).parent / "papers"
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
_one_at_a_time = threading.Lock()  # a compiler keeps state between compilations


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
    import typst

    wide, high = size
    if wide * high > MOST_PIXELS or min(size) < 1:
        raise Invalid("this picture is too large to be shown here; download it")
    shown = (high, wide) if turn in (5, 6, 7, 8) else size
    scale = min(1.0, LONGEST_SIDE / max(shown))
    source = b64encode(data).decode("ascii")
    matrix = _UPRIGHT.get(turn, _UPRIGHT[1]).format(w=wide, h=high)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown[0]}pt" height="{shown[1]}pt" '
        f'viewBox="0 0 {shown[0]} {shown[1]}"><image width="{wide}" height="{high}" '
        f'transform="matrix({matrix})" href="data:{media_type};base64,{source}"/></svg>'
    )
    with _one_at_a_time:
        try:
            made: bytes = _compiler().compile(
                sys_inputs={"picture": picture}, format="png", ppi=72 * scale
            )
        except typst.TypstError:
            raise Invalid("this picture cannot be shown here; download it") from None
        finally:  # what was sent does not stay in memory
            _compiler().compile(sys_inputs={"picture": _EMPTY}, format="png", ppi=72)
    return made


_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1pt" height="1pt"/>'


@cache
def _compiler() -> Any:
    import typst

    return typst.Compiler(
        input=str(_PAPERS / "picture.typ"),
        root=str(_PAPERS),
        font_paths=typst.Fonts(False, False, []),
    )
