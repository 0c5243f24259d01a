"""Points per CPU-second of the telemetry engine: quality pass, hours, four detectors.

One process, one thread, CPU time. In the same run numpy does a part of the work (range flags, a
threshold, hourly sums) and the plain-Python oracle of the tests all of it.
"""

from __future__ import annotations

import time

import numpy as np

from bench.report import OURS, Bar, Report
from madang.telemetry.engine import windows
from madang.telemetry.proof import passes, workload
from tests.telemetry.oracle import HourBook, Stream, Watcher

_ORACLE_POINTS = 20_000
SIZES = (50_000, 500_000, 5_000_000)
FULL = 50_000_000


def run(*, full: bool = False) -> Report:
    """Measure; `full` adds 50 million points."""
    last = f"{SIZES[-1]:,} points"
    report = Report(
        "detectors",
        "the engine's passes over 50,000 datastreams, four rules on each",
        bars=(Bar(last, "quality_per_cpu_s", 50e6), Bar(last, "detectors_per_cpu_s", 20e6)),
    )
    for points in (*SIZES, FULL) if full else SIZES:
        load = f"{points:,} points"
        found = passes.measured(points)
        report.add(
            OURS,
            load,
            quality_per_cpu_s=found.quality,
            detectors_per_cpu_s=found.detectors,
            duplicates_per_cpu_s=found.duplicates,
            hours_per_cpu_s=found.hours,
            points_per_cpu_s=found.all_passes,
            latest_copy_ms=found.latest_ms,
        )
        report.add("numpy, a part of it", load, points_per_cpu_s=numpy_part(points))
    report.add("plain Python", f"{SIZES[0]:,} points", points_per_cpu_s=oracle(_ORACLE_POINTS))
    return report


def numpy_part(points: int) -> float:
    """Return points per CPU-second of range flags, a threshold and hourly sums in numpy."""
    spent = 0.0
    for lot in workload.rows(points):
        begun = time.process_time()
        _flags = (lot.v < 0) | (lot.v > 500)
        _over = lot.v > 75.0
        key = lot.ds.astype(np.int64) * 8192 + (lot.t - workload.START) // windows.HOUR_MS % 8192
        _hours, place = np.unique(key, return_inverse=True)
        np.bincount(place, lot.v)
        spent += time.process_time() - begun
    return points / spent


def oracle(points: int) -> float:
    """Return points per CPU-second of the tests' oracle."""
    lot = next(workload.rows(points))
    streams: dict[int, tuple[Stream, HourBook, list[Watcher]]] = {}
    begun = time.process_time()
    for ds, moment, x in zip(lot.ds.tolist(), lot.t.tolist(), lot.v.tolist(), strict=True):
        if ds not in streams:
            watchers = [Watcher(kind, p) for kind, p in workload.KINDS.items()]
            streams[ds] = Stream(workload.LIMITS, 300), HourBook(), watchers
        stream, book, watchers = streams[ds]
        q, _ = stream.judge(moment, x, moment + 500)
        closed = book.add(moment, x, q)
        for watcher in watchers:
            watcher.point(moment, x)
            for hour in closed:
                watcher.hour(hour[0], hour[2] / hour[1])
    return len(lot) / (time.process_time() - begun)
