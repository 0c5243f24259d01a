"""The font stylesheets of a page: Latin for all, and that of the page's own script.

Each names files of which a browser fetches those whose characters the page shows. Other languages'
own names in the list of languages, and Chinese and Japanese, come from the device.
"""

from __future__ import annotations

from functools import cache

from django.templatetags.static import static

from madang.kernel.languages import script
from madang.web.vendor import is_here

SHEET_OF = {
    "Kore": "hangul", "Hang": "hangul", "Arab": "arabic", "Aran": "arabic", "Beng": "bengali",
    "Deva": "devanagari", "Ethi": "ethiopic", "Khmr": "khmer", "Mong": "mongolian",
    "Mymr": "myanmar", "Sinh": "sinhala", "Thai": "thai",
}  # fmt: skip


@cache
def font_sheets(*languages: str) -> tuple[str, ...]:
    """Return the addresses of the stylesheets for pages in these languages, as far as laid.

    Latin, with Vietnamese and Cyrillic, always comes first.
    """
    names = ["latin", *(SHEET_OF.get(script(language), "") for language in languages)]
    files = [f"fonts/{name}.css" for name in dict.fromkeys(names) if name]
    return tuple(static(f"vendor/{file}") for file in files if is_here(file))
