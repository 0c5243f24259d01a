"""What every engine under the lake promises.

Portable SQL: `DateTime` (UTC, seconds), no DateTime64 outside side tables, `argMax`, `intDiv`,
`toYYYYMMDD`; parameters in ClickHouse form, ``{name:Type}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from madang.kernel.registry import LakeTable


@dataclass(frozen=True)
class Partition:
    """A part of a table by days; `mark` grows with every insert into it."""

    name: str
    first_day: date
    last_day: date
    mark: int


class Store(Protocol):
    """Tables of columns, durable when `insert` returns."""

    def create(self, table: LakeTable) -> None:
        """Create the table, or bring an older one up to the given columns."""

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Append `rows` durably; the same token twice inserts once."""

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the answer; raises `Invalid` on wrong SQL, `LimitReached` past its budget."""

    def export_day(self, table: str, time_column: str, day: date, folder: Path) -> Path:
        """Write the closed UTC day to one sorted Parquet file under `folder`, atomically."""

    def partitions(self, table: str) -> list[Partition]:
        """Return the partitions of a table that is partitioned by UTC day or month."""

    def size(self) -> dict[str, tuple[int, int]]:
        """Return (rows, bytes on disk) of each table."""

    def close(self) -> None:
        """Flush and let go of the store's files."""
