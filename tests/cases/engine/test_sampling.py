"""Stratified samples: the same for the same seed, in proportion, and right about all decisions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.cases.engine.sampling import (
    Stratum,
    allocation,
    drawn,
    estimate,
    of_stratum,
)

SIZES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 500), min_size=1)


@given(SIZES, st.integers(1, 800))
@settings(max_examples=60, deadline=None)
def test_every_stratum_is_drawn_from_and_none_beyond_its_size(sizes, total):
    found = allocation(sizes, total)
    assert all(1 <= found[name] <= size for name, size in sizes.items())
    assert sum(found.values()) == max(len(sizes), min(total, sum(sizes.values())))


def test_a_seed_draws_the_same_whatever_the_order_and_another_seed_others():
    ids = [str(n) for n in range(200)]
    one = drawn({"a": ids}, {"a": 20}, "seed")
    assert one == drawn({"a": ids[::-1]}, {"a": 20}, "seed")
    assert set(one) != set(drawn({"a": ids}, {"a": 20}, "other"))


def test_every_case_is_drawn_about_as_often():
    ids = [str(n) for n in range(50)]
    counts = dict.fromkeys(ids, 0)
    for seed in range(1000):
        for one in drawn({"a": ids}, {"a": 10}, str(seed)):
            counts[one] += 1
    spread = sum((count - 200) ** 2 / 160 for count in counts.values())
    assert spread < 85, "chi-squared of 49 degrees, 0.999 quantile"


def test_299_without_error_meet_one_per_cent_and_298_do_not():
    assert estimate([Stratum("a", 10**6, 299, 0)], 0.01).state == "met"
    assert estimate([Stratum("a", 10**6, 298, 0)], 0.01).state == "undetermined"
    assert estimate([Stratum("a", 10**6, 299, 15)], 0.01).state == "breached"
    assert estimate([Stratum("a", 10**6, 0, 0)], 0.01).state == "undetermined"
    assert of_stratum(Stratum("a", 10, 0, 0)) is None


def test_a_stratum_counts_by_its_decisions_not_by_its_sample():
    """Horvitz-Thompson by hand: 10 of 100 wrong in 1,000, none of 100 in 9,000: 100 of 10,000."""
    found = estimate([Stratum("a", 1_000, 100, 10), Stratum("b", 9_000, 100, 0)], 0.05)
    assert found.share == pytest.approx(0.01)
    assert found.low < 0.01 < found.high
    assert Stratum("a", 1_000, 100, 10).weight == 10


def test_unequal_weights_are_worth_fewer_cases():
    equal = estimate([Stratum("a", 5_000, 150, 0), Stratum("b", 5_000, 150, 0)], 0.01)
    skewed = estimate([Stratum("a", 9_900, 150, 0), Stratum("b", 100, 150, 0)], 0.01)
    assert equal.effective == pytest.approx(300)
    assert skewed.effective < 160
    assert skewed.bound > equal.bound
    left_out = estimate([Stratum("a", 900, 90, 0), Stratum("b", 100, 0, 0)], 0.01)
    assert left_out.covered == pytest.approx(0.9)


@pytest.mark.parametrize("rates", [(0.01, 0.01, 0.01), (0.002, 0.03, 0.2), (0.05, 0.0, 0.01)])
def test_the_bound_holds_as_often_as_it_says(rates):
    """Seeded simulation: strata of 8,000, 1,500 and 500 decisions, some drawn far too often."""
    sizes, takes = (8_000, 1_500, 500), (150, 80, 70)
    truth = sum(n * p for n, p in zip(sizes, rates, strict=True)) / sum(sizes)
    chance = np.random.default_rng(3)
    wrong = np.stack(
        [chance.hypergeometric(int(n * p), n - int(n * p), k, 300)
         for n, p, k in zip(sizes, rates, takes, strict=True)], axis=1
    )  # fmt: skip
    held = {
        row: estimate(
            [Stratum(str(i), sizes[i], takes[i], int(row[i])) for i in range(3)], 0.01
        ).bound
        >= truth
        for row in set(map(tuple, wrong.tolist()))
    }
    assert np.mean([held[tuple(row)] for row in wrong.tolist()]) >= 0.93
