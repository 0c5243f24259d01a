"""The watch over decisions as its pages show it: rows in words, charts, and what comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from madang.cases.audit import words
from madang.cases.engine.control_charts import BEYOND, EIGHT
from madang.kernel.chart_lines import Line, Point, Span, Threshold

PERCENT = 100.0
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True)
class Figure:
    """A chart as `madang_charts` draws it."""

    name: str
    finding: str
    detail: str
    value: str
    lines: Sequence[Line]
    step: timedelta
    limit: Threshold | None = None
    unit: str = "%"
    decimals: int = 1
    is_daily: bool = True
    files: Sequence[tuple[str, str]] = field(default_factory=tuple)


def share_figure(share: Mapping[str, Any]) -> Figure | None:
    """Return the automated share by month; None where there is no month."""
    months = share["months"]
    if not months or share["total"]["cases"] is None:
        return None
    points = [Point(words.midnight(f"{one['month']}-15"), percent(one["share"])) for one in months]
    total = share["total"]
    return Figure(
        name="share",
        finding=share_finding(share),
        detail=_("R0 and R1 cases by month of decision; %(n)s in twelve months.")
        % {"n": f"{total['cases']:,}"},
        value=_("decided by rules"),
        lines=[Line(points)],
        step=MONTH,
        limit=Threshold(share["target"] * PERCENT, _("aim")),
    )


def share_finding(share: Mapping[str, Any]) -> str:
    """Return the answer of the page: which share rules decided."""
    total = share["total"]
    if total.get("suppressed"):
        return _("Too few bound decisions were taken to tell of them")
    if total["share"] is None:
        return _("No case of a bound decision was decided yet")
    values = {"share": f"{total['share'] * PERCENT:.0f}", "aim": f"{share['target'] * PERCENT:.0f}"}
    if total["share"] >= share["target"]:
        return _("Rules decided %(share)s %% of bound cases: the aim of %(aim)s %% is reached") \
            % values  # fmt: skip
    return _("Rules decided %(share)s %% of bound cases: the aim is %(aim)s %%") % values


def chart_figure(chart: Mapping[str, Any], place: int) -> Figure:
    """Return a control chart: the weeks' shares and the limits around the baseline."""
    weeks = chart["weeks"]
    points = [
        Point(words.midnight(one["from"]),
              one["hits"] / one["cases"] * PERCENT if one["cases"] else None)
        for one in weeks
    ]  # fmt: skip
    spans = [
        Span(words.midnight(one["from"]), percent(one["low"]), percent(one["high"]))
        for one in weeks
        if one["low"] is not None
    ]
    title = words.service_title(chart["service"])
    measure = words.measure_text(chart["measure"])
    signals = [signal_text(one) for one in chart["signals"]]
    finding = f"{title} – {measure}: {words.state_text(chart['state'])}"
    detail = _("Per week; the band is where it lies while nothing changes.")
    return Figure(
        name=f"drift-{place}",
        finding=finding,
        detail=" ".join([detail, *signals[-1:]]),
        value=measure,
        lines=[Line(points, spans=spans)],
        step=WEEK,
    )


def signal_text(signal: Mapping[str, Any]) -> str:
    """Return why a control chart fired."""
    texts = {
        (BEYOND, "above"): _("Week of %(week)s: above its limits."),
        (BEYOND, "below"): _("Week of %(week)s: below its limits."),
        (EIGHT, "above"): _("Until the week of %(week)s: eight weeks in a row above the baseline."),
        (EIGHT, "below"): _("Until the week of %(week)s: eight weeks in a row below the baseline."),
    }
    return texts[signal["rule"], signal["side"]] % {"week": signal["week"]}


def share_rows(share: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the services with their shares, in words."""
    return [
        {**row, "title": words.service_title(row["service"]), "percent": percent(row["share"])}
        for row in share["services"]
    ]


def month_rows(share: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each service's share of each month."""
    return [
        {**row, "title": words.service_title(row["service"]),
         "percent": percent(row["automated"] / row["cases"])}
        for row in share.get("services_months", ())
    ]  # fmt: skip


def why_rows(share: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """Return why cases went to people, and how many."""
    return [(words.why_text(row["why"]), row["cases"]) for row in share["why_person"]]


def drift_rows(drift: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the control charts as rows, those out of their limits first."""
    rows = []
    for place, chart in enumerate(drift["charts"]):
        week = chart["weeks"][-1]
        rows.append(
            {
                "place": place,
                "service": chart["service"],
                "title": words.service_title(chart["service"]),
                "measure": words.measure_text(chart["measure"]),
                "state": chart["state"],
                "state_text": words.state_text(chart["state"]),
                "tag": words.TAGS.get(chart["state"], ""),
                "now": week["hits"] / week["cases"] * PERCENT if week["cases"] else None,
                "cases": week["cases"],
                "baseline": percent(chart["centre"]),
                "signal": signal_text(chart["signals"][-1]) if chart["signals"] else "",
            }
        )
    order = {"drifting": 0, "undetermined": 2}
    return sorted(rows, key=lambda row: (order.get(row["state"], 1), row["title"], row["place"]))


def fact_rows(drift: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how far facts moved, the farthest first."""
    rows = [
        {**fact, "title": words.service_title(fact["service"]),
         "state_text": words.state_text(fact["state"]), "tag": words.TAGS.get(fact["state"], "")}
        for fact in drift["facts"]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -row["index"])


def group_tables(groups: Mapping[str, Any], service: str) -> list[dict[str, Any]]:
    """Return the comparisons of a service; empty is all services together."""
    found = []
    for table in groups["tables"]:
        if table["service"] != service:
            continue
        rows = [
            {**row, "name": words.group_text(table["by"], row["group"]),
             "state_text": words.state_text(row["state"]), "tag": words.TAGS.get(row["state"], ""),
             "percent": percent(row.get("share")), "points": percent(row.get("difference")),
             "points_low": percent(row.get("low")), "points_high": percent(row.get("high"))}
            for row in table["groups"]
        ]  # fmt: skip
        found.append(
            {"measure": words.measure_text(table["measure"]), "by": words.kind_text(table["by"]),
             "rows": rows, "has_screen": table["measure"] == "granted"}
        )  # fmt: skip
    return found


def stratum_rows(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the strata of the samples, those with errors first."""
    rows = [
        {**row, "title": words.stratum_text(row["stratum"]),
         "percent": percent(row["error_rate"]), "from": percent(row["low"]),
         "to": percent(row["high"])}
        for row in results["strata"]
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["wrong"], -row["checked"], row["title"]))


def results_finding(results: Mapping[str, Any]) -> str:
    """Return what samples say of the error rate, in a sentence."""
    aim = {"aim": f"{results['aim'] * PERCENT:g}"}
    if results["state"] == "met":
        return _("Fewer than %(aim)s %% of the decisions by rules are wrong.") % aim
    if results["state"] == "breached":
        return _("More than %(aim)s %% of the decisions by rules are wrong.") % aim
    return _("Too few cases are checked to say whether fewer than %(aim)s %% are wrong.") % aim


def percent(share: float | None) -> float | None:
    """Return a share in percent."""
    return None if share is None else share * PERCENT
