"""Forecasts of a file of calls: its days, its holidays, what acts on them, what comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from madang.callcentre.call_files import CallRows, day_grid, read_calls
from madang.callcentre.engine import forecast as engine
from madang.callcentre.engine import forecast_scores as judge
from madang.callcentre.engine.forecast import Coming, History
from madang.callcentre.engine.forecast_scores import Forecast
from madang.callcentre.errors import InvalidCalls

IsHoliday = Callable[[date], bool]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class CallsForecast:
    """Calls of the coming days; `first` is the first of them, rows follow each other by interval.

    aht_s : (i,) mean handling time by interval of the day in the newest four weeks, NaN where the
        history has none
    regressors : effect of each on the logarithm of the calls, by unit of its own
    """

    found: Forecast
    first: datetime
    interval: timedelta
    aht_s: np.ndarray
    history_days: int
    history_from: datetime
    holidays: int
    regressors: Mapping[str, float]
    warnings: tuple[str, ...]


def forecast_of_file(
    path: Path,
    *,
    days: int,
    is_holiday: IsHoliday,
    interval_s: float | None = None,
    regressors: Path | None = None,
    coverage: float = 0.8,
) -> CallsForecast:
    """Return the calls of the `days` after a history.

    Days of which less than half is known teach nothing; those at the end are left off.

    Raises
    ------
    InvalidCalls
        If a file cannot be used, has no dates, or is too short.
    """
    rows = read_calls(path, interval_s=interval_s)
    if not rows.dated:
        raise InvalidCalls(rows.file, "starts have no dates; a history needs them", line=2)
    first, calls, aht = _days(rows)
    warnings = []
    left = _trailing(calls)
    if left:
        warnings.append(f"{left} days at the end are not known by half; left off")
        calls, aht = calls[: len(calls) - left], aht[: len(aht) - left]
    every = [first.date() + n * DAY for n in range(len(calls) + days)]
    holiday = np.array([is_holiday(day) for day in every])
    kind = engine.kinds_of(np.array([day.weekday() for day in every]), holiday)
    names: list[str] = []
    x = None
    if regressors is not None:
        names, x = _regressors(regressors, first, rows.interval, len(every), calls.shape[1])
    known = len(calls)
    history = History(calls, kind[:known], None if x is None else x[:known])
    coming = Coming(kind[known:], None if x is None else x[known:])
    try:
        found = judge.forecast(history, coming, coverage)
    except judge.TooShort as error:
        raise InvalidCalls(rows.file, str(error)) from error
    return CallsForecast(
        found,
        first + known * DAY,
        rows.interval,
        _recent_mean(aht),
        known,
        first,
        int(holiday[:known].sum()),
        dict(zip(names, found.coefficients.tolist(), strict=True)),
        tuple(warnings),
    )


def _days(rows: CallRows) -> tuple[datetime, np.ndarray, np.ndarray]:
    """Return the first midnight, and calls and handling times as (d, i).

    An interval of the day, or a weekday, without any row in the file is one in which the centre is
    closed: no calls. A single interval without a row is not known.
    """
    first, places, length = day_grid(rows)
    per_day = DAY // rows.interval
    grids = []
    for name in ("calls", "aht_s"):
        grid = np.full(length, np.nan)
        grid[places] = rows.column(name)
        grids.append(grid.reshape(-1, per_day))
    calls, aht = grids
    closed = np.isnan(calls).all(axis=0)
    calls[:, closed] = 0.0
    weekday = (first.weekday() + np.arange(len(calls))) % 7
    for day in range(7):
        own = weekday == day
        empty = np.isnan(calls[own][:, ~closed]).all() if own.any() else False
        if empty and own.sum() >= 3:
            calls[own] = 0.0
    return first, calls, aht


def _trailing(calls: np.ndarray) -> int:
    """Return how many of the last days are not known by half."""
    known = (~np.isnan(calls)).mean(axis=1) >= 0.5
    whole = np.flatnonzero(known)
    return len(calls) - 1 - int(whole[-1]) if len(whole) else len(calls)


def _recent_mean(aht: np.ndarray) -> np.ndarray:
    recent = aht[-28:]
    known = ~np.isnan(recent)
    total = np.where(known, recent, 0.0).sum(axis=0)
    counts = known.sum(axis=0)
    whole = total.sum() / counts.sum() if counts.sum() else np.nan
    return np.where(counts > 0, total / np.maximum(counts, 1), whole)


def _regressors(
    path: Path, first: datetime, interval: timedelta, days: int, per_day: int
) -> tuple[list[str], np.ndarray]:
    """Return names and values, (d, i, k), of what acts on the calls, past and coming.

    A row holds until the next one begins, at most for its file's own step; a row a day is fine.
    """
    rows = _regressor_rows(path)
    names = sorted(rows.others)
    if not names:
        raise InvalidCalls(rows.file, "has no column of numbers besides start", line=1)
    table = np.stack([rows.others[name] for name in names], axis=1)
    for row, column in np.argwhere(np.isnan(table)).tolist():
        raise InvalidCalls(rows.file, f"{names[column]} is empty", line=rows.lines[row])
    starts = np.array([(start - first) / interval for start in rows.starts])
    step = rows.interval / interval
    wanted = np.arange(days * per_day)
    place = np.searchsorted(starts, wanted + 1e-9, side="right") - 1
    missing = (place < 0) | (wanted - starts[np.maximum(place, 0)] >= max(step, 1.0) - 1e-9)
    if missing.any():
        at = first + int(np.flatnonzero(missing)[0]) * interval
        told = f"says nothing of {at:%Y-%m-%d %H:%M}; it must cover the history and the days ahead"
        raise InvalidCalls(rows.file, told)
    return names, table[place].reshape(days, per_day, len(names))


def _regressor_rows(path: Path) -> CallRows:
    rows = read_calls(path, needs=((),), others=True)
    if not rows.dated:
        raise InvalidCalls(rows.file, "starts have no dates", line=2)
    return rows
