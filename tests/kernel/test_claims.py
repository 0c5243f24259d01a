from __future__ import annotations

import json
import sys

import pytest

from madang.kernel import claims
from madang.kernel.errors import NotFound
from madang.kernel.registry import Claim

from .offers import offer

TARGETS = """
import sys

def fast():
    print("on the way: 1000000")
    return 3.5

def slow():
    return 12

def crashes():
    raise ValueError("no such file")

def dies():
    sys.exit(3)

def hangs():
    import time
    time.sleep(60)

def nothing():
    return float("nan")
"""
pytestmark = pytest.mark.system


@pytest.fixture(autouse=True)
def house(monkeypatch, tmp_path):
    (tmp_path / "drill_targets.py").write_text(TARGETS)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{':'.join(sys.path)}")
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(
        claims, "figures_file", lambda: tmp_path / "data" / "proof" / "figures.json"
    )
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "madang.app.settings")
    return tmp_path


def claim(name: str, goal: float = 3.0, better: str = "higher") -> Claim:
    return Claim(f"drill.{name}", "Drill", "points/s", goal, better, f"drill_targets:{name}")


def test_a_claim_is_measured_in_a_process_of_its_own_and_the_figure_kept(monkeypatch, house):
    offer(monkeypatch, claim("fast"), claim("slow", goal=10.0, better="lower"))
    said = []
    fast, slow = claims.prove("drill", said.append)
    assert (fast.figure.value, fast.held) == (3.5, True)
    assert (slow.figure.value, slow.held) == (12.0, False)
    assert [line for line in said if "3.5 points/s" in line]
    assert claims.kept() == [fast, slow]
    [row, _] = json.loads(claims.figures_file().read_text())
    assert row["machine"]["cores"] >= 1
    assert row["version"]


def test_a_claim_that_fails_says_why_and_harms_no_other(monkeypatch):
    offer(monkeypatch, claim("crashes"), claim("dies"), claim("nothing"), claim("fast"))
    crashes, dies, nothing, fast = claims.prove()
    assert (crashes.held, dies.held, nothing.held, fast.held) == (None, None, None, True)
    assert nothing.figure.error == "nan is no figure"
    assert "ValueError: no such file" in crashes.figure.error
    assert "exit status 3" in dies.figure.error


def test_a_claim_that_hangs_is_ended(monkeypatch):
    figure = claims.measure(claim("hangs"), limit_s=0.5)
    assert (figure.value, figure.error) == (None, "no result within 0.5 s")


def test_a_claim_not_measured_yet_is_neither_held_nor_missed(monkeypatch):
    offer(monkeypatch, claim("fast"))
    [kept] = claims.kept()
    assert (kept.room, kept.figure, kept.held) == ("drill", None, None)


def test_a_room_without_claims_is_said_to_have_none(monkeypatch):
    offer(monkeypatch)
    with pytest.raises(NotFound):
        claims.prove("drill")
