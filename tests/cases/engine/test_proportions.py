"""Intervals of shares: against published figures, and against chance itself."""

from __future__ import annotations

import numpy as np
import pytest

from madang.cases.engine.proportions import (
    beta_cdf,
    beta_quantile,
    binomial_cdf,
    cases_without_error,
    exact,
    lower_bound,
    newcombe,
    upper_bound,
    wilson,
)


@pytest.mark.parametrize(("rate", "cases"), [(0.01, 299), (0.005, 598), (0.001, 2995)])
def test_so_many_cases_without_error_show_a_rate(rate, cases):
    assert cases_without_error(rate) == cases
    assert upper_bound(0, cases) < rate <= upper_bound(0, cases - 1)


def test_of_few_decisions_fewer_cases_show_it():
    """With 1,000 decisions an error rate of 1 % is ten wrong ones: hypergeometric, by hand."""
    found = cases_without_error(0.01, population=1000)
    missed = 1.0
    for wrong in range(10):
        missed *= (1000 - found - wrong) / (1000 - wrong)
    assert missed <= 0.05
    assert found < 299
    assert cases_without_error(0.01, population=30) == 29, "one wrong of 30: all but one"
    assert cases_without_error(0.01, population=10**9) == 299


@pytest.mark.parametrize("rate", [0, 1, -0.1, 2])
def test_a_rate_is_a_share(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        cases_without_error(rate)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684),
     (1, 29, 0.0009, 0.1776)],
)  # fmt: skip
def test_exact_intervals_are_those_of_newcombe_1998(hits, of, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 5."""
    found = exact(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_score_intervals_are_those_of_newcombe_1998(hits, of, low, high):
    """The same table, method 3."""
    found = wilson(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [((56, 48), (70, 80), 0.0524, 0.3339), ((9, 3), (10, 10), 0.1705, 0.8090),
     ((5, 0), (56, 29), -0.0381, 0.1926), ((10, 0), (10, 10), 0.6075, 1.0)],
)  # fmt: skip
def test_differences_are_those_of_newcombe_1998(hits, of, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10."""
    found = newcombe(hits, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_the_beta_distribution_is_that_of_sums_of_binomials():
    for of, share in ((10, 0.3), (400, 0.02), (2000, 0.9)):
        chances = np.array([1.0])
        for _ in range(of):
            chances = np.convolve(chances, [1 - share, share])
        for hits in (0, of // 50, of // 3, of - 1):
            assert binomial_cdf(hits, of, share) == pytest.approx(
                chances[: hits + 1].sum(), abs=1e-10
            )
    assert beta_cdf(beta_quantile(0.05, 3, 500), 3, 500) == pytest.approx(0.05, abs=1e-9)
    assert (binomial_cdf(-1, 5, 0.5), binomial_cdf(5, 5, 0.5)) == (0.0, 1.0)


def test_the_exact_bound_covers_at_least_as_often_as_it_says():
    chance = np.random.default_rng(7)
    for share, of in ((0.01, 299), (0.03, 100), (0.2, 40)):
        hits = chance.binomial(of, share, 3000)
        bounds = {int(one): upper_bound(int(one), of) for one in set(hits)}
        covered = np.mean([bounds[int(one)] >= share for one in hits])
        assert covered >= 0.94, (share, of, covered)
    assert lower_bound(0, 10) == 0.0
