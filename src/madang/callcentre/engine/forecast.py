"""Calls of each interval of the coming days, from the calls of the past.

The calls of interval i of day d are taken as level(d) x profile(kind of d, i) x exp(x(d, i) b).
The kinds of day are the seven weekdays and the holidays, each with a profile of its own; level and
profiles follow by exponential smoothing with a damped trend (Holt-Winters [1]_, [2]_), in steps of
a day. A kind of day that is new starts as the Sundays stand and first moves quickly, as the mean
of what was seen does. Regressors (weather, events) act on what the smoothing does not already
know: on their difference from their own smoothed past, by a ridge regression [3]_ of the one-step
misses. Everything is followed forward in time, so that a forecast made at any day of the past uses
nothing later than that day.

References
----------
.. [1] P. R. Winters, "Forecasting sales by exponentially weighted moving averages", Management
   Science 6 (1960) 324-342.
.. [2] E. S. Gardner, E. McKenzie, "Forecasting trends in time series", Management Science 31 (1985)
   1237-1246: the damped trend.
.. [3] A. E. Hoerl, R. W. Kennard, "Ridge regression", Technometrics 12 (1970) 55-67.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HOLIDAY, SUNDAY, KINDS = 7, 6, 8
VERSION = "1"
FEWEST_DAYS = 14
_FIRST_DAYS = 28  # give the first level and profiles
_WILDEST = (
    4.0  # a day counts at most as so many times, and at least as a so-manieth of, the forecast
)


@dataclass(frozen=True)
class Smoothing:
    """How quickly the model follows: gains of level, profile and trend, and the trend's damping."""

    level: float
    profile: float
    trend: float = 0.0
    damping: float = 0.9


LEVEL_GAINS = (0.03, 0.05, 0.1, 0.2, 0.35, 0.5)
PROFILE_GAINS = (0.03, 0.07, 0.12, 0.2)
TREND_GAINS = (0.0, 0.05, 0.15)


@dataclass(frozen=True)
class History:
    """Calls of whole days.

    calls : (d, i) array; NaN where not known
    kind : (d,) array of 0 (Monday) to 6 (Sunday), or 7 (holiday)
    regressors : (d, i, k) array or None; none missing
    """

    calls: Array
    kind: NDArray[np.int64]
    regressors: Array | None = None

    def first(self, days: int) -> History:
        """Return the history of the first days."""
        x = None if self.regressors is None else self.regressors[:days]
        return History(self.calls[:days], self.kind[:days], x)


@dataclass(frozen=True)
class Coming:
    """The days to forecast: kinds, (h,), and regressors, (h, i, k), if need be forecast, too."""

    kind: NDArray[np.int64]
    regressors: Array | None = None


def kinds_of(weekdays: NDArray[np.int64], is_holiday: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the kind of each day: its weekday, 0 is Monday, or `HOLIDAY`."""
    return np.where(is_holiday, HOLIDAY, weekdays)


class State:
    """What is known at the end of a day; moved on by `learn`, asked by `ahead`."""

    def __init__(self, history: History, smoothing: Smoothing, strength: float = 30.0) -> None:
        first = history.first(min(len(history.calls), _FIRST_DAYS))
        self.smoothing, self.strength = smoothing, strength
        known = ~np.isnan(first.calls)
        sums = np.where(known, first.calls, 0.0).sum(axis=0)
        self.level = max(float(sums.sum()) / max(int(known.sum()), 1), 1e-6)
        self.trend = 0.0
        self.days = 0
        counts = known.sum(axis=0)
        whole = np.where(counts > 0, sums / np.maximum(counts, 1) / self.level, 0.0)
        self.profile = np.tile(whole, (KINDS, 1))
        self.seen = np.zeros(KINDS, dtype=np.int64)
        k = 0 if history.regressors is None else history.regressors.shape[2]
        self.usual = None if k == 0 else first.regressors.mean(axis=0)  # type: ignore[union-attr]
        self.scale = np.ones(k) if k == 0 else _scale(first.regressors)
        self.gram, self.cross = np.zeros((k, k)), np.zeros(k)

    def ahead(self, coming: Coming) -> Array:
        """Return the expected calls, (h, i), of the days after the newest learned one."""
        steps = np.arange(1, len(coming.kind) + 1)
        damped = np.cumsum(self.smoothing.damping**steps) * self.trend
        level = np.maximum(self.level + damped, 0.05 * self.level)
        found = level[:, None] * self._profile(coming.kind)
        if self.usual is not None and coming.regressors is not None:
            effect = (coming.regressors - self.usual) / self.scale @ self.coefficients()
            found = found * np.exp(np.clip(effect, -2.0, 2.0))
        return np.asarray(found)

    def _profile(self, kind: NDArray[np.int64]) -> Array:
        """Return the profiles of kinds; those not seen yet are as Sunday, or as the mean day."""
        used = np.where((self.seen[kind] == 0) & (self.seen[SUNDAY] > 0), SUNDAY, kind)
        return np.asarray(self.profile[used])

    def coefficients(self) -> Array:
        """Return the effect of each scaled regressor on the logarithm of the calls, (k,)."""
        penalty = self.strength * np.eye(len(self.cross))
        return np.asarray(np.linalg.solve(self.gram + penalty, self.cross))

    def learn(self, calls: Array, kind: int, x: Array | None) -> None:
        """Take in one day: calls, (i,), its kind, and its regressors, (i, k)."""
        said = self.ahead(Coming(np.array([kind]), None if x is None else x[None]))[0]
        known = ~np.isnan(calls) & (said > 0)
        if known.sum() < 0.5 * len(calls):
            self._age(x)
            return
        plain = self.ahead(Coming(np.array([kind])))[0]
        expected = np.where(plain > 0, said / np.where(plain > 0, plain, 1.0), 1.0)
        clean = calls / expected  # what would have come on a usual day
        self._learn_regressors(calls, plain, known, x)
        self._learn_level(clean, plain, known, kind)
        self._age(x)

    def _learn_level(self, clean: Array, plain: Array, known: NDArray[np.bool_], kind: int) -> None:
        s, before = self.smoothing, self.level
        moved = max(self.level + s.damping * self.trend, 1e-9)
        ratio = clean[known].sum() / max(float(plain[known].sum()), 1e-9)
        ratio = float(np.clip(ratio, 1.0 / _WILDEST, _WILDEST))
        if self.seen[kind]:  # a first day tells its kind's profile, not the level
            gain = max(s.level, 1.0 / (self.days + 1.0)) if self.days < 7 else s.level
            self.level = moved * (1.0 + gain * (ratio - 1.0))
        else:
            self.level = moved
        step = self.level - before
        self.trend = s.damping * self.trend + s.trend * (step - s.damping * self.trend)
        base = self._profile(np.array([kind]))[0]
        borrowed = kind == HOLIDAY and self.seen[SUNDAY] > 0  # Sundays count as one holiday seen
        gain = max(s.profile, 1.0 / (self.seen[kind] + 1.0 + borrowed))
        seen = np.where(known, clean / self.level, base)
        self.profile[kind] = base + gain * (seen - base)
        self.seen[kind] += 1
        self.days += 1

    def _learn_regressors(
        self, calls: Array, plain: Array, known: NDArray[np.bool_], x: Array | None
    ) -> None:
        if self.usual is None or x is None or self.days < FEWEST_DAYS:
            return
        rows = (x - self.usual)[known] / self.scale
        miss = np.log((calls[known] + 0.5) / (plain[known] + 0.5))
        weight = plain[known] / max(float(plain[known].mean()), 1e-9)  # busy intervals tell more
        self.gram += (rows * weight[:, None]).T @ rows
        self.cross += rows.T @ (weight * miss)

    def _age(self, x: Array | None) -> None:
        if self.usual is not None and x is not None:
            self.usual = self.usual + self.smoothing.level * (x - self.usual)


def _scale(x: Array | None) -> Array:
    assert x is not None
    spread = x.std(axis=(0, 1))
    return np.where(spread > 0, spread, 1.0)


def followed(history: History, smoothing: Smoothing, days: int | None = None) -> State:
    """Return what is known after the first `days` of a history (None: all)."""
    state = State(history, smoothing)
    for day in range(len(history.calls) if days is None else days):
        x = None if history.regressors is None else history.regressors[day]
        state.learn(history.calls[day], int(history.kind[day]), x)
    return state
