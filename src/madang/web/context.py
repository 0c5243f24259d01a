"""What every page shows around its answer: city, menu, choices, ways out, who is signed in."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor, is_entitled
from madang.city.api import profile
from madang.identity.api import acting_in, current_actor, wanted_page
from madang.kernel.easy import are_easy_words_wanted, easy_state
from madang.kernel.errors import NotFound
from madang.kernel.fallbacks import texts_state
from madang.kernel.languages import direction
from madang.kernel.registry import MenuEntry, Page, SearchPage, registry
from madang.web import formats
from madang.web.choices import DISPLAYS, THEMES, display_of, theme_of
from madang.web.fonts import first_fonts, font_sheets, typed_fonts

if TYPE_CHECKING:
    from madang.air.api import Measure

log = logging.getLogger("madang.web")
ALERTS_KEPT_S = 1.0
OWN_PAGE = "my"
_SIGN_IN = ("sign-in", "approval-wait")  # names of pages on the way to being signed in
ALERTS_APART = 2  # so many measures of a kind are named one by one
_kept_alerts: dict[tuple[str, bool], tuple[float, list[Link]]] = {}  # by language, easy words


@dataclass(frozen=True)
class Link:
    """A link of the shell; `current` marks the page, language or display the reader is on.

    `detail` is a second line: of an alert, until when it holds.
    """

    title: str
    url: str
    current: bool = False
    lang: str = ""
    dir: str = ""
    detail: str = ""
    icon: str = ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the base template."""
    actor = current_actor(request)
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "actor": actor,
        "own_page": own_page_name(language),
        "acting": acting_in(actor),
        "alerts": alerts(language) if actor.is_anonymous else alert_links(language),
        "city_name": city_name(language),
        "display": display_of(request),
        "easy": easy_words_of(request, language),
        "first_fonts": first_fonts(language),
        "font_sheets": font_sheets(language),
        "displays": displays(request),
        "typed_fonts": typed_fonts(language),
        "theme": theme_of(request),
        "themes": themes(request),
        "page_address": page_address(request),
        "original": original(request, language),
        "menu": menu(request, actor),
        "search": search(),
        "footer": footer(),
        "phone": city_phone(language),
        "ways_out": ways_out(),
        "paper_form": paper_form_wanted(request),
    }


def easy_words_of(request: HttpRequest, language: str) -> str:
    """Return the state of this page's easy words: machine, reviewed, approved.

    Empty where the reader wants none, the language has none, or the page is not written in them.
    """
    page = request.resolver_match.url_name if request.resolver_match else None
    return easy_words(language) if page in easy_pages() else ""


def easy_words(language: str) -> str:
    """Return the state of a language's easy words; empty where none are wanted or there."""
    return easy_state(language) if are_easy_words_wanted() else ""


@cache
def easy_pages() -> frozenset[str]:
    """Return the names of the pages that are written in easy words, too."""
    return frozenset(page.name for page in registry().offers(Page) if page.easy)


def menu(request: HttpRequest, actor: Actor) -> list[Link]:
    """Return the menu entries of all rooms that open to this actor, in their order.

    Some open after a second proof: whoever follows them is asked for it.
    """
    links = []
    for entry in _menu_entries():
        url = address(entry.page)
        if url is None or not is_entitled(actor, entry.access):
            continue
        if entry.page != OWN_PAGE or has_own_page(actor):
            named = own_page_name(get_language() or "") if entry.page == OWN_PAGE else ""
            links.append(Link(named or _(entry.title), url))
    # of the entries above this page, the nearest is the one the reader is in
    here = max(
        (link.url for link in links if _is_below(request.path, link.url)), key=len, default=""
    )
    return [replace(link, current=link.url == here) for link in links]


def has_own_page(actor: Actor) -> bool:
    """Return whether somebody has a page of their own: staff who are nobody in the register do not.

    What they do at work is no matter of theirs.
    """
    return not actor.roles or bool(actor.person or actor.on_behalf_of)


@cache
def _own_page_names(language: str) -> str:
    return profile().city.own_page.get(language, "")


def own_page_name(language: str) -> str:
    """Return what the residents' own page is called: by the city in this language, or neutrally."""
    return _own_page_names(language) or _("My page")


@cache
def _menu_entries() -> list[MenuEntry]:
    return sorted(registry().offers(MenuEntry), key=lambda entry: entry.order)


def alerts(language: str) -> list[Link]:
    """Return what is in force, for the banner of every page; at most a second old."""
    now, key = time.monotonic(), (language, are_easy_words_wanted())
    kept = _kept_alerts.get(key)
    if kept is None or now - kept[0] > ALERTS_KEPT_S:
        kept = _kept_alerts[key] = (now, alert_links(language))
    return kept[1]


def alert_links(language: str) -> list[Link]:
    """Return one link for each kind of measure in force: what, where, until when, what to do.

    Nobody finds an answer below 25 banners: above two, the districts are counted.
    """
    by_rule: dict[str, list[Measure]] = {}
    try:
        for measure in _in_force():
            by_rule.setdefault(measure.rule, []).append(measure)
    except DatabaseError:  # the page that says so must itself still come
        log.exception("alerts in force could not be read")
    return [link for found in by_rule.values() for link in _banners(found, language)]


def _banners(found: list[Measure], language: str) -> list[Link]:
    if len(found) <= ALERTS_APART:
        return [replace(_link(item, language), detail=_detail(item, language)) for item in found]
    title = _("%(name)s in %(n)s districts") % {
        "name": profile().text(found[0].name, language),
        "n": len(found),
    }
    return [Link(title, reverse("air-measures"), detail=_detail(found[0], language))]


def _detail(measure: Measure, language: str) -> str:
    """Return until when a measure holds, where that is known, and what the city does meanwhile."""
    parts = [profile().text(action.name, language) for action in measure.actions[:3]]
    if measure.ends_at is not None:
        city = profile()
        until = formats.moment_text(measure.ends_at, language, city.timezone, city.today())
        parts.insert(0, _("until %(time)s") % {"time": until})
    return " · ".join(parts)


def measure_links(language: str) -> list[Link]:
    """Return a link to each measure in force, in words: what, where."""
    return [_link(measure, language) for measure in _in_force()]


def _in_force() -> list[Measure]:
    from madang.air import api as air

    return [measure for measure in air.measures_in_force() if measure.status == "in_force"]


def _link(measure: Measure, language: str) -> Link:
    names = {
        "name": profile().text(measure.name, language),
        "place": _place(measure.district, language),
    }
    url = f"{reverse('air-measures')}#measure-{measure.id}"
    return Link(_("%(name)s in %(place)s") % names, url)


def _place(code: str, language: str) -> str:
    try:
        return profile().unit(code).name(language)
    except NotFound:  # a unit of an older profile
        return code


def search() -> Link | None:
    """Return the page that answers ``?q=`` and what to call it, where a room offers one."""
    for offer in _search_pages():
        if (url := address(offer.page)) is not None:
            return Link(_(offer.label), url)
    return None


@cache
def _search_pages() -> list[SearchPage]:
    return registry().offers(SearchPage)


def footer() -> list[Link]:
    """Return the links below every page: how the service is, and how we know what we say."""
    titles = {
        "status": _("Status of the service"),
        "proof": _("How we know this"),
        "open-data": _("Open data"),
        "accessibility": _("Accessibility"),
        "privacy-notice": _("Privacy"),
    }
    return _present(titles)


def ways_out() -> list[Link]:
    """Return the ways to a person besides the phone, as far as the house has them."""
    icons = {"counters": "counter", "on-paper": "paper", "call-back": "call-back"}
    titles = {
        "counters": _("Nearest counter"),
        "on-paper": _("On paper"),
        "call-back": _("Call me back"),
    }
    return [
        Link(titles[page], url, icon=icon)
        for page, icon in icons.items()
        if (url := address(page)) is not None
    ]


def paper_form_wanted(request: HttpRequest) -> str:
    """Return the form on paper of the service that somebody signs in for; empty for no such."""
    here = request.resolver_match
    if here is None or not (here.url_name or "").startswith(_SIGN_IN):
        return ""
    try:
        service = resolve(urlsplit(wanted_page(request)).path).kwargs.get("service", "")
        return reverse("apply-form", args=[service]) if service else ""
    except (Resolver404, NoReverseMatch):
        return ""


def _present(titles: dict[str, str]) -> list[Link]:
    found = [(title, address(page)) for page, title in titles.items()]
    return [Link(title, url) for title, url in found if url is not None]


def original(request: HttpRequest, language: str) -> Link | None:
    """Return this page in the city's own language where no person has read the reader's texts."""
    source = settings.LANGUAGE_CODE
    if language == source or "machine" not in _states(language):
        return None
    name = dict(settings.LANGUAGES)[source]
    url = _choice(f"/language/{source}/", page_address(request))
    return Link(name, url, lang=source, dir=direction(source))


def _states(language: str) -> set[str]:
    """Return how far the texts of the pages and those of the city's profile are."""
    return {texts_state(language), profile().texts_state(language)}


def displays(request: HttpRequest) -> list[Link]:
    """Return the ways a page can be shown, linked to this page in each."""
    titles = {
        "normal": _("Normal"),
        "senior": _("Large text"),
        "easy": _("Easy to read"),
        "contrast": _("High contrast"),
    }
    chosen, back = display_of(request), page_address(request)
    return [
        Link(titles[name], _choice(f"/display/{name}/", back), name == chosen) for name in DISPLAYS
    ]


def themes(request: HttpRequest) -> list[Link]:
    """Return the colours a page can have, linked to this page in each."""
    titles = {"system": _("As on my device"), "light": _("Light"), "dark": _("Dark")}
    chosen, back = theme_of(request), page_address(request)
    return [Link(titles[name], _choice(f"/theme/{name}/", back), name == chosen) for name in THEMES]


def page_address(request: HttpRequest) -> str:
    """Return the address of this page without choices of the reader, quoted to stand in another."""
    if not request.GET:
        return quote(request.path, safe="/")
    query = request.GET.copy()
    for name in ("lang", "display", "theme"):
        query.pop(name, None)
    return quote(f"{request.path}?{query.urlencode()}" if query else request.path, safe="/")


def _choice(address: str, back: str) -> str:
    """Return the address that remembers a choice and comes back."""
    return f"{address}?next={back}"


@cache
def city_name(language: str) -> str:
    """Return the city's name in a language."""
    return profile().name(language)


@cache
def city_phone(language: str) -> tuple[str, str] | None:
    """Return name and number of the city's own line; None where the profile names none."""
    city = profile()
    lines = [line for line in city.city.phones.numbers if line.city_line]
    return (city.text(lines[0].names, language), lines[0].number) if lines else None


@cache
def address(page: str) -> str | None:
    """Return where a page stands, None where no installed room has it."""
    try:
        return reverse(page)
    except NoReverseMatch:  # the page needs an argument, or its room is not installed
        return None


def _is_below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
