"""A district's last day and last thirty days, as charts that say what they show."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from madang.air import api
from madang.air.in_effect import rules_in_effect
from madang.air.rule_set import RunRule
from madang.air.standards import index_in_effect
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city.api import profile
from madang.kernel.chart_lines import Line, Point, Span
from madang.kernel.times import HOUR, day_span

DAY_HOURS = 24
MONTH_DAYS = 30
NOON = timedelta(hours=12)
_LEAST_HOURS = 18  # of a day's mean: 75 %, as of every mean of the network (see air.yaml)
_DUST = ("pm25", "pm10")
_HIGHEST_DUST = 600  # µg/m³: where the tables of dust end
_MOVED = 0.25  # a change of a quarter of the greatest value is called one


@dataclass(frozen=True)
class Limit:
    """A limit, named; `source` says where it comes from."""

    value: float
    name: str
    source: str


@dataclass(frozen=True)
class Chart:
    """A chart with all that its page, table and file say."""

    name: str
    finding: str
    detail: str
    value: str
    unit: str
    decimals: int
    lines: Sequence[Line]
    limit: Limit | None
    is_daily: bool
    files: Sequence[tuple[str, str]]


def day_chart(
    air: api.DistrictAir, pollutant: str, files: Sequence[tuple[str, str]]
) -> Chart | None:
    """Return the chart of the last 24 closed hours; None where fewer than two are known."""
    hours = api.district_series(air.district, pollutant, origin=air.origin, limit=DAY_HOURS)
    by_end = {hour.end: hour.value for hour in hours}
    known = [value for value in by_end.values() if value is not None]
    if len(known) < 2:
        return None
    end = hours[-1].end
    points = [
        Point(at, by_end.get(at)) for at in (end - n * HOUR for n in range(DAY_HOURS - 1, -1, -1))
    ]
    limit = lowest_limit(pollutant)
    return Chart(
        name=f"day-{pollutant}",
        finding=_day_finding(pollutant, points),
        detail=_detail(_("Mean of each hour in %(unit)s.") % {"unit": UNITS[pollutant]}, limit),
        value=NAMES[pollutant],
        unit=UNITS[pollutant],
        decimals=DECIMALS[pollutant],
        lines=[Line(points)],
        limit=limit,
        is_daily=False,
        files=files,
    )


def month_chart(
    air: api.DistrictAir, pollutant: str, files: Sequence[tuple[str, str]]
) -> Chart | None:
    """Return the chart of the last thirty days; None where fewer than two have a mean."""
    limit_hours = (MONTH_DAYS + 1) * DAY_HOURS
    hours = api.district_series(air.district, pollutant, origin=air.origin, limit=limit_hours)
    means, spans = _days(hours, profile().timezone)
    if sum(day.value is not None for day in means) < 2:
        return None
    limit = _class_limit(pollutant)
    words = _("Mean of each day in %(unit)s; the band reaches from its least to its greatest hour.")
    return Chart(
        name=f"month-{pollutant}",
        finding=_month_finding(pollutant, means, spans),
        detail=_detail(words % {"unit": UNITS[pollutant]}, limit),
        value=NAMES[pollutant],
        unit=UNITS[pollutant],
        decimals=DECIMALS[pollutant],
        lines=[Line(means, spans=spans)],
        limit=limit,
        is_daily=True,
        files=files,
    )


def lowest_limit(pollutant: str) -> Limit | None:
    """Return the lowest limit of the city's rules on hours of this pollutant."""
    limits = [
        (rule.declare.above if rule.declare.above is not None else rule.declare.at_least, rule)
        for rule in rules_in_effect().rules
        if isinstance(rule, RunRule) and rule.pollutant == pollutant
    ]
    found = [(value, rule) for value, rule in limits if value is not None]
    if not found:
        return None
    value, rule = min(found, key=lambda pair: pair[0])
    language = get_language() or ""
    name = f"{profile().text(rule.name, language)} {value:g}"
    return Limit(value, name, profile().text(rule.legal, language))


def _class_limit(pollutant: str) -> Limit | None:
    """Return where a day's mean of dust becomes bad by the city's index."""
    if pollutant not in _DUST:
        return None
    for value in range(1, _HIGHEST_DUST):
        if _is_bad(pollutant, float(value)):
            source = profile().text(index_in_effect().spec.name, get_language() or "")
            return Limit(float(value), _("bad from %(value)s") % {"value": value}, source)
    return None


def _is_bad(pollutant: str, mean: float) -> bool:
    """Return whether a day's mean of dust is bad or worse by the city's index."""
    standard = index_in_effect()
    part = standard.index({pollutant: mean}).parts.get(pollutant)
    return part is not None and standard.grade(part) in ("bad", "very_bad")


def _detail(words: str, limit: Limit | None) -> str:
    if limit is None:
        return words
    line = _("Dashed: %(name)s (%(source)s).") % {"name": limit.name, "source": limit.source}
    return f"{words} {line}"


def _days(hours: Sequence[api.HourValue], zone: tzinfo) -> tuple[list[Point], list[Span]]:
    """Return mean and span of each of the last thirty days of the city; None where too few hours.

    An hour belongs to the day in which it begins. Days before the first and after the last that
    are complete are left out.
    """
    by_day: dict[date, list[float]] = defaultdict(list)
    for hour in hours:
        if hour.value is not None:
            by_day[(hour.end - HOUR).astimezone(zone).date()].append(hour.value)
    if not by_day:
        return [], []
    first, last = min(by_day), max(by_day)
    first = max(first, last - timedelta(days=MONTH_DAYS - 1))
    means, spans = [], []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        noon = day_span(day, zone)[0] + NOON
        values = by_day.get(day, [])
        is_known = len(values) >= _LEAST_HOURS
        means.append(Point(noon, math.fsum(values) / len(values) if is_known else None))
        low, high = (min(values), max(values)) if is_known else (None, None)
        spans.append(Span(noon, low, high))
    known = [place for place, day in enumerate(means) if day.value is not None]
    if not known:
        return [], []
    shown = slice(known[0], known[-1] + 1)  # a day that has only begun is no gap
    return means[shown], spans[shown]


def _day_finding(pollutant: str, points: Sequence[Point]) -> str:
    """Return what a day's hours did: rose, fell, or stayed between two values."""
    known = [point for point in points if point.value is not None]
    values = [point.value for point in known if point.value is not None]
    first, last, low, high = values[0], values[-1], min(values), max(values)
    n = round((known[-1].at - known[0].at) / HOUR) + 1
    words = {
        "rose": ngettext(
            "%(name)s rose from %(first)s to %(last)s %(unit)s in %(n)s hour",
            "%(name)s rose from %(first)s to %(last)s %(unit)s in %(n)s hours",
            n,
        ),
        "fell": ngettext(
            "%(name)s fell from %(first)s to %(last)s %(unit)s in %(n)s hour",
            "%(name)s fell from %(first)s to %(last)s %(unit)s in %(n)s hours",
            n,
        ),
        "stayed": ngettext(
            "%(name)s was between %(low)s and %(high)s %(unit)s in the last %(n)s hour",
            "%(name)s was between %(low)s and %(high)s %(unit)s in the last %(n)s hours",
            n,
        ),
    }
    moved = last - first
    shape = "stayed" if abs(moved) <= _MOVED * high else "rose" if moved > 0 else "fell"
    numbers = {"first": first, "last": last, "low": low, "high": high}
    written = {key: _written(pollutant, value) for key, value in numbers.items()}
    return words[shape] % {"name": NAMES[pollutant], "unit": UNITS[pollutant], "n": n, **written}


def _month_finding(pollutant: str, means: Sequence[Point], spans: Sequence[Span]) -> str:
    values = [day.value for day in means if day.value is not None]
    if pollutant in _DUST:
        bad = sum(_is_bad(pollutant, value) for value in values)
        return ngettext(
            "%(name)s was bad or worse on %(bad)s of %(n)s day",
            "%(name)s was bad or worse on %(bad)s of %(n)s days",
            len(values),
        ) % {"name": NAMES[pollutant], "bad": bad, "n": len(values)}
    highest = max(span.high for span in spans if span.high is not None)
    return ngettext(
        "The highest hour of %(name)s in %(n)s day was %(high)s %(unit)s",
        "The highest hour of %(name)s in %(n)s days was %(high)s %(unit)s",
        len(values),
    ) % {
        "name": NAMES[pollutant],
        "n": len(values),
        "high": _written(pollutant, highest),
        "unit": UNITS[pollutant],
    }


def _written(pollutant: str, value: float) -> str:
    return str(number_format(value, DECIMALS[pollutant]))
