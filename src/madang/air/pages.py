"""Pages of the air: every district now, and one district with its stations and its last day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.air import api
from madang.air.in_effect import rules_in_effect
from madang.air.index_spec import GRADES
from madang.air.rule_set import POLLUTANTS, RunRule
from madang.air.standards import index_in_effect
from madang.air.summary import advice, category_of, is_overdue, is_stale, summary
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city.api import Unit, profile
from madang.kernel import times
from madang.kernel.errors import NotFound, Unavailable
from madang.telemetry import api as telemetry

HOUR = timedelta(hours=1)
DAY_HOURS = 24
IN_TABLE = ("pm25", "pm10", "o3")
CHARTED = ("pm25", "pm10")


@dataclass(frozen=True)
class ShownValue:
    """One value as it is written: pollutant, number, unit, time, and how sure it is."""

    name: str
    value: float | None
    unit: str
    decimals: int
    category: str
    time: datetime | None
    stations: int
    quality: str
    is_hour: bool
    is_overdue: bool


@dataclass(frozen=True)
class ShownDistrict:
    """One row of the table of districts."""

    code: str
    name: str
    category: str
    index: int | None
    index_class: str
    is_provisional: bool
    origin: str | None
    time: datetime | None
    is_stale: bool
    values: Sequence[ShownValue]


@dataclass(frozen=True)
class ShownIndex:
    """The city's index in words: short name, title, and what it cannot tell."""

    name: str
    title: str
    note: str


@dataclass(frozen=True)
class Hour:
    """An hour of a day's chart; `value` None where there was none."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Limit:
    """A rule's limit, named."""

    value: float
    name: str


@dataclass(frozen=True)
class Chart:
    """A pollutant's last day in one district."""

    name: str
    unit: str
    decimals: int
    hours: Sequence[Hour]
    finding: str
    limit: Limit | None


@require_safe
@cache_control(public=True, max_age=1)
def districts(request: HttpRequest) -> HttpResponse:
    """Show the air of every district now, the worst first."""
    airs = api.present_air()
    units = [profile().unit(air.district) for air in airs]
    names = [unit.name(_language()) for unit in units]
    rows = [_district(air, name) for air, name in zip(airs, names, strict=True)]
    found = summary(airs, names)
    context = {
        "heading": found.sentence,
        "summary": found,
        "crumbs": [(_("Home"), "/")],
        "failed": _failures(),
        "rows": sorted(rows, key=_worst_first),
        "columns": [(NAMES[p], UNITS[p]) for p in IN_TABLE],
        "index": _shown_index(),
    }
    return render(request, "air/districts.html", context)


@require_safe
@cache_control(public=True, max_age=1)
def district(request: HttpRequest, code: str) -> HttpResponse:
    """Show one district: its values, its stations, its last 24 hours, its measures."""
    unit = _district_unit(code)
    name = unit.name(_language())
    air = api.district_air([unit.code])[0]
    now = times.now()
    category = category_of(air)
    stale = is_stale(air, now)
    context = {
        "heading": _district_heading(name, category, is_old=stale),
        "advice": "" if stale else advice(category),
        "crumbs": [(_("Home"), "/"), (_("Air"), "/air/")],
        "failed": _failures(),
        "row": _district(air, name),
        "index": _shown_index(),
        "values": [_value(air, p, now) for p in POLLUTANTS if p in air.values],
        "stations": _stations(unit.code, now),
        "station_columns": [(NAMES[p], UNITS[p]) for p in IN_TABLE],
        "charts": [c for p in CHARTED if (c := _chart(air, p)) is not None],
        "measures": [m for m in api.measures_in_force() if m.district == unit.code],
    }
    return render(request, "air/district.html", context)


def _district_unit(code: str) -> Unit:
    unit = profile().unit(code)
    if unit.level != profile().district_level:
        raise NotFound(_("%(code)s is no district.") % {"code": code})
    return unit


def _district_heading(name: str, category: str | None, *, is_old: bool) -> str:
    if category is None:
        return _("No readings from %(name)s yet") % {"name": name}
    if is_old:
        return _("No fresh readings from %(name)s") % {"name": name}
    sentences = {
        "good": _("Air in %(name)s is good"),
        "moderate": _("Air in %(name)s is moderate"),
        "bad": _("Air in %(name)s is bad"),
        "very_bad": _("Air in %(name)s is very bad"),
    }
    return sentences[category] % {"name": name}


def _district(air: api.DistrictAir, name: str) -> ShownDistrict:
    now = times.now()
    return ShownDistrict(
        code=air.district,
        name=name,
        category=_css(category_of(air)),
        index=air.index.value,
        index_class=_class_name(air.index.value),
        is_provisional=air.is_provisional,
        origin=air.origin,
        time=air.time,
        is_stale=bool(air.values) and is_stale(air, now),
        values=[_value(air, pollutant, now) for pollutant in IN_TABLE],
    )


def _shown_index() -> ShownIndex:
    spec = index_in_effect().spec
    text, language = profile().text, _language()
    return ShownIndex(
        name=text(spec.name, language),
        title=text(spec.title, language),
        note=text(spec.note, language) if spec.note else "",
    )


def _class_name(value: int | None) -> str:
    """Return what the city's index calls this class, in the reader's language."""
    if value is None:
        return ""
    return index_in_effect().class_name(value, profile().chain(_language()))


def _worst_first(row: ShownDistrict) -> tuple[bool, bool, int, int]:
    """Return the sort key: known before unknown, fresh before stale, then by class and index."""
    order = {_css(name): number for number, name in enumerate(GRADES)}
    return (
        row.category == "none",
        row.is_stale,
        -order.get(row.category, -1),
        -(row.index or 0),
    )


def _value(air: api.DistrictAir, pollutant: str, now: datetime) -> ShownValue:
    part = air.index.parts.get(pollutant)
    return _shown(
        pollutant,
        air.values.get(pollutant),
        _css(index_in_effect().grade(part) if part is not None else None),
        lambda value: is_overdue(value, air.origin, now),
    )


def _shown(
    pollutant: str,
    value: api.Value | None,
    category: str,
    overdue: Callable[[api.Value], bool],
) -> ShownValue:
    return ShownValue(
        name=NAMES[pollutant],
        value=value.value if value else None,
        unit=UNITS[pollutant],
        decimals=DECIMALS[pollutant],
        category=category,
        time=value.time if value else None,
        stations=value.stations if value else 0,
        quality=value.quality if value else "",
        is_hour=value.is_hour if value else False,
        is_overdue=overdue(value) if value else False,
    )


def _stations(code: str, now: datetime) -> list[tuple[api.StationAir, list[ShownValue]]]:
    """Return the stations of a district and their values, those that decide first."""
    counted = rules_in_effect().file.stations.classes
    found = sorted(
        api.station_air(district=code), key=lambda s: (s.station_class not in counted, s.name)
    )
    return [
        (
            station,
            [
                _shown(
                    pollutant,
                    station.values.get(pollutant),
                    "",
                    lambda value, origin=station.origin: is_overdue(value, origin, now),  # type: ignore[misc]
                )
                for pollutant in IN_TABLE
            ],
        )
        for station in found
    ]


def _chart(air: api.DistrictAir, pollutant: str) -> Chart | None:
    hours = api.district_series(air.district, pollutant, origin=air.origin, limit=DAY_HOURS)
    known = [hour.value for hour in hours if hour.value is not None]
    if len(known) < 2:
        return None
    end = hours[-1].end
    by_end = {hour.end: hour.value for hour in hours}
    day = [end - n * HOUR for n in range(DAY_HOURS - 1, -1, -1)]
    decimals = DECIMALS[pollutant]
    finding = _("%(name)s in the last 24 hours: %(low)s to %(high)s %(unit)s, last %(last)s") % {
        "name": NAMES[pollutant],
        "low": f"{min(known):.{decimals}f}",
        "high": f"{max(known):.{decimals}f}",
        "unit": UNITS[pollutant],
        "last": f"{known[-1]:.{decimals}f}",
    }
    return Chart(
        name=NAMES[pollutant],
        unit=UNITS[pollutant],
        decimals=decimals,
        hours=[Hour(at, by_end.get(at)) for at in day],
        finding=finding,
        limit=_lowest_limit(pollutant),
    )


def _lowest_limit(pollutant: str) -> Limit | None:
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
    return Limit(value, f"{profile().text(rule.name, _language())} {value:g}")


def _failures() -> list[str]:
    """Return what to say where the lake is away: closed hours are known, this minute is not."""
    try:
        telemetry.pipeline_counters()
    except (Unavailable, NotFound):
        return [_("The readings of this moment cannot be shown. Below are the last closed hours.")]
    return []


def _css(category: str | None) -> str:
    return (category or "none").replace("_", "-")


def _language() -> str:
    return get_language() or ""
