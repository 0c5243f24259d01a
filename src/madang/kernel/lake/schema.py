"""The columns of a `LakeTable` as Arrow types, and rows brought into that form.

Types are ClickHouse's names; this module knows the ones a table may have.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from madang.kernel.errors import Invalid
from madang.kernel.registry import LakeTable

_ARROW = {
    "UInt8": pa.uint8(),
    "UInt16": pa.uint16(),
    "UInt32": pa.uint32(),
    "UInt64": pa.uint64(),
    "Int8": pa.int8(),
    "Int16": pa.int16(),
    "Int32": pa.int32(),
    "Int64": pa.int64(),
    "Float32": pa.float32(),
    "Float64": pa.float64(),
    "String": pa.string(),
    "Date": pa.date32(),
    "DateTime": pa.timestamp("s", "UTC"),
    "DateTime64(3)": pa.timestamp("ms", "UTC"),
}
TYPES = tuple(_ARROW)


def arrow_schema(table: LakeTable) -> pa.Schema:
    """Return the Arrow schema of a table's rows.

    Raises
    ------
    Invalid
        If a column's type is not one of `TYPES`.
    """
    fields = []
    for name, kind, _codec in table.columns:
        if kind not in _ARROW:
            raise Invalid(
                f"lake table {table.name}: column {name} is {kind}; it may be {', '.join(TYPES)}",
                {name: "unknown type"},
            )
        fields.append(pa.field(name, _ARROW[kind], nullable=False))
    return pa.schema(fields)


def time_column(table: LakeTable) -> str | None:
    """Return the table's time column: the first of its key that is a time, or None."""
    kinds = {name: kind for name, kind, _codec in table.columns}
    return next((name for name in table.order_by if kinds[name].startswith("DateTime")), None)


def conformed(table: LakeTable, rows: pa.Table) -> pa.Table:
    """Return `rows` with exactly the table's columns, in order and in their types.

    Raises
    ------
    Invalid
        If a column is missing or too many, does not fit its type, or holds nulls.
    """
    schema = arrow_schema(table)
    given, wanted = set(rows.column_names), set(schema.names)
    if given != wanted:
        wrong = dict.fromkeys(wanted - given, "missing")
        wrong |= dict.fromkeys(given - wanted, "unknown")
        raise Invalid(f"lake table {table.name}: columns do not fit: {wrong}", wrong)
    columns = [_conformed(table, field, rows.column(field.name)) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _conformed(table: LakeTable, field: pa.Field, values: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        if pa.types.is_timestamp(field.type) and pa.types.is_integer(values.type):
            values = values.cast(pa.int64())  # whole seconds (or ms) since 1970
        values = values.cast(field.type)
    except pa.ArrowException as error:
        raise Invalid(
            f"lake table {table.name}: column {field.name} does not fit {field.type}: {error}",
            {field.name: str(error)},
        ) from error
    if values.null_count:
        raise Invalid(
            f"lake table {table.name}: column {field.name} has {values.null_count} nulls",
            {field.name: "null"},
        )
    return values


# A token drops a repeated insert only if that is one block; a block ends at 1,048,576 rows.
_SLICE_ROWS = 500_000


def one_block_slices(rows: pa.Table, token: str) -> list[tuple[pa.Table, str]]:
    """Return `rows` cut so that ClickHouse takes each slice as one block, each with its token."""
    starts = range(0, rows.num_rows, _SLICE_ROWS)
    return [(rows.slice(start, _SLICE_ROWS), f"{token}#{n}") for n, start in enumerate(starts)]


def with_times(answer: pa.Table, kinds: Sequence[str]) -> pa.Table:
    """Return `answer` with DateTime columns as UTC timestamps, as ClickHouse's types say."""
    columns = [_as_time(column, kind) for column, kind in zip(answer.columns, kinds, strict=True)]
    return pa.Table.from_arrays(columns, names=answer.column_names)


def _as_time(values: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    kind = kind.removeprefix("Nullable(")
    if kind.startswith("DateTime64") and pa.types.is_timestamp(values.type):
        return values.cast(pa.timestamp(values.type.unit, "UTC"))
    if kind.startswith("DateTime") and pa.types.is_integer(values.type):
        return values.cast(pa.int64()).cast(pa.timestamp("s", "UTC"))
    return values
