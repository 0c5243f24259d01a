"""Weather in CSV files: hours that were measured, and hours that are forecast."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from madang.air.engine import forecast_weather as engine
from madang.air.errors import InvalidSeries
from madang.air.series import Rejected, end_of_hour, read_table

_NAMES: Mapping[str, Sequence[str]] = {
    engine.TEMPERATURE: ("temp_c", "temperature", "temp"),
    engine.DEW_POINT: ("dewpoint_c", "dew_point", "dewpoint"),
    engine.HUMIDITY: ("humidity", "relative_humidity", "relative_humidity_pct", "rh"),
    "pressure_hpa": ("pressure", "pres"),
    engine.RAIN: ("precipitation_mm", "rainfall_mm", "rain", "precipitation"),
    engine.SPEED: ("wind_speed_ms", "wind_speed", "wspm", "wind"),
    engine.DIRECTION: ("wind_direction_deg", "wind_direction", "wind_dir", "wd"),
}
_CANONICAL = {name: known for known, names in _NAMES.items() for name in (known, *names)}
_POINTS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
    "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class WeatherHours:
    """Weather by the end of the hour in UTC, per column; what is absent is missing."""

    columns: Mapping[str, Mapping[datetime, float]]
    rejected: Sequence[Rejected]
    unused: Sequence[str]


def read_weather(path: Path, zone: tzinfo) -> WeatherHours:
    """Return the weather in a CSV file with ``time`` and one column or more of numbers.

    Wind direction is where the wind comes from, in degrees or as a point of the compass. A column
    without any number is left out and named in `unused`.

    Raises
    ------
    InvalidSeries
        If the file cannot be read, lacks `time`, or has no column of numbers.
    """
    table = read_table(path)
    if "time" not in table.columns:
        raise InvalidSeries(
            str(path), f"has no column 'time'; it has {', '.join(table.columns)}", line=1
        )
    if "district" in table.columns:
        text = "has a column 'district'; the weather is one for all districts"
        raise InvalidSeries(str(path), text, line=1)
    columns = _columns(path, table.columns)
    found: dict[str, dict[datetime, float]] = {name: {} for name in columns.values()}
    faults: dict[str, list[tuple[int, str]]] = {column: [] for column in columns}
    lines: dict[datetime, int] = {}
    for row in table.rows():
        try:
            end = end_of_hour(row.cells["time"], zone).astimezone(UTC)
        except ValueError as error:
            table.rejected.append(Rejected(row.line, str(error)))
            continue
        if end in lines:
            text = f"time {row.cells['time']}: same hour as line {lines[end]}"
            table.rejected.append(Rejected(row.line, text))
            continue
        lines[end] = row.line
        for column, name in columns.items():
            if text := row.cells[column]:
                value = _number(text, name)
                if math.isnan(value):
                    faults[column].append((row.line, f"{column} {text!a} is no number"))
                else:
                    found[name][end] = value
    return _weather(path, columns, found, faults, table.rejected)


def _columns(path: Path, given: Sequence[str]) -> dict[str, str]:
    """Return the name that each column goes by; two of one kind are refused."""
    columns = {c: _CANONICAL.get(c.lower(), c) for c in given if c != "time"}
    for name in columns.values():
        same = [c for c, n in columns.items() if n == name]
        if len(same) > 1:
            text = f"has {' and '.join(same)}, which are one thing"
            raise InvalidSeries(str(path), text, line=1)
    return columns


def _number(text: str, name: str) -> float:
    """Return the number in a cell, NaN if it is none."""
    if name == engine.DIRECTION and text.upper() in _POINTS:
        return _POINTS.index(text.upper()) * 22.5
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    return value if math.isfinite(value) else math.nan


def _weather(
    path: Path,
    columns: Mapping[str, str],
    found: Mapping[str, Mapping[datetime, float]],
    faults: Mapping[str, Sequence[tuple[int, str]]],
    rejected: Sequence[Rejected],
) -> WeatherHours:
    used = {name: values for name, values in found.items() if values}
    if not set(used) - {engine.DIRECTION}:
        raise InvalidSeries(str(path), "has no column with a number beside `time`", line=1)
    told: dict[int, list[str]] = {}
    for column, name in columns.items():
        for line, text in faults[column] if name in used else ():
            told.setdefault(line, []).append(text)
    bad = [Rejected(line, "; ".join(texts)) for line, texts in told.items()]
    return WeatherHours(
        used,
        sorted([*rejected, *bad], key=lambda r: r.line),
        [column for column, name in columns.items() if name not in used],
    )
