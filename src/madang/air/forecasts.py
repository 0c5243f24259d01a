"""Forecasts as others see them: the newest of a place, and how the last ones did."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from madang.air.errors import UnknownForecast

if TYPE_CHECKING:
    from madang.air.models import ForecastDay, ForecastIssue

FORECAST = "forecast"
MODEL = "madang ridge"
DAYS, HOURS_DAYS = 10, 30
_SHARE = 0.8
_PREFERRED = ("real", "simulated", "replayed")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class ForecastValue:
    """One hour ahead: mean and ends of the 80 % interval, µg/m³ for dust, ppm for gases."""

    valid_at: datetime
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class DayValue:
    """A day's mean ahead and the ends of its 80 % interval; `day` is the city's."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class AirForecast:
    """The forecast of a district (of the whole city where `district` is empty).

    `origin` is always forecast; `source` is the origin of the hours it was made from: what was
    learned from simulated hours forecasts simulated air, and must say so. `hours` and `tomorrow`
    are by pollutant; `models` says by which model each was made, after `fitted_rows` hours since
    `fitted_from`.
    """

    district: str
    names: Mapping[str, str]
    source: str
    issued_at: datetime
    model: str
    version: str
    models: Mapping[str, str]
    fitted_from: datetime
    fitted_rows: int
    hours: Mapping[str, tuple[ForecastValue, ...]]
    tomorrow: Mapping[str, DayValue]
    origin: str = FORECAST


@dataclass(frozen=True)
class ForecastSkill:
    """How the forecasts of one pollutant did in a district (of the city where it is empty).

    Of the last `days` days that could be judged (at most ten), forecast at 17:00 of the day
    before: the mean was within ± `margin` of what came on `within` of them, eight of ten; `rmse`
    and `persistence_rmse` are the errors of the forecast and of saying that tomorrow will be as
    the last 24 hours were. `hour_skill` and `hour_coverage` are over the last 30 days' hours, 24
    hours ahead: one less the ratio of the errors, and how often the 80 % interval held; None
    while nothing is judged.
    """

    district: str
    pollutant: str
    source: str
    days: int
    margin: float | None
    within: int
    rmse: float | None
    persistence_rmse: float | None
    hours: int
    hour_skill: float | None
    hour_coverage: float | None


def forecast(district: str = "", *, source: str | None = None) -> AirForecast:
    """Return the newest forecast of a district, of the city where it is empty.

    Without `source` that of the newest hour; at equal hours what is real goes first.

    Raises
    ------
    UnknownForecast
        If there is none yet.
    """
    found = forecasts([district], source=source)
    if not found:
        raise UnknownForecast(f"there is no forecast for {district or 'the city'} yet")
    return found[0]


def forecasts(
    districts: Sequence[str] | None = None, *, source: str | None = None
) -> list[AirForecast]:
    """Return the newest forecast of each district that has one (all, or those named)."""
    from django.db.models import Max

    from madang.air.models import ForecastIssue
    from madang.city import api as city

    names = {unit.code: unit.names for unit in city.profile().districts()}
    rows = ForecastIssue.objects.filter(
        district__in=list(names) if districts is None else districts
    )
    if source is not None:
        rows = rows.filter(origin=source)
    best: dict[str, tuple[datetime, int, str]] = {}
    newest = rows.values_list("district", "origin").annotate(newest=Max("issued_at")).order_by()
    for code, origin, issued_at in newest:
        rank = (issued_at, -_PREFERRED.index(origin), origin)
        best[code] = max(best.get(code, rank), rank)
    found = {
        row.district: _forecast(row, names.get(row.district, {}))
        for row in rows.filter(issued_at__in={rank[0] for rank in best.values()})
        if (row.issued_at, row.origin) == (best[row.district][0], best[row.district][2])
    }
    return [found[code] for code in ["", *names] if code in found]


def _forecast(row: ForecastIssue, names: Mapping[str, str]) -> AirForecast:
    return AirForecast(
        district=row.district,
        names=names,
        source=row.origin,
        issued_at=row.issued_at,
        model=MODEL,
        version=row.version,
        models=row.made_by,
        fitted_from=row.fitted_from,
        fitted_rows=row.fitted_rows,
        hours={p: tuple(_values(row.issued_at, parts)) for p, parts in row.hours.items()},
        tomorrow={p: DayValue(row.tomorrow_day, *bounds) for p, bounds in row.tomorrow.items()},
    )


def _values(issued_at: datetime, parts: Mapping[str, Sequence[Any]]) -> Iterable[ForecastValue]:
    columns = zip(parts["value"], parts["low"], parts["high"], strict=True)
    for ahead, (value, low, high) in enumerate(columns, start=1):
        if value is not None:
            yield ForecastValue(issued_at + ahead * _HOUR, value, low, high)


def forecast_skill(
    district: str = "", *, source: str | None = None, pollutants: Sequence[str] | None = None
) -> list[ForecastSkill]:
    """Return how the forecasts of a district, or of the city, did, by pollutant.

    Without `source` of those that the newest forecast is made from. Empty while none is issued.
    """
    from madang.air.rule_set import POLLUTANTS

    if source is None:
        newest = forecasts([district])
        if not newest:
            return []
        source = newest[0].source
    wanted = POLLUTANTS if pollutants is None else pollutants
    days = _days(district, source)
    return [_skill(district, source, p, days[p]) for p in wanted]


def _days(district: str, source: str) -> dict[str, list[ForecastDay]]:
    """Return the last days that could be judged, by pollutant, newest first."""
    from madang.air.models import ForecastDay

    found: dict[str, list[ForecastDay]] = defaultdict(list)
    rows = ForecastDay.objects.filter(district=district, origin=source, came__isnull=False)
    for row in rows.order_by("-day")[: 3 * DAYS * 6]:
        if len(found[row.pollutant]) < DAYS:
            found[row.pollutant].append(row)
    return found


def _skill(
    district: str, source: str, pollutant: str, days: Sequence[ForecastDay]
) -> ForecastSkill:
    errors = [row.mean - row.came for row in days if row.came is not None]
    compared = [row for row in days if row.came is not None and row.last_day is not None]
    margin = margin_of(errors, pollutant)
    hours = _hour_scores(district, source, pollutant)
    return ForecastSkill(
        district=district,
        pollutant=pollutant,
        source=source,
        days=len(errors),
        margin=margin,
        within=sum(abs(error) <= margin for error in errors) if margin is not None else 0,
        rmse=_rmse([row.mean - row.came for row in compared if row.came is not None]),
        persistence_rmse=_rmse(
            [row.last_day - row.came for row in compared if row.last_day and row.came is not None]
        ),
        hours=hours[0],
        hour_skill=hours[1],
        hour_coverage=hours[2],
    )


def margin_of(errors: Sequence[float], pollutant: str) -> float | None:
    """Return the smallest margin, as it is published, that held on eight of ten days.

    >>> margin_of([1.2, -3.4, 5.6, 0.2, 8.9, 2.0, 1.0, -4.1, 9.9, 12.0], "pm25")
    9.0
    """
    from madang.air.units import DECIMALS

    if not errors:
        return None
    sizes = sorted(abs(error) for error in errors)
    needed = sizes[math.ceil(_SHARE * len(sizes)) - 1]
    step = float(10 ** DECIMALS[pollutant])
    return math.ceil(round(needed * step, 6)) / step


def _rmse(errors: Sequence[float]) -> float | None:
    return math.sqrt(sum(e * e for e in errors) / len(errors)) if errors else None


def _hour_scores(
    district: str, source: str, pollutant: str
) -> tuple[int, float | None, float | None]:
    """Return hours judged, skill and coverage of the last days."""
    from madang.air.models import ForecastScore

    rows = ForecastScore.objects.filter(district=district, origin=source, pollutant=pollutant)
    last = list(rows.order_by("-day")[:HOURS_DAYS])
    n = sum(row.n for row in last)
    if not n:
        return 0, None, None
    error, other = (
        sum(row.squared_error for row in last), sum(row.squared_persistence for row in last)
    )  # fmt: skip
    skill = 1 - math.sqrt(error / other) if other > 0 else None
    return n, skill, sum(row.inside for row in last) / n
