"""Closing days: what a UTC day brought goes to one sorted Parquet file per table.

A day is closed `_AFTER` after its end, and again whenever later data came into it. The files under
``<data>/parquet/<table>/<day>.parquet`` are whole or absent, so anything may read them: open data,
Ray, Spark. What was last written is remembered per partition in ``closed.json`` beside them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from madang.kernel import times
from madang.kernel.bus.client import Bus
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.kernel.lake.files import replaced_by
from madang.kernel.lake.schema import time_column
from madang.kernel.lake.store import Partition, Store
from madang.kernel.registry import LakeTable

log = logging.getLogger(__name__)
_AFTER = timedelta(hours=1)
_EVERY_S = 900.0


class DayClosing:
    """The lake's own service ``lake``: closes days by the clock and on request."""

    def __init__(self, tables: list[LakeTable], folder: Path) -> None:
        self._tables = {t.name: t for t in tables if t.exported and time_column(t)}
        self._folder = folder
        self._store: Store | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, store: Store, bus: Bus) -> None:
        """Begin closing days."""
        self._store = store
        self._task = asyncio.create_task(self._by_the_clock())

    async def stop(self) -> None:
        """Stop; a file in the making is dropped."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _by_the_clock(self) -> None:
        while True:
            for name in self._tables:
                try:
                    await asyncio.to_thread(self.close_due, name, times.now())
                except MadangError as error:
                    log.warning("lake: days of %s are not closed now: %s", name, error)
            await asyncio.sleep(_EVERY_S)

    def answer(self, op: str, arguments: Mapping[str, Any]) -> pa.Table:
        """Answer ``closed`` (table): the closed days with rows and file."""
        if op != "closed":
            raise NotFound(f"the lake knows no {op!r}; it knows 'closed'")
        table = self._known(str(arguments.get("table", "")))
        files = sorted((self._folder / table.name).glob("*.parquet"))
        return pa.table(
            {
                "day": pa.array([date.fromisoformat(f.stem) for f in files], pa.date32()),
                "rows": pa.array([pq.read_metadata(f).num_rows for f in files], pa.int64()),
                "file": pa.array([str(f) for f in files], pa.string()),
            }
        )

    def close_due(self, name: str, now: datetime) -> list[Path]:
        """Write the files of all closed days of a table whose rows changed; return them."""
        assert self._store is not None
        table = self._known(name)
        marks = self._marks(name)
        written = []
        for partition in self._store.partitions(name):
            last = (now - _AFTER).date() - timedelta(1)
            if marks.get(partition.name) == partition.mark or partition.first_day > last:
                continue
            written += self._write_days(table, partition, last)
            if partition.last_day <= last:
                marks[partition.name] = partition.mark
                self._keep_marks(name, marks)
        return written

    def _write_days(self, table: LakeTable, partition: Partition, last: date) -> list[Path]:
        """Write those days of the partition whose file lacks rows."""
        assert self._store is not None
        column = time_column(table)
        assert column is not None
        start, end = partition.first_day, partition.last_day + timedelta(1)
        found = self._store.query(
            f"SELECT toDate({column}) AS day, count() AS n FROM {table.name} "  # noqa: S608 -- registered names
            f"WHERE {column} >= {{a:DateTime}} AND {column} < {{b:DateTime}} "
            "GROUP BY day ORDER BY day",
            {"a": f"{start} 00:00:00", "b": f"{end} 00:00:00"},
        )
        days = dict(zip(found["day"].to_pylist(), found["n"].to_pylist(), strict=True))
        return [
            self._store.export_day(table.name, column, day, self._folder)
            for day, rows in days.items()
            if day <= last and rows != self._rows_in_file(table.name, day)
        ]

    def _rows_in_file(self, table: str, day: date) -> int:
        file = self._folder / table / f"{day.isoformat()}.parquet"
        return int(pq.read_metadata(file).num_rows) if file.exists() else -1

    def _known(self, name: str) -> LakeTable:
        if name not in self._tables:
            raise Invalid(f"no days are closed of {name!r}; tables: {sorted(self._tables)}")
        return self._tables[name]

    def _marks_file(self, name: str) -> Path:
        return self._folder / name / "closed.json"

    def _marks(self, name: str) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._marks_file(name).read_bytes(), type=dict[str, int])
        except FileNotFoundError:
            return {}

    def _keep_marks(self, name: str, marks: dict[str, int]) -> None:
        with replaced_by(self._marks_file(name)) as draft:
            draft.write_bytes(msgspec.json.encode(marks))
