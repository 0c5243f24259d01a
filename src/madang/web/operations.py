"""The operations room: pipeline, dead letters, jobs, gateways. For operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.kernel import heartbeat, jobs, times
from madang.kernel.health import health
from madang.kernel.watchers import watching
from madang.telemetry import api as telemetry
from madang.web import words
from madang.web.parts import Parts
from madang.web.stages import stages

SHOWN_STALE = 50
PAGE = 50
LAST_PAGE = 200  # 10,000 refusals by hand are enough; the rest is for SQL
WINDOW = timedelta(days=1)
NO_COUNTS: dict[str, int] = {}


@dataclass(frozen=True)
class Figure:
    """One counter: its name, its value, and whether it asks for attention."""

    title: str
    value: float
    note: str = ""


def lake_silent() -> str:
    """Return what a page says where the lake does not answer."""
    return _("The lake does not answer: readings of this moment and refusals are not shown.")


@require_safe
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Show how the pipeline is: counters, processes, stale sensors, refusals of the last day."""
    parts = Parts()
    counters: Mapping[str, Any] = parts.ask(lake_silent(), telemetry.pipeline_counters, {})
    nothing: tuple[list[telemetry.Stale], int] = ([], 0)
    stale, stale_count = parts.ask(lake_silent(), lambda: telemetry.stale(SHOWN_STALE), nothing)
    since = times.now() - WINDOW
    refused: dict[str, int] = parts.ask(
        lake_silent(), lambda: telemetry.dead_letter_counts(since), {}
    )
    checks, watched = health().checks, watching()
    troubles = [check for check in checks if not check.ok]
    context = {
        "heading": _overview_heading(len(troubles), stale_count, lake_away=bool(parts.failed)),
        "crumbs": _crumbs(),
        "failed": parts.failed,
        "figures": figures(counters),
        "checks": [(words.part(check.name), check) for check in checks],
        "workers": heartbeat.alive("worker"),
        "stale": stale,
        "stale_count": stale_count,
        "refused": [(words.refusal(code), code, n) for code, n in refused.items()],
        "refused_count": sum(refused.values()),
        "known_lake": not parts.failed,
        "stages": stages(counters, sum(refused.values()), watched, checks),
        "watching": watched,
        "now": times.now(),
    }
    return render(request, "web/operations.html", context)


def _overview_heading(troubles: int, stale: int, *, lake_away: bool) -> str:
    if lake_away:
        return _("The lake does not answer")
    if troubles:
        return ngettext(
            "%(n)s part of the platform needs attention",
            "%(n)s parts of the platform need attention",
            troubles,
        ) % {"n": troubles}
    if stale:
        return ngettext(
            "All parts run; %(n)s sensor is overdue",
            "All parts run; %(n)s sensors are overdue",
            stale,
        ) % {"n": stale}
    return _("All parts run and every sensor reports")


def figures(counters: Mapping[str, Any]) -> list[Figure]:
    """Return the pipeline's counters in the order of the way of a reading."""
    titles = words.counters()
    known = [name for name in titles if name in counters]
    return [Figure(*titles[name][:1], float(counters[name]), titles[name][1]) for name in known]


@require_safe
@never_cache
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Show refused readings, newest first, with reason and payload."""
    parts = Parts()
    code = request.GET.get("code", "")
    code = code if code in telemetry.REFUSAL_CODES else ""
    page = _page_number(request)
    since = times.now() - timedelta(days=90)
    counts: dict[str, int] = parts.ask(
        lake_silent(), lambda: telemetry.dead_letter_counts(since), {}
    )
    rows: list[telemetry.DeadLetter] = parts.ask(
        lake_silent(),
        lambda: telemetry.dead_letters(since, code=code, limit=PAGE + 1, offset=(page - 1) * PAGE),
        [],
    )
    total = counts.get(code, 0) if code else sum(counts.values())
    context = {
        "heading": _dead_letters_heading(total, code, lake_away=bool(parts.failed)),
        "crumbs": _crumbs(),
        "failed": parts.failed,
        "rows": [(row, words.refusal(row.code)) for row in rows[:PAGE]],
        "codes": [
            (name, words.refusal(name), counts.get(name, 0)) for name in telemetry.REFUSAL_CODES
        ],
        "code": code,
        "page": page,
        "older": page + 1 if len(rows) > PAGE and page < LAST_PAGE else None,
        "newer": page - 1 if page > 1 else None,
        "known_lake": not parts.failed,
    }
    return render(request, "web/dead_letters.html", context)


def _dead_letters_heading(total: int, code: str, *, lake_away: bool) -> str:
    if lake_away:
        return _("The refused readings cannot be shown now")
    if not total and code:
        return _("Nothing was refused for this reason")
    if not total:
        return _("Nothing was refused in the last 90 days")
    return ngettext(
        "%(n)s reading or batch was refused in the last 90 days",
        "%(n)s readings or batches were refused in the last 90 days",
        total,
    ) % {"n": total}


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(1, int(text)), LAST_PAGE) if text.isascii() and text.isdecimal() else 1


@require_safe
@never_cache
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Show schedules with their last and next run, and the newest jobs."""
    schedules = jobs.schedules()
    failing = [state for state in schedules if state.state == "failed"]
    if not schedules:
        heading = _("No room has a scheduled job")
    elif failing:
        heading = ngettext(
            "%(n)s scheduled job failed when it last ran",
            "%(n)s scheduled jobs failed when they last ran",
            len(failing),
        ) % {"n": len(failing)}
    else:
        heading = _("No scheduled job failed when it last ran")
    context = {
        "heading": heading,
        "crumbs": _crumbs(),
        "schedules": [(s, _(s.help), words.run_state(s.state)) for s in schedules],
        "recent": [(job, words.run_state(job.state)) for job in jobs.recent(50)],
        "has_worker": bool(heartbeat.alive("worker")),
    }
    return render(request, "web/jobs.html", context)


@require_safe
@never_cache
def gateways(request: HttpRequest) -> HttpResponse:
    """Show who may send readings: origin, scopes, quota."""
    rows = telemetry.gateways()
    heading = ngettext(
        "%(n)s gateway may send readings", "%(n)s gateways may send readings", len(rows)
    ) % {"n": len(rows)}
    context = {
        "heading": heading if rows else _("No gateway may send readings yet"),
        "crumbs": _crumbs(),
        "rows": rows,
    }
    return render(request, "web/gateways.html", context)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Home"), "/"), (_("Operations"), "/operations/")]
