"""What every page shows around its answer: city, menu, languages, display, who is signed in."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor, may
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel.errors import NotFound
from madang.kernel.languages import direction
from madang.kernel.registry import MenuEntry, registry

DISPLAYS = ("normal", "large", "contrast")
DISPLAY_COOKIE = "madang_display"
DEFAULT_DISPLAY = "normal"
ALERTS_KEPT_S = 1.0
_kept_alerts: dict[str, tuple[float, list[Link]]] = {}


@dataclass(frozen=True)
class Link:
    """A link of the shell; `current` marks the page, language or display the reader is on."""

    title: str
    url: str
    current: bool = False
    lang: str = ""
    dir: str = ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the base template."""
    actor = current_actor(request)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "actor": actor,
        "alerts": alerts(language) if actor.is_anonymous else measure_links(language),
        "city_name": city_name(language),
        "display": display_of(request),
        "displays": displays(request),
        "languages": languages(request),
        "menu": menu(request, actor),
        "footer": footer(),
        "phone": city_phone(language),
    }


def menu(request: HttpRequest, actor: Actor) -> list[Link]:
    """Return the menu entries of all rooms that this actor may open, in their order."""
    links = []
    for entry in sorted(registry().offers(MenuEntry), key=lambda entry: entry.order):
        url = _address(entry.page)
        if url is not None and may(actor, entry.access):
            links.append(Link(_(entry.title), url))
    # of the entries above this page, the nearest is the one the reader is in
    here = max(
        (link.url for link in links if _is_below(request.path, link.url)), key=len, default=""
    )
    return [replace(link, current=link.url == here) for link in links]


def alerts(language: str) -> list[Link]:
    """Return the measures in force, for the banner of every page; at most a second old."""
    now = time.monotonic()
    kept = _kept_alerts.get(language)
    if kept is None or now - kept[0] > ALERTS_KEPT_S:
        kept = _kept_alerts[language] = (now, measure_links(language))
    return kept[1]


def measure_links(language: str) -> list[Link]:
    """Return a link to each measure in force, in words: what, where."""
    from madang.air import api as air

    base = reverse("air-measures")
    return [
        Link(
            _("%(name)s in %(place)s")
            % {
                "name": profile().text(measure.name, language),
                "place": _place(measure.district, language),
            },
            f"{base}#measure-{measure.id}",
        )
        for measure in air.measures_in_force()
        if measure.status == "in_force"
    ]


def _place(code: str, language: str) -> str:
    try:
        return profile().unit(code).name(language)
    except NotFound:  # a unit of an older profile
        return code


def footer() -> list[Link]:
    """Return the links below every page: how the service is, and how we know what we say."""
    titles = {
        "status": _("Status of the service"),
        "proof": _("How we know this"),
        "accessibility": _("Accessibility"),
    }
    found = [(title, _address(page)) for page, title in titles.items()]
    return [Link(title, url) for title, url in found if url is not None]


def languages(request: HttpRequest) -> list[Link]:
    """Return the languages of the pages by their own names, linked to this page in each."""
    current = get_language()
    back = quote(request.get_full_path(), safe="/")
    return [
        Link(name, f"/language/{code}/?next={back}", code == current, code, direction(code))
        for code, name in settings.LANGUAGES
    ]


def displays(request: HttpRequest) -> list[Link]:
    """Return the ways a page can be shown, linked to this page in each."""
    titles = {"normal": _("Normal"), "large": _("Large text"), "contrast": _("High contrast")}
    chosen = display_of(request)
    back = quote(request.get_full_path(), safe="/")
    return [
        Link(titles[name], f"/display/{name}/?next={back}", name == chosen) for name in DISPLAYS
    ]


def display_of(request: HttpRequest) -> str:
    """Return how this reader wants pages shown (a cookie of their choice)."""
    chosen = request.COOKIES.get(DISPLAY_COOKIE, DEFAULT_DISPLAY)
    return chosen if chosen in DISPLAYS else DEFAULT_DISPLAY


@cache
def city_name(language: str) -> str:
    """Return the city's name in a language."""
    return profile().name(language)


@cache
def city_phone(language: str) -> tuple[str, str] | None:
    """Return name and number of the city's first line that is not for emergencies."""
    city = profile()
    lines = [line for line in city.city.phones.numbers if not line.emergency]
    return (city.text(lines[0].names, language), lines[0].number) if lines else None


@cache
def _address(page: str) -> str | None:
    try:
        return reverse(page)
    except NoReverseMatch:  # the page needs an argument, or its room is not installed
        return None


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
