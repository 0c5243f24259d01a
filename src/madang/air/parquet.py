"""Closed hours as a Parquet file; a web process has it made beside itself: Arrow weighs 40 MB."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def hours_file(columns: Mapping[str, Sequence[Any]]) -> bytes:
    """Return a Parquet file of columns by name; `hour_end` is text with its offset (ISO 8601).

    Columns that end in `_stations` are whole numbers, `_quality` and names are text, others floats.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    ends = [datetime.fromisoformat(end).astimezone(UTC) for end in columns["hour_end"]]
    stamps = pa.array(ends, pa.timestamp("s", tz="UTC"))
    others = {
        name: pa.array(values, _kind(name))
        for name, values in columns.items()
        if name != "hour_end"
    }
    buffer = io.BytesIO()
    pq.write_table(pa.table({"hour_end": stamps, **others}), buffer, compression="zstd")
    return buffer.getvalue()


def _kind(column: str) -> pa.DataType:
    import pyarrow as pa

    if column.endswith("_stations"):
        return pa.int32()
    if column.endswith("_quality") or column in ("hour_end_local", "district", "origin"):
        return pa.string()
    return pa.float64()
