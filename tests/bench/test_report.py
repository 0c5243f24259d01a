"""What the benches print is right: ratios, bars, and nothing left out in silence."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import NAMES
from bench.peers import PEERS, Missing, Work, add_all
from bench.report import OURS, Bar, Report

ROOT = Path(__file__).parents[2]


def report(*bars: Bar) -> Report:
    found = Report("drill", "a drill", bars=bars)
    found.add(OURS, "10 points", points_per_s=300.0, asked_ms=4.0)
    found.add("peer", "10 points", points_per_s=100.0, asked_ms=2.0)
    return found


def test_a_ratio_above_one_means_that_ours_is_better():
    text = report().text()
    assert "points_per_s 3x" in text
    assert "asked_ms 0.5x" in text


@pytest.mark.parametrize(
    ("bar", "word"),
    [
        (Bar("10 points", "points_per_s", 300.0), "held"),
        (Bar("10 points", "points_per_s", 301.0), "MISSED"),
        (Bar("10 points", "asked_ms", 4.0), "held"),
        (Bar("10 points", "asked_ms", 3.9), "MISSED"),
        (Bar("20 points", "asked_ms", 3.9), "not run"),
    ],
)
def test_a_bar_is_a_floor_for_rates_and_a_ceiling_for_times(bar, word):
    [line] = [line for line in report(bar).text().splitlines() if line.startswith("bar")]
    assert word in line


def test_the_document_names_machine_and_load():
    document = json.loads(json.dumps(report().document()))
    assert document["machine"]["cores"] >= 1
    assert len(document["load_average"]) == 2


def test_a_peer_that_is_absent_is_named(monkeypatch):
    def absent(_work, _folder):
        raise Missing("it is not installed")

    for name in PEERS:
        monkeypatch.setitem(PEERS, name, absent)
    found = report()
    add_all(found, Work(10, lambda: iter(()), questions=False))
    assert [f"{name} is left out: it is not installed" for name in PEERS] == found.notes


def test_every_bench_is_listed_and_can_be_run():
    files = {path.stem for path in (ROOT / "bench").glob("*.py")}
    files = {
        name for name in files if not name.endswith("_load")
    }  # each runs in a process of a bench
    assert files - {"__main__", "report", "peers", "air_hours"} == set(NAMES)
    assert all(callable(importlib.import_module(f"bench.{name}").run) for name in NAMES)


def test_an_unknown_bench_is_refused_by_name():
    command = [sys.executable, "-m", "bench", "--only", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no bench is called 'nothing'" in done.stderr
