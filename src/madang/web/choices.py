"""What a reader chose: how pages are shown, their colours, their district. Kept in cookies only.

An address may say it, too, for that one page: ``?lang=ar&display=senior&theme=dark``.
"""

from __future__ import annotations

from django.http import HttpRequest

from madang.city.api import profile
from madang.kernel.errors import NotFound

DISPLAYS = ("normal", "senior", "easy", "contrast")
THEMES = ("system", "light", "dark")
DISPLAY_COOKIE = "madang_display"
THEME_COOKIE = "madang_theme"
DISTRICT_COOKIE = "madang_district"


def display_of(request: HttpRequest) -> str:
    """Return the display of this page: normal, senior, easy or contrast."""
    return _chosen(request, "display", DISPLAY_COOKIE, DISPLAYS)


def theme_of(request: HttpRequest) -> str:
    """Return the colours of this page: system (as the device says), light or dark."""
    return _chosen(request, "theme", THEME_COOKIE, THEMES)


def _chosen(request: HttpRequest, parameter: str, cookie: str, known: tuple[str, ...]) -> str:
    """Return what the address says, else what the reader once chose, else the first."""
    for chosen in (request.GET.get(parameter), request.COOKIES.get(cookie)):
        if chosen in known:
            return str(chosen)
    return known[0]


def district_of(request: HttpRequest) -> str:
    """Return the code of the district this reader chose, empty where none (or none we know)."""
    chosen = request.COOKIES.get(DISTRICT_COOKIE, "")
    return chosen if chosen and is_district(chosen) else ""


def is_district(code: str) -> bool:
    """Return whether the code is that of a unit in which residents say where they live."""
    try:
        return profile().unit(code).level == first_level()
    except NotFound:
        return False


def first_level() -> str:
    """Return the level of the districts, in which a resident says where they live."""
    return profile().district_level
