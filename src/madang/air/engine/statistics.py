"""Means over hours, days and places; three quarters of the data must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from madang.air.engine.breakpoints import Floats

if TYPE_CHECKING:
    import polars as pl

# Valid-data rule of the Korean monitoring network guide, and 40 CFR part 50, appendix N.
LEAST_SHARE = 0.75
HOURS_OF_DAY = 24
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def running_mean(hours: ArrayLike, length: int, least_share: float = LEAST_SHARE) -> Floats:
    """Return the mean of the last `length` hours at each hour.

    Parameters
    ----------
    hours : (n,) array, consecutive hours, NaN where missing.

    Returns
    -------
    (n,) array in the same unit; NaN where fewer than `least_share` of the hours have a value.

    Examples
    --------
    >>> running_mean([1.0, 2.0, 3.0, np.nan], 4).tolist()
    [nan, nan, 2.0, 2.0]
    """
    values = np.asarray(hours, dtype=np.float64)
    known = ~np.isnan(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - length, 0)
    n = count[last] - count[first]
    enough = n >= np.ceil(least_share * length)
    return np.where(enough, (total[last] - total[first]) / np.maximum(n, 1), np.nan)


def hourly_means(hours: pl.DataFrame) -> pl.DataFrame:
    """Return the hourly mean of each place.

    Parameters
    ----------
    hours : place (str), ds (int), t (int, ms, end of the hour), n (int), sum (float)
        Closed station hours; a station's mean is sum / n.

    Returns
    -------
    place, t, mean, stations, sorted by place and t. Stations count alike, however often each of
    them reads: a place's hour is the mean of its stations' hours.
    """
    import polars as pl  # 35 MB that a running mean does not need

    return (
        hours.filter(pl.col("n") > 0)
        .with_columns(mean=pl.col("sum") / pl.col("n"))
        .group_by("place", "t")
        .agg(pl.col("mean").mean(), stations=pl.col("ds").n_unique())
        .sort("place", "t")
    )


def daily_means(
    hourly: pl.DataFrame, offset_ms: int, least_share: float = LEAST_SHARE
) -> pl.DataFrame:
    """Return the daily mean of each place, over the hours of the city's day.

    Parameters
    ----------
    hourly : place, t (ms, end of the hour), mean, stations, as `hourly_means` returns.
    offset_ms : city time minus UTC [ms].

    Returns
    -------
    place, day (ms UTC of the day's start in the city), mean, hours, stations, is_complete. An hour
    belongs to the day in which it starts, so 24:00 closes its day. `mean` is null where fewer than
    `least_share` of 24 hours are there.
    """
    import polars as pl

    start = pl.col("t") - HOUR_MS + offset_ms
    need = int(np.ceil(least_share * HOURS_OF_DAY))
    return (
        hourly.with_columns(day=start - start % DAY_MS - offset_ms)
        .group_by("place", "day")
        .agg(
            pl.col("mean").mean(), hours=pl.len().cast(pl.Int64), stations=pl.col("stations").max()
        )
        .with_columns(is_complete=pl.col("hours") >= need)
        .with_columns(mean=pl.when("is_complete").then("mean"))
        .sort("place", "day")
    )
