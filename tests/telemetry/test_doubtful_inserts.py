"""An insert that a crash left in doubt: the rows count, not ClickHouse's memory of their token."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Outgoing
from madang.kernel.bus.server import BusServer
from madang.kernel.errors import Unavailable
from madang.kernel.lake.chdb_store import ChdbStore, _answer
from madang.telemetry import refusals
from madang.telemetry.pipeline import stored
from madang.telemetry.pipeline.service import Pace
from tests.kernel.bus_server import instance
from tests.telemetry import engine_cases as cases
from tests.telemetry.pipeline_cases import outgoing, running, settled, tables

pytestmark = pytest.mark.system
NEVER = 3600.0
MIN = 60_000


def opened(folder: Path) -> ChdbStore:
    store = ChdbStore(folder)
    for table in tables():
        store.create(table)
    return store


def lost(store: ChdbStore, folder: Path, table: str) -> ChdbStore:
    """Close the store, take the table's parts away, leave its tokens; return it opened again.

    This is the disk after SIGKILL between ClickHouse's writing of the token and its renaming of the
    part: at the next start it removes what has a temporary name.
    """
    [place] = _answer(
        store._writer,
        f"SELECT data_paths[1] AS p FROM system.tables WHERE name = '{table}'",
    ).to_pylist()
    store.close()
    parts = [part for part in Path(place["p"]).glob("20*_*_*_*") if part.is_dir()]
    assert parts
    assert list(Path(place["p"]).glob("deduplication_logs/*.txt"))
    for part in parts:
        shutil.rmtree(part)
    return opened(folder)


def rows(*values: float) -> pa.Table:
    n = len(values)
    return pa.table(
        {
            "ds": pa.array(np.arange(n), pa.uint32()),
            "t": pa.array(cases.START + 1000 * np.arange(n), pa.timestamp("ms", "UTC")),
            "v": pa.array(values, pa.float64(), from_pandas=False),
            "q": pa.array([0] * n, pa.uint16()),
        }
    )


@pytest.mark.parametrize("repeated", [True, False])
def test_rows_that_were_lost_come_again_by_the_same_token_or_by_mending(tmp_path, repeated):
    """A ClickHouse server drops the repeat; the embedded store forgot the token as it opened."""
    store = opened(tmp_path)
    lot = rows(1.5, float("nan"), -0.25)
    store.insert("obs_ms", lot, token="a")
    store = lost(store, tmp_path, "obs_ms")
    assert store.size().get("obs_ms", (0, 0))[0] == 0
    if repeated:
        store.insert("obs_ms", lot, token="a")
    assert stored.mend(store, "obs_ms", lot, token="a") == (0 if repeated else 3)
    assert stored.mend(store, "obs_ms", lot, token="a") == 0
    assert store.query("SELECT count() AS n, uniqExact(ds) AS d FROM obs_ms").to_pylist() == [
        {"n": 3, "d": 3}
    ]
    store.close()


def test_only_what_lacks_is_inserted_also_of_equal_rows_and_many_datastreams(tmp_path):
    store = opened(tmp_path)
    lot = rows(*range(12_000))
    store.insert("obs_ms", lot.slice(0, 7_000), token="a")
    assert stored.absent(store, "obs_ms", lot).equals(lot.slice(7_000))
    letter = {"door": ["sta"], "gateway": ["n"], "code": ["malformed"], "reason": ["r"]}
    one = pa.table(
        {"t": pa.array([cases.START // 1000], pa.timestamp("s", "UTC")), **letter, "payload": ["x"]}
    )
    twice = pa.concat_tables([one, one])
    store.insert("dead_letter", one, token="b")
    assert stored.mend(store, "dead_letter", twice, token="c") == 1
    assert store.size()["dead_letter"][0] == 2
    store.close()


def test_after_a_crash_the_lake_holds_the_last_entry_whose_token_it_knew(tmp_path):
    here = instance(tmp_path / "bus")
    server = BusServer(here)
    server.start()
    url = client_url(here)
    store = opened(tmp_path / "lake")
    slow = Pace(gather_s=0.02, flush_s=0.0, live_s=NEVER, poll_s=NEVER, snapshot_s=NEVER)
    t = cases.START + np.arange(1, 40) * 5 * MIN
    message = outgoing(np.full(39, 10), t, np.arange(39.0))

    async def killed() -> None:
        async with running(url, store, tmp_path / "state", pace=slow) as (pipeline, bus):
            await bus.publish_many([message])
            await settled(pipeline, bus)
            for task in pipeline._tasks:  # as SIGKILL: no state is kept
                task.cancel()

    async def again() -> None:
        async with running(url, store, tmp_path / "state") as (pipeline, bus):
            await settled(pipeline, bus)
            assert pipeline.answer("health", {})["accepted"].to_pylist() == [39]

    try:
        asyncio.run(killed())
        assert store.size()["obs"][0] == 39
        store = lost(store, tmp_path / "lake", "obs")
        store = lost(store, tmp_path / "lake", "obs_1h")
        asyncio.run(again())
        found = store.query("SELECT count() AS n, uniqExact(t) AS u FROM obs").to_pylist()
        assert found == [{"n": 39, "u": 39}]
        full = "SELECT count() AS k FROM obs_1h WHERE n = 12"  # the clock closes the fourth hour
        assert store.query(full).to_pylist() == [{"k": 3}]
    finally:
        store.close()
        server.stop()


class Stumbling:
    """A store whose first insert keeps the rows, or only their token, and fails all the same."""

    def __init__(self, store: ChdbStore, *, keeps: bool) -> None:
        self._store = store
        self._keeps = keeps
        self.tries = 0

    def __getattr__(self, name):
        return getattr(self._store, name)

    def insert(self, table, rows, *, token):
        self.tries += 1
        if self.tries == 1:
            if self._keeps:
                self._store.insert(table, rows, token="of another life")
            raise Unavailable("the disk is full")
        self._store.insert(table, rows, token=token)


@pytest.mark.parametrize("keeps", [True, False])
def test_an_insert_that_failed_half_way_is_looked_at_before_it_is_tried_again(tmp_path, keeps):
    here = instance(tmp_path / "bus")
    server = BusServer(here)
    server.start()
    store = opened(tmp_path / "lake")
    stumbling = Stumbling(store, keeps=keeps)
    letter = refusals.Refusal(0, "mqtt", "7", "not JSON", refusals.MALFORMED, "{")

    async def work() -> None:
        async with running(client_url(here), stumbling, tmp_path / "state") as (pipeline, bus):
            await bus.publish_many([outgoing([10], [cases.START], [1.0])])
            await settled(pipeline, bus)
            stumbling.tries = 0
            await bus.publish_many([Outgoing("madang.dead.mqtt", letter.encode())])
            await buried(bus)

    async def buried(bus: Bus) -> None:
        async with asyncio.timeout(10):
            while (await bus.state("DEAD")).messages:
                await asyncio.sleep(0.05)

    try:
        asyncio.run(work())
        assert store.size()["obs"][0] == 1
        assert store.size()["dead_letter"][0] == 1
    finally:
        store.close()
        server.stop()
