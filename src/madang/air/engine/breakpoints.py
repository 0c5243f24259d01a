"""Piecewise-linear air quality indices: concentration to index by a table of bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Concentrations `low` to `high` (both inside) map to index `index_low` to `index_high`."""

    low: float
    high: float
    index_low: int
    index_high: int


def interpolated(concentration: ArrayLike, chosen_by: ArrayLike, bands: Sequence[Band]) -> Floats:
    """Return the unrounded index of each concentration.

    Parameters
    ----------
    concentration : (...) array
        In the unit of the bands. NaN or negative has no index (NaN).
    chosen_by : (...) array
        The concentration as printed in the table's resolution; it chooses the band.
    bands : contiguous in the table's resolution, ascending.

    Returns
    -------
    (...) array
        I = (Ihi - Ilo) / (BPhi - BPlo) (C - BPlo) + Ilo; above the last band by the last band's
        line, below the first band NaN.

    Examples
    --------
    >>> interpolated([15.0, 16.0], [15.0, 16.0], [Band(0, 15, 0, 50), Band(16, 35, 51, 100)])
    array([50., 51.])
    """
    value = np.asarray(concentration, dtype=np.float64)
    printed = np.asarray(chosen_by, dtype=np.float64)
    high = np.array([band.high for band in bands])
    table = np.array([(b.low, b.high, b.index_low, b.index_high) for b in bands], dtype=np.float64)
    place = np.minimum(np.searchsorted(high, printed, side="left"), len(bands) - 1)
    low, top, index_low, index_high = (table[place, column] for column in range(4))
    index = (index_high - index_low) / (top - low) * (value - low) + index_low
    return np.where(np.isnan(printed) | (printed < bands[0].low) | (value < 0), np.nan, index)


def half_up(value: ArrayLike, decimals: int = 0) -> Floats:
    """Return the values rounded to `decimals`, halves up, as tables and people round.

    A hair is added first, so that 2.675, which no binary number is, goes up as it is printed.

    >>> half_up([0.5, 1.5, 2.4]).tolist()
    [1.0, 2.0, 2.0]
    """
    scale = 10.0**decimals
    return np.floor(np.asarray(value, dtype=np.float64) * scale + 0.5 + 1e-9) / scale


def truncated(value: ArrayLike, decimals: int) -> Floats:
    """Return the values cut after `decimals`; 0.3 that is stored as 0.29999... stays 0.3.

    >>> truncated([35.49, 9.1], 1).tolist()
    [35.4, 9.1]
    """
    scale = 10.0**decimals
    return np.floor(np.asarray(value, dtype=np.float64) * scale + 1e-6) / scale
