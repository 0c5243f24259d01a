"""Payments per CPU-second, from opening to booked money, and journals a second.

django-hordak keeps double-entry books on Django, too, with a trigger that looks at each balance; it
needs PostgreSQL. Both post journals of two entries into a fresh database of the server that
`MADANG_BENCH_PG` names. Where django-hordak is not installed beside us, `MADANG_BENCH_HORDAK` names
a Python that has it.
"""

from __future__ import annotations

import importlib.util
import os
import sys

from bench.payments_load import hordak, ours_on_postgres
from bench.report import OURS, Bar, Report
from madang.records.proof.payments import measured


def run(*, full: bool = False) -> Report:
    """Measure; `full` does five times as much."""
    report = Report(
        "payments",
        "fees opened, paid, taken in and booked; journals of two entries",
        bars=(Bar("journeys", "journeys_per_cpu_s", 30), Bar("attacks by SQL", "let_through", 0)),
    )
    count = 5 if full else 1
    report.add(OURS, "journeys", **measured("journeys", 200 * count))
    report.add(OURS, "journals, SQLite", **measured("journals", 1000 * count))
    report.add(OURS, "attacks by SQL", **measured("uneven", 500 * count))
    _on_postgres(report, 500 * count)
    return report


def _on_postgres(report: Report, count: int) -> None:
    server = os.environ.get("MADANG_BENCH_PG", "")
    if not server:
        report.notes.append("MADANG_BENCH_PG names no server: nothing on PostgreSQL")
        return
    report.add(OURS, "journals, PostgreSQL", **ours_on_postgres(server, count))
    python = os.environ.get("MADANG_BENCH_HORDAK", "")
    if not python and importlib.util.find_spec("hordak") is None:
        report.notes.append("django-hordak is not installed")
        return
    report.add(
        "django-hordak", "journals, PostgreSQL", **hordak(python or sys.executable, server, count)
    )
