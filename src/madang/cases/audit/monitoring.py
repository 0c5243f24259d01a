"""The jobs of the watch: samples drawn, figures counted, whoever is in charge told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from madang.access.api import purpose
from madang.cases.audit import drawing
from madang.cases.audit.aims import Aims, aims
from madang.cases.audit.decisions import decisions, facts_of
from madang.cases.audit.figures import (
    RECENT_WEEKS,
    drift_report,
    facts_moved,
    groups_report,
    share_report,
)
from madang.cases.audit.models import AuditDraw, AuditItem, AuditReport
from madang.cases.audit.results import audit_report, catch_report
from madang.cases.audit.tasks import open_task
from madang.cases.case_events import DecisionsDrifted, GroupsDiffer
from madang.cases.case_purposes import CASES, MONITOR
from madang.cases.engine.sampling import BREACHED
from madang.city.api import profile
from madang.kernel.events import announce

YEAR = timedelta(days=365)


def draw() -> None:
    """Draw the samples of the last period, once."""
    drawing.draw_due()


def watch(day: date | None = None) -> None:
    """Count share, drift and groups anew, keep the reports, and tell of what is out of bounds."""
    found, today = aims(), day or profile().today()
    monday = drawing.period_end(today, 7)
    until = _midnight(today)
    frame = decisions(until - max(YEAR, timedelta(days=found.groups_days)), until)
    year = frame.filter(pl.col("decided_at") >= until - YEAR)
    share = share_report(year, found.automated_share)
    drift = drift_report(year, monday, baseline=found.baseline_weeks)
    drift["facts"] = _facts(year, monday, found)
    recent = frame.filter(pl.col("decided_at") >= until - timedelta(days=found.groups_days))
    groups = groups_report(recent, found.gap)
    departments = dict(frame.select("service", "department").unique("service").iter_rows())
    with transaction.atomic():
        _keep("share", today - YEAR, today, share)
        _keep("drift", today - YEAR, today, drift)
        _keep("groups", today - timedelta(days=found.groups_days), today, groups)
        _tell_drift(drift, monday, departments)
        _tell_groups(groups, today, departments)
        _tell_catch(found, today)


def sample_results(*, since: date | None = None) -> dict[str, Any]:
    """Return what the samples of twelve months found, and whether planted errors are caught.

    Cases of one stratum in several samples are counted together; each stands for as many as there
    were of its stratum.
    """
    start = _midnight(since or profile().today() - YEAR)
    found = aims()
    populations: dict[str, int] = {}
    draws = list(AuditDraw.objects.filter(since__gte=start).order_by("-since"))
    for one in draws:
        for name, (cases, _drawn) in one.strata.items():
            populations[name] = populations.get(name, 0) + cases
    with purpose(CASES, MONITOR):
        items = AuditItem.objects.filter(draw__in=[one.pk for one in draws])
        rows = list(
            items.filter(planted__isnull=True).values_list(
                "stratum", "decided_at", "agrees", "finding__verdict", "looked_s"
            )
        )
        planted = items.filter(planted__isnull=False, decided_at__isnull=False)
        caught = [(who, bool(agrees is False)) for who, agrees in
                  planted.values_list("reviewer", "agrees")]  # fmt: skip
    checked = pl.DataFrame(
        [
            {"stratum": stratum, "wrong": _wrong(decided, agrees, verdict),
             "open": bool(decided and not agrees and not verdict)}
            for stratum, decided, agrees, verdict, _looked in rows
        ],
        schema={"stratum": pl.String, "wrong": pl.Boolean, "open": pl.Boolean},
    )  # fmt: skip
    looked = sorted(seconds for *_rest, seconds in rows if seconds is not None)
    report = audit_report(checked, found.aim.error_rate, found.aim.confidence, populations)
    return report | {
        "draws": len(draws),
        "median_look_s": looked[len(looked) // 2] if looked else None,
        "catch": catch_report(caught, found.catch_rate),
        "last_draw": _last(draws),
    }


def _wrong(decided: datetime | None, agrees: bool | None, verdict: str | None) -> bool | None:
    if decided is None or (not agrees and not verdict):
        return None
    return verdict == "machine-wrong"


def _last(draws: list[AuditDraw]) -> dict[str, Any] | None:
    if not draws:
        return None
    one = draws[0]
    return {
        "since": profile().local(one.since).date().isoformat(),
        "until": profile().local(one.until).date().isoformat(),
        "seed": one.seed,
        "population": one.population,
        "drawn": sum(drawn for _cases, drawn in one.strata.values()),
    }


def _facts(year: pl.DataFrame, monday: date, found: Aims) -> list[dict[str, Any]]:
    """Return how far facts moved of each service that decides by rules."""
    end = _midnight(monday)
    recent = end - timedelta(weeks=RECENT_WEEKS)
    start = recent - timedelta(weeks=found.baseline_weeks)
    automated = year.filter(pl.col("decided_by") == "rules")["service"].unique().sort()
    moved: list[dict[str, Any]] = []
    for service in automated.to_list():
        before, now = facts_of(service, start, recent), facts_of(service, recent, end)
        moved += facts_moved(service, before, now)
    return moved


def _keep(kind: str, since: date, until: date, content: Mapping[str, Any]) -> None:
    AuditReport.objects.update_or_create(
        kind=kind, until=until, defaults={"since": since, "content": dict(content)}
    )


def _tell_drift(drift: Mapping[str, Any], monday: date, departments: Mapping[str, str]) -> None:
    week = (monday - timedelta(days=7)).isoformat()
    for chart in drift["charts"]:
        for signal in chart["signals"]:
            if signal["week"] == week:
                _drifted(chart["service"], chart["measure"], week, signal["side"], departments)
    for fact in drift["facts"]:
        if fact["state"] == "alert":
            _drifted(fact["service"], f"fact:{fact['fact']}", week, "", departments)


def _drifted(
    service: str, measure: str, week: str, side: str, departments: Mapping[str, str]
) -> None:
    values = {"measure": measure, "week": week, "side": side}
    kind = "facts" if measure.startswith("fact:") else "drift"
    if open_task(kind, service, departments.get(service, ""), values, about=measure, mark=week):
        announce(DecisionsDrifted(service=service, measure=measure, week=week, side=side))


def _tell_groups(groups: Mapping[str, Any], today: date, departments: Mapping[str, str]) -> None:
    for service, measure, by, group in _breached(groups["tables"]):
        values = {"measure": measure, "by": by, "group": group}
        new = open_task(
            "groups", service, departments.get(service, ""), values,
            about=f"{measure}:{by}:{group}", mark=f"{today:%Y-%m}",
        )  # fmt: skip
        if new:
            announce(GroupsDiffer(service=service, measure=measure, by=by, group=group))


def _breached(tables: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str, str, str]]:
    for table in tables:
        for row in table["groups"]:
            if row["state"] == BREACHED:
                yield table["service"], table["measure"], table["by"], row["group"]


def _tell_catch(found: Aims, today: date) -> None:
    caught = sample_results(since=today - YEAR)["catch"]
    if caught["state"] == BREACHED:
        values = {"median": caught["median"], "aim": found.catch_rate}
        open_task("rubber-stamp", "", "", values, about="catch", mark=f"{today:%Y-%m}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), profile().timezone)
