"""How forecasts of calls did: rolling origin, beside the seasonal naive forecast, with intervals.

Measured by WAPE, the sum of the absolute misses of all intervals by the sum of their calls [1]_.
From each origin the days ahead are forecast with what was known then [2]_. The baseline, in the
same run, takes the same interval of the newest known week.

References
----------
.. [1] S. Kolassa, W. Schuetz, "Advantages of the MAD/mean ratio over the MAPE", Foresight 6 (2007).
.. [2] L. J. Tashman, "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16 (2000)
   437-450.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from madang.callcentre.engine.forecast import (
    FEWEST_DAYS,
    LEVEL_GAINS,
    PROFILE_GAINS,
    TREND_GAINS,
    Array,
    Coming,
    History,
    Smoothing,
    State,
    followed,
)

WEEK = 7


class TooShort(ValueError):
    """The history holds too few days."""


@dataclass(frozen=True)
class Rolled:
    """Forecasts from several origins.

    origins : (o,) array; days known at each
    said, naive, came : (o, h, i) arrays; NaN where not known
    """

    origins: np.ndarray
    said: Array
    naive: Array
    came: Array


@dataclass(frozen=True)
class Score:
    """WAPE by interval and by whole day, of ours and of the seasonal naive forecast; shares."""

    n: int
    wape: float
    naive_wape: float
    day_wape: float
    naive_day_wape: float

    @property
    def skill(self) -> float:
        """By which share the intervals' WAPE is below the naive one's."""
        return 1.0 - self.wape / self.naive_wape if self.naive_wape else float("nan")


def chosen(history: History, horizon: int) -> Smoothing:
    """Return the smoothing of least WAPE up to `horizon` days ahead, gain after gain."""
    best = Smoothing(0.1, 0.07)
    if len(history.calls) < 2 * FEWEST_DAYS + horizon:
        return best
    origins = np.arange(2 * FEWEST_DAYS, len(history.calls), 3)
    for field, gains in (
        ("level", LEVEL_GAINS), ("profile", PROFILE_GAINS), ("trend", TREND_GAINS),
        ("level", LEVEL_GAINS),
    ):  # fmt: skip
        tried = [replace(best, **{field: gain}) for gain in gains]
        misses = [_wape(*_said(history, origins, horizon, one)) for one in tried]
        best = tried[int(np.argmin(misses))]
    return best


def rolled(history: History, origins: np.ndarray, horizon: int, smoothing: Smoothing) -> Rolled:
    """Return forecasts of the `horizon` days after each origin (number of days known)."""
    said, came = _said(history, origins, horizon, smoothing)
    return Rolled(origins, said, _naive(history, origins, horizon), came)


def _said(
    history: History, origins: np.ndarray, horizon: int, smoothing: Smoothing
) -> tuple[Array, Array]:
    shape = (len(origins), horizon, history.calls.shape[1])
    said, came = np.full(shape, np.nan), np.full(shape, np.nan)
    state, known = State(history, smoothing), 0
    for number, origin in enumerate(origins.tolist()):
        while known < origin:
            x = None if history.regressors is None else history.regressors[known]
            state.learn(history.calls[known], int(history.kind[known]), x)
            known += 1
        days = slice(origin, min(origin + horizon, len(history.calls)))
        x = None if history.regressors is None else history.regressors[days]
        count = days.stop - days.start
        said[number, :count] = state.ahead(Coming(history.kind[days], x))
        came[number, :count] = history.calls[days]
    return said, came


def _naive(history: History, origins: np.ndarray, horizon: int) -> Array:
    found = np.full((len(origins), horizon, history.calls.shape[1]), np.nan)
    ahead = np.arange(horizon)
    for number, origin in enumerate(origins.tolist()):
        day = origin + ahead - WEEK * (ahead // WEEK + 1)
        for _ in range(8):  # an interval that is not known: the week before
            unknown = np.isnan(found[number]) & (day >= 0)[:, None]
            found[number] = np.where(unknown, history.calls[np.maximum(day, 0)], found[number])
            day = day - WEEK
    return found


def _wape(said: Array, came: Array) -> float:
    known = ~np.isnan(said + came)
    total = came[known].sum()
    return float(np.abs(said - came)[known].sum() / total) if total > 0 else float("nan")


def score(found: Rolled, ahead: slice = slice(None)) -> Score:
    """Return how forecasts of some days ahead did, on the intervals that both could forecast."""
    said, naive, came = (part[:, ahead] for part in (found.said, found.naive, found.came))
    known = ~np.isnan(said + naive + came)
    said, naive, came = (np.where(known, part, np.nan) for part in (said, naive, came))
    days = [np.where(known.any(-1), np.nansum(p, axis=-1), np.nan) for p in (said, naive, came)]
    return Score(
        int(known.sum()),
        _wape(said, came),
        _wape(naive, came),
        _wape(days[0], days[2]),
        _wape(days[1], days[2]),
    )


@dataclass(frozen=True)
class Spread:
    """How far calls come from their forecast, by days ahead.

    Misses are divided by sqrt(f + c f**2), the spread of counts with mean f whose true mean itself
    misses by a share of sqrt(c). ratio : (h,) c of each day ahead. low, high : (h,) quantiles of
    the divided misses.
    """

    ratio: Array
    low: Array
    high: Array

    def interval(self, said: Array) -> tuple[Array, Array]:
        """Return the ends of the interval of forecasts, (..., h, i)."""
        unit = np.sqrt(said + self.ratio[:, None] * said**2)
        low = np.maximum(said + self.low[:, None] * unit, 0.0)
        return low, said + self.high[:, None] * unit


def spread(found: Rolled, coverage: float) -> Spread:
    """Return the spread that holds `coverage` of what came, of each day ahead."""
    horizon = found.said.shape[1]
    tail = (1.0 - coverage) / 2.0
    ratio, low, high = np.zeros(horizon), np.zeros(horizon), np.zeros(horizon)
    for h in range(horizon):
        near = slice(max(h - 1, 0), h + 2)  # neighbours, so that a few origins suffice
        said, came = found.said[:, near], found.came[:, near]
        known = ~np.isnan(said + came) & (said > 0)
        f, miss = said[known], (came - said)[known]
        if not len(f):
            raise TooShort("too few days to see how far calls come from their forecast")
        ratio[h] = max(((miss**2).sum() - f.sum()) / (f**2).sum(), 0.0)
        divided = miss / np.sqrt(f + ratio[h] * f**2)
        low[h], high[h] = np.quantile(divided, [tail, 1.0 - tail])
    return Spread(ratio, low, high)


@dataclass(frozen=True)
class Forecast:
    """Calls of the coming days and how such forecasts did on the newest days of the history.

    calls, low, high : (h, i) arrays
    held_out : score on the newest days, their smoothing chosen before them; by_day : of each day
    ahead; coverage : share of what came there inside the interval, learned before.
    """

    calls: Array
    low: Array
    high: Array
    smoothing: Smoothing
    coefficients: Array
    held_out: Score
    by_day: tuple[Score, ...]
    coverage: float
    origins: int


def forecast(history: History, coming: Coming, coverage: float = 0.8) -> Forecast:
    """Return the calls of the coming days with an interval, and how the model did.

    Raises
    ------
    TooShort
        If the history holds fewer than six weeks and twice the days to forecast.
    """
    horizon, days = len(coming.kind), len(history.calls)
    if days < 6 * WEEK or days < 2 * FEWEST_DAYS + 2 * horizon:
        wanted = max(6 * WEEK, 2 * FEWEST_DAYS + 2 * horizon)
        raise TooShort(f"{days} days of history; {horizon} days ahead need {wanted}")
    judged = min(max(days // 4, horizon), 26 * WEEK)
    held, gap = _held_out(history, horizon, days - judged, coverage)
    smoothing = chosen(history, horizon)
    all_origins = np.arange(2 * FEWEST_DAYS, days)
    whole = rolled(history, all_origins, horizon, smoothing)
    state = followed(history, smoothing)
    said = state.ahead(coming)
    low, high = spread(whole, coverage).interval(said)
    by_day = tuple(score(held, slice(h, h + 1)) for h in range(horizon))
    return Forecast(
        said, low, high, smoothing, state.coefficients() / state.scale, score(held), by_day, gap,
        len(held.origins),
    )  # fmt: skip


def _held_out(history: History, horizon: int, first: int, coverage: float) -> tuple[Rolled, float]:
    """Return the forecasts of the newest days and how many of 1 its intervals held."""
    past = history.first(first)
    smoothing = chosen(past, horizon)
    taught = rolled(past, np.arange(2 * FEWEST_DAYS, first), horizon, smoothing)
    held = rolled(history, np.arange(first, len(history.calls)), horizon, smoothing)
    low, high = spread(taught, coverage).interval(held.said)
    known = ~np.isnan(held.said + held.came)
    inside = (held.came >= low) & (held.came <= high)
    return held, float(inside[known].mean()) if known.any() else float("nan")
