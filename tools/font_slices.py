"""Which characters each font file holds, and which files a page's stylesheet names.

A page should fetch few and small files, and a word should not be cut between two of them: accents
and joined letters are shaped within one font. So each language has its alphabet in one file, with
the basic Latin letters where it uses them, whatever its texts are today. Only Korean, whose
alphabet has 11,172 syllables, goes by use: ``first`` holds those of the first pages, ``core`` those
of all our texts and place names, ``common`` the rest of the 2,350 of KS X 1001.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from madang.kernel.registry import Doorway, MenuEntry, SearchPage, registry

ROOT = Path(__file__).resolve().parents[1]
# what pages in every language show; with the word that leads back to Korean
BASIC = (
    *range(0x20, 0x7F), 0xA0, 0xAB, 0xB0, 0xB1, 0xB2, 0xB3, 0xB5, 0xB7, 0xBB, 0xD7, 0x2BB, 0x2013,
    0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2039, 0x203A, 0x2082, 0x2083,
    0x25CF, *(ord(c) for c in "한국어"),
)  # fmt: skip
WESTERN = tuple(point for point in (
    0xA9, *range(0xA1, 0x100), 0x131, 0x152, 0x153, *range(0x2010, 0x2028), 0x2030, 0x2032, 0x2033,
    0x2039, 0x203A, 0x2080, 0x2081, 0x20A9, 0x20AC, *range(0x2190, 0x2194), 0x2212, 0x2248, 0x2260,
    0x2264, 0x2265, 0x2713,
) if point not in BASIC)  # fmt: skip
VIETNAMESE = (
    *(ord(c) for c in "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư"), 0x300, 0x301, 0x303, 0x309,
    0x323, *range(0x1EA0, 0x1EFA), 0x20AB,
)  # fmt: skip
CYRILLIC = tuple(range(0x400, 0x530))
LATIN_EXT = (
    *range(0x100, 0x250), *range(0x2B0, 0x370), *range(0x1E00, 0x1F00), *range(0x2070, 0x20D0),
    *range(0x2100, 0x2190),
)  # fmt: skip
# what Korean texts use besides syllables: quotes, circled numbers, units in one character (㎍/㎥)
KOREAN = (0x203B, *range(0x2460, 0x246A), 0x3001, 0x3002, *range(0x300A, 0x3010),
          0x338D, 0x338E, 0x338F, 0x339C, 0x339D, 0x339E, 0x33A1, 0x33A2, 0x33A5)  # fmt: skip
SYLLABLES = tuple(range(0xAC00, 0xD7A4))
_JOINERS = (0x200C, 0x200D, 0x25CC)
# The letters, signs, digits and marks of the languages we offer, and of their nearest neighbours
# (Persian, Hindi), by script: The Unicode Standard, chapters 9, 12, 13, 16 and 19. Letters of other
# languages and of old texts are left to the whole font.
ALPHABETS = {
    "arabic": (
        0x60C, 0x61B, 0x61F, *range(0x621, 0x63B), *range(0x640, 0x656), *range(0x660, 0x66E),
        0x670, 0x679, 0x67E, 0x686, 0x688, 0x691, 0x698, 0x6A9, 0x6AF, 0x6BA, 0x6BE,
        *range(0x6C0, 0x6C4), 0x6CC, 0x6D2, 0x6D3, 0x6D4, *range(0x6F0, 0x6FA), 0x200E, 0x200F,
        *_JOINERS,
    ),
    "bengali": (
        0x964, *range(0x981, 0x984), *range(0x985, 0x98C), 0x98F, 0x990, 0x993, 0x994,
        *range(0x995, 0x9BA), 0x9BC, *range(0x9BE, 0x9C4), 0x9C7, 0x9C8, *range(0x9CB, 0x9CF),
        0x9D7, 0x9DC, 0x9DD, 0x9DF, *range(0x9E6, 0x9F0), *_JOINERS,
    ),
    "devanagari": (
        *range(0x901, 0x904), *range(0x905, 0x90C), 0x90F, 0x910, 0x911, 0x913, 0x914,
        *range(0x915, 0x93A), *range(0x93C, 0x944), 0x945, 0x947, 0x948, 0x949,
        *range(0x94B, 0x94E), 0x950, 0x95C, 0x95D, *range(0x964, 0x970), *_JOINERS,
    ),
    "ethiopic": (*range(0x1200, 0x135B), *range(0x1361, 0x137D)),
    "khmer": (
        *range(0x1780, 0x17A3), *range(0x17A5, 0x17B4), *range(0x17B6, 0x17D5), 0x17D6, 0x17D7,
        0x17DB, *range(0x17E0, 0x17EA), 0x200B, *_JOINERS,
    ),
    "myanmar": (
        *range(0x1000, 0x1022), *range(0x1023, 0x1028), 0x1029, 0x102A, *range(0x102B, 0x1033),
        *range(0x1036, 0x1050), *_JOINERS,
    ),
    "sinhala": (
        0xD82, 0xD83, *range(0xD85, 0xD97), *range(0xD9A, 0xDC7), 0xDCA, *range(0xDCF, 0xDE0),
        *_JOINERS,
    ),
    "thai": (*range(0xE01, 0xE3B), *range(0xE3F, 0xE5C), 0x25CC),
}  # fmt: skip
WHOLE = ("mongolian",)  # letters that join in ways one must not cut; shown by the gallery only

DATES = "년월일화수목금토오전후시분초요"  # of dates and times as CLDR writes them
CITY_NAMES = ("cities/*/city.yaml", "names: {")
LIFE_EVENTS = ("cities/*/life_events.yaml", "ko: ")  # the home page lists them
LAW_TITLES = ("cities/*/air.yaml", "language: ko")
OWN_TEXTS = (
    "src/madang/*/locale/ko/LC_MESSAGES/*.po",
    "src/madang/web/formats.py",
    "cities/*/*.yaml",
    "cities/*/units/*.csv",
)
# Where the words of the first pages stand: around every page, the home page, the air of a district.
# What weighs too much comes to light in tests/system/test_first_visit.py.
FIRST_PAGES = (
    "web/templates/web/base.html", "web/templates/web/parts/*.html", "web/templates/web/home.html",
    "web/templates/web/translation_note.html", "web/context.py", "web/home.py", "web/charts.py",
    "web/formats.py", "web/templatetags/*.py", "web/errors.py", "air/summary.py", "air/now.py",
    "air/groups.py", "air/pages.py", "air/until.py", "air/history.py", "air/outlook.py",
    "air/nearest.py", "air/city_map.py",
    "air/templates/air/now.html", "air/templates/air/district.html",
    "air/templates/air/stations.html", "air/templates/air/locate.html",
    "air/templates/air/measure.html", "air/templates/air/districts.html",
    "air/templates/air/map.html", "air/templates/air/measures.html",
)  # fmt: skip


def slices() -> dict[str, tuple[int, ...]]:
    """Return the code points of each file cut from Pretendard."""
    first, core = first_syllables(), own_syllables()
    return {
        "latin": BASIC,
        "western": _joined(BASIC, WESTERN),
        "vietnamese": _joined(BASIC, VIETNAMESE),
        "cyrillic": _joined(BASIC, CYRILLIC),
        "latin-ext": tuple(c for c in LATIN_EXT if c not in {*BASIC, *WESTERN, *VIETNAMESE}),
        "first": tuple(sorted(first)),
        "core": (*sorted(core - first), *KOREAN),
        "common": tuple(sorted(_ks_x_1001() - core - first)),
        "names": tuple(sorted(name_syllables())),
        "laws": tuple(sorted(law_syllables())),
    }


# Stylesheets: slices with the code points each stands for there. Where two rules promise the same
# character, the later one counts (CSS Fonts 4, 4.5), so that the page's own alphabet comes last.
_OTHERS = {
    "names": SYLLABLES, "laws": "laws", "latin-ext": "latin-ext", "western": WESTERN,
    "vietnamese": VIETNAMESE, "cyrillic": CYRILLIC, "latin": "latin",
}  # fmt: skip


def sheets() -> dict[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """Return the rules of each stylesheet for Pretendard: slice, and what it stands for."""
    cut = slices()
    general = tuple(
        (name, cut[name] if isinstance(of, str) else of) for name, of in _OTHERS.items()
    )
    return {
        "latin": general,
        **{name: (*general, (name, cut[name])) for name in ("western", "vietnamese", "cyrillic")},
        # one short range instead of 2,000 numbers: a rarer syllable asks for the file in vain
        "hangul": (
            *general, ("common", SYLLABLES), ("core", cut["core"]), ("first", cut["first"]),
        ),
    }  # fmt: skip


def first_syllables() -> set[int]:
    """Return the syllables of the first pages: catalogues and profiles as they are now."""
    air = (path.read_text(encoding="utf-8") for path in _paths("cities/*/air.yaml"))
    names = (*_lines(*CITY_NAMES), *_lines(*LIFE_EVENTS), *_unit_names())
    texts = (*_first_texts(), *air, *names, DATES)
    return _hangul(texts) & _ks_x_1001()


def own_syllables() -> set[int]:
    """Return the syllables of all our texts and place names."""
    found = (path.read_text(encoding="utf-8") for pattern in OWN_TEXTS for path in _paths(pattern))
    return _hangul(found)


def name_syllables() -> set[int]:
    """Return the syllables of names that pages in other languages show as they are."""
    return _hangul((*_unit_names(), *_lines(*CITY_NAMES), *_lines(*LAW_TITLES)))


def law_syllables() -> set[int]:
    """Return the syllables of the titles under which pages in other languages cite their sources.

    Most such pages show no other Hangul, and so need no other file of it.
    """
    return _hangul(_lines(*LAW_TITLES))


def _unit_names() -> Iterator[str]:
    for path in _paths("cities/*/units/*.csv"):
        with path.open(encoding="utf-8", newline="") as rows:
            yield from (row.get("name:ko") or "" for row in csv.DictReader(rows))


def _lines(pattern: str, sign: str) -> Iterator[str]:
    """Yield the lines of profiles with a sign; no parser is needed to know their characters."""
    for path in _paths(pattern):
        yield from (x for x in path.read_text(encoding="utf-8").splitlines() if sign in x)


def _first_texts() -> Iterator[str]:
    from babel.messages.pofile import read_po

    around = _words_around()
    for path in _paths("src/madang/*/locale/ko/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                is_first = any(_is_first(place) for place, _line in message.locations)
                if is_first or message.id in around:
                    text = message.string
                    yield text if isinstance(text, str) else "".join(text)


def _words_around() -> set[str]:
    """Return the words of menu, search box and doors on the home page, as rooms offer them."""
    offers = registry()
    menu = {entry.title for entry in offers.offers(MenuEntry) if entry.access == "public"}
    doors = {text for door in offers.offers(Doorway) for text in (door.title, door.help) if text}
    return menu | doors | {page.label for page in offers.offers(SearchPage)}


def _is_first(place: str) -> bool:
    return any(fnmatch(place.removeprefix("src/madang/"), pattern) for pattern in FIRST_PAGES)


def _paths(pattern: str) -> list[Path]:
    return sorted(ROOT.glob(pattern))


def _joined(*parts: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({point for part in parts for point in part}))


def _hangul(texts: Iterable[str]) -> set[int]:
    return {ord(c) for text in texts for c in text if "가" <= c <= "힣"}


def _ks_x_1001() -> set[int]:
    """Return the 2,350 syllables of KS X 1001 (rows 16 to 40 of its table)."""
    rows, cells = range(0xB0, 0xC9), range(0xA1, 0xFF)
    return {ord(bytes((row, cell)).decode("euc-kr")) for row in rows for cell in cells}
