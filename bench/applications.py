"""CPU time of an application of five requests: begun, three pages answered, looked at once more.

Anchors, from the same kind of machine: a prototype of one table took 10.2 ms, Open Forms 4.0 on
PostgreSQL 86 to 134 ms; it needs Redis and workers of its own and is not run here.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bench.report import OURS, Bar, Report


def run(*, full: bool = False) -> Report:
    """Measure; `full` makes five times as many journeys."""
    report = Report(
        "applications",
        "an application of five requests, up to the last look",
        bars=(Bar("journey", "cpu_ms", 15.0),),
    )
    count = 500 if full else 100
    command = [sys.executable, "-m", "bench.applications_load", "--journeys", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout[done.stdout.index("{") :])
    report.add(OURS, "journey", cpu_ms=found["cpu_ms_per_journey"])
    return report
