"""Forecasts on real series: ours beside persistence, seasonal naive, linear and other models.

Fitted on Seoul's 2018 and judged on every hour of 2019; fitted on two years of a Beijing station
and judged on the third, without and with weather (measured, so a forecast of it does worse).
statsmodels and scikit-learn are used where they are installed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.report import OURS, Bar, Report
from madang.air.engine.forecast import AirHours, fit, issue
from tests.air import forecast_series as series

AHEAD = (1, 6, 24)
HORIZON = 24
_LAGS = 24
_SHOWN = ("pm25", "pm10", "o3", "no2")
SEOUL_YEAR, BEIJING_YEARS = 8760, 2 * 8760
STATIONS = ("Dongsi", "Huairou")

Forecasts = Callable[[AirHours, int, int], dict[int, np.ndarray]]


def run(*, full: bool = False) -> Report:
    """Measure; `full` takes all twelve stations of Beijing."""
    seoul, station = "Seoul 2019 pm25", "Dongsi 3rd year pm25, weather"
    report = Report(
        "forecast",
        "hourly air, 1, 6 and 24 hours ahead: percent less error than persistence",
        bars=(
            Bar(seoul, "skill_24", 10.0),
            Bar(seoul, "interval_gap", 5.0),
            Bar(seoul, "fit_six_s", 3.0),
            Bar(station, "skill_24", 15.0),
            Bar(station, "interval_gap", 5.0),
        ),
    )
    shared = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data"
    if not shared.is_dir():
        report.notes.append(f"real data absent: no {shared} (set MADANG_SHARED)")
        return report
    city = series.seoul(shared)
    _ours(report, city, SEOUL_YEAR, "Seoul 2019")
    for who, peer in PEERS.items():
        _peer(report, who, peer, city)
    for name in _stations(shared) if full else STATIONS:
        hours = series.beijing(shared, name)
        _ours(report, replace(hours, weather=None), BEIJING_YEARS, f"{name} 3rd year")
        _ours(report, hours, BEIJING_YEARS, f"{name} 3rd year", ", weather")
    report.notes += [
        "interval_gap: points between the share inside the 80 % interval and 80 %",
        "fit_six_s: six pollutants, 24 hours each; fit_one_s: one pollutant, three hours",
    ]
    return report


def _stations(shared: Path) -> list[str]:
    import polars as pl

    path = shared / "air" / "beijing_multisite_hourly_2013-03_2016-02.parquet"
    return sorted(pl.read_parquet(path, columns=["station"])["station"].cast(pl.String).unique())


def _ours(report: Report, hours: AirHours, first: int, load: str, with_: str = "") -> None:
    begun = time.process_time()
    fitted = fit(hours.first(first), HORIZON)
    spent = time.process_time() - begun
    rows = np.arange(first - 1, len(hours.values) - 1)
    issued = issue(fitted, hours, rows)
    for pollutant in _SHOWN:
        p = hours.pollutants.index(pollutant)
        said = {h: issued.value[:, h - 1, p] for h in AHEAD}
        came = _came(hours, rows, HORIZON, p)
        low, high = issued.low[:, HORIZON - 1, p], issued.high[:, HORIZON - 1, p]
        inside = ((came >= low) & (came <= high))[~np.isnan(came)]
        report.add(
            OURS,
            f"{load} {pollutant}{with_}",
            **_skills(hours, rows, p, said),
            interval_gap=abs(100 * float(np.mean(inside)) - 80),
            fit_six_s=spent,
            **_rmse(hours, rows, p, said[HORIZON]),
        )


def _peer(report: Report, who: str, peer: Forecasts, hours: AirHours) -> None:
    rows = np.arange(SEOUL_YEAR - 1, len(hours.values) - 1)
    for pollutant in _SHOWN:
        p = hours.pollutants.index(pollutant)
        begun = time.process_time()
        try:
            said = peer(hours, p, SEOUL_YEAR)
        except ImportError as error:
            report.notes.append(f"{who}: {error.name} is not installed")
            return
        spent = time.process_time() - begun
        found = {h: values[rows] for h, values in said.items()}
        report.add(
            who,
            f"Seoul 2019 {pollutant}",
            **_skills(hours, rows, p, found),
            **_rmse(hours, rows, p, found[HORIZON]),
            fit_one_s=spent,
        )


def _came(hours: AirHours, rows: np.ndarray, ahead: int, p: int) -> np.ndarray:
    padded = np.append(hours.values[:, p], np.full(ahead, np.nan))
    return padded[rows + ahead]


def _skills(
    hours: AirHours, rows: np.ndarray, p: int, said: dict[int, np.ndarray]
) -> dict[str, float]:
    found = {}
    for ahead in AHEAD:
        came, now = _came(hours, rows, ahead, p), hours.values[rows, p]
        known = ~np.isnan(came + now + said[ahead])
        error = np.sqrt(np.mean((said[ahead] - came)[known] ** 2))
        found[f"skill_{ahead}"] = 100 * (
            1 - float(error / np.sqrt(np.mean((now - came)[known] ** 2)))
        )
    return found


def _rmse(hours: AirHours, rows: np.ndarray, p: int, said: np.ndarray) -> dict[str, float]:
    error = said - _came(hours, rows, HORIZON, p)
    return {"rmse_24": float(np.sqrt(np.nanmean(error**2)))}


# peers: of a series, a pollutant and the first judged row, forecasts by hours ahead and row


def persistence(hours: AirHours, p: int, _first: int) -> dict[int, np.ndarray]:
    return dict.fromkeys(AHEAD, hours.values[:, p])


def seasonal_naive(hours: AirHours, p: int, _first: int) -> dict[int, np.ndarray]:
    """The same hour of the newest day that is known."""
    found = {}
    for ahead in AHEAD:
        back = 24 - ahead
        found[ahead] = np.roll(_filled(hours.values[:, p]), back)
    return found


def _filled(values: np.ndarray) -> np.ndarray:
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(known)]


def _lagged(hours: AirHours, p: int) -> np.ndarray:
    values = _filled(hours.values[:, p])
    lags = [np.roll(values, lag) for lag in range(_LAGS)]
    clock = (hours.local[: len(values)] % 24)[:, None] == np.arange(24)
    return np.hstack([np.stack(lags, axis=1), clock])


def linear(hours: AirHours, p: int, first: int) -> dict[int, np.ndarray]:
    """Least squares on the last 24 hours and the hour of the day, one fit per hour ahead."""
    x, found = _lagged(hours, p), {}
    for ahead in AHEAD:
        rows = np.arange(_LAGS, first - ahead)
        y = hours.values[rows + ahead, p]
        known = ~np.isnan(y)
        b, *_ = np.linalg.lstsq(x[rows[known]], y[known], rcond=None)
        found[ahead] = x @ b
    return found


def autoregression(hours: AirHours, p: int, first: int) -> dict[int, np.ndarray]:
    """statsmodels' AutoReg of 72 hours with an hourly season, carried on step by step."""
    from statsmodels.tsa.ar_model import AutoReg

    values = _filled(hours.values[:, p])
    lags = 72
    fitted = AutoReg(values[:first], lags=lags, seasonal=True, period=24, trend="c").fit()
    const, season, b = fitted.params[0], fitted.params[1:24], fitted.params[24:]
    past = np.stack([np.roll(values, lag) for lag in range(lags)], axis=1)
    terms = np.concatenate([[0.0], season])
    found = {}
    for ahead in range(1, max(AHEAD) + 1):
        step = const + terms[(np.arange(len(values)) + ahead) % 24] + past @ b
        past = np.hstack([step[:, None], past[:, :-1]])
        if ahead in AHEAD:
            found[ahead] = step
    return found


def boosting(hours: AirHours, p: int, first: int) -> dict[int, np.ndarray]:
    """scikit-learn's histogram gradient boosting on what the linear model has."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    x, found = _lagged(hours, p), {}
    for ahead in AHEAD:
        rows = np.arange(_LAGS, first - ahead)
        y = hours.values[rows + ahead, p]
        known = ~np.isnan(y)
        model = HistGradientBoostingRegressor(
            learning_rate=0.03, max_leaf_nodes=8, min_samples_leaf=100, random_state=1
        )
        found[ahead] = model.fit(x[rows[known]], y[known]).predict(x)
    return found


PEERS: dict[str, Forecasts] = {
    "persistence": persistence,
    "seasonal naive": seasonal_naive,
    "linear, 24 lags": linear,
    "statsmodels AutoReg(72)": autoregression,
    "scikit-learn boosting": boosting,
}
