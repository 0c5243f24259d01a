"""The HTTP doors under load: durable points per second and latency.

Everything is real: the bus server that syncs each write to disk, the stream process on granian, a
client in its own process over loopback. Every answer counted is a 2xx, so is on disk.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import psutil

from madang.telemetry.doors.proof.instance import StreamInstance, stream_instance
from madang.telemetry.doors.proof.load import Load, load, request
from madang.telemetry.frames import encode

PREPARED = 200  # different bodies, so that the observations differ
CLAIMED_SECONDS = 5.0

Body = Callable[[StreamInstance, int], bytes]


@dataclass(frozen=True)
class Case:
    """One kind of request: how many points it holds, where it goes, over how many connections."""

    name: str
    path: str
    points: int
    connections: int
    body: Body


@dataclass(frozen=True)
class Figures:
    """What a case measured; `cpu_s` is of the stream process."""

    case: Case
    load: Load
    cpu_s: float

    def line(self) -> str:
        """Return the figures as one line."""
        rate, points = self.load.rate(), self.case.points
        return (
            f"{self.case.name:36} {rate:8,.0f} req/s {rate * points:12,.0f} points/s  "
            f"p50 {self.load.quantile_ms(0.5):6.1f} ms  p99 {self.load.quantile_ms(0.99):6.1f} ms  "
            f"{rate * points * self.load.seconds / self.cpu_s:12,.0f} points/CPU-s  "
            f"{self.load.statuses}"
        )


def _start_ms(number: int) -> int:
    return time.time_ns() // 1_000_000 - 3_600_000 + 1000 * number


def _values(number: int, points: int) -> np.ndarray:
    return np.round(np.random.default_rng(number).normal(25, 8, points), 1)


def columns(house: StreamInstance, number: int) -> bytes:
    """Return a columnar JSON body of 1,000 observations."""
    ds, v = house.ds()[:1000], _values(number, 1000).tolist()
    return json.dumps({"ds": ds, "t": [_start_ms(number)] * len(ds), "v": v}).encode()


def arrow(house: StreamInstance, number: int) -> bytes:
    """Return an Arrow body of 10,000 observations."""
    ds = np.resize(np.array(house.ds(), np.uint32), 10_000)
    return encode(ds, _start_ms(number) + np.arange(10_000), _values(number, 10_000))


def single(house: StreamInstance, number: int) -> bytes:
    """Return one SensorThings observation."""
    link = {"@iot.id": house.ds()[number % len(house.ds())]}
    when = _iso(_start_ms(number))
    body = {"phenomenonTime": when, "result": number / 10, "Datastream": link}
    return json.dumps(body).encode()


def data_array(house: StreamInstance, number: int) -> bytes:
    """Return a data array of 1,000 observations in groups of 100."""
    start = _start_ms(number)
    rows = [[_iso(start - 1000 * n), n / 10] for n in range(100)]
    names = ["phenomenonTime", "result"]
    groups = [
        {"Datastream": {"@iot.id": ds}, "components": names, "dataArray": rows}
        for ds in house.ds()[:10]
    ]
    return json.dumps(groups).encode()


def _iso(ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


COLUMNS = Case("columns, 1,000 points, 16 conn.", "/ingest/v1/columns", 1000, 16, columns)
SINGLE = Case("single Observation, 32 conn.", "/sta/v1.1/Observations", 1, 32, single)
CASES = (
    COLUMNS,
    Case("data array, 1,000 points, 8 conn.", "/sta/v1.1/CreateObservations", 1000, 8, data_array),
    Case("Arrow, 10,000 points, 8 conn.", "/ingest/v1/arrow", 10_000, 8, arrow),
    SINGLE,
)


def measured(house: StreamInstance, case: Case, seconds: float) -> Figures:
    """Run one case, after a second of warming up."""
    requests = [request(case.path, house.key(), case.body(house, n)) for n in range(PREPARED)]
    load(house.here.stream_port, requests, case.connections, 1.0)
    before = _cpu_s(house)
    found = load(house.here.stream_port, requests, case.connections, seconds)
    return Figures(case, found, _cpu_s(house) - before)


def _cpu_s(house: StreamInstance) -> float:
    assert house.stream is not None
    process = psutil.Process(house.stream.pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(one.cpu_times()[:2]) for one in family))


@cache
def _claimed(case: Case) -> Figures:
    with (
        tempfile.TemporaryDirectory(prefix="madang-proof-") as folder,
        stream_instance(Path(folder)) as house,
    ):
        return measured(house, case, CLAIMED_SECONDS)


def points_per_s() -> float:
    """Return durable points per second over HTTP with 1,000 points a request."""
    return _claimed(COLUMNS).load.rate() * COLUMNS.points


def p99_ms() -> float:
    """Return the 99th percentile of the answers to requests of 1,000 points [ms]."""
    return _claimed(COLUMNS).load.quantile_ms(0.99)


def singles_per_s() -> float:
    """Return durable single observations per second over HTTP."""
    return _claimed(SINGLE).load.rate()
