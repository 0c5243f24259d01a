"""The mean of a day ahead, with an interval from what such means missed before."""

from __future__ import annotations

import numpy as np

from madang.air.engine.forecast import (
    ASSUMED_SHARE,
    AirHours,
    Bounds,
    Fitted,
    Issued,
    unseen_roots,
)
from madang.air.engine.forecast_features import Array, roots
from madang.air.engine.forecast_spread import HIGH, LOW

LEAST_HOURS = 18  # of the day that must be known: three quarters, as for every daily mean
_LEAST_PAST = 10 * 24  # hours of issue that the interval is taken from


def day_mean(fitted: Fitted, hours: AirHours, issued: Issued, first: int, last: int) -> Bounds:
    """Return mean, low and high, each (p,), of the hours from `first` to `last` ahead.

    Of the last issue in `issued`. The interval is the middle 80 % of what means of the same hours
    ahead missed, issued at any hour of the past by fits that had not seen them; where fewer than
    ten days of that are known it is the level's root less and more `ASSUMED_SHARE`. NaN where
    fewer than three quarters of the hours are forecast.
    """
    window = slice(first - 1, last)
    value = _mean(issued.value[-1:, window])[0]
    said = unseen_roots(fitted, hours)[:, window] ** 2
    errors = np.sqrt(_came(hours.values, first, last)) - np.sqrt(_mean(said))
    low, high = np.empty_like(value), np.empty_like(value)
    for p, level in enumerate(roots(value)):
        known = errors[~np.isnan(errors[:, p]), p]
        below, above = -ASSUMED_SHARE * level, ASSUMED_SHARE * level
        if len(known) >= _LEAST_PAST:
            below, above = np.quantile(known, [LOW, HIGH])
        low[p] = max(level + min(below, 0.0), 0.0) ** 2
        high[p] = (level + max(above, 0.0)) ** 2
    return value, low, high


def _mean(values: Array) -> Array:
    """Return the means over hours ahead, (n, p), of (n, h, p); NaN where too few are known."""
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    least = LEAST_HOURS / 24 * values.shape[1]
    return np.where(n >= least, total / np.maximum(n, 1), np.nan)


def _came(values: Array, first: int, last: int) -> Array:
    """Return the means of the hours from `first` to `last` after each row; NaN past the end."""
    n = len(values)
    padded = np.vstack([values, np.full((last, values.shape[1]), np.nan)])
    ahead = np.stack([padded[h : h + n] for h in range(first, last + 1)], axis=1)
    return _mean(ahead)
