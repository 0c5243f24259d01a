"""What every door ends in: three columns, and the rows it had to refuse.

A stamp is int64 milliseconds since 1970-01-01 UTC; a value is float64 in the observed property's
unit, NaN where the sender said that it is missing (JSON ``null``, an Arrow null). A NaN or an
infinity that the sender wrote as a number is refused as ``not-finite``.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
import orjson

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.refusals import (
    MALFORMED,
    NOT_FINITE,
    OUT_OF_RANGE_TIME,
    UNKNOWN_DATASTREAM,
)

Point = tuple[int, int, float]
"""One readable row: datastream, stamp [ms], value."""
Resolve = Callable[[str, str], int | None]
"""(external id of the thing, code of the observed property) -> datastream id."""

_INT64 = 1 << 63
_MAX_DATASTREAM = (1 << 32) - 1


@dataclass(frozen=True)
class RefusedRow:
    """One row that was not accepted. `row` counts from 0 in the sender's order."""

    row: int
    code: str
    reason: str
    payload: bytes


@dataclass(frozen=True)
class Parsed:
    """The readable rows as columns, and the others as refusals.

    ds : (n,) uint32; t : (n,) int64 [ms]; v : (n,) float64; row : (n,) int64, each row's position
    in what was sent; sent : rows that were sent, readable or not.
    """

    ds: np.ndarray
    t: np.ndarray
    v: np.ndarray
    row: np.ndarray
    sent: int
    refused: tuple[RefusedRow, ...] = ()

    def only(self, keep: np.ndarray, refused: Sequence[RefusedRow]) -> Parsed:
        """Return the rows where the mask `keep` is true, with further refusals added."""
        kept = (self.ds[keep], self.t[keep], self.v[keep], self.row[keep])
        return Parsed(*kept, self.sent, (*self.refused, *refused))

    def moved(self, start: int) -> Parsed:
        """Return the same rows, counted from `start` instead of 0."""
        refused = tuple(
            RefusedRow(item.row + start, item.code, item.reason, item.payload)
            for item in self.refused
        )
        return Parsed(self.ds, self.t, self.v, self.row + start, self.sent, refused)


class RowError(ValueError):
    """A single row cannot be read; caught by the parser that reads the row."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def columns(ds: Any, t: Any, v: Any) -> Parsed:
    """Return columns that were readable as they stand; not-finite values must be out already."""
    ds = np.asarray(ds, dtype=np.uint32)
    n = len(ds)
    return Parsed(
        ds, np.asarray(t, dtype=np.int64), np.asarray(v, dtype=np.float64), np.arange(n), n
    )


@dataclass
class Collector:
    """Collect rows one by one, on the slow path where some row is not as it should be."""

    _ds: list[int] = field(default_factory=list)
    _t: list[int] = field(default_factory=list)
    _v: list[float] = field(default_factory=list)
    _row: list[int] = field(default_factory=list)
    _refused: list[RefusedRow] = field(default_factory=list)

    def read(self, row: int, source: Any, point: Callable[[Any], Point]) -> None:
        """Keep what `point` reads from `source` as row number `row`, or refuse it."""
        try:
            ds, t, v = point(source)
        except RowError as error:
            self.refuse(row, error.code, error.reason, source)
            return
        self._ds.append(ds)
        self._t.append(t)
        self._v.append(v)
        self._row.append(row)

    def refuse(self, row: int, code: str, reason: str, source: Any) -> None:
        """Note a refused row with its payload as the sender wrote it."""
        self._refused.append(RefusedRow(row, code, reason, payload_of(source)))

    def parsed(self) -> Parsed:
        """Return all that was collected."""
        return Parsed(
            np.array(self._ds, dtype=np.uint32),
            np.array(self._t, dtype=np.int64),
            np.array(self._v, dtype=np.float64),
            np.array(self._row, dtype=np.int64),
            len(self._ds) + len(self._refused),
            tuple(self._refused),
        )


def payload_of(source: Any) -> bytes:
    """Return a refused row as bytes: as it came, or written again as JSON (NaN stays NaN)."""
    if isinstance(source, bytes):
        return source
    try:
        return json.dumps(source, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, UnicodeEncodeError):
        return repr(source).encode("utf-8", "backslashreplace")


def json_of(body: bytes) -> Any:
    """Return the JSON document `body`.

    The literals NaN and Infinity, which JSON does not know but many programs write, and numbers
    beyond 64-bit floats are read, so that the rows that hold them can be refused one by one.

    Raises
    ------
    MalformedBody
        If the body is not JSON, not UTF-8 or nested too deep.
    """
    with contextlib.suppress(orjson.JSONDecodeError):
        return orjson.loads(body)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody(f"the body is not JSON: {error}") from None


def datastream_id(value: Any) -> int:
    """Return a datastream id, or refuse: ids are whole numbers from 1 to 2^32 - 1."""
    if type(value) is not int:
        raise RowError(MALFORMED, f"datastream id {_short(value)} is not a whole number")
    if not 1 <= value <= _MAX_DATASTREAM:
        raise RowError(UNKNOWN_DATASTREAM, f"there is no datastream {_short(value)}")
    return value


def stamp(value: Any, local: tzinfo | None = None) -> int:
    """Return a phenomenon time in ms: whole milliseconds since 1970, or ISO 8601.

    Of an interval the end counts (the contract of the spine). `local` is the zone of texts without
    an offset; without it they are refused.
    """
    if type(value) is int:
        if not -_INT64 <= value < _INT64:
            raise RowError(OUT_OF_RANGE_TIME, f"time {_short(value)} is outside all calendars")
        return value
    if type(value) is not str:
        raise RowError(
            MALFORMED, f"time {_short(value)} is neither milliseconds nor an ISO 8601 text"
        )
    try:
        moment = datetime.fromisoformat(value)  # six times faster than reading intervals, too
    except ValueError:
        return _end_ms(value, local)
    return _end_ms(value, local) if moment.tzinfo is None else _ms(moment)


def _end_ms(text: str, local: tzinfo | None) -> int:
    try:
        return _ms(times.parse_interval(text, local)[1])
    except Invalid as error:
        raise RowError(MALFORMED, f"time: {error.message[:200]}") from None


def _ms(moment: datetime) -> int:
    since = moment - times.EPOCH
    return (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000


def number(value: Any) -> float:
    """Return a result as float64; None is a missing value (NaN)."""
    if value is None:
        return math.nan
    if type(value) is int:
        try:
            value = float(value)
        except OverflowError:
            raise RowError(NOT_FINITE, "the result is larger than a 64-bit float") from None
    if type(value) is not float:
        raise RowError(MALFORMED, f"result {_short(value)} is not a number")
    if not math.isfinite(value):
        raise RowError(NOT_FINITE, f"result {value} is not finite")
    return value


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def mask(keep: Sequence[bool]) -> np.ndarray:
    """Return a mask for `Parsed.only`."""
    return np.array(keep, dtype=bool)
