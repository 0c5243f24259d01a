"""A real store in this process, asked as if it were the lake process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from numpy.typing import NDArray

from madang.kernel.lake import client
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.clickhouse_sql import DATABASE
from madang.kernel.lake.wire import packed_columns, unpacked_columns
from madang.kernel.registry import LakeTable, registry

_LATEST = """
SELECT ds, max(ms) AS t, argMax(x, ms) AS v, argMax(q, ms) AS q, max(ms) AS received FROM (
  SELECT ds, toInt64(toUInt32(t)) * 1000 AS ms, v / 10 AS x, q FROM obs
  UNION ALL SELECT ds, toUnixTimestamp64Milli(t) AS ms, v AS x, q FROM obs_ms
) WHERE {every:UInt8} = 1 OR ds IN {ids:Array(UInt32)} GROUP BY ds ORDER BY ds
"""


class LakeDouble:
    """Tables of telemetry; counts the questions it was asked."""

    def __init__(self, store: ChdbStore) -> None:
        self.store = store
        self.questions: list[str] = []

    def query(self, sql: str, parameters: dict[str, object] | None = None) -> pa.Table:
        self.questions.append(sql)
        return self.store.query(sql, parameters)

    def query_columns(self, *asked: Any) -> dict[str, list[Any]]:
        return client._lists(unpacked_columns(packed_columns(self.query(*asked))))

    def query_arrays(self, *asked: Any) -> dict[str, NDArray[Any]]:
        return client._arrays(unpacked_columns(packed_columns(self.query(*asked))))

    def latest(self, ids: Iterable[int] | None = None) -> dict[str, NDArray[Any]]:
        self.questions.append("latest")
        some = [] if ids is None else list(ids)
        found = self.store.query(_LATEST, {"ids": some, "every": int(ids is None)})
        return client._arrays(unpacked_columns(packed_columns(found)))

    def latest_columns(self, ids: Iterable[int], only: Sequence[str] = ()) -> dict[str, list[Any]]:
        found = self.latest(ids)
        return {name: found[name].tolist() for name in (only or found)}

    def insert(self, table: str, **columns: object) -> None:
        self.store.insert(table, pa.table(columns), token=uuid4().hex)

    def observe(self, readings: dict[int, list[float]], start: datetime, step_s: int = 60) -> None:
        """Keep values by datastream, at a resolution of 0.1 and with quality 'good'."""
        first = int(start.timestamp())
        rows = [
            (ds, datetime.fromtimestamp(first + n * step_s, UTC), round(value * 10))
            for ds, values in readings.items()
            for n, value in enumerate(values)
        ]
        ds, t, v = zip(*rows, strict=True)
        self.insert(
            "obs",
            ds=pa.array(ds, pa.uint32()),
            t=pa.array(t, pa.timestamp("s", "UTC")),
            v=pa.array(v, pa.int32()),
            q=pa.array([0] * len(rows), pa.uint16()),
        )


def emptied(store: ChdbStore) -> None:
    """Forget all observations."""
    for table in ("obs", "obs_ms", "obs_flag", "obs_1h"):
        store._writer.query(f"TRUNCATE TABLE {DATABASE}.{table}")


@contextmanager
def lake_in(folder: Path) -> Iterator[ChdbStore]:
    """Open a store with telemetry's tables."""
    store = ChdbStore(folder)
    for table in registry().offers(LakeTable, "telemetry"):
        store.create(table)
    yield store
    store.close()


def answering(store: ChdbStore, monkeypatch: pytest.MonkeyPatch) -> LakeDouble:
    """Put the store in the place of the lake process."""
    double = LakeDouble(store)
    for name in ("query", "query_columns", "query_arrays", "latest", "latest_columns"):
        monkeypatch.setattr(client, name, getattr(double, name))
    return double
