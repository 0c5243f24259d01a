"""How good forecasts were: skill against persistence, and how often the interval held.

Persistence says that every hour ahead will be as the hour of issue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from madang.air.engine.forecast import AirHours, Issued, fit, issue
from madang.air.engine.forecast_features import Array

TAIL_SHARE = 0.2
_LEAST_TAIL, _MOST_TAIL = 7 * 24, 366 * 24
_SHOWN = (1, 6, 12, 24, 36, 48)


@dataclass(frozen=True)
class Score:
    """Of one pollutant and hour ahead: root mean squared errors in the pollutant's unit.

    `n` forecasts were judged, all of them with what persistence needs. `coverage` is the share of
    values inside the interval.
    """

    pollutant: str
    ahead: int
    n: int
    rmse: float
    persistence_rmse: float
    coverage: float

    @property
    def skill(self) -> float:
        """One less the ratio of the errors: above 0 is better than persistence; NaN where unknown.

        >>> Score("pm25", 24, 10, 8.0, 10.0, 0.8).skill
        0.2
        """
        if not self.persistence_rmse > 0:
            return math.nan
        return round(1.0 - self.rmse / self.persistence_rmse, 12)


@dataclass(frozen=True)
class HeldOut:
    """Scores of rows from `first` on, by a fit on the rows before."""

    first: int
    rows: int
    scores: tuple[Score, ...]


def shown_hours(horizon: int) -> tuple[int, ...]:
    """Return the hours ahead that are reported."""
    return tuple(sorted({*(h for h in _SHOWN if h <= horizon), horizon}))


def scores(issued: Issued, hours: AirHours, ahead: Sequence[int]) -> list[Score]:
    """Return the score of each pollutant at each of the hours ahead, where anything was judged."""
    found = []
    for place, pollutant in enumerate(hours.pollutants):
        values = hours.values[:, place]
        for h in ahead:
            rows = issued.rows[issued.rows + h < len(values)]
            said, low, high = (
                part[: len(rows), h - 1, place] for part in (issued.value, issued.low, issued.high)
            )
            score = _score(said, low, high, values[rows + h], values[rows])
            if score is not None:
                found.append(Score(pollutant, h, *score))
    return found


def _score(
    said: Array, low: Array, high: Array, came: Array, now: Array
) -> tuple[int, float, float, float] | None:
    known = ~np.isnan(said + came + now)
    if not known.any():
        return None
    error, other = (said - came)[known], (now - came)[known]
    inside = (came >= low) & (came <= high)
    return (
        int(known.sum()),
        float(np.sqrt(np.mean(error**2))),
        float(np.sqrt(np.mean(other**2))),
        float(np.mean(inside[known])),
    )


def held_out(hours: AirHours, horizon: int, ahead: Sequence[int]) -> HeldOut | None:
    """Return how forecasts of the series' last fifth do by a fit on what lies before it.

    None where the series is too short for that: less than a week would be judged, or taught.
    """
    n = len(hours.values)
    tail = min(int(n * TAIL_SHARE), _MOST_TAIL)
    if tail < _LEAST_TAIL:
        return None
    return judged_from(hours, n - tail, horizon, ahead)


def judged_from(hours: AirHours, first: int, horizon: int, ahead: Sequence[int]) -> HeldOut:
    """Return how forecasts issued from the hour before row `first` on do, by a fit before it."""
    rows = np.arange(first - 1, len(hours.values) - 1, dtype=np.int64)
    issued = issue(fit(hours.first(first), horizon), hours, rows)
    return HeldOut(first, len(rows), tuple(scores(issued, hours, ahead)))
