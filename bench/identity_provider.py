"""Sign-ins by the OpenID provider: CPU of a whole one, and tokens per CPU-second.

In the process that answers, through all of Django, on SQLite with each commit on the disk; what a
browser and an application cost is not counted. A password is hashed as slowly as NIST asks, which
is most of a sign-in with one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from bench.report import OURS, Bar, Report

SHORT, FULL = 300, 2_000


def run(*, full: bool = False) -> Report:
    """Measure; `full` asks 2,000 times instead of 300."""
    report = Report(
        "identity_provider",
        "sign-ins and tokens",
        bars=(
            Bar("token endpoint, refresh", "requests_per_cpu_s", 100.0),
            Bar("whole sign-in, signed in already", "cpu_ms", 50.0),
        ),
    )
    command = [sys.executable, "-m", "bench.identity_provider_load", str(FULL if full else SHORT)]
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as folder:
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE,
            env={**os.environ, "MADANG_DATA": folder, "MADANG_DATABASE_URL": ""},
        )  # fmt: skip
    for load, figures in json.loads(done.stdout).items():
        report.add(OURS, load, **figures)
    return report
