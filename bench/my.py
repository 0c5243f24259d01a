"""CPU time of a resident's own page, with something in every part, and of the same over HTTP.

The page is rendered through all of Django for somebody signed in; nothing of it is kept between
visits. The goal is that of a whole application. No peer that installs has a page of this kind.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bench.report import OURS, Bar, Report


def run(*, full: bool = False) -> Report:
    """Measure; `full` opens each page five times as often."""
    report = Report(
        "my",
        "a resident's own page",
        bars=(Bar("page, something in every part", "cpu_ms", 15.0),),
    )
    count = 500 if full else 100
    command = [sys.executable, "-m", "bench.my_load", "--visits", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout[done.stdout.index("{") :])
    for name, figures in found.items():
        report.add(OURS, name, **figures)
    return report
