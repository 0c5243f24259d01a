"""Bus to detectors to store, durable everywhere: points per second, wall and per CPU-second.

    python bench/end_to_end.py [--points 5000000] [--per-message 5000] [--json]

A publisher process fills the bus (every acknowledgement after fsync); then the pipeline takes all
of it: decode, quality, duplicates, hours, detectors, journal (fdatasync), insert (fsync), hours
and detections published (fsync). The clock runs from the pipeline's first batch to its last insert.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.detectors import KINDS, START, N, catalogue
from tests.kernel.bus_server import instance

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import STREAMS, Outgoing
from madang.kernel.bus.server import BusServer
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.registry import LakeTable
from madang.telemetry import frames
from madang.telemetry.engine.detectors import Rule
from madang.telemetry.pipeline.service import Pace, Pipeline
from madang.telemetry.pipeline.sources import Sources
from madang.telemetry.registration import offers


def messages(points: int, per_message: int) -> list[Outgoing]:
    """Return the load: rounds of one observation per datastream, five minutes apart."""
    random = np.random.default_rng(3)
    found = []
    for begin in range(0, points, per_message):
        place = np.arange(begin, min(begin + per_message, points))
        ds, turn = place % N + 1, place // N
        t = START + (turn + 1) * 300_000
        v = np.round(50 + random.normal(0, 10, len(place)), 1)
        origin = frames.Origin("1", "real", "bench", int(t[-1]) + 500)
        found.append(Outgoing("madang.obs.bench", frames.encode(ds, t, v), origin.headers()))
    return found


async def publish(url: str, points: int, per_message: int) -> None:
    bus = await Bus.connect(url)
    await bus.ensure_streams(STREAMS)
    load = messages(points, per_message)
    begin = time.monotonic()
    for start in range(0, len(load), 512):
        await bus.publish_many(load[start : start + 512], timeout_s=120)
    print(json.dumps({"publish_s": time.monotonic() - begin}))
    await bus.close()


async def take(url: str, folder: Path, points: int) -> dict[str, float]:
    """Run the pipeline over the filled stream; return wall and CPU seconds."""
    known = catalogue()
    rules = [
        Rule(f"{name}-{kind}", name, kind, parameters)
        for name in known.properties
        for kind, parameters in KINDS.items()
    ]
    store = ChdbStore(folder / "lake")
    for table in offers():
        if isinstance(table, LakeTable):
            store.create(table)
    bus = await Bus.connect(url)
    sources = Sources(lambda: known, lambda: 0, lambda: rules)
    pipeline = Pipeline(folder=folder / "state", sources=sources, pace=Pace())
    begin, cpu = 0.0, 0.0
    await pipeline.start(store, bus)
    while True:
        health = pipeline.answer("health", {}).to_pylist()[0]
        if not begin and health["datastreams"]:
            begin, cpu = time.monotonic(), time.process_time()
        if health["accepted"] >= points and health["batch_rows"]:
            last = (await bus.state("OBS")).last_seq
            if health["seq"] >= last:
                break
        await asyncio.sleep(0.01)
    wall, used = time.monotonic() - begin, time.process_time() - cpu
    await pipeline.stop()
    await bus.close()
    stored = store.query("SELECT count() AS n FROM obs")["n"][0].as_py()
    store.optimize("obs")
    size = store.size()["obs"][1]
    store.close()
    assert stored == points, f"{stored} of {points} rows"
    return {"wall_s": wall, "cpu_s": used, "bytes_per_point": size / points}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--per-message", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--publish", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.publish:
        asyncio.run(publish(given.publish, given.points, given.per_message))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = BusServer(instance(folder))
        server.start()
        try:
            url = client_url(server.settings)
            sizes = ["--points", str(given.points), "--per-message", str(given.per_message)]
            done = subprocess.run(
                [sys.executable, __file__, "--publish", url, *sizes],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            found = asyncio.run(take(url, folder, given.points))
        finally:
            server.stop()
    result = {
        "points": given.points,
        "per_message": given.per_message,
        "publish_mpts_s": round(given.points / json.loads(done.stdout)["publish_s"] / 1e6, 2),
        "take_mpts_s": round(given.points / found["wall_s"] / 1e6, 2),
        "take_mpts_per_cpu_s": round(given.points / found["cpu_s"] / 1e6, 2),
        "bytes_per_point": round(found["bytes_per_point"], 2),
    }
    print(json.dumps(result) if given.json else result)


if __name__ == "__main__":
    main()
