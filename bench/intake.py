"""The HTTP doors under load: durable points per second, latency, points per CPU-second.

Every answer counted is a 2xx, so the bus server has the rows on disk. The client runs in a process
of its own on the same machine; its CPU is not counted, but it takes a core.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from bench.report import OURS, Bar, Report
from madang.telemetry.doors.proof.figures import CASES, COLUMNS, SINGLE, measured
from madang.telemetry.doors.proof.instance import stream_instance

_CONNECTIONS = (1, 10, 100)


def run(*, full: bool = False) -> Report:
    """Measure; `full` runs each case for ten seconds instead of three."""
    report = Report(
        "intake",
        "the HTTP doors, every answer after fsync",
        bars=(
            Bar(COLUMNS.name, "points_per_s", 1e6),
            Bar(COLUMNS.name, "p99_ms", 30.0),
            Bar(SINGLE.name, "requests_per_s", 4000.0),
        ),
    )
    curve = [
        replace(case, name=f"{name}, {n} conn.", connections=n)
        for name, case in (("columns", COLUMNS), ("single", SINGLE))
        for n in _CONNECTIONS
    ]
    with tempfile.TemporaryDirectory() as folder, stream_instance(Path(folder)) as house:
        for case in (*CASES, *curve):
            found = measured(house, case, 10.0 if full else 3.0)
            good = sum(n for status, n in found.load.statuses.items() if status < 300)
            report.add(
                OURS,
                case.name,
                requests_per_s=found.load.rate(),
                points_per_s=found.load.rate() * case.points,
                points_per_cpu_s=good * case.points / found.cpu_s,
                p50_ms=found.load.quantile_ms(0.5),
                p99_ms=found.load.quantile_ms(0.99),
            )
            if refused := sum(found.load.statuses.values()) - good:
                report.notes.append(f"{case.name}: {refused} answers were no 2xx")
    return report
