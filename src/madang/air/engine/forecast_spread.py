"""How far forecasts lay off, lately: weighted histograms of past errors, per pollutant and horizon.

An interval between two quantiles of past errors covers its share where errors stay alike
(split conformal prediction [1]_). They do not stay alike over seasons and years, so an error's
weight halves every `HALF_LIFE_WEEKS` (non-exchangeable conformal prediction [2]_).

References
----------
.. [1] V. Vovk, A. Gammerman, G. Shafer, "Algorithmic learning in a random world", Springer, 2005.
.. [2] R. F. Barber, E. J. Candès, A. Ramdas, R. J. Tibshirani, "Conformal prediction beyond
   exchangeability", Ann. Statist. 51 (2023) 816-845.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.air.engine.forecast_features import Array

HALF_LIFE_WEEKS = 9.0
LOW, HIGH = 0.1, 0.9  # the 80 % interval
_WEEK = 168
_EDGE = 5.0  # standard deviations of the pollutant's root; what lies beyond counts as the edge
_BINS = 1000


@dataclass(frozen=True)
class Spread:
    """Of the errors at some hour: quantiles, mean and mean square, each (h, p); NaN if unknown."""

    low: Array
    high: Array
    mean: Array
    square: Array


def spreads(errors: NDArray[np.float32], rows: NDArray[np.int64]) -> Iterator[Spread]:
    """Yield the spread of errors known at each of `rows`, as of the last full week before it.

    Weeks are counted back from the last of `rows`, so that it misses nothing.

    Parameters
    ----------
    errors : (n, h, p) array [standard deviations of the root]
        What came less what was forecast, by the row of issue; NaN where either is missing.
    rows : ascending rows of issue.
    """
    n, horizons, pollutants = errors.shape
    cells = horizons * pollutants
    counts = np.zeros((cells, _BINS))
    offsets = np.arange(cells).reshape(horizons, pollutants) * _BINS
    begun = (int(rows[-1]) + 1) % _WEEK - _WEEK
    spread: Spread | None = None
    place = begun
    for row in rows:
        while place + _WEEK <= row + 1:
            came = _came(errors, place, place + _WEEK, n)
            counts *= 0.5 ** (1.0 / HALF_LIFE_WEEKS)
            counts += _counted(came, offsets, cells)
            place += _WEEK
            spread = None
        if spread is None:
            spread = _spread(counts, (horizons, pollutants))
        yield spread


def _came(errors: NDArray[np.float32], start: int, stop: int, n: int) -> NDArray[np.float32]:
    """Return the errors, (stop - start, h, p), of forecasts for the rows from start to stop."""
    horizons = errors.shape[1]
    issued = np.arange(start, stop)[:, None] - np.arange(1, horizons + 1)
    inside = (issued >= 0) & (issued < n)
    found = errors[np.clip(issued, 0, n - 1), np.arange(horizons)]
    return np.where(inside[:, :, None], found, np.float32(np.nan))


def _counted(came: NDArray[np.float32], offsets: NDArray[np.int64], cells: int) -> Array:
    known = ~np.isnan(came)
    bins = np.floor((np.nan_to_num(came) + _EDGE) * (_BINS / (2 * _EDGE))).astype(np.int64)
    place = (np.clip(bins, 0, _BINS - 1) + offsets)[known]
    return np.bincount(place, minlength=cells * _BINS).reshape(cells, _BINS).astype(np.float64)


def _spread(counts: Array, shape: tuple[int, int]) -> Spread:
    total = counts.sum(axis=1)
    known = total > 0
    shares = np.cumsum(counts, axis=1) / np.where(known, total, 1.0)[:, None]
    centres = (np.arange(_BINS) + 0.5) * (2 * _EDGE / _BINS) - _EDGE
    weights = counts / np.where(known, total, 1.0)[:, None]

    def shaped(values: Array) -> Array:
        return np.where(known, values, np.nan).reshape(shape)

    return Spread(
        low=shaped(_quantile(shares, LOW)),
        high=shaped(_quantile(shares, HIGH)),
        mean=shaped(weights @ centres),
        square=shaped(weights @ centres**2),
    )


def _quantile(shares: Array, level: float) -> Array:
    """Return the quantile of each row of cumulative shares, even within a bin."""
    bins = np.minimum((shares < level).sum(axis=1), _BINS - 1)
    rows = np.arange(len(shares))
    before = np.where(bins > 0, shares[rows, bins - 1], 0.0)
    within = shares[rows, bins] - before
    part = np.divide(level - before, within, out=np.full(len(shares), 0.5), where=within > 0)
    return np.asarray((bins + part) * (2 * _EDGE / _BINS) - _EDGE)
