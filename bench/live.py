"""Live updates to 2,000 listeners, also with some who never read; memory of the stream process.

A bus and a stream process of their own; the listeners are connections of the bench over loopback.
"""

from __future__ import annotations

from bench.report import OURS, Bar, Report
from madang.telemetry.doors.proof.listeners import LISTENERS, ROWS, Heard, measured

CITY = 1_675  # stations of Seoul, all of them at once


def run(*, full: bool = False) -> Report:
    """Measure; `full` sends 60 updates a case instead of 15."""
    updates = 60 if full else 15
    usual = f"{LISTENERS:,} listeners, {ROWS} rows"
    report = Report(
        "live", "server-sent events to many listeners", bars=(Bar(usual, "worst_ms", 1000.0),)
    )
    _add(report, usual, measured(LISTENERS, updates=updates))
    _add(
        report,
        f"{LISTENERS:,} listeners, {CITY:,} rows",
        measured(LISTENERS, rows=CITY, updates=updates // 2),
    )
    for sleepers in (0, 100):
        name = f"50 listeners beside {sleepers} who never read, {CITY:,} rows, 20 a second"
        found = measured(50, sleepers=sleepers, rows=CITY, updates=20 * updates, pace_s=0.05)
        _add(report, name, found)
    report.notes.append("a listener that does not read loses its oldest updates and is told so")
    return report


def _add(report: Report, name: str, found: Heard) -> None:
    report.add(
        OURS,
        name,
        worst_ms=found.worst_ms,
        median_ms=found.median_ms,
        missed=found.missed,
        rss_mib=found.rss_after_mib,
        rss_grown_mib=found.rss_after_mib - found.rss_before_mib,
        cpu_s=found.cpu_s,
    )
