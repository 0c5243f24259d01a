"""What air claims holds here, and says what is missing where the real data is not there."""

from __future__ import annotations

import pytest

from madang.air import proof
from madang.kernel.errors import NotFound


def test_the_index_agrees_with_every_edge_of_the_table():
    assert proof.cai_agreement() == 100.0


def test_an_index_that_is_off_by_one_does_not_agree(monkeypatch):
    monkeypatch.setitem(proof._TOPS, "pm25", (1.0, 16.0, 35.0, 75.0, 500.0))
    assert proof.cai_agreement() < 100.0


def test_the_forecast_holds_its_claims(shared, monkeypatch):
    monkeypatch.setenv("MADANG_SHARED", str(shared.parent))
    assert proof.forecast_skill() >= 12.0
    assert proof.coverage_gap() <= 5.0


def test_absent_data_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MADANG_SHARED", str(tmp_path))
    with pytest.raises(NotFound, match="set MADANG_SHARED"):
        proof.seoul()
