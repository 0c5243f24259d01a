"""The fonts of a page: the alphabet of its language, and the names of the city's places.

A stylesheet names files of which a browser fetches those whose characters the page shows, and the
page asks at once for those that every text of its language needs. Other languages' own names in the
list of languages, and Chinese and Japanese, come from the device.
"""

from __future__ import annotations

import json
from functools import cache

from django.templatetags.static import static

from madang.city.api import profile
from madang.kernel.languages import script
from madang.web.vendor import FOLDER, is_here

SHEET_OF = {
    "Kore": "hangul", "Hang": "hangul", "Arab": "arabic", "Aran": "arabic", "Beng": "bengali",
    "Deva": "devanagari", "Ethi": "ethiopic", "Khmr": "khmer", "Mong": "mongolian",
    "Mymr": "myanmar", "Sinh": "sinhala", "Thai": "thai", "Cyrl": "cyrillic",
}  # fmt: skip
SHEET_OF_LATIN = {"vi": "vietnamese", "de": "western", "es": "western", "fr": "western"}
FIRST = "fonts/first.json"


@cache
def font_sheets(*languages: str) -> tuple[str, ...]:
    """Return the addresses of the stylesheets for pages in these languages, as far as laid.

    Hangul in names is in every sheet; of other scripts, the sheet with the city's own names comes
    before that of the page: where two promise a character, the later one counts.
    """
    own = [_sheet(language) for language in languages]
    files = [f"fonts/{name}.css" for name in dict.fromkeys((*_names(own), *own))]
    return tuple(static(f"vendor/{file}") for file in files if is_here(file))


@cache
def typed_fonts(language: str) -> tuple[str, ...]:
    """Return the addresses of the stylesheets that a page needs more to show what people typed.

    They write in the city's own language, whatever the page is in: with any of its letters.
    """
    here = font_sheets(language)
    return tuple(one for one in font_sheets(profile().city.default_language) if one not in here)


@cache
def first_fonts(language: str) -> tuple[str, ...]:
    """Return the addresses of the font files that every page in a language needs, as far as laid.

    A page names them in its head: so they come with the style sheets, and its text need not move.
    """
    if not is_here(FIRST):
        return ()
    files = json.loads((FOLDER / FIRST).read_text(encoding="utf-8"))
    return tuple(static(f"vendor/fonts/{name}") for name in files.get(_sheet(language), ()))


def _sheet(language: str) -> str:
    return SHEET_OF.get(script(language)) or SHEET_OF_LATIN.get(language, "latin")


def _names(own: list[str]) -> list[str]:
    sheet = _sheet(profile().city.default_language)
    return [] if sheet in (*own, "hangul", "latin") else [sheet]
