"""Pages of the measures: what is in force and why, what was; the officer's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from madang.access.api import is_entitled
from madang.air import api
from madang.air.in_effect import district_name, rules_in_effect
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city.api import profile
from madang.identity.api import current_actor

OFFICER = "role:officer"
PAST_SHOWN = 50


@dataclass(frozen=True)
class ShownMeasure:
    """A measure in the reader's language; `readings` are (end of hour, value)."""

    measure: api.Measure
    name: str
    place: str
    reason: str
    legal: str
    actions: Sequence[tuple[str, str, str]]
    unit: str
    decimals: int
    pollutant: str


@require_safe
@cache_control(public=True, max_age=1)
def measures(request: HttpRequest) -> HttpResponse:
    """Show the measures in force, those that await an officer, and past ones."""
    open_ones = [shown(measure) for measure in api.measures_in_force()]
    past = [shown(measure) for measure in api.measures(status="lifted", limit=PAST_SHOWN)]
    context = {
        "heading": heading([item for item in open_ones if not item.measure.awaits_approval]),
        "crumbs": [(_("Home"), "/"), (_("Air"), "/air/")],
        "waiting": [item for item in open_ones if item.measure.awaits_approval],
        "in_force": [item for item in open_ones if not item.measure.awaits_approval],
        "past": past,
        "past_shown": PAST_SHOWN,
        "has_rules": bool(rules_in_effect().rules),
        "may_decide": is_entitled(current_actor(request), OFFICER),
    }
    return render(request, "air/measures.html", context)


@require_POST
def approve(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Bring a declared measure into force, in the officer's name."""
    api.approve(measure_id, current_actor(request))
    item = shown(api.measure(measure_id))
    text = _("%(name)s in %(place)s is approved.") % {"name": item.name, "place": item.place}
    messages.success(request, text)
    return redirect("air-measures")


@require_POST
def lift(request: HttpRequest, measure_id: int) -> HttpResponse:
    """End a measure before its rule does, with the officer's reason."""
    api.lift(measure_id, current_actor(request), request.POST.get("reason", ""))
    item = shown(api.measure(measure_id))
    text = _("%(name)s in %(place)s is lifted.") % {"name": item.name, "place": item.place}
    messages.success(request, text)
    return redirect("air-measures")


def heading(in_force: Sequence[ShownMeasure]) -> str:
    """Return the answer to: is a measure in force?"""
    if not in_force:
        return _("No air measure is in force")
    if len(in_force) == 1:
        only = in_force[0]
        return _("%(name)s is in force in %(place)s") % {"name": only.name, "place": only.place}
    places = len({item.measure.district for item in in_force})
    return ngettext(
        "%(n)s air measures are in force in %(places)s district",
        "%(n)s air measures are in force in %(places)s districts",
        places,
    ) % {"n": len(in_force), "places": places}


def shown(measure: api.Measure) -> ShownMeasure:
    """Return a measure in the reader's language."""
    return ShownMeasure(
        measure=measure,
        name=in_language(measure.name),
        place=district_name(measure.district, get_language() or ""),
        reason=in_language(measure.reason),
        legal=in_language(measure.legal),
        actions=[
            (in_language(act.name), in_language(act.text), in_language(act.legal))
            for act in measure.actions
        ],
        unit=UNITS[measure.pollutant],
        decimals=DECIMALS[measure.pollutant],
        pollutant=NAMES[measure.pollutant],
    )


def in_language(text: Mapping[str, str]) -> str:
    """Return a text of the profile in the reader's language, or its fallback."""
    return profile().text(text, get_language() or "")
