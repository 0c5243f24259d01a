"""Ridge regression for every pollutant and hour ahead, judged on months it has not seen.

The sums that a regression needs are kept per block of time. A fit on everything before a block is
the sum of the blocks before it, so a validation that walks through the series (rolling origin
[1]_) costs about as much as one fit [2]_.

References
----------
.. [1] L. J. Tashman, "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16 (2000)
   437-450.
.. [2] A. E. Hoerl, R. W. Kennard, "Ridge regression", Technometrics 12 (1970) 55-67.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.air.engine.forecast_features import Array, Columns

# Penalty of a group's coefficients against that of the pollutant's own levels: what products and
# other pollutants say must show itself more clearly. Chosen on 2018 alone, by rolling origin.
GROUP_PENALTY = {
    "one": 0.0,
    "level": 1.0,
    "change": 3.0,
    "daily": 4.0,
    "clock": 1.0,
    "weekday": 4.0,
    "season": 1.0,
    "daily season": 4.0,
    "weather": 1.0,
    "weather product": 4.0,
    "weather level": 1.0,
}
OTHERS = 100.0  # times as much for columns of another pollutant
STRENGTHS = (3.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
Narrow = NDArray[np.float32]
_NEVER_VARIES = 1e-6  # added to the diagonal, for columns that are all zero


@dataclass(frozen=True)
class Sums:
    """Products over rows: columns with columns, (p, c, c), and with targets, (p, c)."""

    gram: Array
    cross: Array

    def plus(self, other: Sums) -> Sums:
        """Return the sums over the rows of both."""
        return Sums(self.gram + other.gram, self.cross + other.cross)


def grams(columns: Columns, blocks: Sequence[slice]) -> list[Array]:
    """Return the products of the columns with themselves, (c, c), in each block."""
    x = columns.values.astype(np.float32)
    return [(x[rows].T @ x[rows]).astype(np.float64) for rows in blocks]


def sums_of(x: Narrow, y: Narrow, whole: Array) -> Sums:
    """Return the sums over the rows whose target is known, for each target.

    Parameters
    ----------
    x : (n, c) array
        Columns, none missing.
    y : (n, p) array
        Targets, NaN where missing.
    whole : (c, c) array
        Products of the columns with themselves over all rows.
    """
    missing = np.isnan(y)
    gram = np.repeat(whole[None], y.shape[1], axis=0)
    for p in range(y.shape[1]):
        out = x[missing[:, p]]
        if len(out):
            gram[p] -= out.T @ out
    return Sums(gram, (np.where(missing, np.float32(0.0), y).T @ x).astype(np.float64))


def penalties(columns: Columns, pollutants: int) -> Array:
    """Return the penalty of each column in the regression for each pollutant, (p, c)."""
    own = np.array([GROUP_PENALTY[str(group)] for group in columns.group])
    of_other = (columns.owner >= 0) & (columns.owner != np.arange(pollutants)[:, None])
    return np.where(of_other, OTHERS * own, own)


def coefficients(sums: Sums, weights: Array, strengths: Array) -> Array:
    """Return the ridge coefficients, (p, c), with a strength for each pollutant, (p,)."""
    system = sums.gram.copy()
    diagonal = np.arange(system.shape[1])
    system[:, diagonal, diagonal] += strengths[:, None] * weights + _NEVER_VARIES
    return np.asarray(np.linalg.solve(system, sums.cross[:, :, None])[:, :, 0])


def block_ranges(rows: int, length: int) -> list[slice]:
    """Return consecutive ranges of at least `length` rows that cover all rows, at least one.

    >>> block_ranges(10, 4)
    [slice(0, 5, None), slice(5, 10, None)]
    """
    count = max(rows // length, 1)
    edges = np.linspace(0, rows, count + 1).astype(int)
    return [slice(int(a), int(b)) for a, b in itertools.pairwise(edges)]


@dataclass(frozen=True)
class Trial:
    """One horizon's regression on its way through the blocks.

    The first `teaching` blocks only teach. The first `embargo` rows of a block are not judged: the
    targets of the rows before it lie there, so they were not known yet.
    """

    x: Narrow
    y: Narrow
    blocks: Sequence[slice]
    sums: Sequence[Sums]
    weights: Array
    teaching: int
    embargo: int

    def unseen(self, strengths: Array) -> Narrow:
        """Return forecasts, (n, p), of each block by the blocks before it; NaN where none is."""
        found = np.full(self.y.shape, np.nan, dtype=np.float32)
        total = self.sums[0]
        for number in range(1, len(self.blocks)):
            rows = self.blocks[number]
            if number >= self.teaching:
                judged = slice(min(rows.start + self.embargo, rows.stop), rows.stop)
                b = coefficients(total, self.weights, strengths).astype(np.float32)
                found[judged] = self.x[judged] @ b.T
            total = total.plus(self.sums[number])
        return found

    def final(self, strengths: Array) -> Narrow:
        """Return the coefficients, (p, c), of a fit on all blocks."""
        total = self.sums[0]
        for sums in self.sums[1:]:
            total = total.plus(sums)
        return coefficients(total, self.weights, strengths).astype(np.float32)

    def best_strengths(self) -> Array:
        """Return the strength, (p,), of least squared error on unseen blocks."""
        pollutants = self.y.shape[1]
        errors = np.full((len(STRENGTHS), pollutants), np.inf)
        for place, strength in enumerate(STRENGTHS):
            error = (self.unseen(np.full(pollutants, strength)) - self.y) ** 2
            known = ~np.isnan(error)
            total = np.where(known, error, 0.0).sum(axis=0)
            errors[place] = np.where(known.any(axis=0), total, np.inf)
        return np.asarray(np.asarray(STRENGTHS)[errors.argmin(axis=0)])


def trial(
    columns: Columns,
    y: Array,
    blocks: Sequence[slice],
    whole: Sequence[Array],
    *,
    teaching: int,
    embargo: int,
) -> Trial:
    """Return one horizon's regression, its sums taken.

    Parameters
    ----------
    columns : of (n, c) values, none missing.
    y : (n, p) array
        Targets, NaN where missing or where their columns are not known.
    whole : of each block, as from `grams`.
    """
    x, targets = columns.values.astype(np.float32), y.astype(np.float32)
    sums = [sums_of(x[r], targets[r], gram) for r, gram in zip(blocks, whole, strict=True)]
    weights = penalties(columns, y.shape[1])
    return Trial(x, targets, blocks, sums, weights, teaching, embargo)
