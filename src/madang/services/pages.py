"""Pages of the services: finding one, and everything about one. Anonymous ones are kept shortly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.access.api import is_entitled
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.services.automation import stops_of
from madang.services.catalogue import Catalogue, Wish, catalogue
from madang.services.entries import Entry
from madang.services.life_events import life_events
from madang.services.packages.package import Package
from madang.services.publishing import STAFF
from madang.services.shown_service import service_context
from madang.services.spoken import Spoken, entry_text
from madang.services.versions import current
from madang.services.ways_in import Group, apply_address, groups_in
from madang.services.words import AUDIENCES, CHANNELS, limit_text

PER_PAGE = 30
KEPT_S = 10
LONGEST_WORDS = 100


@dataclass(frozen=True)
class Line:
    """A service in a list."""

    id: str
    title: str
    summary: str
    limit: str
    free: bool
    synthetic: bool
    districts: str
    apply: str


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def services(request: HttpRequest) -> HttpResponse:
    """List the services: by life event, or those that fit what is looked for."""
    language = get_language() or ""
    known, wish = catalogue(), _wish(request)
    is_asked = wish != Wish() or "all" in request.GET
    found = known.found(wish, language) if is_asked else []
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    groups = groups_in(known, language)
    context = {
        "heading": _heading(known, wish, found, groups) if is_asked else _front_heading(known),
        "crumbs": [(_("Home"), "/"), *([(_("Services"), request.path)] if is_asked else [])],
        "wish": wish,
        "is_asked": is_asked,
        "groups": groups,
        "page": page,
        "lines": [_line(entry, known, language) for entry in page],
        "letters": known.letters(language),
        "audiences": _choices(known, "audience", AUDIENCES),
        "channels": _choices(known, "channels", CHANNELS),
        "departments": _departments(known, language),
        "total": len(known),
    }
    return render(request, "services/services.html", context)


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def service(request: HttpRequest, service: str) -> HttpResponse:
    """Show one service: the answer first, then every fact, rule and law."""
    language = get_language() or ""
    found = _version(service, request.GET.get("district", ""))
    say = Spoken(found.package, language)
    stops = stops_of(service)
    context = service_context(found.package, catalogue(), say, times.now())
    stopped = next((stop for stop in stops if stop.lifted_at is None), None)
    context |= {
        "heading": context["title"],
        "crumbs": [(_("Home"), "/"), (_("Services"), reverse("services"))],
        "service": found.package.service,
        "hash": found.hash,
        "apply": _apply_here(found.package) if not context["synthetic"] else "",
        "paper_form": _form_url(found.package),
        "events": _events(found.package.service.life_events, language),
        "districts": _districts(service, language),
        "district": _unit_name(found.package.district, language),
        "stopped": stopped,
        "staff": is_entitled(current_actor(request), STAFF),
    }
    return render(request, "services/service.html", context)


def _version(service: str, district: str) -> Any:
    try:
        return current(service, district)
    except NotFound as error:
        raise Http404(str(error)) from error


def _wish(request: HttpRequest) -> Wish:
    asked = request.GET
    return Wish(
        words=asked.get("q", "").strip()[:LONGEST_WORDS],
        life_event=asked.get("event", ""),
        audience=asked.get("audience", ""),
        department=asked.get("department", ""),
        channel=asked.get("channel", ""),
        letter=asked.get("letter", ""),
    )


def _front_heading(known: Catalogue) -> str:
    if not len(known):
        return _("No service is published here yet")
    return ngettext(
        "%(n)s service: what has happened, or what do you need?",
        "%(n)s services: what has happened, or what do you need?",
        len(known),
    ) % {"n": f"{len(known):,}"}


def _heading(known: Catalogue, wish: Wish, found: list[Entry], groups: list[Group]) -> str:
    n = len(found)
    if wish.words:
        names = {"words": wish.words, "n": f"{n:,}"}
        if not n:
            return _("No service has the words “%(words)s”") % names
        return (
            ngettext("%(n)s service for “%(words)s”", "%(n)s services for “%(words)s”", n) % names
        )
    event = next((group.name for group in groups if group.id == wish.life_event), "")
    if event:
        names = {"event": event, "n": f"{n:,}"}
        return ngettext("%(event)s: %(n)s service", "%(event)s: %(n)s services", n) % names
    if n == len(known):
        return ngettext("All %(n)s service", "All %(n)s services", n) % {"n": f"{n:,}"}
    return ngettext("%(n)s service fits", "%(n)s services fit", n) % {"n": f"{n:,}"}


def _line(entry: Entry, known: Catalogue, language: str) -> Line:
    return Line(
        id=entry.id,
        title=entry_text(entry.titles, entry, language),
        summary=entry_text(entry.summaries, entry, language),
        limit=limit_text(entry.deadline),
        free=entry.free,
        synthetic=entry.synthetic,
        districts=", ".join(
            _unit_name(code, language) for code in known.districts.get(entry.id, ())
        ),
        apply="" if entry.synthetic else apply_address(entry.id),
    )


def _choices(known: Catalogue, name: str, words: dict[str, str]) -> list[tuple[str, str]]:
    """Return the values of a field that some service has, as options of a form."""
    counts = known.counts(name)
    return [("", _("any"))] + [(key, _(text)) for key, text in words.items() if counts[key]]


def _departments(known: Catalogue, language: str) -> list[tuple[str, str]]:
    counts = known.counts("department")
    found = [
        (one.id, profile().text(one.names, language))
        for one in profile().city.departments
        if counts[one.id]
    ]
    return [("", _("any")), *found]


def _apply_here(package: Package) -> str:
    url = apply_address(package.id)
    return f"{url}?district={package.district}" if url and package.district else url


def _form_url(package: Package) -> str:
    """Return where the form on paper is; empty where nothing is asked or the service made up."""
    if package.service.synthetic or not package.pages.pages:
        return ""
    url = reverse("service-form", args=[package.id])
    return f"{url}?district={package.district}" if package.district else url


def _events(ids: tuple[str, ...], language: str) -> list[tuple[str, str]]:
    return [
        (event.id, profile().text(event.names, language))
        for event in life_events(profile())
        if event.id in ids
    ]


def _districts(service: str, language: str) -> list[tuple[str, str]]:
    """Return the districts with a package of their own for a service."""
    codes = catalogue().districts.get(service, ())
    return [(code, _unit_name(code, language)) for code in codes]


def _unit_name(code: str, language: str) -> str:
    if not code:
        return ""
    try:
        return profile().unit(code).name(language)
    except NotFound:  # a unit of an older profile
        return code
