"""Cases: opened, worked on by verbs, listed and looked up among 100,000.

A verb is one transaction: the case and all that is known of it are read, its rules asked, event,
chain and deadlines written. Anchors: one plain row of Django's, written alone (the least that any
of it can cost), and a step of a process of SpiffWorkflow (LGPL) that is kept in SQLite between its
steps. `MADANG_BENCH_SPIFF` names a Python that has SpiffWorkflow, `MADANG_BENCH_PG` a server of
PostgreSQL on which ours is measured, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.payments_load import fresh_database
from bench.report import Bar, Report

PAGE_MS = 100.0
KEPT = 100_000
_PAGES = ("queue page", "counts of the lists", "search by number", "history")


def run(*, full: bool = False) -> Report:
    """Measure; `full` opens five times as many cases."""
    report = Report(
        "cases",
        f"cases opened and worked on; pages of officers among {KEPT:,}",
        bars=[Bar(f"{page}, SQLite", "ms", PAGE_MS) for page in _PAGES],
    )
    count = 500 if full else 100
    _add(report, "SQLite", _ours(count, {}))
    server = os.environ.get("MADANG_BENCH_PG", "")
    if server:
        with fresh_database(server) as address:
            _add(report, "PostgreSQL", _ours(count, {"MADANG_DATABASE_URL": address}))
    else:
        report.notes.append("MADANG_BENCH_PG names no server: nothing on PostgreSQL")
    _add_spiff(report, count)
    return report


def _add(report: Report, engine: str, found: dict[str, dict[str, dict[str, float]]]) -> None:
    for who, loads in found.items():
        for load, figures in loads.items():
            report.add(who, f"{load}, {engine}", **figures)


def _ours(count: int, more: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.cases_load", str(count), str(KEPT)]
    return _said(command, more)


def _add_spiff(report: Report, count: int) -> None:
    python = os.environ.get("MADANG_BENCH_SPIFF", "")
    if not python:
        report.notes.append("MADANG_BENCH_SPIFF names no Python that has SpiffWorkflow")
        return
    script = Path(__file__).with_name("cases_spiff_load.py")
    report.add("SpiffWorkflow", "assign, SQLite", **_said([python, str(script), str(count)], {}))


def _said(command: list[str], more: dict[str, str]) -> dict[str, Any]:
    kept = {name: v for name, v in os.environ.items() if name != "MADANG_DATABASE_URL"}
    done = subprocess.run(command, env={**kept, **more}, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
