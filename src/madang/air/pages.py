"""Pages of the air: every district now, and one district with all that a resident asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.air import api, groups, nearest
from madang.air.city_map import city_map
from madang.air.history import Chart, day_chart, month_chart
from madang.air.in_effect import rules_in_effect
from madang.air.measure_pages import shown as shown_measure
from madang.air.outlook import ahead, fresh_forecast, outlook
from madang.air.rule_set import POLLUTANTS
from madang.air.shown import (
    ShownDistrict,
    district_value,
    look,
    shown_district,
    shown_index,
    worst_first,
)
from madang.air.summary import category_of, is_stale, summary
from madang.air.units import NAMES, UNITS
from madang.air.until import Until, time_of, until_in, with_until
from madang.city.api import Unit, profile
from madang.kernel import times
from madang.kernel.easy import is_easy_spoken
from madang.kernel.errors import NotFound, Unavailable
from madang.telemetry import api as telemetry

IN_TABLE = ("pm25", "pm10", "o3")
SIGN_UP = "alert-sign-up"
FILES = ("csv", "json", "parquet")
DISTRICT_COOKIE = "madang_district"  # set by web, which a room may not import


@dataclass(frozen=True)
class Choice:
    """A district to choose; `lon`, `lat` are its centre [degrees], None where unknown."""

    code: str
    name: str
    lon: float | None
    lat: float | None


@require_safe
@cache_control(public=True, max_age=1)
def districts(request: HttpRequest) -> HttpResponse:
    """Show the air of every district now, the worst first."""
    airs, now = api.present_air(), times.now()
    names = [profile().unit(air.district).name(_language()) for air in airs]
    rows = [shown_district(a, name, now, IN_TABLE) for a, name in zip(airs, names, strict=True)]
    found = summary(airs, names)
    mine = next((row for row in rows if row.code == _my_code(request)), None)
    context = {
        "heading": found.sentence,
        "summary": found,
        "crumbs": [(_("Home"), "/")],
        "failed": _failures(),
        "rows": sorted(rows, key=worst_first),
        "units": _choices(rows),
        "my_code": mine.code if mine else "",
        "mine": mine,
        "mine_heading": district_heading(airs[rows.index(mine)], mine.name, now) if mine else "",
        "columns": [(NAMES[p], UNITS[p]) for p in IN_TABLE],
        "index": shown_index(),
        "map": city_map(rows),
        "grades": _grades(rows),
    }
    return render(request, "air/districts.html", context)


@require_safe
@cache_control(public=True, max_age=1)
def district(request: HttpRequest, code: str) -> HttpResponse:
    """Show one district: its air, what to do, its day and month, its stations, its measures."""
    unit = district_unit(code)
    name = unit.name(_language())
    air = api.district_air([unit.code])[0]
    now = times.now()
    grade = None if not air.values or is_stale(air, now) else category_of(air)
    ends = until_in(air) if grade else None
    measures = [m for m in api.measures_in_force() if m.district == unit.code]
    context = {
        "heading": district_heading(air, name, now, ends),
        "ends": ends,
        "ends_at": time_of(ends) if ends is not None else "",
        "crumbs": [(_("Home"), "/"), (_("Air"), reverse("air"))],
        "failed": _failures(),
        "code": unit.code,
        "name": name,
        "has_easy_text": grade is not None,
        "row": shown_district(air, name, now, IN_TABLE),
        "index": shown_index(),
        "values": [district_value(air, p, now) for p in POLLUTANTS if p in air.values],
        "groups": groups.groups(grade),
        "group_sources": [
            (source.language, source.title) for source in rules_in_effect().file.advice_sources
        ],
        "plain": groups.plain_words(grade),
        "spoken_time": _spoken_time(air.time),
        "measures": [shown_measure(m) for m in measures],
        "sign_up": _sign_up(unit.code),
        "files": _files(unit.code),
        **_chart_context(request, air),
        **_station_context(request, unit, now),
    }
    return render(request, "air/district.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def places(request: HttpRequest) -> HttpResponse:
    """Answer where the neighbourhoods lie; the browser itself finds which one it is in."""
    return JsonResponse({"places": nearest.all_places()})


def district_unit(code: str) -> Unit:
    """Return the district of that code; raises `NotFound`."""
    unit = profile().unit(code)
    if unit.level != profile().district_level:
        raise NotFound(_("%(code)s is no district.") % {"code": code})
    return unit


def district_heading(
    air: api.DistrictAir, name: str, now: datetime, ends: Until | None = None
) -> str:
    """Return the answer to: how is the air there, until when, and what do I do?"""
    grade = category_of(air)
    if grade is None:
        return _("No readings from %(name)s yet") % {"name": name}
    if is_stale(air, now):
        return _("No fresh readings from %(name)s") % {"name": name}
    sentence = place_is(grade, name)
    if is_easy_spoken(_language()):  # one idea; the page goes on with the others
        return sentence
    if ends is not None:
        sentence = with_until(sentence, ends)
    return _("%(sentence)s. %(advice)s") % {
        "sentence": sentence,
        "advice": groups.advice_for(grade),
    }


def place_is(grade: str, name: str) -> str:
    """Return the sentence on the grade of a place's air."""
    sentences = {
        "good": _("Air in %(name)s is good"),
        "moderate": _("Air in %(name)s is moderate"),
        "bad": _("Air in %(name)s is bad"),
        "very_bad": _("Air in %(name)s is very bad"),
    }
    return sentences[grade] % {"name": name}


def _my_code(request: HttpRequest) -> str:
    """Return what the reader's cookie says; whether it is a district of ours is for the caller."""
    return request.COOKIES.get(DISTRICT_COOKIE, "")


def _choices(rows: Sequence[ShownDistrict]) -> list[Choice]:
    """Return the districts to choose from, by name, with their centres."""
    city = profile()
    centres = {row.code: city.unit(row.code).centre or (None, None) for row in rows}
    found = [Choice(row.code, row.name, *centres[row.code]) for row in rows]
    return sorted(found, key=lambda choice: choice.name)


def _grades(rows: Sequence[ShownDistrict]) -> list[tuple[str, int]]:
    """Return how many districts are in each grade that occurs: the legend of the map."""
    looks = [*(look(grade) for grade in api.GRADES), "none"]
    counts = [(name, sum(row.category == name for row in rows)) for name in looks]
    return [(name, count) for name, count in counts if count]


def _chart_context(request: HttpRequest, air: api.DistrictAir) -> dict[str, Any]:
    """Return the charts of the pollutant that the reader chose, else of the one that decides."""
    known = [p for p in POLLUTANTS if p in air.hours]
    chosen = request.GET.get("show", "")
    if chosen not in known:
        main = air.index.main
        chosen = main if main in known else (known[0] if known else "")
    files = [(form.upper(), f"{address}") for form, address in _files(air.district)]
    charts = [
        chart
        for make in (day_chart, month_chart)
        if chosen and (chart := make(air, chosen, files)) is not None
    ]
    forecast = fresh_forecast(air) if chosen else None
    if forecast is not None:
        charts = [with_forecast(chart, forecast, chosen) for chart in charts]
    return {
        "outlook": outlook(forecast, chosen) if forecast is not None else None,
        "shown": chosen,
        "pollutants": [(p, NAMES[p]) for p in known],
        "charts": charts,
        "has_month": any(chart.is_daily for chart in charts),
    }


def with_forecast(chart: Chart, forecast: api.AirForecast, pollutant: str) -> Chart:
    """Return the chart of the day with the next hours; any other as it is."""
    line = None if chart.is_daily else ahead(forecast, pollutant, chart.lines[0].points)
    if line is None:
        return chart
    words = _("The band ahead is where 8 of 10 hours should lie.")
    return replace(chart, lines=[*chart.lines, line], detail=f"{chart.detail} {words}")


def _station_context(request: HttpRequest, unit: Unit, now: datetime) -> dict[str, Any]:
    """Return the stations: of the district, or nearest to the neighbourhood that was chosen."""
    near = request.GET.get("near", "")
    choices = nearest.places_of(unit)
    chosen = next((choice for choice in choices if choice.code == near), None)
    if chosen is not None:
        stations = nearest.nearest_stations(profile().unit(chosen.code), now, IN_TABLE)
    else:
        stations = nearest.stations_of(unit.code, now, IN_TABLE)
    return {
        "places": choices,
        "near": chosen,
        "stations": stations[: nearest.NEAREST],
        "more_stations": stations[nearest.NEAREST :],
        "station_columns": [(NAMES[p], UNITS[p]) for p in IN_TABLE],
    }


def _files(code: str) -> list[tuple[str, str]]:
    return [(form, reverse("air-hours-file", args=[code, form])) for form in FILES]


def _sign_up(code: str) -> str:
    """Return the address at which to sign up for this district's alerts, empty where none is."""
    try:
        return f"{reverse(SIGN_UP)}?{urlencode({'district': code})}"
    except NoReverseMatch:
        return ""


def _spoken_time(at: datetime | None) -> str:
    """Return day and time in full, as they are said aloud."""
    if at is None:
        return ""
    city, language = profile(), _language()
    return _("%(day)s, %(time)s") % {
        "day": city.date_text(city.local(at).date(), language),
        "time": city.time_text(at, language),
    }


def _failures() -> list[str]:
    """Return what to say where the lake is away: closed hours are known, this minute is not."""
    try:
        telemetry.pipeline_counters()
    except (Unavailable, NotFound):
        return [_("The readings of this moment cannot be shown. Below are the last closed hours.")]
    return []


def _language() -> str:
    return get_language() or ""
