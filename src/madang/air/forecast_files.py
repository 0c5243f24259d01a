"""Forecasts of the places in a file of hours: what was learned, what is forecast, how it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from madang.air.engine import forecast as engine
from madang.air.engine import forecast_scores as judge
from madang.air.engine.forecast import Fitted, Issued
from madang.air.engine.forecast_scores import HeldOut
from madang.air.errors import InvalidSeries
from madang.air.forecast_hours import Place, place_of
from madang.air.forecast_weather import WeatherHours, read_weather
from madang.air.series import Rejected, Series, read_series


@dataclass(frozen=True)
class Request:
    """What is wanted of which files; with `since`, a forecast at every hour from then on."""

    series: Path
    zone: ZoneInfo
    horizon: int
    weather: Path | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class PlaceForecast:
    """The forecasts of one district, or of the file's one place (`district` None)."""

    district: str | None
    place: Place
    fitted: Fitted
    issued: Issued
    held_out: HeldOut | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FileForecast:
    """The forecasts of a file and what of it did not count; `weather_rejected` of the other."""

    series: Series
    places: tuple[PlaceForecast, ...]
    weather_rejected: Sequence[Rejected]
    warnings: tuple[str, ...]


def forecast_of_files(request: Request) -> FileForecast:
    """Return the forecasts of every place in a file of hours.

    Raises
    ------
    InvalidSeries
        If a file cannot be read, holds no value, or nothing lies before or after `since`.
    """
    series = read_series(request.series, request.zone)
    weather = read_weather(request.weather, request.zone) if request.weather else None
    found = []
    for district, hours in series.hours.items():
        columns = weather.columns if weather else None
        place = place_of(hours, series.pollutants, request.zone, columns)
        if place is not None:
            found.append(_forecast(district, place, request, weather))
    if not found:
        raise InvalidSeries(str(request.series), "has no hour with a value")
    unused = weather.unused if weather else ()
    return FileForecast(
        series,
        tuple(found),
        weather.rejected if weather else (),
        tuple(f"weather column {name!r} has no number; left out" for name in unused),
    )


def _forecast(
    district: str | None, place: Place, request: Request, weather: WeatherHours | None
) -> PlaceForecast:
    hours, ahead = place.hours, judge.shown_hours(request.horizon)
    if request.since is None:
        held = judge.held_out(hours, request.horizon, ahead)
        fitted = engine.fit(hours, request.horizon)
        issued = engine.issue(fitted, hours)
    else:
        first = _first_row(district, place, request)
        fitted = engine.fit(hours.first(first), request.horizon)
        issued = engine.issue(fitted, hours, np.arange(first - 1, place.rows, dtype=np.int64))
        held = HeldOut(first, place.rows - first, tuple(judge.scores(issued, hours, ahead)))
    warnings = tuple(_warnings(place, fitted, issued, weather))
    return PlaceForecast(district, place, fitted, issued, held, warnings)


def _first_row(district: str | None, place: Place, request: Request) -> int:
    """Return the row of the first hour after `since`: forecasts are issued from the one before."""
    assert request.since is not None
    first = place.row_of(request.since) + 1
    if not 1 <= first < place.rows:
        where = f" of {district}" if district else ""
        text = (
            f"since {request.since.isoformat()}: the hours{where} run from "
            f"{place.start.astimezone(request.zone).isoformat()} to "
            f"{place.end_of(place.rows - 1).astimezone(request.zone).isoformat()}; "
            "some must lie before and some after"
        )
        raise InvalidSeries(str(request.series), text)
    return first


def _warnings(
    place: Place, fitted: Fitted, issued: Issued, weather: WeatherHours | None
) -> list[str]:
    found = []
    if place.left_out:
        found.append(
            f"{place.left_out} hours were left out: more than five years old, or more than a year "
            "away from the others"
        )
    values = place.hours.values[: fitted.rows]
    for p, pollutant in enumerate(place.hours.pollutants):
        days = int((~np.isnan(values[:, p])).sum()) // 24
        if p not in fitted.learned:
            found.append(
                f"{pollutant}: {days} days of hours are known, a regression needs "
                f"{engine.FEWEST_DAYS}; forecast as the same hours of the days before"
            )
        age = _hours_since_last(values[:, p])
        if age >= 6:
            found.append(f"{pollutant}: its last value is {age} hours older than the issue")
        if np.isnan(issued.value[-1, :, p]).any():
            found.append(f"{pollutant}: some hours cannot be forecast, too little is known")
    if weather is not None:
        found += _weather_warnings(fitted, issued)
    return found


def _hours_since_last(values: np.ndarray) -> int:
    known = np.flatnonzero(~np.isnan(values))
    return len(values) - 1 - int(known[-1]) if len(known) else len(values)


def _weather_warnings(fitted: Fitted, issued: Issued) -> list[str]:
    if fitted.with_weather is None:
        return [
            f"weather: fewer than {engine.FEWEST_DAYS} days of the series have all its columns; "
            "not used"
        ]
    without = int((~issued.uses_weather[-1]).sum())
    if without:
        horizon = issued.uses_weather.shape[1]
        return [
            f"weather: not known on the way to {without} of the {horizon} hours; those are "
            "forecast without it"
        ]
    return []
