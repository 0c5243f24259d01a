"""Series for the forecast's tests: made by a known rule, and the real ones."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from madang.air.engine.forecast import AirHours

REAL = ("pm25", "pm10", "o3", "no2", "co", "so2")
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the city's clock
AHEAD = 48


def made(days: int, *, seed: int = 1, pollutants: tuple[str, ...] = ("pm25", "o3")) -> AirHours:
    """Return hours whose root is a mean, a daily wave and an AR(1) noise of 30 h memory."""
    rng = np.random.default_rng(seed)
    n = days * 24
    local = np.arange(420_000, 420_000 + n + AHEAD)
    wave = np.cos(2 * np.pi * (local[:n] % 24) / 24)[:, None]
    noise = np.zeros((n, len(pollutants)))
    shocks = rng.normal(0, 0.25, (n, len(pollutants)))
    for t in range(1, n):
        noise[t] = np.exp(-1 / 30) * noise[t - 1] + shocks[t]
    return AirHours(pollutants, np.maximum(5 + wave + noise, 0) ** 2, local)


def seoul(folder: Path) -> AirHours:
    """Return the city mean of 2018 and 2019, 8,760 hours each, the first of doubles counting."""
    path = folder / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"
    start = datetime(2018, 1, 1, 1)  # noqa: DTZ001
    values = np.full((17_520, 6), np.nan)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.reader(list(file)[1:]):
            day, hour = row[0].split()
            at = datetime.fromisoformat(day) + timedelta(hours=int(hour[:2]))
            place = int((at - start) / timedelta(hours=1))
            if np.isnan(values[place]).all():
                values[place] = [float(cell) if cell != "-" else np.nan for cell in row[1:]]
    first = int((start - EPOCH) / timedelta(hours=1))
    return AirHours(REAL, values, np.arange(first, first + len(values) + AHEAD))


def beijing(folder: Path, station: str) -> AirHours:
    """Return three years of one station with its weather."""
    path = folder / "air" / "beijing_multisite_hourly_2013-03_2016-02.parquet"
    rows = pl.read_parquet(path).filter(pl.col("station") == station).sort("time")
    first = int((rows["time"][0] - EPOCH) / timedelta(hours=1))
    names = {
        "temp": "temperature_c", "pres": "pressure_hpa", "dewp": "dew_point_c",
        "rain": "rain_mm", "wspm": "wind_ms",
    }  # fmt: skip
    beyond = np.full(AHEAD, np.nan)
    weather = {
        name: np.append(rows[column].cast(pl.Float64).to_numpy(), beyond)
        for column, name in names.items()
    }
    points = (
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
        "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
    )  # fmt: skip
    degrees = {point: 22.5 * n for n, point in enumerate(points)}
    winds = [degrees.get(point, np.nan) for point in rows["wd"].cast(pl.String).to_list()]
    weather["wind_deg"] = np.append(winds, beyond)
    values = rows.select(pl.col(REAL).cast(pl.Float64)).to_numpy()
    return AirHours(REAL, values, np.arange(first, first + len(values) + AHEAD), weather)
