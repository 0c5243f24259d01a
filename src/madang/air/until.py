"""Until when bad air lasts, where the forecast can tell: a rule, and the words of the heading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.air.districts import DistrictAir, district_series
from madang.air.errors import UnknownForecast
from madang.air.forecasts import AirForecast, ForecastSkill, ForecastValue, forecast, forecast_skill
from madang.air.index_spec import GRADES
from madang.air.standards import Standard, index_in_effect, worst_grade
from madang.air.summary import category_of
from madang.city.api import profile
from madang.kernel import times, writing

HOUR = timedelta(hours=1)
ASKED_OF = ("bad", "very_bad")  # grades that keep people in: of these they ask how long
AHEAD_H = 24  # hours ahead that forecasts are judged at (`forecast_checks`); past them no skill
LASTS_H = 3  # hours that the better class has to hold: one good hour is no end
LEAST_HOURS = 24  # hours judged, below which nothing is known of the skill
LEAST_COVERAGE = 0.7  # how often the 80 % interval has to have held
# The point of the interval's upper half that stands for "probably": a normal error lies below it
# in 74 of 100 cases (0.5 * 1.28 standard deviations above the mean).
PROBABLY = 0.5


@dataclass(frozen=True)
class HourAhead:
    """The grade of a coming hour: where it probably ends up, and at the worst (80 % interval)."""

    end: datetime
    probable: str
    worst: str


@dataclass(frozen=True)
class Until:
    """The end of the present class; `is_sure` where even the interval's upper end is below it."""

    at: datetime
    is_sure: bool


def until(present: str, ahead: Sequence[HourAhead]) -> Until | None:
    """Return when the class falls below the present one and stays there; None where it does not.

    >>> hours = [HourAhead(datetime(2026, 11, 22, h), "moderate", "bad") for h in (20, 21, 22)]
    >>> until("bad", hours).at.hour
    20
    """
    is_below = [GRADES.index(hour.probable) < GRADES.index(present) for hour in ahead]
    for number, hour in enumerate(ahead):
        following = is_below[number : number + LASTS_H]
        if len(following) == LASTS_H and all(following):
            lasting = ahead[number : number + LASTS_H]
            worst = max(GRADES.index(item.worst) for item in lasting)
            return Until(hour.end, is_sure=worst < GRADES.index(present))
    return None


def has_skill(skill: ForecastSkill) -> bool:
    """Return whether forecasts of a pollutant were better than saying that nothing changes."""
    return (
        skill.hours >= LEAST_HOURS
        and (skill.hour_skill or 0.0) > 0.0
        and (skill.hour_coverage or 0.0) >= LEAST_COVERAGE
    )


def grades_ahead(
    standard: Standard,
    measured: Mapping[str, Sequence[float]],
    coming: Mapping[str, Sequence[ForecastValue]],
) -> list[HourAhead]:
    """Return the grades of the coming hours by the city's index, from the first to the last known.

    Parameters
    ----------
    measured : the last hours by pollutant, oldest first, up to the one before the first coming;
        NaN where missing. A pollutant that is not forecast stays as it counts now.
    coming : consecutive hours by pollutant, all of the same ends.
    """
    hours = min((len(values) for values in coming.values()), default=0)
    if not hours:
        return []
    probable = [_line(values, PROBABLY) for values in coming.values()]
    worst = [_line(values, 1.0) for values in coming.values()]
    ends = [value.valid_at for value in next(iter(coming.values()))[:hours]]
    grades = [
        _grades(standard, measured, dict(zip(coming, lines, strict=True)), hours)
        for lines in (probable, worst)
    ]
    return [
        HourAhead(end, low, high)
        for end, low, high in zip(ends, *grades, strict=True)
        if low is not None and high is not None
    ]


def _line(values: Sequence[ForecastValue], share: float) -> list[float]:
    """Return the values at that share of the way from the mean to the interval's upper end."""
    return [value.value + share * (value.high - value.value) for value in values]


def _grades(
    standard: Standard,
    measured: Mapping[str, Sequence[float]],
    coming: Mapping[str, Sequence[float]],
    hours: int,
) -> list[str | None]:
    counted = {}
    for pollutant, before in measured.items():
        if pollutant in coming:
            line = [*before, *coming[pollutant][:hours]]
            counted[pollutant] = standard.counted_series(pollutant, line)[-hours:].tolist()
        elif (now := standard.counted(pollutant, before)) is not None:
            counted[pollutant] = [now] * hours
    return [
        _grade(standard, {p: None if math.isnan(v[n]) else v[n] for p, v in counted.items()})
        for n in range(hours)
    ]


def _grade(standard: Standard, values: Mapping[str, float | None]) -> str | None:
    """Return the grade as pages show it: of the index, else of the worst pollutant known."""
    index = standard.index(values)
    return index.category or worst_grade([standard.grade(part) for part in index.parts.values()])


def until_in(air: DistrictAir) -> Until | None:
    """Return until when the air of a district is as bad as now; None where that is not known.

    Nothing is said of good or moderate air, nor without a fresh forecast made from the hours shown,
    nor where forecasts of a pollutant that makes the class had no skill of late.
    """
    present = category_of(air)
    if present not in ASKED_OF or air.origin is None:
        return None
    try:
        found = forecast(air.district, source=air.origin)
    except UnknownForecast:
        return None
    standard = index_in_effect()
    deciding = [p for p, part in air.index.parts.items() if standard.grade(part) == present]
    skills = forecast_skill(air.district, source=air.origin, pollutants=deciding)
    if not deciding or not all(has_skill(skill) for skill in skills):
        return None
    measured, coming = _hours(air, found, standard)
    if not set(deciding) <= set(coming):
        return None
    ends = until(present, grades_ahead(standard, measured, coming))
    return ends if ends is not None and ends.at > _present(air) else None


def _present(air: DistrictAir) -> datetime:
    """Return the moment that the page shows: a replay has its own."""
    shown = air.time or times.now()
    return shown if air.origin == "replayed" else max(shown, times.now())


def _hours(
    air: DistrictAir, found: AirForecast, standard: Standard
) -> tuple[dict[str, list[float]], dict[str, list[ForecastValue]]]:
    """Return the hours measured until the forecast was made, and those that it says."""
    window = [found.issued_at - n * HOUR for n in range(standard.window_h - 1, -1, -1)]
    measured = {}
    for pollutant in air.index.parts:
        series = district_series(
            air.district, pollutant, end=found.issued_at, origin=air.origin, limit=len(window)
        )
        known = {hour.end: hour.value for hour in series if hour.value is not None}
        measured[pollutant] = [known.get(end, math.nan) for end in window]
    until_end = found.issued_at + AHEAD_H * HOUR
    return measured, {
        pollutant: [hour for hour in found.hours[pollutant] if hour.valid_at <= until_end]
        for pollutant in measured
        if found.hours.get(pollutant)
    }


def with_until(sentence: str, ends: Until) -> str:
    """Return the sentence on the present class with until when it holds."""
    if ends.is_sure:
        words = _("%(sentence)s, until about %(time)s")
    else:
        words = _("%(sentence)s, probably until about %(time)s")
    return words % {"sentence": sentence, "time": time_of(ends)}


def time_of(ends: Until) -> str:
    """Return the hour as the city writes it, with its day where that is not today."""
    city, language = profile(), get_language() or ""
    if city.local(ends.at).date() == city.today():
        return writing.clock_text(ends.at, language, city.timezone, city.habits(language))
    return writing.moment_text(
        ends.at, language, city.timezone, city.today(), city.habits(language)
    )
