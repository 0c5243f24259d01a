"""The fonts of printed documents: what the pages use, whole, as the typesetter reads it (TrueType).

A browser fetches slices; a paper needs every character that a name may have. So the whole files are
unpacked from what npm brought, beside them ``coverage.json``: which characters each family has, so
that a document with a character that no font has is refused before it is printed. Han characters
of names are drawn into a font of their own (`document_han`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

from tools import document_han, fonts
from tools.font_cutting import WEIGHTS, rename

COVERAGE, NOTICE = "coverage.json", "NOTICE.txt"
HAN_PARTS = 8


def sources(modules: Path) -> Iterator[tuple[Path, str, int]]:
    """Yield each font to unpack: file, name without suffix, weight for the name of our own or 0."""
    for weight in WEIGHTS:
        own = modules / fonts.SOURCE / "files" / f"pretendard-latin-{weight}-normal.woff2"
        yield own, f"madang-sans-{weight}", weight
    for script in fonts.NOTO:
        for file, _weights, name in fonts.noto_files(modules, script):
            yield file, f"noto-sans-{name.removesuffix('.woff2')}", 0


def is_laid(target: Path, stamp: str) -> bool:
    """Return whether `target` holds what this stamp stands for."""
    try:
        found = json.loads((target / COVERAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    files = (target / font["file"] for font in found["fonts"])
    return found["stamp"] == stamp and all(file.is_file() for file in files)


def lay(modules: Path, target: Path, stamp: str, notice: str) -> None:
    """Unpack all fonts and their licences into `target`, all or none; nothing without sources."""
    if not (modules / fonts.SOURCE).is_dir():
        return
    new = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
            jobs = [
                pool.submit(_unpacked, str(file), str(new / f"{name}.ttf"), weight)
                for file, name, weight in sources(modules)
            ]
            drawn = [
                pool.submit(document_han.drawn, part)
                for part in document_han.parts(modules, HAN_PARTS)
                if part
            ]
            found = [job.result() for job in jobs]
            found += _han([job.result() for job in drawn], new)
        text = json.dumps({"stamp": stamp, "fonts": found}, separators=(",", ":"))
        (new / COVERAGE).write_text(text, encoding="utf-8")
        (new / NOTICE).write_text(notice, encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _han(drawn: list[document_han.Drawn], folder: Path) -> list[dict[str, object]]:
    glyphs = {point: glyph for part in drawn for point, glyph in part.items()}
    if not glyphs:
        return []
    document_han.build(glyphs, folder / document_han.FILE)
    return [{"file": document_han.FILE, "family": document_han.FAMILY, "ranges": _ranges(glyphs)}]


def _unpacked(source: str, target: str, weight: int) -> dict[str, object]:
    from fontTools.ttLib import TTFont

    font = TTFont(source)
    if weight:
        rename(font, weight)  # the licence reserves the name for the original format, too
    font.flavor = None
    font.save(target)
    return {
        "file": Path(target).name,
        "family": font["name"].getBestFamilyName(),
        "ranges": _ranges(font.getBestCmap()),
    }


def _ranges(points: Iterable[int]) -> list[list[int]]:
    """Return code points as first and last of each run.

    >>> _ranges([65, 66, 67, 97])
    [[65, 67], [97, 97]]
    """
    ordered = sorted(points)
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b != a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b != a + 1), ordered[-1]]
    return [[a, b] for a, b in zip(starts, ends, strict=True)]
