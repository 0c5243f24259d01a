"""The fonts of the pages: cut to what pages show, one small stylesheet per script.

Latin, Vietnamese, Cyrillic and Hangul come from Pretendard, cut into slices of which a browser
fetches those a page needs. The Hangul slice ``core`` holds the syllables of our own texts and place
names, ``common`` the rest of the 2,350 of KS X 1001, which hold what Koreans write; rarer ones come
from the device. Pretendard's licence reserves its name for the whole font, so that the cut one is
called Madang Sans. The other scripts are subsets of Noto Sans as fontsource publishes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "@fontsource/pretendard"
FAMILY = "Madang Sans"
WEIGHTS = (400, 700)
FOLDER = "fonts"
FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum")
NOTO = (
    "arabic", "bengali", "devanagari", "ethiopic", "khmer", "mongolian", "myanmar", "sinhala",
    "thai",
)  # fmt: skip
LATIN = (
    *range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, *range(0x2010, 0x2028), 0x2030,
    0x2032, 0x2033, 0x2039, 0x203A, 0x2080, 0x2081, 0x2082, 0x2083, 0x20A9, 0x20AC,
    *range(0x2190, 0x2194), 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713,
)  # fmt: skip
LATIN_EXT = (
    *range(0x100, 0x250), *range(0x2B0, 0x370), *range(0x1E00, 0x1F00), *range(0x2070, 0x20D0),
    *range(0x2100, 0x2190),
)  # fmt: skip
CYRILLIC = tuple(range(0x400, 0x530))
# what Korean texts use besides syllables: quotes, circled numbers, units in one character (㎍/㎥)
KOREAN = (0x203B, *range(0x2460, 0x246A), 0x3001, 0x3002, *range(0x300A, 0x3010), 0x338D, 0x338E,
          0x338F, 0x339C, 0x339D, 0x339E, 0x33A1, 0x33A2, 0x33A5)  # fmt: skip


def lay(modules: Path, target: Path) -> list[str]:
    """Write slices and stylesheets below `target`; return their names, none without the sources."""
    if not (modules / SOURCE).is_dir():
        return []
    folder = target / FOLDER
    folder.mkdir(parents=True)
    cut = slices()
    jobs = [(str(_source(modules, weight)), weight, cut, str(folder)) for weight in WEIGHTS]
    with ProcessPoolExecutor(max_workers=len(jobs)) as pool:
        found = list(pool.map(_cut, *zip(*jobs, strict=True)))
    names = [name for made in found for name in made]
    covered = found[0]
    sheets = {
        "latin": _rules(FAMILY, ((n, covered[f"{n}-400.woff2"]) for n in _LATIN_SLICES)),
        "hangul": _rules(FAMILY, ((n, covered[f"{n}-400.woff2"]) for n in ("core", "common"))),
        **{script: _noto(modules, script) for script in NOTO},
    }
    for name, text in sheets.items():
        (folder / f"{name}.css").write_text(text, encoding="utf-8")
    return [f"{FOLDER}/{name}" for name in (*names, *(f"{sheet}.css" for sheet in sheets))]


_LATIN_SLICES = ("latin", "latin-ext", "cyrillic")


def slices() -> dict[str, tuple[int, ...]]:
    """Return the code points of each slice of Pretendard; no two share one."""
    core = sorted(_hangul(_own_texts()))
    common = sorted(_ks_x_1001() - set(core))
    return {
        "latin": LATIN,
        "latin-ext": tuple(c for c in LATIN_EXT if c not in LATIN),
        "cyrillic": CYRILLIC,
        "core": (*core, *KOREAN),
        "common": tuple(common),
    }


OWN_TEXTS = (
    "src/madang/*/locale/ko/LC_MESSAGES/*.po",
    "src/madang/web/formats.py",
    "cities/*/*.yaml",
    "cities/*/units/*.csv",
)


def _own_texts() -> Iterator[str]:
    for pattern in OWN_TEXTS:
        for path in sorted(ROOT.glob(pattern)):
            yield path.read_text(encoding="utf-8")


def _hangul(texts: Iterable[str]) -> set[int]:
    return {ord(c) for text in texts for c in text if "가" <= c <= "힣"}


def _ks_x_1001() -> set[int]:
    """Return the 2,350 syllables of KS X 1001 (rows 16 to 40 of its table)."""
    rows, cells = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return {ord(bytes((row, cell)).decode("euc-kr")) for row in rows for cell in cells}


def _source(modules: Path, weight: int) -> Path:
    return modules / SOURCE / "files" / f"pretendard-latin-{weight}-normal.woff2"


def _cut(
    source: str, weight: int, cut: dict[str, tuple[int, ...]], folder: str
) -> dict[str, tuple[int, ...]]:
    """Write one file per slice of one weight; return what each really covers, by file name."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    whole = subset.load_font(source, options)
    _reduce(whole, options, [point for points in cut.values() for point in points])
    covers = set(whole.getBestCmap())
    _rename(whole, weight)
    small = Path(folder) / f"whole-{weight}.ttf"
    whole.save(small)  # the slices are cut from the small one: a tenth of the time
    found = {}
    options.flavor = "woff2"
    for name, points in cut.items():
        font = subset.load_font(str(small), options)
        _reduce(font, options, points)
        file = f"{name}-{weight}.woff2"
        subset.save_font(font, str(Path(folder) / file), options)
        found[file] = tuple(point for point in points if point in covers)
    small.unlink()
    return found


def _reduce(font: object, options: object, points: Iterable[int]) -> None:
    from fontTools import subset

    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(points))
    subsetter.subset(font)


def _rename(font: object, weight: int) -> None:
    """Take the reserved names out of the font (OFL 1.1, condition 3)."""
    style = {400: "Regular", 700: "Bold"}[weight]
    names = {
        1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}",
        6: f"{FAMILY.replace(' ', '')}-{style}", 16: FAMILY, 17: style,
    }  # fmt: skip
    table = font["name"]  # type: ignore[index]
    for record in list(table.names):
        if record.nameID in names:
            record.string = names[record.nameID]
        elif record.nameID not in (0, 13, 14):  # copyright and licence stay
            table.names.remove(record)


def _rules(family: str, parts: Iterable[tuple[str, tuple[int, ...]]]) -> str:
    return "".join(
        _rule(family, weight, f"{name}-{weight}.woff2", ranges(points))
        for name, points in parts
        for weight in WEIGHTS
    )


def _noto(modules: Path, script: str) -> str:
    """Return the stylesheet of a script's Noto Sans, whose files stand in their own package."""
    package = f"@fontsource/noto-sans-{script}"
    points = json.loads((modules / package / "unicode.json").read_text(encoding="utf-8"))[script]
    files = {w: f"{package}/files/noto-sans-{script}-{script}-{w}-normal.woff2" for w in WEIGHTS}
    return "".join(
        _rule(f"Noto Sans {script.title()}", weight, f"../{file}", points)
        for weight, file in files.items()
        if (modules / file).is_file()  # Mongolian has one weight
    )


def _rule(family: str, weight: int, url: str, unicode_range: str) -> str:
    return (
        f'@font-face{{font-family:"{family}";font-style:normal;font-weight:{weight};'
        f'font-display:swap;src:url("{url}") format("woff2");unicode-range:{unicode_range}}}\n'
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
