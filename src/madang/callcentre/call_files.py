"""Files of calls: CSV with a start and calls (or operators needed) in each row."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from madang.callcentre.errors import InvalidCalls
from madang.kernel.data_files import Row, read_table

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "start": ("start", "interval_start", "interval", "time", "timestamp", "datetime", "ds", "시작"),
    "calls": ("calls", "volume", "offered", "forecast", "n", "y", "콜수"),
    "aht_s": ("aht_s", "aht", "handling_time_s", "aht_seconds"),
    "agents": ("agents", "required", "requirement", "operators", "positions"),
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_NO_DAY = datetime(1970, 1, 5)  # noqa: DTZ001 - a Monday; wall clock of a day without a date
DAY = timedelta(days=1)


@dataclass(frozen=True)
class CallRows:
    """Rows of a file in order of time, wall clock; NaN where a column or cell is not there.

    dated : whether the starts have dates. others : columns with other names, numbers only.
    """

    file: str
    starts: tuple[datetime, ...]
    lines: tuple[int, ...]
    dated: bool
    interval: timedelta
    columns: Mapping[str, np.ndarray]
    others: Mapping[str, np.ndarray] = field(default_factory=dict)

    def column(self, name: str) -> np.ndarray:
        """Return a column; NaN throughout where the file has none."""
        return self.columns.get(name, np.full(len(self.starts), np.nan))

    def has(self, name: str) -> bool:
        """Whether the file has this column."""
        return name in self.columns


def read_calls(
    path: Path, *, interval_s: float | None = None, needs: Sequence[Sequence[str]] = (("calls",),),
    others: bool = False, file: str | None = None,
) -> CallRows:  # fmt: skip
    """Return the rows of a file of calls.

    Parameters
    ----------
    interval_s : length of an interval; None: the shortest step between rows, or half an hour
    needs : groups of columns; one of them must be there
    others : whether to read the other columns, as numbers

    Raises
    ------
    InvalidCalls
        If the file cannot be read, a column is missing, or a cell is no such value.
    """
    file = file or str(path)
    header, rows, problems = read_table(path, file)
    for problem in problems:
        raise InvalidCalls(file, f"{problem.field} {problem.message}".strip(), line=problem.line)
    names = _names(file, header, needs)
    if not rows:
        raise InvalidCalls(file, "has no row below its header")
    length = timedelta(seconds=interval_s) if interval_s else None
    texts = [_cell(file, row, names["start"]) for row in rows]
    starts, dated = _starts(file, rows, texts, names["start"], length or timedelta(minutes=30))
    order = sorted(range(len(rows)), key=lambda n: starts[n])
    for before, after in itertools.pairwise(order):
        if starts[before] == starts[after]:
            text = f"{names['start']} {texts[after]!r}: same start as line {rows[before].line}"
            raise InvalidCalls(file, text, line=rows[after].line)
    ordered = [rows[n] for n in order]
    times = tuple(starts[n] for n in order)
    extra = [name for name in header if name and name not in names.values()] if others else []
    return CallRows(
        file,
        times,
        tuple(row.line for row in ordered),
        dated,
        length or _step(file, times, [row.line for row in ordered]),
        {k: _numbers(file, ordered, name) for k, name in names.items() if k != "start"},
        {name: _numbers(file, ordered, name, signed=True) for name in extra},
    )


def _names(file: str, header: Sequence[str], needs: Sequence[Sequence[str]]) -> dict[str, str]:
    known = {name.strip().lower(): name for name in header}
    found: dict[str, str] = {}
    for column, aliases in COLUMNS.items():
        for alias in aliases:
            if alias in known and known[alias] not in found.values():
                found[column] = known[alias]
                break
    has = ", ".join(header) or "none"
    if "start" not in found:
        raise InvalidCalls(file, f"has no column start; it has {has}", line=1)
    if not any(all(name in found for name in group) for group in needs):
        wanted = " or ".join(" and ".join(group) for group in needs)
        raise InvalidCalls(file, f"has no column {wanted}; it has {has}", line=1)
    return found


def _cell(file: str, row: Row, name: str) -> str:
    if name not in row.cells:
        raise InvalidCalls(file, f"{name} is empty", line=row.line)
    return row.cells[name]


def _starts(
    file: str, rows: Sequence[Row], texts: Sequence[str], name: str, length: timedelta
) -> tuple[list[datetime], bool]:
    """Return the starts, and whether they have dates; a whole number counts intervals from 0."""
    found = []
    kinds: set[str] = set()
    for row, text in zip(rows, texts, strict=True):
        first = re.split(r"\s*[–~]\s*|(?<=\d\d:\d\d)\s*-\s*(?=\d)", text)[0]
        clock = _CLOCK.fullmatch(first)
        try:
            if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
                kinds.add("clock")
                found.append(_NO_DAY + timedelta(hours=int(clock[1]), minutes=int(clock[2])))
            elif first.isdigit() and len(first) < 4:
                kinds.add("number")
                found.append(_NO_DAY + int(first) * length)
            else:
                kinds.add("stamp")
                found.append(datetime.fromisoformat(first).replace(tzinfo=None))
        except ValueError:
            told = "no ISO 8601 time, HH:MM or number of the interval"
            raise InvalidCalls(file, f"{name} {text!r} is {told}", line=row.line) from None
        if len(kinds) > 1:
            told = f"{name} {text!r}: the rows above are written otherwise"
            raise InvalidCalls(file, told, line=row.line)
    return found, kinds == {"stamp"}


def _step(file: str, starts: Sequence[datetime], lines: Sequence[int]) -> timedelta:
    """Return the shortest step; every row must lie on its grid, and it must divide a day."""
    if len(starts) == 1:
        return timedelta(minutes=30)
    step = min(after - before for before, after in itertools.pairwise(starts))
    if DAY % step:
        if step > DAY:
            raise InvalidCalls(file, "has less than one row a day; give calls by interval")
        raise InvalidCalls(file, f"its shortest step, {step}, does not divide a day", line=lines[0])
    return step


def _numbers(file: str, rows: Sequence[Row], name: str, *, signed: bool = False) -> np.ndarray:
    found = []
    for row in rows:
        text = row.cells.get(name, "")
        try:
            value = float(text.replace(",", "")) if text else math.nan
        except ValueError:
            raise InvalidCalls(file, f"{name} {text!r} is no number", line=row.line) from None
        if text and not math.isfinite(value):
            raise InvalidCalls(file, f"{name} {text!r} is no finite number", line=row.line)
        if value < 0 and not signed:
            raise InvalidCalls(file, f"{name} {text!r} is below zero", line=row.line)
        found.append(value)
    return np.array(found)


def day_grid(rows: CallRows) -> tuple[datetime, np.ndarray, int]:
    """Return the first midnight, the place of each row on the grid from there, and its length.

    The grid covers whole days.

    Raises
    ------
    InvalidCalls
        If a row does not lie on the grid.
    """
    first = rows.starts[0].replace(hour=0, minute=0, second=0, microsecond=0)
    step = rows.interval
    if DAY % step:
        raise InvalidCalls(rows.file, f"an interval of {step} does not divide a day")
    places = []
    for start, line in zip(rows.starts, rows.lines, strict=True):
        whole, rest = divmod(start - first, step)
        if rest:
            text = f"start {start:%Y-%m-%d %H:%M} is not a multiple of {step} after midnight"
            raise InvalidCalls(rows.file, text, line=line)
        places.append(whole)
    days = (rows.starts[-1] - first) // DAY + 1
    return first, np.array(places, dtype=np.int64), int(days * (DAY // step))
