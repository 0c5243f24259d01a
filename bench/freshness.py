"""From the sensor to the page and from the completing hour to the measure, through the front door.

An instance of its own per load; who looks asks every 50 ms, which is part of the figures.
"""

from __future__ import annotations

from bench.report import OURS, Bar, Report
from madang.app.proof import freshness

RATES = (300, 3_000, 30_000)


def run(*, full: bool = False) -> Report:
    """Measure; `full` loads for 30 s with 30,000 datastreams instead of 6 s with 3,000."""
    seconds, datastreams = (30.0, 30_000) if full else (6.0, 3_000)
    last = f"{RATES[-1]:,} points/s"
    report = Report(
        "freshness",
        "how old what people see is, under load",
        bars=(
            Bar(last, "latest_p99_ms", 2000.0),
            Bar(last, "page_worst_ms", 2000.0),
            Bar(last, "measure_worst_ms", 1000.0),
        ),
    )
    for rate in RATES:
        found = freshness.measured(min(datastreams, 10 * rate), seconds, rate)
        report.add(
            OURS,
            f"{rate:,} points/s",
            accepted_per_s=found.points_per_s,
            latest_p50_ms=found.latest.p50_ms,
            latest_p99_ms=found.latest.p99_ms,
            page_p50_ms=found.page.p50_ms,
            page_worst_ms=found.page.worst_ms,
            event_p50_ms=found.event.p50_ms,
            measure_p50_ms=found.measure.p50_ms,
            measure_worst_ms=found.measure.worst_ms,
            cores=sum(found.cores.values()),
        )
    shares = sorted(found.cores.items(), key=lambda item: -item[1])
    report.notes.append(
        f"cores in use at {last}: " + ", ".join(f"{name} {share:.2f}" for name, share in shares)
    )
    return report
