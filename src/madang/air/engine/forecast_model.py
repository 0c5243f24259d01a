"""The regressions of one series: fitted, and asked for forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from madang.air.engine import forecast_ridge as ridge
from madang.air.engine.forecast_features import Array, Columns, Hours, issue_columns, roots
from madang.air.engine.forecast_ridge import Narrow, Trial
from madang.air.engine.forecast_weather import Weather

LONGEST = 48  # hours ahead
SEASON_DAYS = 300  # below, a year's wave would be drawn through a part of it
_BLOCK_H = 30 * 24
_FEWEST_BLOCKS, _MOST_BLOCKS = 8, 24
# hours ahead that share one strength of the penalty, and the one it is chosen at
_BANDS = ((1, 2, 1), (3, 5, 4), (6, 11, 8), (12, 18, 15), (19, 36, 24), (37, 48, 42))


@dataclass(frozen=True)
class Scale:
    """Mean and spread of columns, with which they are made alike."""

    mean: Array
    spread: Array

    def of(self, values: Array) -> Array:
        """Return the values in spreads from the mean."""
        return np.asarray((values - self.mean) / self.spread)

    def back(self, values: Array) -> Array:
        """Return what `of` made, as it was."""
        return np.asarray(values * self.spread + self.mean)


def scale_of(values: Array) -> Scale:
    """Return the scale of each column; one that never varies stays as it is."""
    known = ~np.isnan(values)
    n = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / n
    square = np.where(known, values - mean, 0.0) ** 2
    spread = np.sqrt(square.sum(axis=0) / n)
    varies = spread > 1e-9
    return Scale(np.where(varies, mean, 0.0), np.where(varies, spread, 1.0))


@dataclass(frozen=True)
class Model:
    """Regressions of all pollutants for each hour ahead.

    `unseen`, (n, h, p), is what they said in validation of rows they had not been fitted on, in
    spreads of the root; NaN for rows that only taught. `strengths`, (h, p), is how strongly
    coefficients are held back.
    """

    root: Scale
    base: Scale
    beside: tuple[Scale, ...]
    weather: tuple[Array, Array] | None
    coefficients: tuple[Narrow, ...]
    strengths: Array
    unseen: Narrow
    has_season: bool

    @property
    def rows(self) -> int:
        """How many rows it was fitted on."""
        return len(self.unseen)

    def predicted(
        self, values: Array, local: Hours, weather: Mapping[str, Array] | None, since: int
    ) -> Narrow:
        """Return forecasts, (n - since, h, p), in spreads of the root, from row `since` on.

        NaN where the model wants weather that is not known.
        """
        start = max(since - _REACH_H, 0)
        z = self.root.of(roots(values[start:]))
        hours = local[start : start + len(z)]
        base = _filled(issue_columns(z, hours, has_season=self.has_season), self.base)
        ahead_of = None
        if self.weather is not None and weather is not None:
            ahead_of = Weather({k: v[start:] for k, v in weather.items()}, *self.weather)
        keep = since - start
        found = np.empty((len(z) - keep, len(self.coefficients), z.shape[1]), dtype=np.float32)
        for place, coefficients in enumerate(self.coefficients):
            x, known = base, np.full(len(z), fill_value=True)
            if ahead_of is not None:
                more = ahead_of.columns(z, place + 1)
                known = np.logical_not(np.isnan(more.values).any(axis=1))
                x = base.beside(_filled(more, self.beside[place]))
            y = x.values[keep:].astype(np.float32) @ coefficients.T
            found[:, place] = np.where(known[keep:, None], y, np.float32(np.nan))
        return found


_REACH_H = 96  # rows that columns look back on: the longest mean, and a value carried along


def _filled(columns: Columns, scale: Scale) -> Columns:
    """Return the columns scaled, what is missing at the mean."""
    values = np.nan_to_num(scale.of(columns.values))
    return Columns(values, columns.owner, columns.group)


class _Course:
    """A series on its way through the validation: the trial of each hour ahead."""

    def __init__(
        self, z: Array, base: Columns, weather: Mapping[str, Array] | None, horizon: int
    ) -> None:
        n = len(z)
        self.z, self.base, self.horizon = z, base, horizon
        self.weather = None if weather is None else Weather(_first(weather, n))
        length = max(min(_BLOCK_H, n // _FEWEST_BLOCKS), n // _MOST_BLOCKS)
        self.blocks = ridge.block_ranges(n, length)
        self.teaching = max(2, len(self.blocks) // 3)
        self.beside: dict[int, Scale] = {}
        self.grams = None if weather else ridge.grams(base, self.blocks)

    def trial(self, ahead: int) -> Trial:
        """Return the regression for `ahead` hours on."""
        y = np.full_like(self.z, np.nan)
        y[:-ahead] = self.z[ahead:]
        columns = self.base
        if self.weather is not None:
            more = self.weather.columns(self.z, ahead)
            self.beside[ahead] = scale_of(more.values)
            y[np.isnan(more.values).any(axis=1)] = np.nan
            columns = columns.beside(_filled(more, self.beside[ahead]))
        grams = self.grams or ridge.grams(columns, self.blocks)
        return ridge.trial(columns, y, self.blocks, grams, teaching=self.teaching, embargo=LONGEST)

    def strengths(self) -> Array:
        """Return the strength, (h, p), of each hour ahead's penalty, chosen on unseen blocks."""
        found = np.empty((self.horizon, self.z.shape[1]))
        for first, last, centre in _BANDS:
            if first <= self.horizon:
                best = self.trial(centre).best_strengths()
                found[first - 1 : last] = best
        return found


def _first(weather: Mapping[str, Array], n: int) -> dict[str, Array]:
    return {name: values[:n] for name, values in weather.items()}


def fit(values: Array, local: Hours, weather: Mapping[str, Array] | None, horizon: int) -> Model:
    """Return the regressions fitted on a series.

    Parameters
    ----------
    values : (n, p) array
        Concentrations, NaN where missing.
    local : (n,) int array [h]
        Hours of the city's clock since 1970-01-01 00:00 at the end of each row.
    weather : columns of at least n rows each, or None; rows after the n-th are not looked at.
    horizon : hours ahead, up to 48.
    """
    n, pollutants = values.shape
    root = scale_of(roots(values))
    z = root.of(roots(values))
    has_season = n >= SEASON_DAYS * 24
    columns = issue_columns(z, local[:n], has_season=has_season)
    base = scale_of(columns.values)
    course = _Course(z, _filled(columns, base), weather, horizon)
    strengths = course.strengths()
    unseen = np.empty((n, horizon, pollutants), dtype=np.float32)
    coefficients = []
    for ahead in range(1, horizon + 1):
        trial = course.trial(ahead)
        unseen[:, ahead - 1] = trial.unseen(strengths[ahead - 1])
        coefficients.append(trial.final(strengths[ahead - 1]))
    seen = course.weather
    return Model(
        root=root,
        base=base,
        beside=tuple(course.beside[ahead] for ahead in range(1, horizon + 1) if course.beside),
        weather=None if seen is None else (seen.mean, seen.spread),
        coefficients=tuple(coefficients),
        strengths=strengths,
        unseen=unseen,
        has_season=has_season,
    )
