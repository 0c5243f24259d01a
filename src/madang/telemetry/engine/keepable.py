"""Which observations the lake can hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

INT32_LIMIT = (1 << 31) - 1
# DateTime holds seconds in 32 bits: 1970 to 2106 (ClickHouse manual, "DateTime").
TIME_LIMIT_MS = ((1 << 32) - 1) * 1000

KEEPABLE, UNKNOWN, NO_TIME, NO_VALUE = range(4)


def verdicts(
    row: NDArray[np.int32],
    t: NDArray[np.int64],
    v: NDArray[np.float64],
    resolution: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Return KEEPABLE, or the first thing that is wrong with each observation.

    Parameters
    ----------
    row : (n,) row of the catalogue, -1 for an unknown datastream. t : (n,) stamp [ms].
    v : (n,) value; NaN is missing and can be kept.
    resolution : (datastreams,) as in the catalogue; values are kept as 32-bit multiples of it.
    """
    out = np.empty(len(row), np.uint8)
    _verdicts(row, t, v, resolution, out)
    return out


@njit(cache=True, nogil=True)
def _verdicts(row: Any, t: Any, v: Any, resolution: Any, out: Any) -> None:
    for i in range(row.shape[0]):
        r = row[i]
        if r < 0:
            out[i] = UNKNOWN
        elif t[i] < 0 or t[i] > TIME_LIMIT_MS:
            out[i] = NO_TIME
        elif np.isinf(v[i]) or (resolution[r] > 0.0 and abs(v[i]) >= INT32_LIMIT * resolution[r]):
            out[i] = NO_VALUE
        else:
            out[i] = KEEPABLE
