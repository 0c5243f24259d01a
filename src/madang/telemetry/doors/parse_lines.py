"""JSON lines, one observation a line.

    {"ds": 3, "t": 1763769600000, "v": 21.5}
    {"ds": 3, "time": "2026-11-22T09:00:00+09:00", "value": 21.5}
    {"thing": "air-111123", "property": "pm25", "time": "2026-11-22T00:00:00Z", "value": 21.5}

A line that cannot be read is refused alone; the others stand. Blank lines are skipped, but count
in the numbering, so that a refusal names the line that an editor shows.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np

from madang.telemetry import refusals
from madang.telemetry.doors import rows
from madang.telemetry.doors.errors import MalformedBody


class _Line(msgspec.Struct):
    ds: Annotated[int, msgspec.Meta(ge=1, le=(1 << 32) - 1)]
    t: Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
    v: float | None


_DECODER = msgspec.json.Decoder(_Line)


def parse_lines(body: bytes, resolve: rows.Resolve) -> rows.Parsed:
    """Return the rows of a JSON lines body; `resolve` finds datastreams by their names."""
    try:
        found = _DECODER.decode_lines(body)
    except (msgspec.DecodeError, RecursionError):
        return _line_by_line(body, resolve)
    ids = np.fromiter((line.ds for line in found), np.uint32, len(found))
    times = np.fromiter((line.t for line in found), np.int64, len(found))
    return rows.columns(ids, times, np.array([line.v for line in found], dtype=np.float64))


def _line_by_line(body: bytes, resolve: rows.Resolve) -> rows.Parsed:
    def point(line: bytes) -> tuple[int, int, float]:
        try:
            document = rows.json_of(line)
        except MalformedBody as error:
            raise rows.RowError(refusals.MALFORMED, error.message) from None
        return point_of(document, resolve)

    found = rows.Collector()
    for row, line in enumerate(body.split(b"\n")):
        if line.strip():
            found.read(row, line, point)
    return found.parsed()


def parse_objects(documents: list[Any], resolve: rows.Resolve) -> rows.Parsed:
    """Return the rows of a list of objects, each as a line would be."""
    found = rows.Collector()
    for row, document in enumerate(documents):
        found.read(row, document, lambda source: point_of(source, resolve))
    return found.parsed()


def point_of(document: Any, resolve: rows.Resolve) -> tuple[int, int, float]:
    """Return (datastream, stamp in ms, value) of one observation object, or refuse it."""
    if not isinstance(document, dict):
        raise rows.RowError(refusals.MALFORMED, "an observation is an object")
    return (
        _datastream(document, resolve),
        rows.stamp(_one_of(document, "t", "time")),
        rows.number(_one_of(document, "v", "value")),
    )


def _datastream(document: dict[str, Any], resolve: rows.Resolve) -> int:
    if "ds" in document:
        return rows.datastream_id(document["ds"])
    thing, code = document.get("thing"), document.get("property")
    if not isinstance(thing, str) or not isinstance(code, str):
        raise rows.RowError(refusals.MALFORMED, 'neither "ds" nor "thing" and "property" are given')
    return named(thing, code, resolve)


def named(thing: str, code: str, resolve: rows.Resolve) -> int:
    """Return the datastream of an observed property at a thing, or refuse."""
    found = resolve(thing, code)
    if found is None:
        reason = f"there is no datastream for {code[:80]!r} of thing {thing[:80]!r}"
        raise rows.RowError(refusals.UNKNOWN_DATASTREAM, reason)
    return found


def _one_of(document: dict[str, Any], short: str, long: str) -> Any:
    if short in document:
        return document[short]
    if long in document:
        return document[long]
    raise rows.RowError(refusals.MALFORMED, f'neither "{short}" nor "{long}" is given')
