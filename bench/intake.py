"""The HTTP doors under load: durable points per second and latency.

    python -m bench.intake [--seconds 5]

Everything is real: the bus server that syncs each write to disk, the stream process on granian, a
client in its own process over loopback. Every answer counted is a 201, so is on disk.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from bench.http_load import Load, load, request
from tests.telemetry.doors.running import Running, running

from madang.telemetry.frames import encode

PREPARED = 400  # different requests, so that the observations differ


def columns(house: Running, points: int, start_ms: int) -> bytes:
    """Return a columnar JSON body of `points` observations."""
    ds = house.ds()[:points]
    v = np.round(np.random.default_rng(start_ms).normal(25, 8, points), 1)
    return json.dumps({"ds": ds, "t": [start_ms] * len(ds), "v": v.tolist()}).encode()


def arrow(house: Running, points: int, start_ms: int) -> bytes:
    """Return an Arrow body of `points` observations."""
    ds = np.resize(np.array(house.ds(), np.uint32), points)
    t = start_ms + np.arange(points)
    return encode(ds, t, np.round(np.random.default_rng(start_ms).normal(25, 8, points), 1))


def single(house: Running, number: int, start_ms: int) -> bytes:
    """Return one SensorThings observation."""
    ds = house.ds()[number % len(house.ds())]
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(start_ms / 1000))
    body = {"phenomenonTime": f"{when}Z", "result": number / 10, "Datastream": {"@iot.id": ds}}
    return json.dumps(body).encode()


def data_array(house: Running, points: int, start_ms: int) -> bytes:
    """Return a data array of `points` observations in groups of 100."""
    groups = []
    for first in range(0, points, 100):
        rows = [
            [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start_ms / 1000 - n)), n / 10]
            for n in range(min(100, points - first))
        ]
        link = {"@iot.id": house.ds()[first // 100]}
        names = ["phenomenonTime", "result"]
        groups.append({"Datastream": link, "components": names, "dataArray": rows})
    return json.dumps(groups).encode()


def measured(house: Running, what: str, bodies: list[bytes], path: str, **how) -> Load:
    """Run one load and print its line."""
    points = how.pop("points")
    requests = [request(path, house.key(), body) for body in bodies]
    stream = psutil.Process(house.stream.pid)
    before = _cpu_s(stream)
    found = load(house.here.stream_port, requests, **how)
    cpu = _cpu_s(stream) - before
    good = found.rate()
    print(
        f"{what:34} {good:9,.0f} req/s {good * points:12,.0f} points/s  "
        f"p50 {found.quantile_ms(0.5):6.1f} ms  p99 {found.quantile_ms(0.99):6.1f} ms  "
        f"{good * points * found.seconds / cpu:12,.0f} points/CPU-s  {found.statuses}",
        flush=True,
    )
    return found


def _cpu_s(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    now = int(time.time() * 1000) - 3_600_000
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as house:
        made = [columns(house, 1000, now + n) for n in range(PREPARED)]
        how = {"seconds": seconds, "points": 1000}
        for connections in (8, 16):
            what = f"columns, 1,000 points, {connections} conn."
            measured(house, what, made, "/ingest/v1/columns", connections=connections, **how)
        made = [data_array(house, 1000, now + n) for n in range(PREPARED)]
        path = "/sta/v1.1/CreateObservations"
        measured(house, "dataArray, 1,000 points, 8 conn.", made, path, connections=8, **how)
        made = [arrow(house, 10_000, now + n) for n in range(100)]
        how = {"seconds": seconds, "points": 10_000, "connections": 8}
        measured(house, "Arrow, 10,000 points, 8 conn.", made, "/ingest/v1/arrow", **how)
        made = [single(house, n, now + 1000 * n) for n in range(PREPARED)]
        how = {"seconds": seconds, "points": 1}
        for connections in (32, 64):
            what = f"single Observation, {connections} conn."
            path = "/sta/v1.1/Observations"
            measured(house, what, made, path, connections=connections, **how)


if __name__ == "__main__":
    main()
