"""Tomorrow's air as residents read it: about how much, between what, and how far off we were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madang.air import api
from madang.air.errors import UnknownForecast
from madang.air.shown import look
from madang.air.standards import index_in_effect
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.kernel.chart_lines import Line, Point, Span

AHEAD_H = 24
# A forecast is made within minutes of each hour; one that is older says nothing of this moment.
FRESH = timedelta(hours=3)


@dataclass(frozen=True)
class Outlook:
    """What is expected of tomorrow, in sentences; `source` is the origin of what it was made from.

    `past` says how the last forecasts did, `compared` how they did against "as today"; empty where
    that is not known.
    """

    sentence: str
    past: str
    compared: str
    category: str
    source: str
    issued_at: datetime
    version: str


def fresh_forecast(air: api.DistrictAir) -> api.AirForecast | None:
    """Return the forecast made from the hours that the page shows; None where there is none."""
    if air.origin is None or air.time is None:
        return None
    try:
        found = api.forecast(air.district, source=air.origin)
    except UnknownForecast:
        return None
    return found if air.time - found.issued_at <= FRESH else None


def outlook(found: api.AirForecast, pollutant: str) -> Outlook | None:
    """Return what a forecast says of tomorrow; None where it says nothing of this pollutant."""
    tomorrow = found.tomorrow.get(pollutant)
    if tomorrow is None:
        return None
    words = _("Tomorrow %(name)s about %(value)s %(unit)s, probably between %(low)s and %(high)s")
    standard = index_in_effect()
    part = standard.index({pollutant: tomorrow.value}).parts.get(pollutant)
    (skill,) = api.forecast_skill(found.district, source=found.source, pollutants=[pollutant])
    return Outlook(
        sentence=words
        % {
            "name": NAMES[pollutant],
            "unit": UNITS[pollutant],
            "value": _written(pollutant, tomorrow.value),
            "low": _written(pollutant, tomorrow.low),
            "high": _written(pollutant, tomorrow.high),
        },
        past=_past(skill),
        compared=_compared(skill),
        category=look(standard.grade(part) if part is not None else None),
        source=found.source,
        issued_at=found.issued_at,
        version=f"{found.model} {found.version}",
    )


def ahead(found: api.AirForecast, pollutant: str, measured: Sequence[Point]) -> Line | None:
    """Return the next 24 hours as a line that goes on from the last measured hour."""
    hours = [h for h in found.hours.get(pollutant, ()) if h.valid_at > measured[-1].at][:AHEAD_H]
    if not hours:
        return None
    last = measured[-1]
    joint = [last] if last.value is not None else []
    return Line(
        points=[*joint, *(Point(hour.valid_at, hour.value) for hour in hours)],
        name=_("forecast"),
        kind="forecast",
        spans=[
            *(Span(point.at, point.value, point.value) for point in joint),
            *(Span(hour.valid_at, hour.low, hour.high) for hour in hours),
        ],
    )


def _past(skill: api.ForecastSkill) -> str:
    if not skill.days or skill.margin is None:
        return _("No forecast has been compared with what came yet; that takes two days.")
    return ngettext(
        "On %(within)s of the last %(days)s day the forecast was within ±%(margin)s %(unit)s.",
        "On %(within)s of the last %(days)s days the forecast was within ±%(margin)s %(unit)s.",
        skill.days,
    ) % {
        "within": skill.within,
        "days": skill.days,
        "margin": _written(skill.pollutant, skill.margin),
        "unit": UNITS[skill.pollutant],
    }


def _compared(skill: api.ForecastSkill) -> str:
    if skill.rmse is None or skill.persistence_rmse is None:
        return ""
    if skill.rmse < skill.persistence_rmse:
        return _("Expecting tomorrow to be like today would have been further off.")
    return _("Expecting tomorrow to be like today would have done as well.")


def _written(pollutant: str, value: float) -> str:
    return str(number_format(value, DECIMALS[pollutant]))
