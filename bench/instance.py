"""The whole demo: the command line's answer, first and later start, memory of all processes."""

from __future__ import annotations

from bench.report import OURS, Bar, Report
from madang.app.proof import start


def run(*, full: bool = False) -> Report:  # noqa: ARG001 - all benches take the same
    """Measure; there is one size only."""
    report = Report(
        "instance",
        "madang up with its simulator",
        bars=(
            Bar("command line", "help_s", 0.3),
            Bar("demo", "memory_mib", 2048.0),
            Bar("demo", "later_start_s", 15.0),
        ),
    )
    report.add(OURS, "command line", help_s=start.help_s())
    demo = start.demo()
    report.add(
        OURS,
        "demo",
        memory_mib=demo.memory_mib,
        first_start_s=demo.first_start_s,
        later_start_s=demo.later_start_s,
    )
    for name, size in sorted(demo.by_process_mib.items(), key=lambda item: -item[1]):
        report.add(OURS, name, memory_mib=size)
    report.notes.append(
        f"{demo.datastreams:,} datastreams report; memory is proportional set size, so what "
        "processes share counts once"
    )
    return report
