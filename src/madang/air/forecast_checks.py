"""Past forecasts against what came: taken once a day is over, and kept."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from madang.air.forecast_history import Values, closed_hours
from madang.air.forecast_hours import HOUR
from madang.air.forecasting import CITY, district_codes, mean_of
from madang.air.in_effect import rules_in_effect
from madang.air.models import DistrictHour, ForecastDay, ForecastIssue, ForecastScore
from madang.kernel.times import day_span, now

AHEAD = 24  # hours ahead that single hours are scored at
GRACE = timedelta(hours=1)  # after the end of a day, for its last hour to close
KEPT = timedelta(days=800)  # two years, to compare seasons

Series = tuple[str, str]  # district, origin


def judge_forecasts() -> int:
    """Compare the forecasts of days that are over with what came (schedule); returns how many."""
    waiting = ForecastDay.objects.filter(is_judged=False)
    days = list(waiting.values_list("district", "origin", "day").order_by("day").distinct())
    reached = _reached({origin for _, origin, _ in days})
    judged = 0
    for district, origin, day in days:
        _, end = day_span(day, rules_in_effect().zone)
        until = now() - GRACE if origin != "replayed" else reached.get(origin, end - HOUR)
        if end <= until:
            judged += _judge((district, origin), day)
    ForecastDay.objects.filter(issued_at__lt=now() - KEPT).exclude(origin="replayed").delete()
    return judged


def _reached(origins: Iterable[str]) -> dict[str, datetime]:
    """Return the newest hour of replays, whose time is their own."""
    if "replayed" not in origins:
        return {}
    newest = DistrictHour.objects.filter(origin="replayed", is_closed=True)
    end = newest.aggregate(newest=Max("end"))["newest"]
    return {} if end is None else {"replayed": end}


@transaction.atomic
def _judge(series: Series, day: date) -> int:
    district, origin = series
    start, end = day_span(day, rules_in_effect().zone)
    codes = district_codes() if district == CITY else (district,)
    values = closed_hours(codes, origin, start - timedelta(hours=AHEAD), end)
    rows = list(
        ForecastDay.objects.filter(district=district, origin=origin, day=day, is_judged=False)
    )
    due = round((end - start) / HOUR)
    ends = [start + n * HOUR for n in range(1, due + 1)]
    for row in rows:
        row.came = mean_of([_value(values, at, row.pollutant) for at in ends], due)
        row.is_judged = True
    ForecastDay.objects.bulk_update(rows, ["came", "is_judged"])
    _score_hours(series, day, ends, values)
    return len(rows)


def _value(values: Values, end: datetime, pollutant: str) -> float:
    return values.get(end, {}).get(pollutant, math.nan)


def _score_hours(series: Series, day: date, ends: Sequence[datetime], values: Values) -> None:
    """Keep how the day's hours were forecast `AHEAD` hours before."""
    district, origin = series
    before = timedelta(hours=AHEAD)
    issues = ForecastIssue.objects.filter(
        district=district, origin=origin, issued_at__range=(ends[0] - before, ends[-1] - before)
    )
    found: dict[str, ForecastScore] = {}
    for issued_at, hours in issues.values_list("issued_at", "hours"):
        for pollutant, parts in hours.items():
            value, low, high = (parts[name][AHEAD - 1] for name in ("value", "low", "high"))
            came = _value(values, issued_at + before, pollutant)
            held = _value(values, issued_at, pollutant)
            if value is None or math.isnan(came) or math.isnan(held):
                continue
            if pollutant not in found:
                found[pollutant] = _empty(series, day, pollutant)
            score = found[pollutant]
            score.n += 1
            score.inside += low <= came <= high
            score.squared_error += (value - came) ** 2
            score.squared_persistence += (held - came) ** 2
    ForecastScore.objects.filter(district=district, origin=origin, day=day).delete()
    ForecastScore.objects.bulk_create(found.values())


def _empty(series: Series, day: date, pollutant: str) -> ForecastScore:
    district, origin = series
    return ForecastScore(
        district=district, origin=origin, pollutant=pollutant, day=day,
        n=0, inside=0, squared_error=0.0, squared_persistence=0.0,
    )  # fmt: skip
