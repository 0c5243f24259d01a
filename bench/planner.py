"""Plans of life events: with all facts known, with three known, and reading the procedures.

No other procedure planner was found that could run here; the figures stand alone.
"""

from __future__ import annotations

import time

from bench.report import OURS, Bar, Report
from madang.assistant import api
from madang.assistant.procedures import _graph
from madang.assistant.proof import CITY, MOVE, ON, plans_per_cpu_s, scenarios_exact

KNOWN = ("from", "to", "date")


def run(*, full: bool = False) -> Report:
    """Measure; `full` plans ten times as often."""
    count = 2_000 if full else 200
    report = Report(
        "planner",
        f"{count:,} plans of a move in Seoul; seconds are of CPU",
        bars=(Bar("all facts known", "plans_per_s", 300.0),),
    )
    report.add(OURS, "all facts known", plans_per_s=plans_per_cpu_s(count))
    report.add(OURS, "three facts known", plans_per_s=_open_plans_per_s(count))
    report.add(OURS, "reading", read_ms=_read_ms())
    report.add(OURS, "scenarios", exact_percent=scenarios_exact())
    return report


def _open_plans_per_s(count: int) -> float:
    city = api.city_of(CITY)
    facts = {name: MOVE[name] for name in KNOWN}
    begun = time.process_time()
    for _ in range(count):
        assert api.plan("move", facts, city=city, on=ON).questions
    return count / (time.process_time() - begun)


def _read_ms() -> float:
    """Return what reading and compiling all twelve events takes, milliseconds."""
    city = api.city_of(CITY)
    _graph.cache_clear()
    begun = time.process_time()
    api.graphs(city, on=ON)
    return (time.process_time() - begun) * 1000
