"""The operations room: alerts, the map, the chosen thing, how the pipeline is. For operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.access.api import require
from madang.city.api import profile
from madang.identity import api as identity
from madang.kernel import chart_lines, times
from madang.kernel.errors import NotFound, Unavailable
from madang.kernel.health import health
from madang.kernel.maps import Detail, Trend
from madang.kernel.watchers import watching
from madang.notices import api as notices
from madang.telemetry import api as telemetry
from madang.web import maps, words
from madang.web.operations import lake_silent
from madang.web.parts import Parts
from madang.web.stages import stages

REPLAY_H = 6
REPLAY_STEP_MIN = 10
CLEARED_SHOWN = timedelta(hours=8)  # a shift: who takes over sees what the last one saw
OWN = "room"  # of a fragment asked for by the room's script


@dataclass(frozen=True)
class Shown:
    """An alert in the reader's language, with its log."""

    alert: notices.OnDesk
    title: str
    severity: str
    entries: Sequence[tuple[notices.Entry, str]]


@dataclass(frozen=True)
class Figure:
    """A trend of a card as a chart; see ``madang_charts`` for the attributes."""

    name: str
    finding: str
    detail: str
    value: str
    unit: str
    decimals: int
    lines: Sequence[chart_lines.Line]
    limit: chart_lines.Threshold | None = None
    is_daily: bool = False
    files: Sequence[tuple[str, str]] = ()


@require_safe
@never_cache
def room(request: HttpRequest) -> HttpResponse:
    """Show the room; without a script its parts are as they were when the page was asked for."""
    parts = Parts()
    on_desk = _desk()
    strip_shown = _strip(parts)
    context = {
        "heading": on_desk["desk_heading"],
        "failed": parts.failed,
        "layer": request.GET.get("layer", ""),
        **on_desk,
        **strip_shown,
        **_chosen(request.GET.get("layer", ""), request.GET.get("thing", ""), parts),
        "replay_min": REPLAY_H * 60,
        "replay_step": REPLAY_STEP_MIN,
        "now": times.now(),
    }
    return render(request, "web/room.html", context)


def _heading(waiting: int) -> str:
    if not waiting:
        return _("No alert waits to be acknowledged")
    return ngettext(
        "%(n)s alert waits to be acknowledged", "%(n)s alerts wait to be acknowledged", waiting
    ) % {"n": waiting}


# --- the desk


@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    """Show the alerts alone, for the room's script."""
    return render(request, "web/room_desk.html", _desk())


def _desk() -> dict[str, Any]:
    found = [_shown(alert) for alert in notices.on_desk(cleared_since=times.now() - CLEARED_SHOWN)]
    is_open = [shown for shown in found if shown.alert.cleared_at is None]
    waiting = sum(shown.alert.acknowledged_at is None for shown in is_open)
    return {
        "desk_heading": _heading(waiting),
        "alerts_open": is_open,
        "alerts_cleared": [shown for shown in found if shown.alert.cleared_at is not None],
        "waiting": waiting,
        "operators": _operators(),
    }


def _operators() -> list[str]:
    able = {"operator", "administrator"}
    return sorted(user.name for user in identity.users() if user.is_active and user.roles & able)


def _shown(alert: notices.OnDesk) -> Shown:
    language = get_language() or ""
    values = {
        name: profile().text(value, language) if isinstance(value, dict) else value
        for name, value in alert.values.items()
    }
    if alert.kind == "platform.part":
        values["part"] = words.part(str(values["part"]))
    entries = [(entry, words.desk_verb(entry.verb)) for entry in alert.entries]
    return Shown(alert, _(alert.message) % values, words.severity(alert.severity), entries)


@require_POST
def act(request: HttpRequest, alert_id: int, verb: str) -> HttpResponse:
    """Acknowledge, assign or annotate an alert; then back to the room."""
    actor = identity.current_actor(request)
    if verb == "acknowledge":
        notices.acknowledge(alert_id, actor)
        text = _("The alert is acknowledged in your name.")
    elif verb == "assign":
        notices.assign(alert_id, actor, request.POST.get("to", ""))
        text = _("The alert is assigned.")
    elif verb == "note":
        notices.note(alert_id, actor, request.POST.get("text", ""))
        text = _("The note is kept.")
    else:
        raise NotFound(f"nothing is called {verb!r}; there are acknowledge, assign, note")
    if request.headers.get("X-Part") == OWN:
        return render(request, "web/room_desk.html", _desk())
    messages.success(request, text)
    return redirect("operations")


# --- the chosen thing


@require_safe
@never_cache
def thing(request: HttpRequest, layer: str, thing_id: str) -> HttpResponse:
    """Show the card of one thing: values, history, why, where to read on."""
    actor = identity.current_actor(request)
    require(actor, maps.layer(layer).access)
    parts = Parts()
    context = {
        **_chosen(layer, thing_id, parts),
        "heading": "",
        "failed": parts.failed,
        "crumbs": [(_("Home"), "/"), (_("Operations"), "/operations/")],
    }
    if request.headers.get("X-Part") == OWN:
        return render(request, "web/room_thing.html", context)
    found: Detail | None = context["thing"]
    context["heading"] = found.heading if found else _("This cannot be shown now")
    return render(request, "web/room_thing_page.html", context)


def _chosen(layer: str, thing_id: str, parts: Parts) -> dict[str, Any]:
    if not layer or not thing_id:
        return {"thing": None}
    of = maps.layer(layer)
    found: Detail | None = None
    try:
        found = maps.detail(of, thing_id)
    except Unavailable:
        parts.failed.append(lake_silent())
    figures = [_figure(n, trend) for n, trend in enumerate(found.trends)] if found else []
    return {
        "thing": found,
        "thing_layer": _(of.title),
        "figures": [figure for figure in figures if figure is not None],
        "now": times.now(),
    }


def _figure(number: int, trend: Trend) -> Figure | None:
    known = [value for _at, value in trend.points if value is not None]
    if len(known) < 2:
        return None
    finding = _("%(name)s in the last 24 hours: %(low)s to %(high)s %(unit)s, last %(last)s") % {
        "name": trend.name,
        "low": f"{min(known):.{trend.decimals}f}",
        "high": f"{max(known):.{trend.decimals}f}",
        "unit": trend.unit,
        "last": f"{known[-1]:.{trend.decimals}f}",
    }
    points = [chart_lines.Point(at, value) for at, value in trend.points]
    line = chart_lines.Line(points)
    return Figure(f"trend-{number}", finding, "", trend.name, trend.unit, trend.decimals, [line])


# --- the strip below


@require_safe
@never_cache
def strip(request: HttpRequest) -> HttpResponse:
    """Show the health of pipeline and detectors alone, for the room's script."""
    parts = Parts()
    return render(request, "web/room_strip.html", {**_strip(parts), "failed": parts.failed})


def _strip(parts: Parts) -> dict[str, Any]:
    counters: Mapping[str, Any] = parts.ask(lake_silent(), telemetry.pipeline_counters, {})
    since = times.now() - timedelta(days=1)
    refused: dict[str, int] = parts.ask(
        lake_silent(), lambda: telemetry.dead_letter_counts(since), {}
    )
    checks, watched = health().checks, watching()
    shown = stages(counters, sum(refused.values()), watched, checks)
    told = {"stream", "bus", "lake", "worker"}  # by the stages
    return {
        "stages": shown,
        "watching": watched,
        "problem": counters.get("problem", ""),
        "troubles": [words.part(one.name) for one in checks if not one.ok and one.name not in told],
    }
