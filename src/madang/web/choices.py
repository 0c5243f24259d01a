"""What a reader chose: how pages are shown, their colours, their district. Kept in cookies only."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from madang.city.api import profile
from madang.kernel.errors import NotFound

DISPLAYS = ("normal", "senior", "easy", "contrast")
THEMES = ("system", "light", "dark")
DISPLAY_COOKIE = "madang_display"
THEME_COOKIE = "madang_theme"
DISTRICT_COOKIE = "madang_district"


@dataclass(frozen=True)
class Shown:
    """How one page is shown, whatever its reader's cookies say (the gallery's addresses)."""

    display: str
    theme: str


def display_of(request: HttpRequest) -> str:
    """Return the display this reader chose: normal, senior, easy or contrast."""
    if (shown := _shown(request)) is not None:
        return shown.display
    chosen = request.COOKIES.get(DISPLAY_COOKIE, "")
    return chosen if chosen in DISPLAYS else DISPLAYS[0]


def theme_of(request: HttpRequest) -> str:
    """Return the colours this reader chose: system (as the device says), light or dark."""
    if (shown := _shown(request)) is not None:
        return shown.theme
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


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
    """Return the coarsest level of units, in which a resident says where they live."""
    return profile().levels[0].id


def show_as(request: HttpRequest, display: str, theme: str) -> None:
    """Show this answer so, whatever the cookies say."""
    request.madang_shown = Shown(display, theme)  # type: ignore[attr-defined]


def _shown(request: HttpRequest) -> Shown | None:
    return getattr(request, "madang_shown", None)
