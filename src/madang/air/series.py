"""Hourly series and daily forecasts in CSV files, read row by row.

A bad row or value never stops the reading: it is kept in `rejected` with its line and reason and
counts as missing. Only a file that cannot be read at all raises.
"""

from __future__ import annotations

import bisect
import csv
import gzip
import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from madang.air.errors import InvalidSeries
from madang.air.rules import Hour

COLUMNS = {
    "pm25_ugm3": "pm25",
    "pm10_ugm3": "pm10",
    "o3_ppm": "o3",
    "no2_ppm": "no2",
    "co_ppm": "co",
    "so2_ppm": "so2",
}
FORECAST_COLUMN = "pm25_mean_ugm3"

_GZIP_MAGIC = b"\x1f\x8b"
_LINE_END = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_STAMP = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d|\d{8})[T ](?P<hour>\d\d)"
    r"(:?(?P<minute>\d\d)(:?(?P<second>\d\d)([.,](?P<fraction>\d+))?)?)?"
    r"(?P<offset>Z|[+-]\d\d(:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_YEARS = range(1900, 2200)  # a stamp outside is a slip, not a measurement


@dataclass(frozen=True)
class Rejected:
    """A row, or values of a row, that do not count, and why; `line` counts from 1."""

    line: int
    reason: str


@dataclass(frozen=True)
class Row:
    """One row of a file: its line and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass
class Table:
    """The header of a CSV file and its whole rows; `rejected` fills while `rows` is read."""

    columns: tuple[str, ...]
    lines: Sequence[str]
    first_line: int
    rejected: list[Rejected] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that have the form of the header."""
        for number, line in enumerate(self.lines, start=self.first_line):
            if not line.strip():
                continue
            try:
                cells = next(csv.reader([line], strict=True))
            except csv.Error as error:
                self.rejected.append(Rejected(number, f"is not CSV: {error}"))
                continue
            if len(cells) != len(self.columns):
                text = f"has {len(cells)} cells, the header has {len(self.columns)}"
                self.rejected.append(Rejected(number, text))
                continue
            yield Row(number, dict(zip(self.columns, (c.strip() for c in cells), strict=True)))


@dataclass(frozen=True)
class Series:
    """Hours of each district in order of time; what was odd about the file.

    `flagged` are the lines with PM2.5 above PM10: kept, and they count.
    """

    pollutants: tuple[str, ...]
    hours: Mapping[str | None, Sequence[Hour]]
    rejected: Sequence[Rejected]
    flagged: Sequence[int]
    unsorted: Sequence[int]
    offsets: Mapping[tuple[str | None, datetime], tzinfo]

    def offset(self, district: str | None, at: datetime) -> tzinfo:
        """Return the offset the file uses around `at`: that of the last hour up to it."""
        ends = [hour.end for hour in self.hours[district]]
        place = max(bisect.bisect_right(ends, at) - 1, 0)
        return self.offsets[district, ends[place]]


def read_series(path: Path, zone: tzinfo) -> Series:
    """Return the hourly series in a CSV file (``.csv`` or gzipped).

    Parameters
    ----------
    zone : the city's time zone, for stamps without an offset.

    Raises
    ------
    InvalidSeries
        If the file cannot be opened or decoded, or its header lacks `time` or every pollutant.
    """
    table = read_table(path)
    _require(path, table, ["time"])
    wanted = [c for c in COLUMNS if c in table.columns]
    if not wanted:
        raise InvalidSeries(
            str(path), f"has no pollutant column ({', '.join(COLUMNS)}); {_found(table)}", line=1
        )
    reader = _SeriesReader(table, wanted, zone)
    for row in table.rows():
        reader.take(row)
    return reader.series()


class _SeriesReader:
    """Takes rows in the order of the file; the first row of a stamp counts."""

    def __init__(self, table: Table, wanted: Sequence[str], zone: tzinfo) -> None:
        self.table, self.wanted, self.zone = table, wanted, zone
        self.values: dict[str | None, dict[datetime, dict[str, float]]] = {}
        self.lines: dict[tuple[str | None, datetime], int] = {}
        self.offsets: dict[tuple[str | None, datetime], tzinfo] = {}
        self.latest: dict[str | None, datetime] = {}
        self.flagged: list[int] = []
        self.unsorted: list[int] = []

    def take(self, row: Row) -> None:
        try:
            district = _district(row)
            stamp = end_of_hour(row.cells["time"], self.zone)
        except ValueError as error:
            self.table.rejected.append(Rejected(row.line, str(error)))
            return
        end = stamp.astimezone(UTC)
        if (district, end) in self.lines:
            text = f"time {row.cells['time']}: same hour as line {self.lines[district, end]}"
            self.table.rejected.append(Rejected(row.line, text))
            return
        self.lines[district, end] = row.line
        self.offsets[district, end] = stamp.tzinfo or UTC
        if end < self.latest.get(district, end):
            self.unsorted.append(row.line)
        self.latest[district] = max(end, self.latest.get(district, end))
        self.values.setdefault(district, {})[end] = self._measured(row)

    def _measured(self, row: Row) -> dict[str, float]:
        values, faults = numbers(row.cells, self.wanted)
        if faults:
            self.table.rejected.append(Rejected(row.line, "; ".join(faults)))
        found = {COLUMNS[column]: value for column, value in values.items()}
        if "pm25" in found and "pm10" in found and found["pm25"] > found["pm10"]:
            self.flagged.append(row.line)
        return found

    def series(self) -> Series:
        return Series(
            pollutants=tuple(COLUMNS[c] for c in self.wanted),
            hours={
                district: [Hour(end, series[end]) for end in sorted(series)]
                for district, series in self.values.items()
            },
            rejected=sorted(self.table.rejected, key=lambda r: r.line),
            flagged=self.flagged,
            unsorted=self.unsorted,
            offsets=self.offsets,
        )


@dataclass(frozen=True)
class Forecast:
    """Forecast daily means by day of the city's calendar, and the rows that do not count."""

    means: Mapping[date, float]
    rejected: Sequence[Rejected]


def read_forecast(path: Path) -> Forecast:
    """Return the daily forecasts in a CSV file with ``date`` and ``pm25_mean_ugm3``.

    Raises
    ------
    InvalidSeries
        If the file cannot be opened or decoded, or lacks one of the two columns.
    """
    table = read_table(path)
    _require(path, table, ["date", FORECAST_COLUMN])
    means: dict[date, float] = {}
    for row in table.rows():
        try:
            day = date.fromisoformat(row.cells["date"])
        except ValueError:
            text = f"date {row.cells['date']!r} is no ISO 8601 date"
            table.rejected.append(Rejected(row.line, text))
            continue
        values, faults = numbers(row.cells, [FORECAST_COLUMN])
        if day in means:
            faults = [f"date {day}: same day as a line before"]
        elif values:
            means[day] = values[FORECAST_COLUMN]
        if faults:
            table.rejected.append(Rejected(row.line, "; ".join(faults)))
    return Forecast(means, sorted(table.rejected, key=lambda r: r.line))


def read_table(path: Path) -> Table:
    """Return the header and the lines of a CSV file, plain or gzipped, with or without a BOM."""
    lines = _LINE_END.split(_content(path).decode("utf-8-sig", errors="surrogateescape"))
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise InvalidSeries(str(path), "is empty; its first line must name the columns")
    try:
        cells = next(csv.reader([lines[first]], strict=True))
    except csv.Error as error:
        raise InvalidSeries(str(path), f"its header is not CSV: {error}", line=first + 1) from error
    columns = tuple(cell.strip() for cell in cells)
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if twice:
        raise InvalidSeries(str(path), f"names column {twice[0]!r} twice", line=first + 1)
    return Table(columns, lines[first + 1 :], first + 2)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InvalidSeries(str(path), f"is no whole gzip file: {error}") from error
    except OSError as error:
        raise InvalidSeries(str(path), f"cannot be read: {error.strerror}") from error


def _require(path: Path, table: Table, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in table.columns:
            raise InvalidSeries(str(path), f"has no column {column!r}; {_found(table)}", line=1)


def _found(table: Table) -> str:
    names = ", ".join(c.encode("utf-8", "replace").decode() for c in table.columns)
    return f"it has {names}"


def _district(row: Row) -> str | None:
    if "district" not in row.cells:
        return None
    name = row.cells["district"]
    if not name:
        raise ValueError("district is empty")
    if not name.isprintable():  # bytes that are not UTF-8 arrive as lone surrogates
        raise ValueError(f"district {name!a} is not UTF-8 text")
    return name


def numbers(cells: Mapping[str, str], columns: Sequence[str]) -> tuple[dict[str, float], list[str]]:
    """Return the values of `columns` that count, and what is wrong with the others.

    An empty cell is missing; anything else must be a finite number from zero up.
    """
    values: dict[str, float] = {}
    faults: list[str] = []
    for column in columns:
        text = cells[column]
        if not text:
            continue
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            faults.append(f"{column} {text!a} is no finite number")
        elif value < 0:
            faults.append(f"{column} {text} is negative")
        else:
            values[column] = value
    return values, faults


def end_of_hour(text: str, zone: tzinfo) -> datetime:
    """Return the stamp of an hour's end; without an offset it is in `zone`; 24:00 is the next day.

    Raises
    ------
    ValueError
        If the text is no ISO 8601 time of a day, or not on the full hour.

    >>> end_of_hour("2019-12-31 24:00", UTC).isoformat()
    '2020-01-01T00:00:00+00:00'
    """
    match = _STAMP.fullmatch(text)
    if match is None:
        raise ValueError(f"time {text!a} is no ISO 8601 date and time")
    rest = [match["minute"], match["second"], match["fraction"]]
    if any(int(part or 0) for part in rest):
        raise ValueError(f"time {text} is not the end of an hour")
    hour = int(match["hour"])
    try:
        day = date.fromisoformat(match["date"])
        if day.year not in _YEARS or hour > 24:
            raise ValueError
        if hour == 24:
            day += timedelta(days=1)
        return datetime(
            day.year, day.month, day.day, hour % 24, tzinfo=_offset(match["offset"]) or zone
        )
    except ValueError:
        raise ValueError(f"time {text} does not exist") from None


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if minutes > 59:
        raise ValueError
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if text[0] == "-" else size)
