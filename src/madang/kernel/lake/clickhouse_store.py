"""The city's own ClickHouse, over plain HTTP: the same SQL, the same tables.

On a cluster the operator makes `Distributed` tables with these names in the database ``lake``;
what is not there is created here as plain MergeTree. Tested through an HTTP front on chdb (today's
ClickHouse without its server), and the questions on an old two-shard cluster; a current cluster is
untested.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from madang.kernel.errors import NotFound, Unavailable
from madang.kernel.lake.chdb_store import Budget
from madang.kernel.lake.clickhouse_sql import DATABASE, create_table, missing_columns, partition_of
from madang.kernel.lake.failures import as_ours
from madang.kernel.lake.files import replaced_by
from madang.kernel.lake.schema import conformed, one_block_slices, with_times
from madang.kernel.lake.sql import single_select
from madang.kernel.lake.store import Partition
from madang.kernel.lake.wire import packed_table
from madang.kernel.registry import LakeTable


class ClickHouseStore:
    """`Store` on a ClickHouse server; `url` is ``http://user:password@host:8123``."""

    def __init__(self, url: str, budget: Budget | None = None) -> None:
        """Reach the server and make the database.

        Raises
        ------
        Unavailable
            If nobody answers there.
        """
        address = httpx.URL(url)
        self._place = f"{address.host}:{address.port}"
        self._budget = budget or Budget()
        self._http = httpx.Client(base_url=address, timeout=self._budget.seconds + 10.0)
        self._tables: dict[str, LakeTable] = {}
        self._send(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")

    def create(self, table: LakeTable) -> None:
        """Create the table, or add the columns that an older one lacks."""
        self._send(create_table(table))
        found = self._table(
            "SELECT name, type FROM system.columns "
            "WHERE database = {db:String} AND table = {name:String}",
            {"db": DATABASE, "name": table.name},
        )
        existing = {row["name"]: row["type"] for row in found.to_pylist()}
        for statement in missing_columns(table, existing):
            self._send(statement)
        self._tables[table.name] = table

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Append `rows` durably; the same token inserts once."""
        fitting = conformed(self._known(table), rows)
        names = ", ".join(fitting.column_names)
        for block, its_token in one_block_slices(fitting, token):
            self._send(
                f"INSERT INTO {DATABASE}.{table} ({names}) FORMAT ArrowStream",
                body=bytes(packed_table(block)),
                settings={
                    "insert_deduplication_token": its_token,
                    "distributed_foreground_insert": "1",
                    "max_partitions_per_insert_block": "0",  # a replayed year has 365
                },
            )

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the answer to one SELECT; times come as UTC timestamps."""
        statement = single_select(sql)
        bound = dict(parameters or {})
        kinds = self._table(f"DESCRIBE ({statement})", bound).column("type").to_pylist()
        return with_times(self._table(statement, bound), kinds)

    def _table(self, statement: str, parameters: Mapping[str, object]) -> pa.Table:
        limits = {
            "readonly": "1",  # also refuses file(), url() and the like
            "max_execution_time": str(self._budget.seconds),
            "max_memory_usage": str(self._budget.memory),
            "output_format_arrow_compression_method": "none",
            "output_format_arrow_string_as_string": "1",
        }
        bound = {f"param_{name}": _as_text(value) for name, value in parameters.items()}
        answer = self._send(f"{statement} FORMAT ArrowStream", settings={**limits, **bound})
        with pa.ipc.open_stream(answer) as reader:
            table: pa.Table = reader.read_all()
        return table

    def export_day(self, table: str, time_column: str, day: date, folder: Path) -> Path:
        """Write the UTC day to ``<folder>/<table>/<day>.parquet``, sorted by the table's key."""
        known = self._known(table)
        target = folder / table / f"{day.isoformat()}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = self.query(
            f"SELECT * FROM {table}{' FINAL' if known.replacing_by else ''} "  # noqa: S608 -- registered names
            f"WHERE {time_column} >= {{a:DateTime}} AND {time_column} < {{b:DateTime}} "
            f"ORDER BY {', '.join(known.order_by)}",
            {"a": f"{day} 00:00:00", "b": f"{day + timedelta(1)} 00:00:00"},
        )
        with replaced_by(target) as draft:
            pq.write_table(rows, draft, compression="zstd")
        return target

    def partitions(self, table: str) -> list[Partition]:
        """Return the table's partitions on the server asked."""
        self._known(table)
        found = self._table(
            "SELECT partition, toInt64(max(max_block_number)) AS mark FROM system.parts "
            "WHERE active AND database = {db:String} AND table = {name:String} "
            "GROUP BY partition ORDER BY partition",
            {"db": DATABASE, "name": table},
        )
        return [partition_of(row["partition"], row["mark"]) for row in found.to_pylist()]

    def size(self) -> dict[str, tuple[int, int]]:
        """Return (rows, bytes on disk) of each table on the server asked."""
        found = self._table(
            "SELECT table, sum(rows) AS n, sum(bytes_on_disk) AS b FROM system.parts "
            "WHERE active AND database = {db:String} GROUP BY table",
            {"db": DATABASE},
        )
        return {row["table"]: (row["n"], row["b"]) for row in found.to_pylist()}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _known(self, table: str) -> LakeTable:
        if table not in self._tables:
            raise NotFound(f"the lake has no table {table!r}; it has {sorted(self._tables)}")
        return self._tables[table]

    def _send(
        self, statement: str, *, body: bytes = b"", settings: Mapping[str, str] | None = None
    ) -> bytes:
        """Send a statement (with an insert's data as body) and return the answer's bytes."""
        parameters = {"database": DATABASE, "query": statement, **(settings or {})}
        if statement.startswith("CREATE DATABASE"):
            del parameters["database"]
        try:
            answer = self._http.post("/", params=parameters, content=body)
        except httpx.TransportError as error:
            raise Unavailable(
                f"the ClickHouse at {self._place} does not answer: {error}"
            ) from error
        if answer.status_code in (401, 403, 516):
            raise Unavailable(
                f"the ClickHouse at {self._place} does not let us in (MADANG_LAKE_URL)"
            )
        if answer.status_code != 200:
            raise as_ours(answer.text, self._place)
        return answer.content


def _as_text(value: object) -> str:
    """Return a parameter as ClickHouse's HTTP interface reads it."""
    if isinstance(value, list | tuple):
        return json.dumps(list(value)).replace('"', "'")
    return str(value)
