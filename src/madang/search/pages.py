"""The search page: the answer first, then what else was found, and always a person to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.city.api import profile
from madang.kernel.errors import Invalid, LimitReached, Unavailable
from madang.kernel.findable import EVERYWHERE
from madang.kernel.language_marks import marked_typed
from madang.kernel.languages import direction
from madang.search import api
from madang.search.engine.text import QUERY_LIMIT
from madang.search.found import KINDS, Found, Hit, Piece
from madang.search.http import asker_of
from madang.search.limits import within_limit
from madang.services import api as services

PER_PAGE = 10
DISTRICT_COOKIE = "madang_district"  # set by web, which a room may not import
_PLAIN = 20

KIND_TITLES = {
    "service": gettext_noop("Services"),
    "office": gettext_noop("Offices"),
    "life-event": gettext_noop("Life events"),
    "page": gettext_noop("Pages of the portal"),
    "place": gettext_noop("Places"),
    "event": gettext_noop("Events"),
    "dataset": gettext_noop("Open data"),
}


@dataclass(frozen=True)
class Choice:
    """A value by which results are narrowed, with its link."""

    title: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True)
class Text:
    """Runs of a text with what to say of their language; empty where it is the page's."""

    pieces: tuple[Piece, ...]
    lang: str
    dir: str


@dataclass(frozen=True)
class Line:
    """A hit as the page shows it."""

    key: str
    kind: str
    title: Text
    passage: Text
    url: str
    places: str


@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Answer ``?q=``; without a question ask for one."""
    asked = " ".join(request.GET.get("q", "").split())[:QUERY_LIMIT]
    context: dict[str, Any] = {
        "crumbs": [(_("Home"), "/")],
        "asked": asked,
        "events": services.event_groups(get_language() or ""),
    }
    status = 200
    if not asked:
        context["heading"] = _("What are you looking for?")
    else:
        status = _answer(request, asked, context)
    return render(request, "search/search.html", context, status=status)


def _answer(request: HttpRequest, asked: str, context: dict[str, Any]) -> int:
    """Fill in what was found; return the status of the answer."""
    try:
        within_limit(asker_of(request).network)
        found = _found(request, asked)
    except Invalid:  # a kind, place or page that somebody wrote into the address
        context["heading"] = _("There is no such part of the results")
        context["whole"] = _address({"q": asked})
        return 404
    except (Unavailable, LimitReached):
        context |= _plainly(asked)
        return 503 if not context["plain"] else 200
    context |= _shown(request, found)
    return 200


def _found(request: HttpRequest, asked: str) -> Found:
    given = request.GET
    facets = {name: [given[name]] for name in ("district", "life_event") if given.get(name)}
    return api.find(
        asked,
        get_language() or "",
        kind=given.get("kind", ""),
        facets=facets,
        district=request.COOKIES.get(DISTRICT_COOKIE, ""),
        limit=PER_PAGE,
        cursor=given.get("cursor", ""),
        exact="exact" in given,
        asker=asker_of(request),
    )


def _plainly(asked: str) -> dict[str, Any]:
    """Return services by title: what can be said while the search process does not answer."""
    titles = services.found_titles(asked, _PLAIN)
    return {
        "heading": _("Search does not answer just now"),
        "is_down": True,
        "plain": [(title, reverse("service", args=[service])) for service, title in titles],
    }


def _shown(request: HttpRequest, found: Found) -> dict[str, Any]:
    language = get_language() or ""
    given = {name: str(value) for name, value in request.GET.items() if name != "cursor"}
    answer = _direct(request, found, language)
    return {
        "heading": _heading(found, answer),
        "found": found,
        "answered": _typed(found.answered, language),
        "as_typed": _typed(found.asked, language),
        "answer": answer,
        "answer_key": found.sure if answer else "",
        "lines": [_line(hit, language) for hit in found.hits],
        "kinds": _kinds(found, given),
        "districts": _values(found, given, "district", _district_name),
        "life_events": _values(found, given, "life_event", services.event_names(language).get),
        "exact": _address({"q": found.asked, "exact": "1"}) if found.repair else "",
        "more": _address({**given, "cursor": found.cursor}) if found.cursor else "",
        "is_narrowed": any(given.get(name) for name in ("kind", "district", "life_event")),
        "whole": _address({"q": found.asked}),
    }


def _typed(question: str, language: str) -> str:
    return marked_typed(question, profile().city.default_language, language)


def _direct(request: HttpRequest, found: Found, language: str) -> api.DirectAnswer | None:
    if not found.sure or request.GET.get("cursor"):
        return None
    district = request.COOKIES.get(DISTRICT_COOKIE, "")
    return api.direct_answer(found.sure, language, district)


def _heading(found: Found, answer: api.DirectAnswer | None) -> str:
    if answer is not None:
        return answer.title
    if not found.hits:
        return _("Nothing was found")
    return ngettext("%(n)s result", "%(n)s results", found.total) % {"n": found.total}


def _kinds(found: Found, given: dict[str, str]) -> list[Choice]:
    """Return the kinds of things found, all of them first; none where there is but one."""
    counts = found.facets.get("kind", {})
    chosen = given.get("kind", "")
    if len(counts) < 2 and not chosen:
        return []
    rest = {name: value for name, value in given.items() if name != "kind"}
    whole = Choice(_("All"), sum(counts.values()), _address(rest), not chosen)
    return [whole] + [
        Choice(_(KIND_TITLES[kind]), counts[kind], _address({**rest, "kind": kind}), kind == chosen)
        for kind in KINDS
        if kind in counts
    ]


def _values(found: Found, given: dict[str, str], name: str, title_of: Any) -> list[Choice]:
    """Return the values of a facet, most first; none where it would not narrow anything."""
    counts = {v: n for v, n in found.facets.get(name, {}).items() if v != EVERYWHERE}
    chosen = given.get(name, "")
    if len(counts) < 2 and not chosen:
        return []
    rest = {key: value for key, value in given.items() if key != name}
    whole = [Choice(_("All"), 0, _address(rest), current=False)] if chosen else []
    return whole + [
        Choice(title, count, _address({**rest, name: value}), value == chosen)
        for value, count in counts.items()
        if (title := title_of(value))
    ]


def _district_name(code: str) -> str:
    return next((u.name(get_language() or "") for u in _districts() if u.code == code), "")


def _districts() -> Iterable[Any]:
    return profile().units(profile().district_level)


def _line(hit: Hit, language: str) -> Line:
    codes = [code for code in hit.facets.get("district", ()) if code != EVERYWHERE]
    is_local = codes and EVERYWHERE not in hit.facets.get("district", ())
    return Line(
        key=hit.key,
        kind=_(KIND_TITLES[hit.kind]) if hit.kind in KIND_TITLES else hit.kind,
        title=_text(hit.title, hit.language, language),
        passage=_text(hit.passage, hit.passage_language, language),
        url=hit.url,
        places=", ".join(filter(None, map(_district_name, codes[:3]))) if is_local else "",
    )


def _text(pieces: tuple[Piece, ...], own: str, page: str) -> Text:
    if own.lower() == page.lower():
        return Text(pieces, "", "")
    return Text(pieces, own, direction(own))


def _address(given: dict[str, str]) -> str:
    return f"{reverse('search')}?{urlencode({k: v for k, v in given.items() if v})}"
