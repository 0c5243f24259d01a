"""The observation batch on the bus: one Arrow IPC stream with one record batch (spine.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, DTypeLike, NDArray

from madang.kernel.errors import Invalid

SCHEMA = pa.schema(
    [
        pa.field("ds", pa.uint32(), nullable=False),
        pa.field("t", pa.int64(), nullable=False),
        pa.field("v", pa.float64(), nullable=False),
    ]
)


# an Arrow IPC stream is its schema, its batches and this mark of its end (Arrow columnar format,
# "IPC streaming format")
_HEAD = SCHEMA.serialize().to_pybytes()
_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass(frozen=True, eq=False)
class Frame:
    """Observations in order of arrival.

    Parameters
    ----------
    ds : (n,) uint32, datastream id.
    t : (n,) int64, phenomenon time [ms since 1970-01-01 UTC], the end of the interval of a mean.
    v : (n,) float64, result in the observed property's unit; NaN is missing.
    """

    ds: NDArray[np.uint32]
    t: NDArray[np.int64]
    v: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ds)


def encode(ds: ArrayLike, t: ArrayLike, v: ArrayLike) -> bytes:
    """Return the bytes of a batch; see `Frame` for the columns. NaN stays a value, not a null."""
    given = zip((ds, t, v), (np.uint32, np.int64, np.float64), SCHEMA, strict=True)
    columns = [_column(values, kind, field.type) for values, kind, field in given]
    batch = pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
    return b"".join((_HEAD, batch.serialize(), _END))


def _column(values: ArrayLike, kind: DTypeLike, form: pa.DataType) -> pa.Array:
    """Return an array as an Arrow array without a copy.

    `pa.array` would import pandas to see whether it was given something of pandas' own, which costs
    every process that writes a frame half a second and 50 MB.
    """
    plain = np.ascontiguousarray(values, kind)
    return pa.Array.from_buffers(form, len(plain), [None, pa.py_buffer(plain)])


def decode(data: bytes) -> Frame:
    """Return the batch that `data` holds; the arrays are views of `data` (read-only).

    Raises
    ------
    Invalid
        If the bytes are not one Arrow IPC stream with exactly one batch of exactly these columns,
        or a column holds nulls.
    """
    try:
        with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
            if not reader.schema.equals(SCHEMA, check_metadata=False) and [
                (f.name, f.type) for f in reader.schema
            ] != [(f.name, f.type) for f in SCHEMA]:
                raise Invalid(
                    f"columns are {_columns(reader.schema)}; they must be ds, t, v",
                    {"payload": "columns"},
                )
            batch = reader.read_next_batch()
            batch.validate()
            if next(reader, None) is not None:
                raise Invalid("payload holds more than one record batch", {"payload": "batches"})
    except StopIteration:
        raise Invalid("payload holds no record batch", {"payload": "batches"}) from None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Invalid(
            f"payload is not an Arrow IPC stream: {error}", {"payload": "arrow"}
        ) from None
    nulls = [name for name in SCHEMA.names if batch.column(name).null_count]
    if nulls:
        raise Invalid(f"column {nulls[0]} holds nulls; a missing value is NaN", {nulls[0]: "null"})
    ds, t, v = (batch.column(name).to_numpy(zero_copy_only=True) for name in SCHEMA.names)
    return Frame(ds, t, v)


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)


@dataclass(frozen=True)
class Origin:
    """Where a batch came from: the headers of its message.

    Parameters
    ----------
    gateway : id of the gateway whose key was used.
    origin : real, simulated or replayed.
    door : the door that accepted it.
    received_ms : server time of acceptance [ms since 1970-01-01 UTC].
    """

    gateway: str
    origin: str
    door: str
    received_ms: int

    def headers(self) -> dict[str, str]:
        """Return the message headers."""
        return {
            "gateway": self.gateway,
            "origin": self.origin,
            "door": self.door,
            "received": str(self.received_ms),
        }


def origin_of(headers: Mapping[str, str]) -> Origin:
    """Return what the headers of an observation message say.

    Raises
    ------
    Invalid
        If a header is missing or `received` is not a whole number.
    """
    missing = [name for name in ("gateway", "origin", "door", "received") if name not in headers]
    if missing:
        raise Invalid(f"header {missing[0]} is missing", {missing[0]: "missing"})
    try:
        received = int(headers["received"])
    except ValueError:
        raise Invalid("header received is not a whole number", {"received": "int"}) from None
    return Origin(headers["gateway"], headers["origin"], headers["door"], received)
