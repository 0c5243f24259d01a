"""The lake and its peers on the same points: ingest, bytes, three questions.

Ingest is durable; CPU-seconds are client plus server. Questions: newest of 50,000 sensors by SQL,
all points of one sensor, hourly aggregate of all sensors over one day; each the best of a few runs
on warm caches. Peers that are slow get the smallest size only.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

from bench import peers
from bench.report import OURS, Bar, Report
from madang.kernel.lake import proof

SIZES = (250_000, 2_500_000, 25_000_000)
FULL = 250_000_000


def run(*, full: bool = False) -> Report:
    """Measure; `full` adds 250 million points, and the peers at the middle size."""
    bars = [
        Bar("25,000,000 points", "points_per_cpu_s", 1e6),
        Bar("25,000,000 points", "bytes_per_point", 3.0),
        Bar("25,000,000 points", "week_ms", 10.0),
        Bar("25,000,000 points", "hourly_ms", 300.0),
    ]
    if full:
        bars.append(Bar(f"{FULL:,} points", "week_ms", 25.0))
    report = Report("lake", "the store beside its peers", bars=bars)
    for points in (*SIZES, FULL) if full else SIZES:
        with _folder() as folder:
            figures = asdict(proof.measured(points, Path(folder)))
        report.add(OURS, f"{points:,} points", **_without_points(figures))
    points = SIZES[1] if full else SIZES[0]
    work = peers.Work(points, lambda: proof.batches(points), questions=True)
    peers.add_all(report, work)
    return report


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bench-lake-")


def _without_points(figures: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in figures.items() if name != "points"}
