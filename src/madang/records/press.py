"""The typesetter: layouts and pictures set by Typst. Plain values in and out, nothing of Django.

So a web process can have it run beside itself (`kernel.apart`): Typst with its fonts weighs 60 MB.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any

from madang.kernel.errors import Invalid

PAPERS = Path(__file__).parent / "papers"
_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" width="1pt" height="1pt"/>'
_one_at_a_time = threading.Lock()  # a compiler keeps state between compilations


def paper(layout: str, data: str, fonts: str, moment: int, how: dict[str, Any]) -> Any:
    """Return a paper: bytes, or a list of bytes where it has several pages as pictures.

    Parameters
    ----------
    layout : name of a file in ``papers/`` without its suffix.
    data : what the layout reads, as JSON.
    fonts : folder of the fonts; empty for those of Typst itself.
    moment : seconds since 1970, for the file's own date.
    how : options of Typst's `compile`.
    """
    import typst

    with _one_at_a_time:
        try:
            return _compiler(layout, fonts).compile(
                sys_inputs={"data": data}, timestamp=moment, **how
            )
        except typst.TypstError as error:
            raise RuntimeError(f"papers/{layout}.typ: {error.diagnostic}") from None


def picture(svg: str, scale: float) -> bytes:
    """Return a picture drawn as PNG; raises `Invalid` where it cannot be."""
    import typst

    with _one_at_a_time:
        try:
            made: bytes = _drawer().compile(
                sys_inputs={"picture": svg}, format="png", ppi=72 * scale
            )
        except typst.TypstError:
            raise Invalid("this picture cannot be shown here; download it") from None
        finally:  # what was sent does not stay in memory
            _drawer().compile(sys_inputs={"picture": _EMPTY}, format="png", ppi=72)
    return made


@cache
def _compiler(layout: str, fonts: str) -> Any:
    import typst

    return typst.Compiler(
        input=str(PAPERS / f"{layout}.typ"),
        root=str(PAPERS),
        font_paths=typst.Fonts(False, not fonts, [fonts] if fonts else []),
        ignore_system_fonts=True,
    )


@cache
def _drawer() -> Any:
    import typst

    return typst.Compiler(
        input=str(PAPERS / "picture.typ"),
        root=str(PAPERS),
        font_paths=typst.Fonts(False, False, []),
    )
