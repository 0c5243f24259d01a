"""The embedded store: ClickHouse in this process (chdb), MergeTree tables in one folder.

One process owns the folder, and one folder per process: both are limits of chdb. Each insert is on
disk when it returns (`fsync_after_insert`); tested against SIGKILL, which is not a loss of power.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chdb
import pyarrow as pa

from madang.kernel.errors import Invalid, NotFound
from madang.kernel.lake.chdb_tokens import rewrite, without_rows
from madang.kernel.lake.clickhouse_sql import DATABASE, create_table, missing_columns, partition_of
from madang.kernel.lake.failures import translated
from madang.kernel.lake.files import replaced_by
from madang.kernel.lake.schema import conformed, one_block_slices, with_times
from madang.kernel.lake.sql import single_select
from madang.kernel.lake.store import Partition
from madang.kernel.registry import LakeTable

log = logging.getLogger(__name__)

_ONE_BLOCK = "min_insert_block_size_rows = 1048576, min_insert_block_size_bytes = 0"
# A replayed year touches more partitions than the 100 that one insert may touch by default.
_ANY_SPAN = "max_partitions_per_insert_block = 0"
_READERS = 4
_KINDS_KEPT = 512  # statements whose column types are remembered


@dataclass(frozen=True)
class Budget:
    """What one question may use: seconds of run time and bytes of memory."""

    seconds: float = 20.0
    memory: int = 1 << 30


class ChdbStore:
    """`Store` on chdb; questions run beside inserts, each on a connection of its own."""

    def __init__(self, path: Path, budget: Budget | None = None) -> None:
        """Open or make the store in `path`.

        Raises
        ------
        Unavailable
            If another process owns the folder, or it cannot be read or written.
        """
        self.path = path
        self._budget = budget or Budget()
        self._tables: dict[str, LakeTable] = {}
        self._writing = threading.Lock()
        self._idle: list[Any] = []
        self._idle_lock = threading.Lock()
        self._reading = threading.BoundedSemaphore(_READERS)
        self._known_kinds: dict[str, list[str]] = {}
        self._kinds_lock = threading.Lock()
        with translated(path):
            path.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            self._writer.query(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
            self._forget_tokens_without_rows()

    def _forget_tokens_without_rows(self) -> None:
        """Let what a kill cut off be inserted again under its token (see `chdb_tokens`)."""
        tables = _answer(
            self._writer,
            "SELECT name, arrayJoin(data_paths) AS folder FROM system.tables "  # noqa: S608 -- a constant
            f"WHERE database = '{DATABASE}' AND engine LIKE '%MergeTree'",
        )
        for table in tables.to_pylist():
            name, folder = table["name"], Path(table["folder"])
            stale = without_rows(folder, self._blocks_of(name))
            if not stale:
                continue
            log.warning("%s: inserts that a kill cut off may come again under their tokens", name)
            self._writer.query(f"DETACH TABLE {DATABASE}.{name} SYNC")
            try:
                rewrite(stale)
            finally:
                self._writer.query(f"ATTACH TABLE {DATABASE}.{name}")

    def _blocks_of(self, table: str) -> dict[str, list[tuple[int, int]]]:
        parts = _answer(
            self._writer,
            "SELECT partition_id AS id, min_block_number AS low, max_block_number AS high "  # noqa: S608
            f"FROM system.parts WHERE active AND database = '{DATABASE}' AND table = '{table}'",
        )
        blocks: dict[str, list[tuple[int, int]]] = {}
        for part in parts.to_pylist():
            blocks.setdefault(part["id"], []).append((part["low"], part["high"]))
        return blocks

    def create(self, table: LakeTable) -> None:
        """Create the table, or add the columns that an older one lacks."""
        with self._writing, translated(self.path):
            self._writer.query(create_table(table))
            for statement in missing_columns(table, self._columns_of(table.name)):
                self._writer.query(statement)
        self._tables[table.name] = table
        with self._kinds_lock:
            self._known_kinds.clear()

    def _columns_of(self, table: str) -> dict[str, str]:
        found = _answer(
            self._writer,
            f"SELECT name, type FROM system.columns "  # noqa: S608 -- a registered table's name
            f"WHERE database = '{DATABASE}' AND table = '{table}'",
        )
        return dict(zip(*found.to_pydict().values(), strict=True))

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Append `rows` durably; the same token (of the last 1,000 inserts) inserts once."""
        fitting = conformed(self._known(table), rows).combine_chunks()
        for block, its_token in one_block_slices(fitting, token):
            self._insert_block(table, block, its_token)

    def _insert_block(self, table: str, block: pa.Table, token: str) -> None:
        """Insert one block; chdb finds the local variable `block` by its name."""
        names = ", ".join(block.column_names)
        quoted = token.replace("\\", "\\\\").replace("'", "\\'")
        statement = (
            f"INSERT INTO {DATABASE}.{table} ({names}) "  # noqa: S608 -- registered names
            f"SELECT {names} FROM Python(block) "
            f"SETTINGS insert_deduplication_token = '{quoted}', {_ONE_BLOCK}, {_ANY_SPAN}"
        )
        with self._writing, translated(self.path):
            self._writer.query(statement)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the answer to one SELECT; times come as UTC timestamps.

        Raises
        ------
        Invalid
            If the SQL is wrong or is not one SELECT.
        LimitReached
            If the answer takes more time or memory than the budget.
        """
        statement = single_select(sql)
        bound = dict(parameters or {})
        answer = self._read(statement, bound)
        return with_times(answer, self._kinds(statement, bound))

    def _kinds(self, statement: str, parameters: dict[str, object]) -> list[str]:
        """Return the ClickHouse type of each column of the answer (Arrow forgets DateTime)."""
        with self._kinds_lock:
            known = self._known_kinds.get(statement)
        if known is not None:
            return known
        found = self._read(f"DESCRIBE ({statement})", parameters)
        kinds: list[str] = found.column("type").to_pylist()
        with self._kinds_lock:
            if len(self._known_kinds) >= _KINDS_KEPT:
                self._known_kinds.clear()
            self._known_kinds[statement] = kinds
        return kinds

    def _read(self, statement: str, parameters: dict[str, object]) -> pa.Table:
        with self._reader() as connection, translated(self.path):
            return _answer(connection, statement, parameters)

    @contextmanager
    def _reader(self) -> Iterator[Any]:
        """Lend a read-only connection; after an error it is thrown away.

        chdb answers the question after a timed-out one with nothing, so a connection that failed is
        never used again.
        """
        with self._reading:
            with self._idle_lock:
                connection = self._idle.pop() if self._idle else None
            connection = connection or self._new_reader()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            with self._idle_lock:
                self._idle.append(connection)

    def _new_reader(self) -> Any:
        with translated(self.path):
            connection = _connect(self.path)
            for statement in (
                f"USE {DATABASE}",
                f"SET max_execution_time = {self._budget.seconds}",
                f"SET max_memory_usage = {self._budget.memory}",
                # an answer stays in this process: compressing it cost more than the question
                "SET output_format_arrow_compression_method = 'none'",
                "SET readonly = 1",
            ):
                connection.query(statement)
        return connection

    def export_day(self, table: str, time_column: str, day: date, folder: Path) -> Path:
        """Write the UTC day to ``<folder>/<table>/<day>.parquet``, sorted by the table's key."""
        known = self._known(table)
        _require_plain(folder)
        target = folder / table / f"{day.isoformat()}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        with replaced_by(target) as draft:
            statement = (
                f"SELECT * FROM {DATABASE}.{table}{' FINAL' if known.replacing_by else ''} "  # noqa: S608 -- registered names
                f"WHERE {time_column} >= toDateTime('{day} 00:00:00', 'UTC') "
                f"AND {time_column} < toDateTime('{day + timedelta(1)} 00:00:00', 'UTC') "
                f"ORDER BY {', '.join(known.order_by)} "
                f"INTO OUTFILE '{draft}' TRUNCATE FORMAT Parquet "
                "SETTINGS output_format_parquet_compression_method = 'zstd', "
                "output_format_parquet_row_group_size = 131072"
            )
            with self._exporter() as connection, translated(self.path):
                connection.query(statement)
        return target

    @contextmanager
    def _exporter(self) -> Iterator[Any]:
        connection = _connect(self.path)
        try:
            yield connection
        finally:
            connection.close()

    def partitions(self, table: str) -> list[Partition]:
        """Return the table's partitions (days or months); the mark is the newest block's number."""
        self._known(table)
        with self._writing, translated(self.path):
            found = _answer(
                self._writer,
                "SELECT partition, max(max_block_number) AS mark FROM system.parts "  # noqa: S608
                f"WHERE active AND database = '{DATABASE}' AND table = '{table}' "
                "GROUP BY partition ORDER BY partition",
            )
        return [partition_of(row["partition"], row["mark"]) for row in found.to_pylist()]

    def size(self) -> dict[str, tuple[int, int]]:
        """Return (rows, bytes on disk) of each table."""
        with self._writing, translated(self.path):
            found = _answer(
                self._writer,
                "SELECT table, sum(rows) AS n, sum(bytes_on_disk) AS b FROM system.parts "  # noqa: S608
                f"WHERE active AND database = '{DATABASE}' GROUP BY table",
            )
        return {row["table"]: (row["n"], row["b"]) for row in found.to_pylist()}

    def optimize(self, table: str) -> None:
        """Merge the table's parts now (benchmarks and tests; otherwise it merges in quiet)."""
        with self._writing, translated(self.path):
            self._writer.query(f"OPTIMIZE TABLE {DATABASE}.{self._known(table).name} FINAL")

    def close(self) -> None:
        """Let go of the folder; another process may open it then."""
        with self._idle_lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()
        with self._writing:
            self._writer.close()

    def _known(self, table: str) -> LakeTable:
        if table not in self._tables:
            raise NotFound(f"the lake has no table {table!r}; it has {sorted(self._tables)}")
        return self._tables[table]


def _connect(path: Path) -> Any:
    connect: Any = chdb.connect  # chdb carries no types
    return connect(str(path))


def _answer(
    connection: Any, statement: str, parameters: Mapping[str, object] | None = None
) -> pa.Table:
    """Return the answer on memory of its own.

    chdb's own conversion lends memory that it frees with the answer, which only an Arrow file that
    is compressed survives; and it imports pandas.
    """
    answer = connection.query(statement, "ArrowStream", params=dict(parameters or {}))
    content: bytes = answer.bytes()
    if not content:
        return pa.table({})
    with pa.ipc.open_stream(content) as reader:
        table: pa.Table = reader.read_all()
    return table


def _require_plain(folder: Path) -> None:
    if "'" in str(folder) or "\\" in str(folder):
        raise Invalid(f"folder {folder}: no quotes or backslashes in the path of an export")
