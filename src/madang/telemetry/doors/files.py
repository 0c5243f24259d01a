"""Files of observations: Parquet, JSON lines and CSV, read in chunks, with line numbers.

Three layouts are read:

| layout | columns |
|---|---|
| by datastream | `ds`, `time` (or `t` in ms), `value` (or `v`) |
| by name | `thing`, `property`, `time`, `value` |
| wide | `time`, `station` (or one station for the file), one column per observed property |

A wide column is called ``<property>`` or ``<property>_<unit>`` (``pm25_ugm3``); a unit that is not
the property's is an error of the whole file. A time without offset is the city's time; an empty
cell is no observation in the wide layout and a missing value in the others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.kernel.errors import BadInput
from madang.telemetry import refusals
from madang.telemetry.doors import rows
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.parse_arrow import table_rows
from madang.telemetry.doors.parse_lines import named

CHUNK_ROWS = 100_000
_ALIASES = {"t": "time", "v": "value", "datastream": "ds"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """How a file is to be understood.

    resolve : finds datastreams by names of thing and property.
    units : unit symbol of each observed property.
    local : zone of times without offset.
    station : thing of a wide file without a column `station`.
    """

    resolve: rows.Resolve
    units: Mapping[str, str]
    local: tzinfo
    station: str | None = None


def chunks(path: Path, reading: Reading) -> Iterator[rows.Parsed]:
    """Yield the file's observations chunk by chunk; `row` is the line, from 1.

    Raises
    ------
    BadInput
        If the file cannot be read, or its columns are no layout known here. A line that cannot be
        read is refused alone.
    """
    readers = {".parquet": _parquet, ".jsonl": _jsonl, ".ndjson": _jsonl, ".csv": _csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(str(path), f"{path.suffix or 'no ending'} is not read: .parquet .jsonl .csv")
    if not path.is_file():
        raise BadInput(str(path), "there is no such file")
    try:
        yield from reader(path, reading)
    except (UnicodeDecodeError, csv.Error, pa.ArrowException, OSError) as error:
        raise BadInput(str(path), f"cannot be read: {error}") from None


def _csv(path: Path, reading: Reading) -> Iterator[rows.Parsed]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.reader(file)
        header = [name.strip() for name in next(table, [])]
        layout = _layout(path, header, reading)
        numbered = ((table.line_num, cells) for cells in table if cells)
        while lines := list(islice(numbered, CHUNK_ROWS)):
            found = rows.Collector()
            for line, cells in lines:
                if len(cells) != len(header):
                    reason = f"the line has {len(cells)} cells, the header {len(header)}"
                    found.refuse(line, refusals.MALFORMED, reason, cells)
                    continue
                layout(found, line, dict(zip(header, map(_cell, cells), strict=True)))
            yield found.parsed()


def _cell(text: str) -> Any:
    """Return a cell as JSON would hold it: a number, a text, None where it is empty."""
    text = text.strip()
    if not text:
        return None
    if text.lstrip("+-").isdecimal() and len(text) <= 20:
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


def _jsonl(path: Path, reading: Reading) -> Iterator[rows.Parsed]:
    with path.open("rb") as file:
        numbered = ((line, text) for line, text in enumerate(file, 1) if text.strip())
        while lines := list(islice(numbered, CHUNK_ROWS)):
            found = rows.Collector()
            for line, text in lines:
                _json_line(found, line, text.rstrip(b"\r\n"), path, reading)
            yield found.parsed()


def _json_line(found: rows.Collector, line: int, text: bytes, path: Path, reading: Reading) -> None:
    try:
        document = rows.json_of(text)
    except MalformedBody as error:
        found.refuse(line, refusals.MALFORMED, error.message, text)
        return
    if not isinstance(document, dict):
        found.refuse(line, refusals.MALFORMED, "an observation is an object", text)
        return
    try:
        layout = _layout(path, list(document), reading)
    except BadInput as error:
        found.refuse(line, refusals.MALFORMED, error.message, text)
        return
    layout(found, line, document)


def _parquet(path: Path, reading: Reading) -> Iterator[rows.Parsed]:
    file = pq.ParquetFile(path)
    header = file.schema_arrow.names
    layout = _layout(path, header, reading)
    columnar = {"ds", "time", "value"} <= {_ALIASES.get(name, name) for name in header}
    start = 1
    for batch in file.iter_batches(CHUNK_ROWS):
        table = _zoned(pa.Table.from_batches([batch]), reading.local)
        if columnar:
            part = _columnar(path, table)
        else:
            found = rows.Collector()
            for row, document in enumerate(table.to_pylist()):
                layout(found, row, {name: _plain(value) for name, value in document.items()})
            part = found.parsed()
        yield part.moved(start)
        start += len(table)


def _columnar(path: Path, table: pa.Table) -> rows.Parsed:
    short = {"time": "t", "value": "v", "datastream": "ds"}
    try:
        return table_rows(table.rename_columns([short.get(n, n) for n in table.column_names]))
    except MalformedBody as error:
        raise BadInput(str(path), error.message) from None


def _zoned(table: pa.Table, local: tzinfo) -> pa.Table:
    """Return the table with timestamps without a zone read as local time."""
    for index, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type) and column.type.tz is None:
            moments = pc.assume_timezone(table[column.name], str(local), ambiguous="earliest")
            table = table.set_column(index, column.name, moments)
    return table


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


Layout = Callable[[rows.Collector, int, Row], None]


def _layout(path: Path, header: list[str], reading: Reading) -> Layout:
    """Return how a row of these columns becomes observations."""
    columns = {_ALIASES.get(name, name) for name in header}
    if "time" not in columns:
        raise BadInput(str(path), f"there is no column 'time'; it has {', '.join(header)[:200]}")
    if {"ds", "value"} <= columns:
        return lambda found, line, row: found.read(line, row, lambda r: _by_ds(r, reading))
    if {"thing", "property", "value"} <= columns:
        return lambda found, line, row: found.read(line, row, lambda r: _by_name(r, reading))
    return _wide(path, header, reading)


def _by_ds(row: Row, reading: Reading) -> tuple[int, int, float]:
    row = {_ALIASES.get(name, name): value for name, value in row.items()}
    stamp = rows.stamp(row["time"], reading.local)
    return rows.datastream_id(row["ds"]), stamp, rows.number(row["value"])


def _by_name(row: Row, reading: Reading) -> tuple[int, int, float]:
    row = {_ALIASES.get(name, name): value for name, value in row.items()}
    ds = named(str(row["thing"]), str(row["property"]), reading.resolve)
    return ds, rows.stamp(row["time"], reading.local), rows.number(row["value"])


def _wide(path: Path, header: list[str], reading: Reading) -> Layout:
    time = "time" if "time" in header else "t"
    values = [name for name in header if name not in (time, "station")]
    properties = {name: _property(path, name, reading.units) for name in values}
    if not properties:
        raise BadInput(str(path), "there is no column with values")
    if "station" not in header and reading.station is None:
        raise BadInput(str(path), "there is no column 'station'; name the station with --station")

    def layout(found: rows.Collector, line: int, row: Row) -> None:
        given = row.get("station", reading.station)
        for column, code in properties.items():
            if row[column] is None:
                continue
            source = {"thing": given, "property": code, "time": row[time], "value": row[column]}
            found.read(line, source, lambda r: _by_name(r, reading))

    return layout


def _property(path: Path, column: str, units: Mapping[str, str]) -> str:
    """Return the observed property that a wide column holds."""
    if column in units:
        return column
    code, _, unit = column.rpartition("_")
    if code not in units:
        raise BadInput(str(path), f"column {column!r} is no observed property that is known here")
    if unit.lower() != unit_word(units[code]):
        raise BadInput(str(path), f"column {column!r}: {code} is kept in {units[code]}")
    return code


def unit_word(symbol: str) -> str:
    """Return a unit's symbol as column names write it.

    >>> unit_word("µg/m³"), unit_word("[ppm]")
    ('ugm3', 'ppm')
    """
    plain = symbol.lower().translate(str.maketrans("µμ³²", "uu32"))
    return re.sub(r"[^a-z0-9]", "", plain)


def without_repetitions(parsed: rows.Parsed) -> tuple[rows.Parsed, int]:
    """Return the rows without those that a chunk repeats, and how many were left out.

    Of rows with one datastream and time the first counts; one that repeats its value is left out,
    one with another value is refused.
    """
    first: dict[tuple[int, int], float] = {}
    keep = [True] * len(parsed.ds)
    refused: list[rows.RefusedRow] = []
    points: Iterable[tuple[int, int, float]] = zip(
        parsed.ds.tolist(), parsed.t.tolist(), parsed.v.tolist(), strict=True
    )
    for at, (ds, t, v) in enumerate(points):
        before = first.setdefault((ds, t), v)
        if before is v:
            continue
        keep[at] = False
        if before != v and not (before != before and v != v):  # noqa: PLR0124 -- NaN repeats NaN
            reason = f"datastream {ds} has another value at this time before"
            source = rows.payload_of({"ds": ds, "t": t, "v": v})
            row = int(parsed.row[at])
            refused.append(rows.RefusedRow(row, refusals.CONFLICTING_DUPLICATE, reason, source))
    repeated = keep.count(False) - len(refused)
    return (parsed if all(keep) else parsed.only(rows.mask(keep), refused)), repeated
