"""What the lake claims, measured on this machine (`madang prove kernel`, bench `lake`).

The workload is synthetic and published here with the figures: sensors report in rounds of 20
minutes with a lag of 0 to 300 s; values follow the day, a slow drift of each sensor and noise, in
whole steps of the sensor's resolution; one reading in a hundred carries a quality flag. Rows come
in the order of arrival.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.registry import LakeTable

OBS = LakeTable(
    "obs",
    (
        ("ds", "UInt32", "Delta, ZSTD(1)"),
        ("t", "DateTime", "Delta, ZSTD(1)"),
        ("v", "Int32", "T64, ZSTD(1)"),
        ("q", "UInt16", "ZSTD(1)"),
    ),
    order_by=("ds", "t"),
    partition_by="toYYYYMMDD(t)",
)
SENSORS = 50_000
START = 1_790_985_600  # 2026-10-03 00:00 UTC
ROUND_S = 1200
_ROUNDS_A_BATCH = 10
_PROVED_POINTS = 5_000_000

LATEST = (
    "SELECT ds, max(t) AS last, argMax(v, t) AS value FROM obs WHERE t >= {since:DateTime} "
    "GROUP BY ds"
)
WEEK = "SELECT t, v, q FROM obs WHERE ds = {ds:UInt32} ORDER BY t"
HOURLY = (
    "SELECT ds, intDiv(toUInt32(t), 3600) AS hour, count() AS n, sum(v) AS total, min(v) AS low, "
    "max(v) AS high FROM obs WHERE toYYYYMMDD(t) = {day:UInt32} GROUP BY ds, hour"
)


@dataclass(frozen=True)
class Figures:
    """What one run measured."""

    points: int
    points_per_s: float
    points_per_cpu_s: float
    bytes_per_point: float
    latest_ms: float
    week_ms: float
    hourly_ms: float


def batches(points: int, sensors: int = SENSORS) -> Iterator[pa.Table]:
    """Yield the workload in batches of ten rounds, in the order of arrival."""
    random = np.random.default_rng(2026)
    ids = np.arange(sensors, dtype=np.uint32)
    level = random.uniform(50, 400, sensors)
    drift = np.zeros(sensors)
    done = 0
    while done < points:
        rounds = min(_ROUNDS_A_BATCH, -(-(points - done) // sensors))
        parts = []
        for number in range(done // sensors, done // sensors + rounds):
            at = START + number * ROUND_S + random.integers(0, 300, sensors)
            drift = 0.98 * drift + random.normal(0, 2, sensors)
            day = 40 * np.sin(2 * np.pi * (at % 86_400) / 86_400)
            parts.append((ids, at, np.rint(level + day + drift)))
        ds, t, v = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(t, kind="stable")[: points - done]
        flags = (random.random(order.size) < 0.01) * np.uint16(8)
        yield pa.table(
            {
                "ds": pa.array(ds[order], pa.uint32()),
                "t": pa.array(t[order].astype("datetime64[s]"), pa.timestamp("s", "UTC")),
                "v": pa.array(v[order].astype(np.int32), pa.int32()),
                "q": pa.array(flags.astype(np.uint16), pa.uint16()),
            }
        )
        done += order.size


def best_ms(work: Callable[[], object], times: int = 5) -> float:
    """Return the shortest of a few runs [ms]; the first fills the caches and does not count."""
    work()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took) * 1000


def measured(points: int, folder: Path) -> Figures:
    """Return the figures of a fresh store in `folder`, every insert on disk when acknowledged."""
    store = ChdbStore(folder)
    try:
        store.create(OBS)
        wall = cpu = 0.0
        for number, rows in enumerate(batches(points)):
            begun, used = time.perf_counter(), time.process_time()
            store.insert("obs", rows, token=f"proof-{number}")
            wall += time.perf_counter() - begun
            cpu += time.process_time() - used
        store.optimize("obs")
        rows_kept, size = store.size()["obs"]
        if rows_kept != points:
            raise AssertionError(f"{points} rows went in, {rows_kept} are there")
        since = START + (points // SENSORS) * ROUND_S - 3600
        return Figures(
            points=points,
            points_per_s=points / wall,
            points_per_cpu_s=points / cpu,
            bytes_per_point=size / rows_kept,
            latest_ms=best_ms(lambda: store.query(LATEST, {"since": since})),
            week_ms=best_ms(lambda: store.query(WEEK, {"ds": 4711})),
            hourly_ms=best_ms(lambda: store.query(HOURLY, {"day": 20261003}), 3),
        )
    finally:
        store.close()


@cache
def _here() -> Figures:
    """Return this machine's figures, measured once per process."""
    with tempfile.TemporaryDirectory(prefix="madang-proof-") as folder:
        return measured(_PROVED_POINTS, Path(folder))


def points_per_core() -> float:
    """Return durable points per second and core into the store."""
    return _here().points_per_cpu_s


def bytes_per_point() -> float:
    """Return bytes on disk per point, merged."""
    return _here().bytes_per_point


def week_ms() -> float:
    """Return the time for all points of one sensor [ms]."""
    return _here().week_ms


def hourly_ms() -> float:
    """Return the time for the hourly aggregate of all sensors over one day [ms]."""
    return _here().hourly_ms


def as_dict(figures: Figures) -> dict[str, float]:
    """Return the figures with the number of cores they were measured on."""
    return {**asdict(figures), "cores": float(os.cpu_count() or 1)}
