"""Levels of assurance are never above what was shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.identity.engine.levels import (
    FACTORS,
    SUPPORTED,
    Level,
    UnknownLevel,
    aal_of,
    eidas_of,
    level_of,
)

METHODS = st.lists(st.sampled_from(sorted(FACTORS)), max_size=5)


@pytest.mark.asvs("6.3.3", "6.3.4")
@given(METHODS)
def test_level_two_needs_two_different_factors_and_three_a_hardware_key(amr: list[str]):
    factors = frozenset().union(*(FACTORS[method] for method in amr)) if amr else frozenset()
    reached = aal_of(amr)
    assert reached <= 1 or len(factors) >= 2
    assert reached <= 2 or "hwk" in amr
    assert (reached == 0) == (not amr)


@pytest.mark.asvs("6.3.4")
@given(METHODS, METHODS)
def test_showing_more_never_lowers_the_level(first: list[str], more: list[str]):
    assert aal_of([*first, *more]) >= aal_of(first)


@given(METHODS)
def test_the_same_thing_twice_counts_once(amr: list[str]):
    assert aal_of([*amr, *amr]) == aal_of(amr)


@pytest.mark.asvs("6.3.6", "6.3.4")
def test_a_password_and_an_emailed_code_stay_at_one():
    assert aal_of(["pwd", "email"]) == 1


@pytest.mark.parametrize("acr", SUPPORTED)
def test_every_level_reads_back(acr: str):
    assert level_of(acr).acr == acr


@pytest.mark.parametrize("acr", ["", "2", "urn:madang:ial4:aal1", "urn:madang:ial2:aal2\n"])
def test_what_is_no_level_is_refused(acr: str):
    with pytest.raises(UnknownLevel):
        level_of(acr)


def test_eidas_substantial_needs_both_at_two():
    assert eidas_of(Level(2, 1)).endswith("/low")
    assert eidas_of(Level(2, 2)).endswith("/substantial")
    assert eidas_of(Level(3, 3)).endswith("/high")
    assert eidas_of(Level()) == ""


@pytest.mark.asvs("6.3.4")
def test_an_unknown_way_is_refused():
    with pytest.raises(UnknownLevel, match="telepathy"):
        aal_of(["pwd", "telepathy"])
