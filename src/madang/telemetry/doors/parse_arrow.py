"""Arrow IPC (stream or file form), with the columns `ds`, `t` and `v`.

`ds` is any whole-number type, `t` milliseconds as a whole number or a timestamp (without a zone it
is UTC), `v` any number type; an Arrow null in `v` is a missing value. Other columns are not read.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.telemetry import refusals
from madang.telemetry.doors import rows
from madang.telemetry.doors.arrow_size import unpacked_bytes
from madang.telemetry.doors.errors import MalformedBody, TooLarge

_NAMES = ("ds", "t", "v")
_FILE_MAGIC = b"ARROW1\x00\x00"


def parse_arrow(body: bytes, max_bytes: int) -> rows.Parsed:
    """Return the rows of an Arrow IPC body.

    Parameters
    ----------
    max_bytes : most that the body may take when unpacked.

    Raises
    ------
    MalformedBody
        If it is not Arrow IPC or lacks a column.
    TooLarge
        If it would unpack to more than `max_bytes`.
    """
    stream = body[len(_FILE_MAGIC) :] if body.startswith(_FILE_MAGIC) else body
    if unpacked_bytes(stream) > max_bytes:
        raise TooLarge(f"the Arrow body unpacks to more than {max_bytes} bytes; send it in parts")
    try:
        schema = pa.ipc.open_stream(stream).schema
        options = pa.ipc.IpcReadOptions(included_fields=_wanted(schema))
        table = pa.ipc.open_stream(stream, options=options).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, EOFError) as error:
        raise MalformedBody(f"the body is not Arrow IPC: {_first_line(error)}") from None
    return table_rows(table)


def table_rows(table: pa.Table) -> rows.Parsed:
    """Return the rows of a table that has the columns `ds`, `t` and `v`."""
    _wanted(table.schema)
    try:
        ds = _ids(table["ds"])
        t = _stamps(table["t"])
        v = pc.cast(table["v"], pa.float64())
    except pa.ArrowException as error:
        raise MalformedBody(f"a column has the wrong type: {_first_line(error)}") from None
    return _judged(table, ds, t, v)


def _wanted(schema: pa.Schema) -> list[int]:
    found = [schema.get_field_index(name) for name in _NAMES]
    missing = [name for name, index in zip(_NAMES, found, strict=True) if index < 0]
    if missing:
        names = ", ".join(repr(name) for name in missing)
        raise MalformedBody(f"the columns {names} are missing, or there twice")
    return found


def _ids(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_integer(column.type):
        raise MalformedBody(f"'ds' is {column.type}; it must be a whole number")
    return column


def _stamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        zone = column.type.tz
        return pc.cast(pc.cast(column, pa.timestamp("ms", zone), safe=False), pa.int64())
    if not pa.types.is_integer(column.type):
        raise MalformedBody(f"'t' is {column.type}; it must be milliseconds or a timestamp")
    return pc.cast(column, pa.int64())


def _judged(
    table: pa.Table, ds: pa.ChunkedArray, t: pa.ChunkedArray, v: pa.ChunkedArray
) -> rows.Parsed:
    absent = _mask(pc.or_(pc.is_null(ds), pc.is_null(t)))
    low, high = pa.scalar(1, pa.int64()), pa.scalar((1 << 32) - 1, pa.int64())
    ids = _wide(ds)
    unknown = ~absent & ~_mask(pc.and_(pc.greater_equal(ids, low), pc.less_equal(ids, high)))
    null = _mask(pc.is_null(v))
    values = pc.fill_null(v, float("nan")).to_numpy()
    infinite = ~absent & ~unknown & ~null & ~np.isfinite(values)
    keep = ~(absent | unknown | infinite)
    refused = [
        *_refusals(table, absent, refusals.MALFORMED, "'ds' or 't' is null"),
        *_refusals(
            table, unknown, refusals.UNKNOWN_DATASTREAM, "datastream ids are 1 to 4294967295"
        ),
        *_refusals(table, infinite, refusals.NOT_FINITE, "the result is not finite"),
    ]
    zeros = pc.fill_null(ids, 0).to_numpy()
    return rows.Parsed(
        zeros[keep].astype(np.uint32),
        pc.fill_null(t, 0).to_numpy()[keep],
        values[keep],
        np.flatnonzero(keep),
        len(keep),
        tuple(sorted(refused, key=lambda item: item.row)),
    )


def _wide(ds: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ids as int64; those above its range become 0, which is no datastream."""
    if ds.type != pa.uint64():
        return pc.cast(ds, pa.int64())
    fits = pc.less_equal(ds, pa.scalar((1 << 63) - 1, pa.uint64()))
    return pc.cast(pc.if_else(fits, ds, pa.scalar(0, pa.uint64())), pa.int64())


def _mask(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.fill_null(column, False).to_numpy(), dtype=bool)


def _refusals(table: pa.Table, mask: np.ndarray, code: str, reason: str) -> list[rows.RefusedRow]:
    positions = np.flatnonzero(mask)
    if not len(positions):
        return []
    sources = table.select(_NAMES).take(pa.array(positions)).to_pylist()
    return [
        rows.RefusedRow(int(row), code, reason, rows.payload_of(source))
        for row, source in zip(positions, sources, strict=True)
    ]


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0][:200]
