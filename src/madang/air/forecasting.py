"""Forecasts of the platform's own hours: issued as hours close, kept, and judged by what came.

One forecast per place and hour: each district, and the city as the mean of its districts. A run
stops after a few seconds and the next goes on, so that other jobs need not wait.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.db import transaction

from madang.air.engine import forecast as engine
from madang.air.engine.forecast import Fitted, Issued
from madang.air.engine.forecast_day import day_mean
from madang.air.engine.forecast_model import LONGEST
from madang.air.engine.statistics import LEAST_SHARE
from madang.air.forecast_history import place_hours
from madang.air.forecast_hours import DECIMALS, HOUR, Place, place_of
from madang.air.in_effect import rules_in_effect
from madang.air.models import DistrictHour, ForecastDay, ForecastIssue
from madang.air.rule_set import POLLUTANTS
from madang.kernel.times import day_span, now

CITY = ""
CLOSING = timedelta(minutes=15)  # after which an hour is taken as it stands
RECENT = timedelta(hours=2)
EVENING_H = 17  # city's clock: the forecast of that hour is kept as tomorrow's
KEPT = timedelta(days=8)
_BUDGET_S = 4.0


@dataclass(frozen=True)
class Due:
    """A place whose newest hour has no forecast yet; the city's districts are all of them."""

    district: str
    origin: str
    end: datetime
    districts: tuple[str, ...]


def issue_forecasts() -> int:
    """Issue what is due, for some seconds (schedule); returns how many were issued."""
    begun, issued = time.monotonic(), 0
    for due in due_places():
        if issued and time.monotonic() - begun > _BUDGET_S:
            break
        issued += issue_forecast(due)
    return issued


def due_places() -> list[Due]:
    """Return the places whose newest closed hour has no forecast yet, the city first."""
    closed = _newest_hours()
    found = [Due(code, origin, end, (code,)) for (code, origin), end in closed.items()]
    codes = district_codes()
    for origin in sorted({origin for _, origin in closed}):
        ends = [closed[code, origin] for code in codes if (code, origin) in closed]
        if ends and len(ends) * 2 >= len(codes) and ends.count(max(ends)) * 2 >= len(ends):
            found.insert(0, Due(CITY, origin, max(ends), codes))
    issued = set(
        ForecastIssue.objects.filter(
            issued_at__gte=min((due.end for due in found), default=now())
        ).values_list("district", "origin", "issued_at")
    )
    return [due for due in found if (due.district, due.origin, due.end) not in issued]


def district_codes() -> tuple[str, ...]:
    """Return the codes of the city's districts."""
    from madang.city import api as city

    return tuple(unit.code for unit in city.profile().districts())


def _newest_hours() -> dict[tuple[str, str], datetime]:
    """Return the newest hour of each district and origin that is whole, or late enough.

    Whole: every pollutant that closed the hour before has closed it, too.
    """
    rows = DistrictHour.objects.filter(is_closed=True, created__gte=now() - RECENT)
    closed: dict[tuple[str, str], dict[datetime, set[str]]] = defaultdict(lambda: defaultdict(set))
    created: dict[tuple[str, str, datetime], datetime] = {}
    for code, origin, end, pollutant, at in rows.values_list(
        "district", "origin", "end", "pollutant", "created"
    ):
        closed[code, origin][end].add(pollutant)
        key = (code, origin, end)
        created[key] = min(at, created.get(key, at))
    found = {}
    for (code, origin), hours in closed.items():
        for end in sorted(hours, reverse=True):
            is_whole = hours[end] >= hours.get(end - HOUR, set()) and end - HOUR in hours
            if is_whole or now() - created[code, origin, end] >= CLOSING:
                found[code, origin] = end
                break
    return found


def issue_forecast(due: Due) -> bool:
    """Issue one place's forecast; False where none of its pollutants has a value at that hour."""
    hours = place_hours(due.districts, due.origin, due.end)
    zone = rules_in_effect().zone
    place = place_of(hours, POLLUTANTS, zone)
    if place is None or place.end_of(place.rows - 1) < due.end:
        return False
    fitted = engine.fit(place.hours, LONGEST)
    issued = engine.issue(fitted, place.hours)
    day = due.end.astimezone(zone).date() + timedelta(days=1)
    tomorrow = _tomorrow(place, fitted, issued, hours_of_day(day, due.end, zone))
    with transaction.atomic():
        ForecastIssue.objects.update_or_create(
            district=due.district,
            origin=due.origin,
            issued_at=due.end,
            defaults={
                "version": engine.VERSION,
                "created": now(),
                "made_by": dict(_models(place, fitted)),
                "fitted_from": place.start,
                "fitted_rows": place.rows,
                "hours": dict(_hours(place, issued)),
                "tomorrow_day": day,
                "tomorrow": {p: list(bounds) for p, bounds in tomorrow.items()},
            },
        )
        if due.end.astimezone(zone).hour <= EVENING_H:
            _keep(due, day, place, fitted, tomorrow)
    return True


def _models(place: Place, fitted: Fitted) -> Iterator[tuple[str, str]]:
    for p, pollutant in enumerate(place.hours.pollutants):
        yield pollutant, fitted.model_of(p)


def _hours(place: Place, issued: Issued) -> Iterator[tuple[str, dict[str, list[float | None]]]]:
    for p, pollutant in enumerate(place.hours.pollutants):
        parts = {"value": issued.value, "low": issued.low, "high": issued.high}
        yield (
            pollutant,
            {
                name: [
                    None if math.isnan(v) else round(float(v), DECIMALS[pollutant])
                    for v in part[-1, :, p]
                ]
                for name, part in parts.items()
            },
        )


Bounds = tuple[float, float, float]  # mean, low, high


def _tomorrow(
    place: Place, fitted: Fitted, issued: Issued, ahead: Sequence[int]
) -> dict[str, Bounds]:
    """Return the day's mean and interval of each pollutant that has one."""
    parts = day_mean(fitted, place.hours, issued, ahead[0], min(ahead[-1], LONGEST))
    found = {}
    for p, pollutant in enumerate(place.hours.pollutants):
        mean, low, high = (round(float(part[p]), DECIMALS[pollutant]) for part in parts)
        if not math.isnan(mean):
            found[pollutant] = (mean, low, high)
    return found


def _keep(
    due: Due, day: date, place: Place, fitted: Fitted, tomorrow: Mapping[str, Bounds]
) -> None:
    """Keep tomorrow's means as they stand; those of the evening are the ones that are judged."""
    for p, pollutant in enumerate(place.hours.pollutants):
        if pollutant not in tomorrow:
            continue
        mean, low, high = tomorrow[pollutant]
        ForecastDay.objects.update_or_create(
            district=due.district,
            origin=due.origin,
            pollutant=pollutant,
            day=day,
            defaults={
                "issued_at": due.end,
                "model": fitted.model_of(p),
                "version": engine.VERSION,
                "mean": mean,
                "low": low,
                "high": high,
                "last_day": mean_of([float(v) for v in place.hours.values[-24:, p]]),
            },
        )


def mean_of(values: Sequence[float], due: int = 24) -> float | None:
    """Return the mean of the values that are no NaN; None under three quarters of those due."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known and len(known) >= LEAST_SHARE * due else None


def hours_of_day(day: date, issued_at: datetime, zone: tzinfo) -> list[int]:
    """Return how many hours after `issued_at` the hours of a day of the city end."""
    start, end = day_span(day, zone)
    first = round((start - issued_at) / HOUR) + 1
    return list(range(first, round((end - issued_at) / HOUR) + 1))


def forget_old_forecasts() -> None:
    """Delete hourly forecasts whose scores are long taken (schedule)."""
    ForecastIssue.objects.filter(created__lt=now() - KEPT).delete()
