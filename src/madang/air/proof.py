"""What the air room claims, measured: forecasts on Seoul's 2019, the Korean index, the rules.

The forecast is measured on the city's real hourly means, which are not part of Madang: the folder
of real data is `MADANG_SHARED`.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from madang.air.engine import forecast, forecast_scores
from madang.air.engine import measures as machine
from madang.air.engine.cai import BANDS, index
from madang.air.engine.forecast_scores import HeldOut
from madang.air.engine.measures import Limit, Rules, RunRule, State
from madang.air.forecast_hours import Place, place_of
from madang.air.series import read_series
from madang.kernel.errors import NotFound

_SEOUL = "seoul/air_hourly_city_mean_2018_2019.csv.gz"
_ZONE = ZoneInfo("Asia/Seoul")
_JUDGED = datetime(2019, 1, 1, tzinfo=_ZONE)
_AHEAD = 24

# Upper breakpoints of the four classes, and the step of the table: the same table as the engine's,
# written a second time (air.jeju.go.kr, "CAI: method and breakpoints").
_TOPS = {
    "so2": (0.001, 0.02, 0.05, 0.15, 1.0),
    "co": (0.01, 2.0, 9.0, 15.0, 50.0),
    "o3": (0.001, 0.03, 0.09, 0.15, 0.6),
    "no2": (0.001, 0.03, 0.06, 0.2, 2.0),
    "pm10": (1.0, 30.0, 80.0, 150.0, 600.0),
    "pm25": (1.0, 15.0, 35.0, 75.0, 500.0),
}
_INDICES = ((0, 50), (51, 100), (101, 250), (251, 500))


def seoul() -> Place:
    """Return Seoul's hourly means of 2018 and 2019.

    Raises
    ------
    NotFound
        If the real data is not there.
    """
    folder = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data"
    path = folder / _SEOUL
    if not path.is_file():
        raise NotFound(f"real data absent: no {path} (set MADANG_SHARED)")
    series = read_series(path, _ZONE)
    place = place_of(series.hours[None], series.pollutants, _ZONE)
    assert place is not None
    return place


@cache
def _judged() -> HeldOut:
    place = seoul()
    first = place.row_of(_JUDGED) + 1
    return forecast_scores.judged_from(place.hours, first, _AHEAD, (_AHEAD,))


def forecast_skill() -> float:
    """Return by how many percent PM2.5 24 hours ahead misses less than persistence in 2019."""
    (score,) = (s for s in _judged().scores if s.pollutant == "pm25")
    return 100.0 * score.skill


def coverage_gap() -> float:
    """Return how many points the 80 % intervals missed 80 % by, of the worst pollutant."""
    return max(abs(100.0 * score.coverage - 80.0) for score in _judged().scores)


def fit_seconds() -> float:
    """Return the CPU seconds of learning six pollutants, 24 hours ahead, from a year of hours."""
    place = seoul()
    hours = place.hours.first(place.row_of(_JUDGED) + 1)
    begun = time.process_time()
    forecast.fit(hours, _AHEAD)
    return time.process_time() - begun


def cai_agreement() -> float:
    """Return the share [%] of the class edges of the published table that the index agrees with."""
    cases = [
        (pollutant, value, expected)
        for pollutant, (step, *tops) in _TOPS.items()
        for value, expected in _edges(step, tops)
    ]
    agreed = sum(_sub_index(pollutant, value) == expected for pollutant, value, expected in cases)
    return 100.0 * agreed / len(cases)


def _edges(step: float, tops: list[float]) -> list[tuple[float, int]]:
    lows = [0.0, *(round(top + step, 3) for top in tops[:-1])]
    edges = []
    for low, top, (first, last) in zip(lows, tops, _INDICES, strict=True):
        edges += [(low, first), (top, last)]
    return edges


def _sub_index(pollutant: str, value: float) -> int:
    others = dict.fromkeys(BANDS, 0.0)
    return index({**others, pollutant: value}).parts[pollutant]


def rule_hours_per_s() -> float:
    """Return district hours per CPU-second through three rules on runs of hours."""
    above = [(50.0, False), (75.0, True), (150.0, True)]
    rules = Rules(
        zone=_ZONE,
        runs=tuple(
            RunRule(
                f"rule_{limit:g}",
                Limit(limit, upward=True, inclusive=inclusive),
                2,
                Limit(limit, upward=False, inclusive=False),
            )
            for limit, inclusive in above
        ),
        forecasts=(),
    )
    hours = 20_000
    values = np.random.default_rng(1).gamma(2.0, 30.0, hours)
    state, start = State(), datetime(2020, 1, 1, tzinfo=UTC)
    begun = time.process_time()
    for number, value in enumerate(values.tolist()):
        state, _ = machine.step(state, start + number * timedelta(hours=1), value, rules, {})
    return hours / (time.process_time() - begun)
