"""The fallback store: Parquet files and Polars, for machines where chdb cannot run.

One folder per table and partition, one file per insert, merged when they get many. A file is named
by its insert's token, so a repeated insert finds its file there and does nothing. Slower than the
embedded ClickHouse in every question; the same answers to the portable ones.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import threading
import time
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import IO

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from madang.kernel.lake.clickhouse_sql import partition_of
from madang.kernel.lake.files import replaced_by
from madang.kernel.lake.polars_sql import in_polars
from madang.kernel.lake.schema import arrow_schema, conformed, time_column
from madang.kernel.lake.sql import single_select
from madang.kernel.lake.store import Partition
from madang.kernel.registry import LakeTable

_MANY = 64  # files of one partition before they are merged into one
_TOKENS = b"tokens"  # metadata of a merged file: the inserts it holds
_POLL_S = 0.002


class PolarsStore:
    """`Store` on Parquet files under one folder."""

    def __init__(self, path: Path, *, seconds: float = 20.0) -> None:
        """Open or make the store; `seconds` is the time one question may take.

        Raises
        ------
        Unavailable
            If another process owns the folder, or it cannot be written.
        """
        self.path = path
        self._seconds = seconds
        self._tables: dict[str, LakeTable] = {}
        self._changing = threading.RLock()
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock: IO[str] = (path / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(f"the lake's folder {path} is in use by another process") from None
        except OSError as error:
            raise Unavailable(f"the lake's folder {path}: {error.strerror}") from error

    def create(self, table: LakeTable) -> None:
        """Create the table, or take an older one with fewer columns; drop what is past its time.

        Raises
        ------
        Conflict
            If a column exists with another type.
        """
        arrow_schema(table)
        folder = self.path / table.name
        folder.mkdir(exist_ok=True)
        kept = folder / "columns.json"
        wanted = {name: kind for name, kind, _codec in table.columns}
        if kept.exists():
            for name, kind in msgspec.json.decode(kept.read_bytes(), type=dict[str, str]).items():
                if wanted.get(name, kind) != kind:
                    raise Conflict(
                        f"lake table {table.name}: column {name} is {kind} on disk and "
                        f"{wanted[name]} in the program; move the data to a new table"
                    )
        with replaced_by(kept) as draft:
            draft.write_bytes(msgspec.json.encode(wanted))
        self._tables[table.name] = table
        self._clear_merged(folder)
        self._drop_expired(table)

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Append `rows` durably; the same token inserts once."""
        known = self._known(table)
        fitting = conformed(known, rows)
        name = hashlib.sha256(token.encode()).hexdigest()[:32]
        try:
            with self._changing:
                for partition, part in _by_partition(known, fitting):
                    self._insert_part(self.path / table / partition, part, name, known)
        except OSError as error:
            raise Unavailable(f"the lake cannot write to {self.path}: {error.strerror}") from error

    def _insert_part(self, folder: Path, part: pa.Table, name: str, table: LakeTable) -> None:
        folder.mkdir(exist_ok=True)
        if name in _tokens_in(folder):
            return
        with replaced_by(folder / f"{name}.parquet") as draft:
            pq.write_table(part, draft, compression="zstd", compression_level=1)
        files = _files(folder)
        if len(files) > _MANY:
            self._merge(folder, files, table)

    def _merge(self, folder: Path, files: list[Path], table: LakeTable) -> None:
        """Write one sorted file in place of `files`; it remembers their tokens."""
        tokens = sorted(_tokens_in(folder))
        whole = pl.scan_parquet(files, missing_columns="insert").sort(table.order_by).collect()
        arrow = _plain(whole.to_arrow()).replace_schema_metadata(
            {_TOKENS: msgspec.json.encode(tokens)}
        )
        target = folder / f"merged-{max((_number(f) for f in files), default=0) + 1}.parquet"
        with replaced_by(target) as draft:
            pq.write_table(arrow, draft, compression="zstd", compression_level=1)
        for file in files:
            file.unlink()

    def _clear_merged(self, folder: Path) -> None:
        """Remove files whose rows are in a newer merged file: a merge was cut off."""
        for partition in (p for p in folder.iterdir() if p.is_dir()):
            newest = max(_files(partition), key=_number, default=None)
            if newest is None or not _number(newest):
                continue
            inside = _tokens_of(newest)
            for file in _files(partition):
                if file != newest and (_number(file) or file.stem in inside):
                    file.unlink()

    def _drop_expired(self, table: LakeTable) -> None:
        if table.retention_days is None:
            return
        oldest = times.now().date() - timedelta(table.retention_days)
        for partition in self.partitions(table.name):
            if partition.last_day < oldest:
                shutil.rmtree(self.path / table.name / partition.name)

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the answer to one SELECT of the portable subset (see ``polars_sql``).

        Raises
        ------
        Invalid
            If the SQL is wrong or is not one SELECT.
        LimitReached
            If the answer takes more time than one question may.
        """
        statement = in_polars(single_select(sql), parameters or {})
        try:
            with self._changing:  # files are not merged away between listing and opening
                frames = {name: self._frame(table) for name, table in self._tables.items()}
                asked = pl.SQLContext(frames).execute(statement, eager=False)
                running = asked.collect(background=True)
            answer = self._in_time(running)
        except pl.exceptions.PolarsError as error:
            words = str(error).split("\n", 1)[0][:500]
            raise Invalid(f"the lake does not understand: {words}", {"sql": words}) from error
        return _plain(answer.to_arrow())

    def _in_time(self, running: pl.lazyframe.in_process.InProcessQuery) -> pl.DataFrame:
        deadline = time.monotonic() + self._seconds
        while (answer := running.fetch()) is None:
            if time.monotonic() > deadline:
                running.cancel()
                raise LimitReached("the lake gave up: the time for one question is over")
            time.sleep(_POLL_S)
        return answer

    def _frame(self, table: LakeTable) -> pl.LazyFrame:
        """Return the table's rows; of rows with one key only the newest where it replaces."""
        schema = pl.DataFrame(arrow_schema(table).empty_table()).schema
        files = [f for folder in self._partition_folders(table.name) for f in _files(folder)]
        if not files:
            return pl.LazyFrame(schema=schema)
        rows = pl.scan_parquet(files, schema=schema, missing_columns="insert")
        rows = rows.with_columns(
            pl.col(name).fill_null(0 if kind.is_numeric() else "")
            for name, kind in schema.items()
            if not kind.is_temporal()
        )
        if table.replacing_by:
            rows = rows.sort(table.replacing_by).unique(
                subset=list(table.order_by), keep="last", maintain_order=True
            )
        return rows

    def export_day(self, table: str, time_column: str, day: date, folder: Path) -> Path:
        """Write the UTC day to ``<folder>/<table>/<day>.parquet``, sorted by the table's key."""
        known = self._known(table)
        target = folder / table / f"{day.isoformat()}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._changing:
            rows = self._frame(known).filter(pl.col(time_column).dt.date() == day)
            sorted_rows = rows.sort(known.order_by).collect()
        with replaced_by(target) as draft:
            pq.write_table(_plain(sorted_rows.to_arrow()), draft, compression="zstd")
        return target

    def partitions(self, table: str) -> list[Partition]:
        """Return the table's partitions; the mark counts the inserts."""
        return [
            partition_of(folder.name, len(_tokens_in(folder)))
            for folder in self._partition_folders(table)
        ]

    def size(self) -> dict[str, tuple[int, int]]:
        """Return (rows, bytes on disk) of each table."""
        sizes = {}
        for name in self._tables:
            files = [f for folder in self._partition_folders(name) for f in _files(folder)]
            rows = sum(pq.read_metadata(file).num_rows for file in files)
            sizes[name] = (rows, sum(file.stat().st_size for file in files))
        return sizes

    def close(self) -> None:
        """Let go of the folder."""
        self._lock.close()

    def _known(self, table: str) -> LakeTable:
        if table not in self._tables:
            raise NotFound(f"the lake has no table {table!r}; it has {sorted(self._tables)}")
        return self._tables[table]

    def _partition_folders(self, table: str) -> list[Path]:
        return sorted(p for p in (self.path / table).iterdir() if p.is_dir())


def _by_partition(table: LakeTable, rows: pa.Table) -> list[tuple[str, pa.Table]]:
    """Return the rows of each partition, ``YYYYMMDD`` or ``YYYYMM``."""
    column = time_column(table)
    if column is None:
        raise Invalid(f"lake table {table.name}: this store partitions by time, and it has none")
    form = "%Y%m%d" if "YYYYMMDD" in table.partition_by else "%Y%m"
    names = pc.strftime(pc.cast(rows.column(column), pa.timestamp("s", "UTC"), safe=False), form)
    return [
        (name, rows.filter(pc.equal(names, name))) for name in sorted(pc.unique(names).to_pylist())
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.parquet") if not path.name.startswith("."))


def _number(file: Path) -> int:
    """Return the number of a merged file; 0 for the file of one insert."""
    return int(file.stem.removeprefix("merged-")) if file.stem.startswith("merged-") else 0


def _tokens_in(folder: Path) -> set[str]:
    """Return the names of all inserts into the partition."""
    tokens: set[str] = set()
    for file in _files(folder):
        tokens |= _tokens_of(file) if _number(file) else {file.stem}
    return tokens


def _tokens_of(merged: Path) -> set[str]:
    metadata = pq.read_schema(merged).metadata or {}
    return set(msgspec.json.decode(metadata[_TOKENS], type=list[str]))


def _plain(table: pa.Table) -> pa.Table:
    """Return the table with ordinary strings (Polars makes views of them)."""
    fields = [
        pa.field(f.name, pa.string())
        if pa.types.is_large_string(f.type) or pa.types.is_string_view(f.type)
        else f
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))
