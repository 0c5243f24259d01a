"""Full sign-ins by each method: CPU of the server, from the first page to the open session.

The peer is the check of the same password by Django's hash alone, without page and session.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from bench.report import OURS, Bar, Report

SHORT, FULL = 30, 300


def run(*, full: bool = False) -> Report:
    """Measure; `full` signs in ten times as often."""
    times = FULL if full else SHORT
    report = Report(
        "identity",
        "sign-in by method",
        # a paper code is hashed slowly on purpose (`identity.sealing.slow_hash`, about 30 ms)
        bars=(Bar("passkey", "sign_in_cpu_ms", 50.0), Bar("paper code", "sign_in_cpu_ms", 80.0)),
    )
    for load, figures in _on_an_instance(times).items():
        who, _colon, name = load.rpartition(": ")
        report.add(who or OURS, name, **figures)
    return report


def _on_an_instance(times: int) -> dict[str, dict[str, float]]:
    command = [sys.executable, "-m", "bench.identity_load", str(times)]
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as folder:
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE,
            env={**os.environ, "MADANG_DATA": folder, "MADANG_DATABASE_URL": ""},
        )  # fmt: skip
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found
