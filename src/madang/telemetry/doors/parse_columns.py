"""Columnar JSON ``{"ds": [...], "t": [...], "v": [...]}``, the fastest text form.

`ds` may be one id for all rows; `t` holds milliseconds since 1970 or ISO 8601 texts with offset;
`v` holds numbers, ``null`` where the value is missing.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import numpy as np

from madang.telemetry.doors import rows
from madang.telemetry.doors.errors import MalformedBody

_ID = Annotated[int, msgspec.Meta(ge=1, le=(1 << 32) - 1)]
_STAMP = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]


class _Columns(msgspec.Struct):
    ds: list[_ID] | _ID
    t: list[_STAMP]
    v: list[float | None]


class _Plain(msgspec.Struct):
    """What nearly every body is: no null, nothing to check number by number while decoding."""

    ds: list[int]
    t: list[int]
    v: list[float]


_DECODER = msgspec.json.Decoder(_Columns)
_PLAIN = msgspec.json.Decoder(_Plain)


def parse_columns(body: bytes) -> rows.Parsed:
    """Return the rows of a columnar JSON body.

    Raises
    ------
    MalformedBody
        If it is no such document, or its columns differ in length.
    """
    quick = _quick(body)
    if quick is not None:
        return quick
    try:
        found = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return columns_of(rows.json_of(body))
    values = np.array(found.v, dtype=np.float64)
    n = len(values)
    ids = found.ds if isinstance(found.ds, list) else [found.ds] * n
    _same_length(len(ids), len(found.t), n)
    return rows.columns(ids, found.t, values)


def _quick(body: bytes) -> rows.Parsed | None:
    """Return the rows of a body without nulls, or None where it needs a closer look."""
    try:
        found = _PLAIN.decode(body)
        columns = rows.columns(found.ds, found.t, found.v)
    except (msgspec.DecodeError, RecursionError, OverflowError):
        return None
    _same_length(len(found.ds), len(found.t), len(found.v))
    is_usual = len(found.ds) > 0 and columns.ds.min() >= 1 and np.abs(columns.t).max() <= 1 << 62
    return columns if is_usual else None


def columns_of(document: Any) -> rows.Parsed:
    """Return the rows of a columnar document that is parsed already, judged one by one."""
    if not isinstance(document, dict) or not {"ds", "t", "v"} <= document.keys():
        raise MalformedBody('the body must be an object with the columns "ds", "t" and "v"')
    ids, times, values = document["ds"], document["t"], document["v"]
    if not isinstance(times, list) or not isinstance(values, list):
        raise MalformedBody('"t" and "v" must be lists')
    if not isinstance(ids, list):
        ids = [ids] * len(times)
    _same_length(len(ids), len(times), len(values))
    found = rows.Collector()
    for row, source in enumerate(zip(ids, times, values, strict=True)):
        found.read(row, source, _point)
    return found.parsed()


def _point(source: tuple[Any, Any, Any]) -> tuple[int, int, float]:
    ds, t, v = source
    return rows.datastream_id(ds), rows.stamp(t), rows.number(v)


def _same_length(ds: int, t: int, v: int) -> None:
    if not ds == t == v:
        raise MalformedBody(f'the columns differ in length: "ds" {ds}, "t" {t}, "v" {v}')
