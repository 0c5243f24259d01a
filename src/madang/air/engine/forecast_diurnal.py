"""The forecast of a series too short to learn from: tomorrow as the same hours of today."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from madang.air.engine.forecast_features import Array, carried

DAYS_BACK = 7
_CARRIED = 48  # hours that the last value may stand in where no day before has the hour


def same_hours(z: Array, horizon: int) -> NDArray[np.float32]:
    """Return, for each row and hour ahead, the newest value known of the same hour of the day.

    Parameters
    ----------
    z : (n, p) array
        Values, NaN where missing.

    Returns
    -------
    (n, horizon, p) array; where the last week knows no such hour, the last value of two days, else
    NaN.

    Examples
    --------
    >>> same_hours(np.arange(26.0)[:, None], 3)[-1].ravel()
    array([2., 3., 4.], dtype=float32)
    """
    n, pollutants = z.shape
    found = np.full((n, horizon, pollutants), np.nan, dtype=np.float32)
    last = carried(z, _CARRIED)
    rows = np.arange(n)
    for ahead in range(1, horizon + 1):
        value = np.full_like(z, np.nan)
        whole = -(-ahead // 24)
        for days in range(whole, whole + DAYS_BACK):
            back = rows + ahead - 24 * days
            inside = (back >= 0)[:, None] & np.isnan(value)
            value = np.where(inside, z[np.maximum(back, 0)], value)
        found[:, ahead - 1] = np.where(np.isnan(value), last, value)
    return found
