"""The home page: what matters in the city now, the reader's district, the ways in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.access.api import ANONYMOUS, may
from madang.air import api as air
from madang.city.api import profile
from madang.kernel.registry import DistrictNow, Doorway, load, registry
from madang.services import api as services
from madang.web.choices import display_of, district_of, first_level
from madang.web.context import Link, address, measure_links, menu
from madang.web.parts import Parts


@dataclass(frozen=True)
class Way:
    """A doorway as the page shows it."""

    title: str
    help: str
    url: str
    icon: str


@require_safe
@cache_control(public=True, max_age=1)
def home(request: HttpRequest) -> HttpResponse:
    """Show what matters in the city now: the air, what is in force, where to go on."""
    language = get_language() or ""
    districts = air.present_air()
    names = [profile().text(found.names, language) for found in districts]
    summary = air.summary(districts, names)
    parts = Parts()
    chosen = district_of(request)
    context = {
        "heading": summary.sentence,
        "summary": summary,
        "measures": measure_links(language),
        "units": units(language),
        "my_district": profile().unit(chosen).name(language) if chosen else "",
        "my_code": chosen,
        "now": _now(request, chosen, parts) if chosen else [],
        "life_events": ways("life-event"),
        "events": services.event_groups(language),
        "starts": services.senior_starts(language) if display_of(request) == "senior" else [],
        "services": ways("service"),
        "links": _links(request),
        "failed": parts.failed,
    }
    return render(request, "web/home.html", context)


def ways(kind: str) -> list[Way]:
    """Return the doorways of a kind that everybody may pass, in their order."""
    offers = sorted(registry().offers(Doorway), key=lambda offer: offer.order)
    return [
        Way(_(offer.title), _(offer.help) if offer.help else "", url, offer.icon or "paper")
        for offer in offers
        if offer.kind == kind
        and may(ANONYMOUS, offer.access)
        and (url := address(offer.page)) is not None
    ]


@dataclass(frozen=True)
class Choice:
    """A district to choose; `lon`, `lat` are its centre [degrees], None where unknown."""

    code: str
    name: str
    lon: float | None
    lat: float | None


def units(language: str) -> list[Choice]:
    """Return the districts by name."""
    found = [(unit, unit.name(language)) for unit in profile().units(first_level())]
    return [
        Choice(unit.code, name, *(unit.centre or (None, None)))
        for unit, name in sorted(found, key=lambda pair: pair[1])
    ]


def _now(request: HttpRequest, code: str, parts: Parts) -> list[SafeString]:
    """Return what each room says of the district now; who does not answer is named."""
    sentence = _("Not all that is known of your district could be shown.")
    shown = []
    for offer in sorted(registry().offers(DistrictNow), key=lambda offer: offer.order):
        found = parts.ask(sentence, partial(_target(offer), code), None)
        if found is not None:
            shown.append(render_to_string(offer.template, {"now": found}, request))
    return shown


@cache
def _target(offer: DistrictNow) -> Callable[[str], dict[str, Any] | None]:
    target: Callable[[str], dict[str, Any] | None] = load(offer.target)
    return target


def _links(request: HttpRequest) -> list[Link]:
    return [link for link in menu(request, ANONYMOUS) if link.url != "/"]
