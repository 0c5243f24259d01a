"""What is known of the air at the hour of issue, as columns for a linear forecast.

Everything is on the square-root scale: concentrations are skewed to the right and their errors
grow with the level; the root makes both about even [1]_ and, unlike the logarithm, takes zero.

References
----------
.. [1] M. S. Bartlett, "The use of transformations", Biometrics 3 (1947) 39-52.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Hours = NDArray[np.int64]

WINDOWS = (6, 24, 72)  # hours of the running means
CARRIED = 6  # hours that the last value stands in for a missing one
_YEAR_H = 365.2425 * 24


@dataclass(frozen=True)
class Columns:
    """Columns of a design and what they are about.

    `owner` is the pollutant's number that a column is about, -1 for all; `group` its kind, on
    which the penalty depends.
    """

    values: Array
    owner: Hours
    group: NDArray[np.str_]

    def beside(self, other: Columns) -> Columns:
        """Return both side by side."""
        return Columns(
            np.hstack([self.values, other.values]),
            np.concatenate([self.owner, other.owner]),
            np.concatenate([self.group, other.group]),
        )


def roots(values: Array) -> Array:
    """Return the square roots; what is below zero counts as zero, NaN stays NaN."""
    return np.asarray(np.sqrt(np.maximum(values, 0.0)))


def running_mean(z: Array, window: int, share: float = 0.5) -> Array:
    """Return the mean of the last `window` rows up to each row; NaN below `share` of them.

    >>> running_mean(np.array([[1.0], [np.nan], [5.0], [7.0]]), 2).ravel()
    array([1., 1., 5., 6.])
    """
    known = ~np.isnan(z)
    zero = np.zeros((1, z.shape[1]))
    total = np.vstack([zero, np.cumsum(np.where(known, z, 0.0), axis=0)])
    count = np.vstack([zero, np.cumsum(known, axis=0)])
    last = np.arange(1, len(z) + 1)
    first = np.maximum(last - window, 0)
    n = count[last] - count[first]
    mean = (total[last] - total[first]) / np.maximum(n, 1)
    return np.where(n >= share * np.minimum(window, last)[:, None], mean, np.nan)


def carried(z: Array, hours: int = CARRIED) -> Array:
    """Return `z` with each missing value replaced by the last one, at most `hours` old."""
    rows = np.arange(len(z))[:, None]
    known = np.where(~np.isnan(z), rows, -1)
    last = np.maximum.accumulate(known, axis=0)
    filled = np.take_along_axis(z, np.maximum(last, 0), axis=0)
    return np.where((last >= 0) & (rows - last <= hours), filled, np.nan)


def levels(z: Array) -> list[Array]:
    """Return the level now and the running means, gaps filled from the next longer mean.

    What no window knows stays NaN.
    """
    means = [running_mean(z, window) for window in WINDOWS]
    found = [carried(z), *means]
    for place in range(len(found) - 2, -1, -1):
        found[place] = np.where(np.isnan(found[place]), found[place + 1], found[place])
    for place in range(1, len(found)):
        found[place] = np.where(np.isnan(found[place]), found[place - 1], found[place])
    return found


def harmonics(phase: Array, orders: int) -> Array:
    """Return sine and cosine of the first `orders` multiples of a phase [turns]."""
    turns = 2.0 * np.pi * phase[:, None] * np.arange(1, orders + 1)
    return np.hstack([np.sin(turns), np.cos(turns)])


def issue_columns(z: Array, local: Hours, *, has_season: bool) -> Columns:
    """Return the columns known at each row's end.

    Parameters
    ----------
    z : (n, p) array
        Roots of the concentrations, NaN where missing.
    local : (n,) int array [h]
        Hours of the city's clock since 1970-01-01 00:00 at the end of each row.
    has_season : whether the series is long enough to tell the seasons.
    """
    n, pollutants = z.shape
    now, *means = levels(z)
    day = harmonics((local % 24) / 24.0, 4)
    slow = np.hstack([day[:, :2], day[:, 4:6]])  # the two slowest orders
    weekday = (((local - 1) // 24 + 3) % 7)[:, None] == np.arange(7)
    parts: list[tuple[Array, int, str]] = [(np.ones((n, 1)), -1, "one")]
    for p in range(pollutants):
        parts += [(level[:, p : p + 1], p, "level") for level in (now, *means)]
        change = np.stack([now[:, p] - np.roll(now[:, p], k) for k in (1, 3)], axis=1)
        change[:3] = 0.0
        parts.append((change, p, "change"))
        parts += [(level[:, p : p + 1] * slow, p, "daily") for level in (now, means[1])]
    parts += [(day, -1, "clock"), (weekday.astype(float), -1, "weekday")]
    if has_season:
        season = harmonics(local / _YEAR_H, 1)
        both = (slow[:, :, None] * season[:, None, :]).reshape(n, -1)
        parts += [(season, -1, "season"), (both, -1, "daily season")]
    return columns_of(parts)


def columns_of(parts: list[tuple[Array, int, str]]) -> Columns:
    """Return (values, owner, group) parts side by side."""
    return Columns(
        np.hstack([values for values, _, _ in parts]),
        np.concatenate([np.full(v.shape[1], owner, dtype=np.int64) for v, owner, _ in parts]),
        np.concatenate([np.full(v.shape[1], group) for v, _, group in parts]),
    )
