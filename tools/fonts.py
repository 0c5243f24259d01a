"""The fonts of the pages: cut to what pages show, one small stylesheet per alphabet.

Latin, Vietnamese, Cyrillic and Hangul come from Pretendard, cut into slices (`font_slices`) of
which a browser fetches those a page needs; its licence reserves its name for the whole font, so
that the cut one is called Madang Sans. The other scripts are Noto Sans as fontsource publishes it:
the alphabets of our languages are cut from it, the whole file stands behind them. ``first.json``
says which files every page of a stylesheet needs at once.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

from tools import font_cutting, font_slices
from tools.font_cutting import FAMILY, ONE_WEIGHT, ONLY_TEXT, TEXT_WEIGHT, WEIGHTS, Cover

SOURCE = "@fontsource/pretendard"
FOLDER = "fonts"
FIRST = "first.json"
NOTO = (*font_slices.ALPHABETS, *font_slices.WHOLE)
PROGRAMS = (Path(__file__), Path(font_cutting.__file__), Path(font_slices.__file__))
# Korean faces of devices, taken for names on pages in other languages where they are: full names
LOCAL_HANGUL = {
    "400": ("Pretendard Regular", "Apple SD Gothic Neo Regular", "Noto Sans CJK KR Regular",
            "Noto Sans KR Regular", "Malgun Gothic"),
    "700": ("Pretendard Bold", "Apple SD Gothic Neo Bold", "Noto Sans CJK KR Bold",
            "Noto Sans KR Bold", "Malgun Gothic Bold"),
}  # fmt: skip
# Faces of the device that stand until ours have come, made as wide and as high as ours, so that
# nothing moves: mean advance of our English texts in Pretendard over that in the other, in percent,
# by weight; measured with fontTools in Liberation Sans 2.1 (as wide as Arial) and Roboto 3.
STANDING_IN = {
    "Arial": (("Arial", "Liberation Sans", "Helvetica"), {400: 100.8, 700: 98.5}),
    "Roboto": (("Roboto",), {400: 101.0, 700: 104.7}),
}
_STANDS_FOR = (*range(0x20, 0x250), *range(0x400, 0x530), *range(0x1E00, 0x1F00),
               *range(0x2000, 0x2070))  # fmt: skip
ASCENT, DESCENT = 95.21, 24.12  # of Pretendard, in percent of the em


def lay(modules: Path, target: Path) -> list[str]:
    """Write slices and stylesheets below `target`; return their names, none without the sources."""
    if not (modules / SOURCE).is_dir():
        return []
    folder = target / FOLDER
    folder.mkdir(parents=True)
    covered = _cut_all(modules, folder)
    texts = {f"{name}.css": text for name, text in _sheets(modules, covered).items()}
    texts[FIRST] = json.dumps(_first(covered))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        if name.endswith(".css"):
            (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    return [f"{FOLDER}/{name}" for name in (*covered, *texts)]


def _cut_all(modules: Path, folder: Path) -> Cover:
    """Cut all fonts, the longest work first; return what each file covers."""
    cut = font_slices.slices()
    found: Cover = {}
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        jobs = [
            pool.submit(
                font_cutting.cut_own, str(_own_source(modules, weight)), weight, cut, str(folder)
            )
            for weight in WEIGHTS
        ]
        for script, points in font_slices.ALPHABETS.items():
            for source, _weight, name in noto_files(modules, script):
                target = str(folder / name)
                jobs.append(pool.submit(font_cutting.cut_noto, str(source), points, target))
        for job in jobs:
            found |= job.result()
    return found


def _sheets(modules: Path, covered: Cover) -> dict[str, str]:
    own = font_slices.sheets()
    texts = {
        name: "".join(
            _rule(
                FAMILY,
                str(weight),
                _file(slice_, weight),
                _held(points, covered, slice_),
                LOCAL_HANGUL if slice_ in ONLY_TEXT else None,
            )
            for slice_, points in rules
            for weight in WEIGHTS
        )
        for name, rules in own.items()
    }
    scripts = {script: texts["latin"] + _noto(modules, script, covered) for script in NOTO}
    standing_in = _standing_in()
    return {name: standing_in + text for name, text in {**texts, **scripts}.items()}


def _file(slice_: str, weight: int) -> str:
    return f"{slice_}-{TEXT_WEIGHT if slice_ in ONLY_TEXT else weight}.woff2"


def _held(points: tuple[int, ...], covered: Cover, slice_: str) -> tuple[int, ...]:
    """Return those of `points` that the file has; of all syllables, a range that says so."""
    if points is font_slices.SYLLABLES:
        return points
    held = set(covered[f"{slice_}-400.woff2"])
    return tuple(point for point in points if point in held)


def _first(covered: Cover) -> dict[str, list[str]]:
    """Return the files that every page of a stylesheet needs, by the stylesheet's name."""

    def both(name: str) -> list[str]:
        return [f"{name}-{weight}.woff2" for weight in WEIGHTS]

    scripts = {
        script: [*both("latin"), *(n for n in covered if n in (f"{script}.woff2", *both(script)))]
        for script in font_slices.ALPHABETS
    }
    return {
        "latin": both("latin"),
        "hangul": [*both("latin"), *both("first")],
        **{name: both(name) for name in ("western", "vietnamese", "cyrillic")},
        **scripts,
    }


def _own_source(modules: Path, weight: int) -> Path:
    return modules / SOURCE / "files" / f"pretendard-latin-{weight}-normal.woff2"


def noto_files(modules: Path, script: str) -> list[tuple[Path, str, str]]:
    """Return the files of a script's Noto Sans: source, weights, name when cut."""
    name = f"noto-sans-{script}"
    variable = (
        modules / f"@fontsource-variable/{name}" / "files" / f"{name}-{script}-wght-normal.woff2"
    )
    if variable.is_file():
        # the whole file behind a cut one has its weights, or bold lines would fetch it
        weights = f"{TEXT_WEIGHT}" if script in ONE_WEIGHT else f"{min(WEIGHTS)} {max(WEIGHTS)}"
        return [(variable, weights, f"{script}.woff2")]
    fixed = modules / f"@fontsource/{name}" / "files"
    files = [(fixed / f"{name}-{script}-{weight}-normal.woff2", weight) for weight in WEIGHTS]
    # Mongolian has one weight
    return [(file, str(w), f"{script}-{w}.woff2") for file, w in files if file.is_file()]


def _noto(modules: Path, script: str, covered: Cover) -> str:
    """Return the rules of a script's Noto Sans: the whole files, then the alphabet."""
    family = f"Noto Sans {script.title()}"
    rules = []
    for source, weights, name in noto_files(modules, script):
        package = source.parents[1]
        points = json.loads((package / "unicode.json").read_text(encoding="utf-8"))[script]
        address = f"../{source.relative_to(modules).as_posix()}"
        rules.append(_rule(family, weights, address, points))
        if name in covered:
            rules.append(_rule(family, weights, name, covered[name]))
    return "".join(rules)


def _standing_in() -> str:
    """Return the rules of the device's faces that are as wide and as high as ours."""
    return "".join(
        f'@font-face{{font-family:"{FAMILY} {name}";font-weight:{weight};'
        f"src:{','.join(_local(face, weight) for face in faces)};size-adjust:{wide}%;"
        f"ascent-override:{_part(ASCENT, wide)}%;descent-override:{_part(DESCENT, wide)}%;"
        f"line-gap-override:0%;unicode-range:{ranges(_STANDS_FOR)}}}\n"
        for name, (faces, widths) in STANDING_IN.items()
        for weight, wide in widths.items()
    )


def _local(face: str, weight: int) -> str:
    """Return a face of the device by its full name: a family's name would find one weight only."""
    return f'local("{face}{" Bold" if weight == 700 else ""}")'


def _part(percent: float, of: float) -> float:
    return round(percent / of * 100, 2)


def _rule(
    family: str,
    weight: str,
    url: str,
    points: Iterable[int] | str,
    local: Mapping[str, tuple[str, ...]] | None = None,
) -> str:
    unicode_range = points if isinstance(points, str) else ranges(points)
    faces = "".join(f'local("{face}"),' for face in (local or {}).get(weight, ()))
    return (
        f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};'
        f'font-display:swap;src:{faces}url("{url}") format("woff2");'
        f"unicode-range:{unicode_range}}}\n"
    )


def ranges(points: Iterable[int]) -> str:
    """Return code points as CSS writes them.

    >>> ranges([65, 66, 67, 97])
    'U+41-43,U+61'
    """
    ordered = sorted(points)
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return ",".join(
        f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in zip(starts, ends, strict=True)
    )
