"""Bus to detectors to store, durable everywhere.

A publisher process fills the bus (every acknowledgement after fsync). Then the pipeline takes all
of it as in the lake process: decode, quality, duplicates, hours, detectors, journal (fdatasync),
insert (fsync), hours and detections published (fsync). The clock runs from the pipeline's first
batch to its last. Then another process asks for the newest of all datastreams over the socket.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import STREAMS, Outgoing
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.kernel.errors import Unavailable
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.desk import Desk
from madang.kernel.ports import free_offset
from madang.kernel.registry import LakeTable, registry
from madang.telemetry import frames
from madang.telemetry.engine.warm import warm_up
from madang.telemetry.pipeline.service import Pace, Pipeline
from madang.telemetry.pipeline.sources import Sources
from madang.telemetry.proof import workload

PER_MESSAGE = 20_000
_CLAIMED_POINTS = 3_000_000
_AT_ONCE = 64  # messages published without waiting for each
_ASKED = 30


@dataclass(frozen=True)
class Figures:
    """What one run measured; CPU is of the lake's process, and with the bus server's added."""

    points: int
    published_per_s: float
    points_per_s: float
    points_per_cpu_s: float
    points_per_cpu_s_with_bus: float
    bytes_per_point: float
    latest_ms: float


def measured(points: int, folder: Path, per_message: int = PER_MESSAGE) -> Figures:
    """Fill a bus of its own in `folder` and take all of it.

    Raises
    ------
    Unavailable
        If the publisher fails; the message holds its words.
    """
    here = Settings(data=folder, port_offset=free_offset())
    server = BusServer(here)
    server.start()
    try:
        url = client_url(here)
        filled = _published(url, points, per_message)
        assert server.process is not None
        bus = psutil.Process(server.process.pid)
        return asyncio.run(_taken(url, here, points, bus, filled))
    finally:
        server.stop()


def _published(url: str, points: int, per_message: int) -> float:
    """Return the seconds that another process needed to store the load on the bus."""
    module = [sys.executable, "-m", "madang.telemetry.proof.end_to_end"]
    done = subprocess.run(
        [*module, url, str(points), str(per_message)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Unavailable(f"the publisher failed: {done.stderr[-2000:]}")
    return float(json.loads(done.stdout.splitlines()[-1]))


def _messages(points: int, per_message: int) -> Iterator[Outgoing]:
    for lot in workload.rows(points, per_message):
        origin = frames.Origin("1", "real", "proof", int(lot.t[-1]) + 500)
        data = frames.encode(lot.ds, lot.t, lot.v)
        yield Outgoing("madang.obs.proof", data, origin.headers())


async def _publish(url: str, points: int, per_message: int) -> float:
    bus = await Bus.connect(url)
    await bus.ensure_streams(STREAMS)
    load = list(_messages(points, per_message))
    begun = time.perf_counter()
    for start in range(0, len(load), _AT_ONCE):
        await bus.publish_many(load[start : start + _AT_ONCE], timeout_s=120)
    took = time.perf_counter() - begun
    await bus.close()
    return took


async def _taken(
    url: str, here: Settings, points: int, server: psutil.Process, filled: float
) -> Figures:
    known = workload.catalogue()
    store = ChdbStore(here.data / "lake")
    for table in registry().offers(LakeTable, "telemetry"):
        store.create(table)
    bus = await Bus.connect(url)
    sources = Sources(lambda: known, lambda: 0, workload.rules)
    pipeline = Pipeline(folder=here.data / "lake-state", sources=sources, pace=Pace())
    warm_up()
    await pipeline.start(store, bus)
    desk = Desk(here.lake_socket, store, {"telemetry": pipeline}, dict)
    await desk.open()
    try:
        wall, cpu, bus_cpu = await _all_taken(pipeline, bus, points, server)
        latest = await asyncio.to_thread(_latest_ms, here.lake_socket)
    finally:
        await desk.close()
        await pipeline.stop()
        await bus.close()
        size = _kept(store, points)
    return Figures(
        points=points,
        published_per_s=points / filled,
        points_per_s=points / wall,
        points_per_cpu_s=points / cpu,
        points_per_cpu_s_with_bus=points / (cpu + bus_cpu),
        bytes_per_point=size / points,
        latest_ms=latest,
    )


async def _all_taken(
    pipeline: Pipeline, bus: Bus, points: int, server: psutil.Process
) -> tuple[float, float, float]:
    """Return wall seconds and CPU seconds, of this process and of the bus, until all is stored."""
    last = (await bus.state("OBS")).last_seq
    marks: tuple[float, float, float] | None = None
    while True:
        health = pipeline.answer("health", {}).to_pylist()[0]
        if marks is None and health["datastreams"]:
            marks = time.perf_counter(), time.process_time(), _cpu_s(server)
        if marks and health["seq"] >= last and health["accepted"] >= points:
            wall, cpu, bus_cpu = marks
            return (
                time.perf_counter() - wall,
                time.process_time() - cpu,
                _cpu_s(server) - bus_cpu,
            )
        await asyncio.sleep(0.01)


def _cpu_s(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _kept(store: ChdbStore, points: int) -> int:
    """Return the bytes of all observations; every one of them must be there, once."""
    try:
        stored = store.query("SELECT count() AS n FROM obs")["n"][0].as_py()
        if stored != points:
            raise AssertionError(f"{points} observations went in, {stored} are there")
        store.optimize("obs")
        return store.size()["obs"][1]
    finally:
        store.close()


_ASK = """
import sys, time
from pathlib import Path
from madang.kernel.lake.client import LakeClient
client = LakeClient(Path(sys.argv[1]))
times = []
for _ in range(int(sys.argv[2])):
    begun = time.perf_counter()
    table = client.ask("telemetry", "latest", ids=None)
    columns = [table[name].to_numpy() for name in table.column_names]
    times.append(time.perf_counter() - begun)
assert len(columns[0]) == int(sys.argv[3]), len(columns[0])
print(sorted(times)[len(times) // 2] * 1000)
"""


def _latest_ms(socket: Path) -> float:
    """Return the median [ms] in which another process has the newest of all datastreams."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(socket), str(_ASKED), str(workload.SENSORS)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return float(done.stdout)


@cache
def _here() -> Figures:
    with tempfile.TemporaryDirectory(prefix="madang-proof-") as folder:
        return measured(_CLAIMED_POINTS, Path(folder))


def points_per_core() -> float:
    """Return durable points per CPU-second of the lake's process, from the bus to the store."""
    return _here().points_per_cpu_s


def latest_ms() -> float:
    """Return the median [ms] for the newest of 50,000 datastreams, as columns, over the socket."""
    return _here().latest_ms


def main(arguments: list[str]) -> None:
    """Publish for `measured`: address, points, points in a message."""
    url, points, per_message = arguments
    took = asyncio.run(_publish(url, int(points), int(per_message)))
    sys.stdout.write(f"{json.dumps(took)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
