"""Forecast of a city's hourly air, one or two days ahead, with an 80 % interval.

For every hour ahead a ridge regression on the square-root scale, from the levels of the last
hours and days, the clock and the season; where weather is known for the way, with it. A pollutant
with too short a past is forecast as the same hours of the days before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.air.engine import forecast_model
from madang.air.engine.forecast_diurnal import same_hours
from madang.air.engine.forecast_features import Array, Hours, roots
from madang.air.engine.forecast_model import LONGEST, Model, Scale, scale_of
from madang.air.engine.forecast_ridge import Narrow
from madang.air.engine.forecast_spread import Spread, spreads

VERSION = "1"
FEWEST_DAYS = 28  # of known hours that a regression needs
RIDGE, WEATHER_RIDGE, DIURNAL = "ridge", "ridge with weather", "diurnal persistence"

# Where errors of less than a week are known, the interval is at least this share of the level's
# root to each side: what holds 80 % of the changes from one day to the next of PM2.5, PM10, O3 and
# NO2 in Seoul 2018 (0.35 to 0.54 of the root, computed from the city's hourly means).
ASSUMED_SHARE = 0.5

# Share of the late errors' mean that is taken off the next forecast. A series that does not know
# the seasons drifts with them, and all of it counts; else half, since some of it is chance.
LEAN_WITH_SEASON = 0.5
_WEEK = 168

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class AirHours:
    """Consecutive hours of one place.

    `values` are (n, p) concentrations, NaN where missing. `local` are the hours of the city's
    clock since 1970-01-01 00:00 at the end of each row, (n + ahead,), on past the last row.
    `weather` has columns of (n + ahead,); the rows past the last are the weather forecast.
    """

    pollutants: tuple[str, ...]
    values: Array
    local: Hours
    weather: Mapping[str, Array] | None = None

    def first(self, n: int) -> AirHours:
        """Return the first `n` rows, and the clock and the weather beyond them."""
        return AirHours(self.pollutants, self.values[:n], self.local, self.weather)


@dataclass(frozen=True)
class Fitted:
    """What was learned from a series; `learned` are the pollutants, by place, with enough past."""

    horizon: int
    learned: tuple[int, ...]
    plain: Model | None
    with_weather: Model | None
    rows: int

    def model_of(self, pollutant: int) -> str:
        """Return the name of the model that forecasts a pollutant."""
        if pollutant not in self.learned:
            return DIURNAL
        return RIDGE if self.with_weather is None else WEATHER_RIDGE


@dataclass(frozen=True)
class Issued:
    """Forecasts, (r, h, p), issued at the end of `rows`, in the unit of the values.

    `low` and `high` are the ends of the 80 % interval; NaN where nothing can be said.
    `uses_weather`, (r, h), says where the weather of the way was known.
    """

    rows: Rows
    value: Array
    low: Array
    high: Array
    uses_weather: NDArray[np.bool_]


def fit(hours: AirHours, horizon: int = 24) -> Fitted:
    """Return what can be learned from a series for each hour up to `horizon` (at most 48).

    Raises
    ------
    ValueError
        If the horizon is not from 1 to 48.
    """
    if not 1 <= horizon <= LONGEST:
        raise ValueError(f"horizon {horizon} is not from 1 to {LONGEST}")
    known = (~np.isnan(hours.values)).sum(axis=0)
    learned = tuple(int(p) for p in np.flatnonzero(known >= FEWEST_DAYS * 24))
    plain = with_weather = None
    if learned:
        values = hours.values[:, list(learned)]
        plain = forecast_model.fit(values, hours.local, None, horizon)
        if hours.weather and _has_weather(hours):
            with_weather = forecast_model.fit(values, hours.local, hours.weather, horizon)
    return Fitted(horizon, learned, plain, with_weather, len(hours.values))


def _has_weather(hours: AirHours) -> bool:
    """Return whether the past holds enough hours with all weather known."""
    assert hours.weather is not None
    rows = np.stack([w[: len(hours.values)] for w in hours.weather.values()])
    return int((~np.isnan(rows)).all(axis=0).sum()) >= FEWEST_DAYS * 24


def issue(fitted: Fitted, hours: AirHours, rows: Rows | None = None) -> Issued:
    """Return forecasts issued at the end of `rows` (the last one alone where not given).

    The series may go on past what was fitted: its later rows are looked at, and what forecasts
    missed there sets the width of the interval, but nothing is fitted anew.

    Parameters
    ----------
    hours : the series fitted on, or one that continues it.
    rows : ascending.
    """
    wanted = np.asarray([len(hours.values) - 1] if rows is None else rows, dtype=np.int64)
    shape = (len(wanted), fitted.horizon, len(hours.pollutants))
    found = Issued(
        rows=wanted,
        value=np.full(shape, np.nan),
        low=np.full(shape, np.nan),
        high=np.full(shape, np.nan),
        uses_weather=np.zeros(shape[:2], dtype=bool),
    )
    short = [p for p in range(shape[2]) if p not in fitted.learned]
    if fitted.plain is not None:
        learned = list(fitted.learned)
        _put(found, learned, _by_model(fitted.plain, hours, learned, wanted))
        if fitted.with_weather is not None:
            more = _by_model(fitted.with_weather, hours, learned, wanted)
            found.uses_weather[:] = ~np.isnan(more[0]).all(axis=2)
            _put(found, learned, more)
    if short:
        _put(found, short, _by_day(hours.values[:, short], fitted.horizon, wanted))
    return found


def unseen_roots(fitted: Fitted, hours: AirHours) -> Array:
    """Return the roots, (rows, horizon, p), that were forecast in validation; NaN where none was.

    What a regression says of rows it had not been fitted on, without weather; of a pollutant with
    a short past, what its days said.
    """
    values = hours.values[: fitted.rows]
    found = np.full((len(values), fitted.horizon, values.shape[1]), np.nan)
    short = [p for p in range(values.shape[1]) if p not in fitted.learned]
    if fitted.plain is not None:
        learned = list(fitted.learned)
        found[:, :, learned] = _unrooted(fitted.plain)
    if short:
        found[:, :, short] = same_hours(roots(values[:, short]), fitted.horizon)
    return found


def _unrooted(model: Model) -> Array:
    return np.asarray(np.maximum(model.root.back(model.unseen.astype(np.float64)), 0.0))


Bounds = tuple[Array, Array, Array]  # value, low, high


def _put(issued: Issued, pollutants: list[int], found: Bounds) -> None:
    """Write what is known of `found` over what is there."""
    for target, values in zip((issued.value, issued.low, issued.high), found, strict=True):
        old = target[:, :, pollutants]
        target[:, :, pollutants] = np.where(np.isnan(values), old, values)


def _by_model(model: Model, hours: AirHours, pollutants: list[int], rows: Rows) -> Bounds:
    values = hours.values[:, pollutants]
    since = min(int(rows[0]), model.rows)
    said = model.predicted(values, hours.local, hours.weather, since)
    kept = model.unseen[: min(model.rows, len(values))]
    later = said[max(model.rows - since, 0) :]
    errors = _errors(model.root.of(roots(values)), np.concatenate([kept, later]))
    lean = LEAN_WITH_SEASON if model.has_season else 1.0
    return _bounds(said[rows - since], model.root, spreads(errors, rows), lean)


def _errors(z: Array, said: Narrow) -> Narrow:
    """Return what came less what was said, (n, h, p)."""
    found = np.full(said.shape, np.nan, dtype=np.float32)
    for place in range(said.shape[1]):
        ahead = place + 1
        judged = max(len(z) - ahead, 0)
        found[:judged, place] = z[ahead:] - said[:judged, place]
    return found


def _bounds(z: Narrow, root: Scale, lately: Iterable[Spread], lean: float) -> Bounds:
    """Return value and interval of forecasts `z`, (r, h, p), in spreads of the root.

    The value is the mean of what the errors make likely: the square of a mean root lies below the
    mean by the roots' variance. `lean` is the share of the errors' mean that is taken off.
    """
    found = tuple(np.empty(z.shape) for _ in range(3))
    for place, spread in enumerate(lately):
        said = z[place].astype(np.float64)
        centre, scale = root.back(said), root.spread
        mean = np.nan_to_num(spread.mean)
        variance = np.nan_to_num(np.maximum(spread.square - spread.mean**2, 0.0))
        found[0][place] = np.maximum(centre + lean * mean * scale, 0.0) ** 2 + variance * scale**2
        found[1][place] = np.maximum(centre + spread.low * scale, 0.0) ** 2
        found[2][place] = np.maximum(centre + spread.high * scale, 0.0) ** 2
    value, low, high = found
    return np.where(np.isnan(high), value, np.clip(value, low, high)), low, high


def _by_day(values: Array, horizon: int, rows: Rows) -> Bounds:
    """Return diurnal persistence; its interval is never narrower than what is assumed."""
    root = scale_of(roots(values))
    z = root.of(roots(values))
    said = same_hours(z, horizon)
    errors = _errors(z, said)
    _, low, high = _bounds(said[rows], root, spreads(errors, rows), 0.0)
    level = np.maximum(root.back(said[rows].astype(np.float64)), 0.0)
    known = (~np.isnan(errors)).sum(axis=0)
    least = np.where(known < _WEEK, ASSUMED_SHARE, 0.0) * level
    return (
        level**2,
        np.minimum(np.nan_to_num(low, nan=np.inf), np.maximum(level - least, 0.0) ** 2),
        np.maximum(np.nan_to_num(high, nan=-np.inf), (level + least) ** 2),
    )
