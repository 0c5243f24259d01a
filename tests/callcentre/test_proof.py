"""What the call centre claims holds here, and a fault in it would be seen."""

from __future__ import annotations

import pytest

from madang.callcentre import proof
from madang.callcentre.engine import erlang
from madang.kernel.errors import NotFound


def test_the_formulae_agree_with_the_published_examples():
    assert proof.erlang_error() <= 0.1


def test_a_formula_that_is_off_would_be_seen(monkeypatch):
    right = erlang.mean_wait
    monkeypatch.setattr(erlang, "mean_wait", lambda *given: 1.01 * right(*given))
    assert proof.erlang_error() > 0.5


def test_absent_data_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("MADANG_SHARED", str(tmp_path))
    with pytest.raises(NotFound, match="set MADANG_SHARED"):
        proof.counts()


def test_the_counts_are_whole_days(shared, monkeypatch):
    monkeypatch.setenv("MADANG_SHARED", str(shared.parent))
    found = proof.counts()
    assert found.calls.shape == (365, 24)
    assert (found.kind == 7).sum() == 18
