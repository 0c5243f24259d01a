"""Indices of files of values: each row as it stands, or as hours with their running means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from madang.air.engine.cai import Index
from madang.air.errors import InvalidSeries
from madang.air.rules import Hour
from madang.air.series import COLUMNS, Rejected, Series, numbers, read_table
from madang.air.standards import Standard

OZONE_1H = "o3_1h_ppm"
_VALUE_COLUMNS = {**COLUMNS, OZONE_1H: "o3_1h"}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class RowIndex:
    """The index of one row: `line` of a file of values, or `time` and `district` of an hour."""

    line: int | None
    time: datetime | None
    district: str | None
    index: Index


@dataclass(frozen=True)
class Indices:
    """The indices of a file, and its rows and values that do not count."""

    rows: Sequence[RowIndex]
    rejected: Sequence[Rejected]


def indices_of_values(path: Path, standard: Standard) -> Indices:
    """Return the index of each row: concentrations over the averaging times of the standard.

    For `cai` dust is the predicted 24-hour mean and gases the hour; for `us` dust is the 24-hour
    mean, `o3_ppm` and `co_ppm` 8-hour means, `o3_1h_ppm` one hour, SO2 and NO2 one hour; the index
    of a city's own names its hours in ``air.yaml``.

    Raises
    ------
    InvalidSeries
        If the file cannot be read or has no pollutant column.
    """
    table = read_table(path)
    wanted = [c for c in _VALUE_COLUMNS if c in table.columns]
    if not wanted:
        names = ", ".join(_VALUE_COLUMNS)
        raise InvalidSeries(str(path), f"has no pollutant column; name one of {names}", line=1)
    rows = []
    for row in table.rows():
        values, faults = numbers(row.cells, wanted)
        if faults:
            table.rejected.append(Rejected(row.line, "; ".join(faults)))
        found = {_VALUE_COLUMNS[column]: value for column, value in values.items()}
        rows.append(RowIndex(row.line, None, None, _index(found, standard)))
    return Indices(rows, sorted(table.rejected, key=lambda r: r.line))


def indices_of_hours(series: Series, standard: Standard) -> Indices:
    """Return the index at each hour of a series, dust and 8-hour gases by their running means."""
    rows = []
    for district, hours in series.hours.items():
        means = _running(hours, standard)
        for place, hour in enumerate(hours):
            values = {p: v for p, column in means.items() if not math.isnan(v := column[place])}
            stamp = hour.end.astimezone(series.offsets[district, hour.end])
            rows.append(RowIndex(None, stamp, district, _index(values, standard)))
    return Indices(rows, series.rejected)


def _index(values: Mapping[str, float], standard: Standard) -> Index:
    """Return the index with the class of its own standard."""
    found = standard.index(values)
    return (
        found if found.value is None else replace(found, category=standard.class_of(found.value).id)
    )


def _running(hours: Sequence[Hour], standard: Standard) -> dict[str, Sequence[float]]:
    """Return what counts at each hour, by pollutant, on the full hourly axis of the series."""
    first = hours[0].end
    places = np.array([(hour.end - first) // _HOUR for hour in hours])
    found: dict[str, Sequence[float]] = {}
    for pollutant in standard.pollutants:
        axis = np.full(int(places[-1]) + 1, np.nan)
        axis[places] = [hour.values.get(pollutant, math.nan) for hour in hours]
        found[pollutant] = standard.counted_series(pollutant, axis)[places].tolist()
    return found
