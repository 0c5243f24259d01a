"""The Han characters of printed documents: names in hanja, hanzi and kanji, in one font.

Registers of a Korean city hold names with some 9,000 hanja, and foreign residents bring their own
characters. fontsource publishes the regional cuts of Noto Sans (SIL Open Font License) in slices
for browsers; here their Han glyphs are drawn into one font at the weight of text. A character takes
the Korean form where there is one, then that of Hong Kong, Japan, mainland China.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FAMILY = "Madang Han"
FILE = "madang-han-400.ttf"
REGIONS = ("kr", "hk", "jp", "sc")  # whose form is taken first
WEIGHT = 400
UNITS, ASCENT, DESCENT = 1000, 880, -120  # of Noto Sans CJK, in units of the em
# marks that stand in names, ideographs with extension A, compatibility ideographs, and those of the
# supplementary planes (Unicode 16, chapter 18)
HAN = ((0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))

Drawn = dict[int, tuple[Any, int]]  # outline and width of each character


def slices(modules: Path) -> Iterator[Path]:
    """Yield the files that may have Han characters, in the order in which forms are taken."""
    for region in REGIONS:
        name = f"noto-sans-{region}"
        files = (modules / f"@fontsource-variable/{name}" / "files").glob("*-wght-normal.woff2")
        yield from sorted(files, key=_number)


def _number(path: Path) -> tuple[int, str]:
    found = re.search(r"-(\d+)-wght", path.name)
    return int(found[1]) if found else -1, path.name


def parts(modules: Path, count: int) -> list[list[tuple[str, list[int]]]]:
    """Return the work in `count` parts of about one size: files, and what is drawn from each."""
    from fontTools.ttLib import TTFont

    taken: set[int] = set()
    found: list[tuple[str, list[int]]] = []
    for path in slices(modules):
        with TTFont(path, lazy=True) as font:
            new = [one for one in font.getBestCmap() if is_han(one) and one not in taken]
        taken.update(new)
        if new:
            found.append((str(path), new))
    dealt: list[list[tuple[str, list[int]]]] = [[] for _part in range(count)]
    for one in sorted(found, key=lambda work: -len(work[1])):
        min(dealt, key=lambda part: sum(len(work[1]) for work in part)).append(one)
    return dealt


def drawn(part: Iterable[tuple[str, list[int]]]) -> Drawn:
    """Return the glyphs of a part at the weight of text."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    found: Drawn = {}
    for path, points in part:
        with TTFont(path, lazy=True) as font:
            mapped, glyphs = font.getBestCmap(), font.getGlyphSet(location={"wght": WEIGHT})
            for point in points:
                glyph, pen = glyphs[mapped[point]], TTGlyphPen(None)
                glyph.draw(pen)
                found[point] = (pen.glyph(), round(glyph.width))
    return found


def build(found: Drawn, target: Path) -> None:
    """Write the font."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = {point: f"u{point:X}" for point in sorted(found)}
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    glyphs |= {name: found[point][0] for point, name in names.items()}
    font = FontBuilder(UNITS, isTTF=True)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap(names)
    font.setupGlyf(glyphs)
    left = font.font["glyf"]
    widths = {".notdef": UNITS, **{name: found[point][1] for point, name in names.items()}}
    font.setupHorizontalMetrics({name: (widths[name], left[name].xMin) for name in glyphs})
    font.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    font.setupNameTable(
        {  # a typesetter wants all of them
            "familyName": FAMILY,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{FAMILY} {WEIGHT}",
            "fullName": f"{FAMILY} Regular",
            "version": "Version 1.0",
            "psName": f"{FAMILY.replace(' ', '')}-Regular",
            "licenseDescription": "SIL Open Font License 1.1; drawn from Noto Sans",
        }
    )
    font.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWeightClass=WEIGHT, fsType=0)
    font.setupPost(keepGlyphNames=False)
    font.save(target)


def is_han(point: int) -> bool:
    """Return whether a code point is a Han character.

    >>> is_han(ord("姓")), is_han(ord("성"))
    (True, False)
    """
    return any(first <= point <= last for first, last in HAN)
