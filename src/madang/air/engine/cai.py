"""The Korean comprehensive air-quality index (CAI, 통합대기환경지수).

Gases count by their last hour, dust by the predicted 24-hour mean C24E. The index is the greatest
sub-index; where two pollutants are bad or worse 50 points are added, where three or more are, 75.

References
----------
.. [1] Jeju, air.jeju.go.kr, "CAI: method and breakpoints".
.. [2] Korea Environment Corporation, airkorea.or.kr, "CAI calculator" (C24E, required pollutants).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.air.engine.breakpoints import Band, Floats, half_up, interpolated

CLASSES = ("good", "moderate", "bad", "very_bad")
CLASS_TOPS = (50, 100, 250, 500)
REQUIRED = ("pm10", "pm25", "no2", "o3")
HIGHEST = 500.0


def _bands(step: float, *tops: float) -> tuple[Band, ...]:
    lows = (0.0, *(round(top + step, 3) for top in tops[:-1]))
    indices = ((0, 50), (51, 100), (101, 250), (251, 500))
    return tuple(
        Band(low, top, *index) for low, top, index in zip(lows, tops, indices, strict=True)
    )


# Breakpoints [1]; the step is the resolution of the table, in decimals of the unit.
BANDS: Mapping[str, tuple[Band, ...]] = {
    "pm25": _bands(1, 15, 35, 75, 500),
    "pm10": _bands(1, 30, 80, 150, 600),
    "o3": _bands(0.001, 0.030, 0.090, 0.150, 0.600),
    "no2": _bands(0.001, 0.030, 0.060, 0.200, 2.000),
    "co": _bands(0.01, 2.0, 9.0, 15.0, 50.0),
    "so2": _bands(0.001, 0.020, 0.050, 0.150, 1.000),
}
_DECIMALS = {"pm25": 0, "pm10": 0, "o3": 3, "no2": 3, "co": 2, "so2": 3}

# M of the weighting rule of C24E [2], µg/m³
WEIGHTED_FROM = {"pm25": 30.0, "pm10": 70.0}
_SHORT, _LONG = 4, 12
_LEAST_SHARE = 0.75


@dataclass(frozen=True)
class Index:
    """One index: its value, class and main pollutant, and the sub-index of each pollutant.

    `value` is None where a required pollutant is missing; `missing` names those.
    """

    value: int | None
    category: str | None
    main: str | None
    parts: Mapping[str, int]
    missing: tuple[str, ...] = ()


def sub_index(pollutant: str, concentration: ArrayLike) -> Floats:
    """Return the sub-index of one pollutant, whole numbers from 0 to 500.

    Parameters
    ----------
    pollutant : one of pm25, pm10, o3, no2, co, so2.
    concentration : (...) array
        µg/m³ for dust (predicted 24-hour mean), ppm for gases (last hour). NaN stays NaN.

    Notes
    -----
    The band is that of the concentration rounded to the table's resolution; a value between two
    bands (PM2.5 15.2) so belongs to one. Above the table 500.

    Examples
    --------
    >>> sub_index("pm25", [15.0, 16.0, 35.5, 75.0, 900.0]).tolist()
    [50.0, 51.0, 101.0, 250.0, 500.0]
    """
    bands = BANDS[pollutant]
    printed = half_up(concentration, _DECIMALS[pollutant])
    raw = interpolated(concentration, printed, bands)
    tops = np.array([band.high for band in bands])
    place = np.minimum(np.searchsorted(tops, printed, side="left"), len(bands) - 1)
    low = np.array([band.index_low for band in bands])[place]
    high = np.array([band.index_high for band in bands])[place]
    return np.clip(half_up(raw), low, high)


def composite(parts: Mapping[str, ArrayLike]) -> tuple[Floats, Any]:
    """Return the index and the place of the main pollutant in `parts`, by sub-indices.

    Parameters
    ----------
    parts : (...) arrays by pollutant, NaN where missing.

    Returns
    -------
    index : (...) array, NaN where one of PM10, PM2.5, NO2, O3 is missing; at most 500.
    main : (...) array of int, the first pollutant of the greatest sub-index; -1 where no index.
    """
    names = list(parts)
    table = np.stack([np.asarray(parts[name], dtype=np.float64) for name in names])
    known = np.all([~np.isnan(np.asarray(parts.get(name, np.nan))) for name in REQUIRED], axis=0)
    filled = np.where(np.isnan(table), -1.0, table)
    bad = np.sum(filled > CLASS_TOPS[1], axis=0)
    added = np.select([bad >= 3, bad == 2], [75.0, 50.0], 0.0)
    index = np.minimum(filled.max(axis=0) + added, HIGHEST)
    return np.where(known, index, np.nan), np.where(known, filled.argmax(axis=0), -1)


def index(values: Mapping[str, float | None]) -> Index:
    """Return the CAI of one set of concentrations (dust: predicted 24-hour means).

    >>> index({"pm25": 76, "pm10": 151, "no2": 0.03, "o3": 0.03})
    Index(value=301, category='very_bad', main='pm25', parts={'pm25': 251, 'pm10': 251, \
'o3': 50, 'no2': 50}, missing=())
    """
    parts: dict[str, int] = {}
    for name in BANDS:
        value = values.get(name)
        if value is not None and not np.isnan(value) and value >= 0:
            parts[name] = int(sub_index(name, value))
    missing = tuple(name for name in REQUIRED if name not in parts)
    if missing:
        return Index(None, None, None, parts, missing)
    total, main = composite(parts)
    return Index(int(total), category(float(total)), list(parts)[int(main)], parts)


def category(value: float) -> str:
    """Return the class of an index: good, moderate, bad or very_bad.

    >>> category(100), category(101)
    ('moderate', 'bad')
    """
    return CLASSES[int(np.searchsorted(CLASS_TOPS[:-1], value, side="left"))]


def predicted_mean(pollutant: str, hours: ArrayLike) -> Floats:
    """Return the predicted 24-hour mean C24E of PM2.5 or PM10 at each hour.

    Parameters
    ----------
    hours : (n,) array [µg/m³]
        Consecutive hourly means; NaN where missing.

    Returns
    -------
    (n,) array [µg/m³]
        NaN where fewer than 9 of the last 12 or 3 of the last 4 hours have a value (75 % rule).

    Notes
    -----
    C24E = (12 C12 + 12 C4) / 24 [2]_. C12 is the mean of the last 12 hours. In C4, the mean of the
    last 4, an hour at or above M (PM10 70, PM2.5 30 µg/m³) whose ratio to C12 is from 0.9 to 1.7
    counts three quarters.

    References
    ----------
    .. [2] airkorea.or.kr, "CAI calculator".

    Examples
    --------
    >>> predicted_mean("pm25", [40.0] * 12)[-1].item()
    35.0
    """
    values = np.asarray(hours, dtype=np.float64)
    padded = np.concatenate([np.full(_LONG - 1, np.nan), values])
    if not len(values):
        return values
    window = np.lib.stride_tricks.sliding_window_view(padded, _LONG)
    c12 = _mean(window)
    last = window[:, -_SHORT:]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = last / c12[:, None]
    near = (last >= WEIGHTED_FROM[pollutant]) & (ratio >= 0.9) & (ratio <= 1.7)
    return (c12 + _mean(np.where(near, 0.75 * last, last))) / 2.0


def _mean(windows: Floats) -> Floats:
    known = ~np.isnan(windows)
    count = known.sum(axis=1)
    total = np.where(known, windows, 0.0).sum(axis=1)
    enough = count >= np.ceil(_LEAST_SHARE * windows.shape[1])
    return np.where(enough, total / np.maximum(count, 1), np.nan)
