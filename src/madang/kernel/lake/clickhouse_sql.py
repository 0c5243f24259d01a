"""ClickHouse's words for a `LakeTable`: creating it, bringing an older one up to date."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from madang.kernel.errors import Conflict, Invalid
from madang.kernel.lake.schema import arrow_schema, time_column
from madang.kernel.lake.store import Partition
from madang.kernel.registry import LakeTable

DATABASE = "lake"
DEDUPLICATION_WINDOW = 1000  # inserts whose tokens a table remembers
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def create_table(table: LakeTable) -> str:
    """Return the statement that creates the table where it does not exist."""
    _check(table)
    columns = ",\n  ".join(_column(*column) for column in table.columns)
    engine = f"ReplacingMergeTree({table.replacing_by})" if table.replacing_by else "MergeTree"
    partition = f"\nPARTITION BY {table.partition_by}" if table.partition_by else ""
    return (
        f"CREATE TABLE IF NOT EXISTS {DATABASE}.{table.name} (\n  {columns}\n)\n"
        f"ENGINE = {engine}{partition}\nORDER BY ({', '.join(table.order_by)}){_ttl(table)}\n"
        f"SETTINGS non_replicated_deduplication_window = {DEDUPLICATION_WINDOW}, "
        "fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1"
    )


def missing_columns(table: LakeTable, existing: Mapping[str, str]) -> list[str]:
    """Return the statements that add the columns `existing` (name to type) lacks.

    Raises
    ------
    Conflict
        If a column exists with another type: that needs a migration of its own.
    """
    statements = []
    for name, kind, codec in table.columns:
        if name not in existing:
            statements.append(
                f"ALTER TABLE {DATABASE}.{table.name} ADD COLUMN {_column(name, kind, codec)}"
            )
        elif existing[name] != _stored_type(kind):
            raise Conflict(
                f"lake table {table.name}: column {name} is {existing[name]} on disk and "
                f"{_stored_type(kind)} in the program; move the data to a new table"
            )
    return statements


def partition_of(name: str, mark: int) -> Partition:
    """Return the days that a partition named ``YYYYMMDD`` or ``YYYYMM`` holds."""
    if not re.fullmatch(r"\d{6}(\d\d)?", name):
        raise Invalid(f"partition {name!r} is neither a day nor a month")
    first = date(int(name[:4]), int(name[4:6]), int(name[6:] or 1))
    if len(name) == 8:
        return Partition(name, first, first, mark)
    last = date(first.year, first.month, monthrange(first.year, first.month)[1])
    return Partition(name, first, last, mark)


def _check(table: LakeTable) -> None:
    schema = arrow_schema(table)
    for name in (table.name, *schema.names):
        if not _NAME.fullmatch(name):
            raise Invalid(f"{name!r} cannot be a name in the lake: small letters, digits, _")
    unknown = {*table.order_by, *([table.replacing_by] if table.replacing_by else [])} - set(
        schema.names
    )
    if unknown:
        raise Invalid(f"lake table {table.name}: no such columns: {', '.join(sorted(unknown))}")


def _column(name: str, kind: str, codec: str) -> str:
    return f"{name} {_stored_type(kind)}" + (f" CODEC({codec})" if codec else "")


def _stored_type(kind: str) -> str:
    """Return the type with its time zone: a day in the lake is a UTC day on every machine."""
    if kind == "DateTime":
        return "DateTime('UTC')"
    if kind == "DateTime64(3)":
        return "DateTime64(3, 'UTC')"
    return kind


def _ttl(table: LakeTable) -> str:
    if table.retention_days is None:
        return ""
    column = time_column(table)
    if column is None:
        raise Invalid(f"lake table {table.name}: retention needs a time in its key")
    return f"\nTTL toDateTime({column}) + toIntervalDay({table.retention_days})"
