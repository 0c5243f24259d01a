"""Cut a font to some characters and write it as small as it goes without being seen (fontTools).

What no screen shows is left out: hinting, names, and precision. Pretendard draws on a grid of 2,048
units to the em, Noto Sans on 1,000; cut, both have 400. A point so moves by an 800th of
the em at most: a seventh of a pixel in our largest heading on a phone with three pixels to one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

FAMILY = "Madang Sans"
FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum")
SMALL_UNITS = 400
WEIGHTS = (400, 700)
TEXT_WEIGHT = min(WEIGHTS)
# Ethiopic letters stand side by side; the table that moves pairs of them by hairs is larger than
# all outlines together (342 of 500 kB) and would double the file
UNKERNED = ("ethiopic",)
# Letters that join in hundreds of ways: a second weight doubles the file and takes a page beyond
# 100 kB. Their bold is drawn by the browser.
ONE_WEIGHT = ("bengali", "devanagari", "sinhala")
# Names in another script than the page's stand in the weight of its text, also in a bold line.
ONLY_TEXT = ("names", "laws")

Cover = dict[str, tuple[int, ...]]


def cut_own(source: str, weight: int, cut: Cover, folder: str) -> Cover:
    """Write one file per slice of one weight; return what each really covers, by file name."""
    from fontTools import subset
    from fontTools.ttLib.scaleUpem import scale_upem

    options = _options(FEATURES)
    whole = subset.load_font(source, options)
    _reduce(whole, options, [point for points in cut.values() for point in points])
    scale_upem(whole, SMALL_UNITS)
    covers = set(whole.getBestCmap())
    rename(whole, weight)
    small = Path(folder) / f"whole-{weight}.ttf"
    whole.save(small)  # the slices are cut from the small one: a tenth of the time
    found = {}
    for name, points in cut.items():
        if name in ONLY_TEXT and weight != TEXT_WEIGHT:
            continue
        font = subset.load_font(str(small), options)
        _reduce(font, options, points)
        file = f"{name}-{weight}.woff2"
        _save(font, Path(folder) / file)
        found[file] = tuple(point for point in points if point in covers)
    small.unlink()
    return found


def cut_noto(source: str, points: tuple[int, ...], target: str) -> Cover:
    """Write an alphabet of a Noto Sans, of a variable one only our weights."""
    from fontTools import subset
    from fontTools.ttLib.scaleUpem import scale_upem
    from fontTools.varLib.instancer import instantiateVariableFont

    left_out = {"kern"} if Path(target).stem in UNKERNED else set()
    options = _options({*subset.Options().layout_features, "tnum"} - left_out)
    font = subset.load_font(source, options)
    _reduce(font, options, points)
    scale_upem(font, SMALL_UNITS)
    if "fvar" in font:
        is_one = Path(target).stem in ONE_WEIGHT
        kept = TEXT_WEIGHT if is_one else (TEXT_WEIGHT, TEXT_WEIGHT, max(WEIGHTS))
        font = instantiateVariableFont(font, {"wght": kept})
    _save(font, Path(target))
    return {Path(target).name: tuple(sorted(set(font.getBestCmap()) & set(points)))}


def _options(features: Iterable[str]) -> Any:
    from fontTools import subset

    options = subset.Options()
    options.layout_features = list(features)
    options.hinting = False
    return options


def _reduce(font: Any, options: Any, points: Iterable[int]) -> None:
    from fontTools import subset

    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(points))
    subsetter.subset(font)


def _save(font: Any, path: Path) -> None:
    font.flavor = "woff2"
    font.save(path)


def rename(font: Any, weight: int) -> None:
    """Take the reserved names out of the font (OFL 1.1, condition 3)."""
    style = {400: "Regular", 700: "Bold"}[weight]
    names = {
        1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}", 16: FAMILY, 17: style,
    }  # fmt: skip
    table = font["name"]
    for record in list(table.names):
        if record.nameID in names:
            record.string = names[record.nameID]
        elif record.nameID not in (0, 13, 14):  # copyright and licence stay
            table.names.remove(record)
