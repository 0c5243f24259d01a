"""The watch over decisions: a sample drawn, control charts, groups of people, of a million cases.

Each is what the job of the night does, on a table in memory. The peer does the same work with
pandas and SciPy, as one would write it in a notebook: `groupby`, `sample`, and the formulas of the
same sources over arrays. Both have the same decisions; what they find is held against each other.
`MADANG_BENCH_SCIPY` names a Python that has pandas, SciPy and pyarrow.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.report import OURS, Bar, Report

UNTIL = date(2026, 11, 23)
WEEKS, SERVICES = 52, 20
SEED, GAP, BASELINE = "a seed", 0.05, 12
_DISTRICTS = [str(11110 + 30 * n) for n in range(25)]


def run(*, full: bool = False) -> Report:
    """Measure; a million decisions with `full`, else a hundred thousand."""
    from madang.cases.audit.aims import Aim
    from madang.cases.audit.columns import complete
    from madang.cases.audit.figures import drift_report, groups_report
    from madang.cases.audit.strata import sample

    sizes = (10_000, 100_000, 1_000_000) if full else (10_000, 100_000)
    report = Report(
        "cases_audit",
        "decisions watched: stratified sample, control charts, groups with intervals",
        bars=[Bar(f"{name}, 1,000,000 decisions", "seconds", 60.0)
              for name in ("sample", "drift", "groups")] if full else (),
    )  # fmt: skip
    for count in sizes:
        raw = drawn(count)
        found = complete(raw)
        said: dict[str, Any] = {}
        works: dict[str, Callable[[], Any]] = {
            "sample": lambda found=found: sample(found, SEED, Aim(0.01, 0.95)),
            "drift": lambda found=found: drift_report(found, UNTIL, baseline=BASELINE),
            "groups": lambda found=found: groups_report(found, GAP),
        }
        for name, work in works.items():
            seconds, said[name] = _timed(work)
            report.add(OURS, f"{name}, {count:,} decisions", **_figures(seconds, count))
        _add_peer(report, found, count, said)
    return report


def drawn(count: int) -> pl.DataFrame:
    """Return decisions of a year (seeded): services of all classes, a drift, and a group apart."""
    chance = np.random.default_rng(1)
    service = chance.integers(0, SERVICES, count)
    back = chance.integers(1, WEEKS * 7 + 1, count)
    rules = (service < 14) & (chance.random(count) < np.where(back < 70, 0.55, 0.6))
    granted = rules | (chance.random(count) < np.where(service % 5 == 0, 0.82, 0.9))
    midnight = datetime(UNTIL.year, UNTIL.month, UNTIL.day, tzinfo=UTC)
    words = np.array
    return pl.DataFrame(
        {
            "case": [f"c{n}" for n in range(count)],
            "service": words([f"service-{n:02}" for n in range(SERVICES)])[service],
            "class": words(["R0"] * 7 + ["R1"] * 7 + ["R2"] * 4 + ["R3"] * 2)[service],
            "decided_at": [midnight - timedelta(days=int(day)) for day in back],
            "decided_by": np.where(rules, "rules", "person"),
            "outcome": np.where(granted, "granted", "refused"),
            "proposal": np.where(chance.random(count) < 0.9, "granted", "refused"),
            "asked": chance.random(count) < 0.1,
            "late": chance.random(count) < 0.04,
            "district": words(_DISTRICTS)[chance.integers(0, 25, count)],
            "channel": words(["web", "counter", "phone"])[chance.integers(0, 3, count)],
            "language": words(["ko", "en", "zh-CN", "vi"])[chance.integers(0, 4, count)],
            "sex": words(["female", "male"])[chance.integers(0, 2, count)],
            "foreign": chance.random(count) < 0.05,
            "age": chance.integers(14, 95, count),
        }
    )


def _timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Return seconds by the clock and of CPU, of all threads, and what came of it."""
    clock, cpu = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - clock, time.process_time() - cpu), found


def _figures(seconds: Sequence[float], count: int) -> dict[str, float]:
    clock, cpu = seconds
    return {"seconds": clock, "cpu_s": cpu, "decisions_per_cpu_s": count / cpu}


def _add_peer(report: Report, found: pl.DataFrame, count: int, ours: dict[str, Any]) -> None:
    python = os.environ.get("MADANG_BENCH_SCIPY", "")
    if not python:
        report.notes.append("MADANG_BENCH_SCIPY names no Python that has pandas and SciPy")
        return
    script = Path(__file__).with_name("cases_audit_scipy_load.py")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.parquet"
        found.write_parquet(path)
        command = [python, str(script), str(path), UNTIL.isoformat(), str(BASELINE)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    said = json.loads(done.stdout.splitlines()[-1])
    _check_same(ours, said["found"], ours["sample"].wanted)
    for name, seconds in said["seconds"].items():
        load = f"{name}, {count:,} decisions"
        report.add("pandas and SciPy", load, **_figures(seconds, count))


def _check_same(ours: dict[str, Any], peer: dict[str, Any], wanted: int) -> None:
    """Refuse to compare times of different results."""
    strata = {name: cases for name, (cases, _n) in ours["sample"].strata.items()}
    assert strata == peer["strata"], "other strata"
    assert abs(peer["drawn"] - max(wanted, len(strata))) <= len(strata), "another sample size"
    signals = {
        f"{one['service']} {one['measure']}": len(one["signals"]) for one in ours["drift"]["charts"]
    }
    assert signals == peer["signals"], "other signals"
    for table in ours["groups"]["tables"]:
        for row in table["groups"]:
            if "low" in row:
                key = f"{table['service']} {table['measure']} {table['by']} {row['group']}"
                low, high = peer["gaps"][key]
                assert abs(low - row["low"]) < 1e-5, key
                assert abs(high - row["high"]) < 1e-5, key
