"""Bus to detectors to store, durable everywhere, beside peers that only store the same rows.

The peers run no quality test, window or detector and have no bus in front: they take the rows as
they are, PostgreSQL by COPY, VictoriaMetrics and InfluxDB by their line protocol.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench import peers
from bench.report import OURS, Bar, Report
from madang.telemetry.proof import end_to_end, workload

SIZES = (50_000, 500_000, 5_000_000)
FULL = 25_000_000


def run(*, full: bool = False) -> Report:
    """Measure; `full` adds 25 million points."""
    last = f"{SIZES[-1]:,} points"
    report = Report(
        "end_to_end",
        "bus, four passes of the engine, journal, store; every step synced to disk",
        bars=(Bar(last, "points_per_cpu_s", 1e6), Bar(last, "latest_ms", 5.0)),
    )
    for points in (*SIZES, FULL) if full else SIZES:
        with tempfile.TemporaryDirectory(prefix="bench-e2e-") as folder:
            figures = asdict(end_to_end.measured(points, Path(folder)))
        figures.pop("points")
        report.add(OURS, f"{points:,} points", **figures)
    points = SIZES[1]
    peers.add_all(report, peers.Work(points, lambda: tables(points), questions=False))
    report.notes.append(
        "points_per_cpu_s: CPU of the lake process, and of client + server of peers"
    )
    return report


def tables(points: int) -> Iterator[pa.Table]:
    """Yield the workload's rows as the peers store them."""
    for lot in workload.rows(points):
        yield pa.table(
            {
                "ds": pa.array(lot.ds),
                "t": pa.array(lot.t // 1000).cast(pa.timestamp("s", "UTC")),
                "v": pa.array(np.rint(lot.v * 10).astype(np.int32)),
                "q": pa.array(np.zeros(len(lot), np.uint16)),
            }
        )
