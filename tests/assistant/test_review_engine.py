"""Formulas of the evaluation room, against published values and values reckoned otherwise."""

from __future__ import annotations

from itertools import product
from math import exp, log

import numpy as np
import pytest
from scipy import integrate, stats

from madang.assistant.engine import agreement, always_valid, arms, paired, review_estimate
from madang.assistant.engine.always_valid import Rate
from madang.assistant.engine.review_estimate import Stratum, weighed
from madang.assistant.engine.review_plan import REST, allocation, drawn, joined, spread

SIZES = {("answered", "web"): 400, ("answered", "kakao"): 90, ("refused", "web"): 60}
SPREADS = {cell: spread(p) for cell, p in zip(SIZES, (0.92, 0.85, 0.7), strict=True)}


def variance_of(take, sizes=SIZES, spreads=SPREADS):
    return sum(sizes[c] ** 2 * spreads[c] ** 2 * (1 / take[c] - 1 / sizes[c]) for c in sizes)


def test_no_other_allocation_has_a_smaller_variance():
    total = 60
    found = allocation(SIZES, SPREADS, total, floor=1)
    others = (
        dict(zip(SIZES, (a, b, total - a - b), strict=True))
        for a, b in product(range(1, total), repeat=2)
        if 0 < total - a - b <= 60
    )
    assert sum(found.values()) == total
    assert variance_of(found) <= min(map(variance_of, others)) * 1.002  # whole numbers


def test_every_stratum_gets_its_floor_and_no_more_than_there_is():
    sizes = {**SIZES, ("refused", "kakao"): 12, ("handed over", "web"): 100_000}
    found = allocation(sizes, dict.fromkeys(sizes, 0.3), 2000)
    assert sum(found.values()) == 2000
    assert found["refused", "kakao"] == 12
    assert all(found[cell] >= min(30, size) for cell, size in sizes.items())
    assert found["handed over", "web"] > 1500


def test_refusals_are_looked_at_more_closely():
    plain = allocation(SIZES, SPREADS, 150, floor=5)
    favoured = allocation(SIZES, SPREADS, 150, floor=5, favoured={("refused", "web")})
    assert favoured["refused", "web"] > 1.5 * plain["refused", "web"]
    assert sum(favoured.values()) == 150


def test_few_answers_are_all_judged_and_too_many_strata_share():
    assert allocation(SIZES, SPREADS, 5000) == SIZES
    many = {(str(n),): 100 for n in range(100)}
    found = allocation(many, dict.fromkeys(many, 0.3), 2000)
    assert set(found.values()) == {20}


def test_small_strata_are_joined_but_never_answers_with_refusals():
    sizes = {(o, c, t): n for (o, n), c, t in product(
        (("answered", 50), ("refused", 4)), ("web", "kakao"), ("tax", "birth", "car"))}  # fmt: skip
    found = joined(sizes, least=30, most=8)
    strata = set(found.values())
    assert {cell[0] for cell in strata} == {"answered", "refused"}
    assert all(found[cell][0] == cell[0] for cell in sizes)
    assert ("refused", REST, REST) in strata
    assert ("answered", "web", "tax") in strata
    assert set(joined(sizes, least=0, most=1).values()) == {
        ("answered", REST, REST), ("refused", REST, REST)}  # fmt: skip


def test_the_same_seed_draws_the_same_answers():
    members = {("a",): [f"t{n}" for n in range(100)], ("b",): ["x", "y"]}
    found = drawn(members, {("a",): 10, ("b",): 2}, "2026-11")
    backwards = {cell: ids[::-1] for cell, ids in members.items()}
    assert found == drawn(backwards, {("a",): 10, ("b",): 2}, "2026-11")
    assert len(set(found)) == 12
    assert found != drawn(members, {("a",): 10, ("b",): 2}, "2026-12")


def test_91_percent_of_2000():
    assert review_estimate.score_interval(0.91, 2000) == pytest.approx((0.897, 0.922), abs=6e-4)
    lows = [review_estimate.score_interval(k / 2000, 2000)[0] for k in (1826, 1827)]
    assert lows[0] < 0.90 <= lows[1]  # to claim 90 %, 1,827 must be right


def test_wilson_is_as_of_scipy():
    for hits, of in ((0, 30), (7, 31), (30, 30), (1820, 2000)):
        low, high = stats.binomtest(hits, of).proportion_ci(0.95, "wilson")
        assert review_estimate.of_stratum(Stratum("", 10_000, of, of, hits)) == pytest.approx(
            (low, high), abs=1e-12
        )


def test_the_estimate_is_that_of_the_linearised_ratio_item_by_item():
    strata = [Stratum("a", 9000, 400, 380, 350), Stratum("b", 800, 120, 60, 30),
              Stratum("c", 200, 200, 150, 90)]  # fmt: skip
    found = weighed(strata)
    total = asked = 0.0
    for s in strata:
        total += s.weight * s.hits
        asked += s.weight * s.asked
    ratio, variance = total / asked, 0.0
    for s in strata:
        y = np.repeat([1.0, 0.0], [s.hits, s.judged - s.hits])
        x = np.repeat([1.0, 0.0], [s.asked, s.judged - s.asked])
        z = y - ratio * x
        variance += s.population**2 * (1 - s.judged / s.population) * z.var(ddof=1) / s.judged
    assert found.share == pytest.approx(ratio)
    assert found.error == pytest.approx(variance**0.5 / asked)
    assert found.covered == 1.0


def test_the_interval_holds_the_truth_in_95_of_100_samples():
    rng = np.random.default_rng(20261123)
    sizes, shares, take = (6000, 3000, 1000), (0.95, 0.85, 0.6), (500, 300, 200)
    people = [rng.random(n) < p for n, p in zip(sizes, shares, strict=True)]
    truth = sum(each.sum() for each in people) / sum(sizes)
    inside = 0
    for _ in range(1000):
        hits = [int(rng.choice(each, n, replace=False).sum())
                for each, n in zip(people, take, strict=True)]  # fmt: skip
        found = weighed([Stratum("", n, k, k, h)
                         for n, k, h in zip(sizes, take, hits, strict=True)])  # fmt: skip
        inside += found.low <= truth <= found.high
    assert 935 <= inside <= 975


def test_nothing_judged_says_nothing_and_all_right_is_not_certain():
    assert weighed([Stratum("a", 10, 0, 0, 0)]).share is None
    found = weighed([Stratum("a", 1000, 40, 40, 40), Stratum("b", 1000, 0, 0, 0)])
    assert found.share == 1.0 and found.low < 0.95 and found.covered == 0.5
    one = weighed([Stratum("a", 1000, 1, 1, 1), Stratum("b", 1000, 50, 50, 40)])
    assert one.error > 0.2


def pairs_of(table):
    return [(str(r), str(c)) for r, row in enumerate(table) for c, n in enumerate(row)
            for _ in range(n)]  # fmt: skip


def test_kappa_of_two_pathologists():
    """Agresti, "Categorical data analysis", 2nd ed. 2002, section 10.5.4: 0.493, error 0.057."""
    table = [[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]]
    found = agreement.cohen(pairs_of(table))
    assert (round(found.kappa, 3), round(found.error, 3), found.n) == (0.493, 0.057, 118)
    assert found.low == pytest.approx(found.kappa - 1.959964 * found.error)


def test_kappa_of_couples():
    """Hout, Duncan and Sobel 1987, as in the R package vcd: 0.1293, error 0.0686."""
    table = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]
    found = agreement.cohen(pairs_of(table))
    assert (round(found.kappa, 4), round(found.error, 4)) == (0.1293, 0.0686)


def test_kappa_needs_two_words():
    assert agreement.cohen([]).kappa is None
    assert agreement.cohen([("right", "right")] * 9).kappa is None
    assert agreement.cohen([("a", "a"), ("b", "b")]).kappa == 1.0


def test_approval_of_a_prime_minister():
    """Agresti 2002, section 10.1: 794, 150, 86, 570; z squared 17.36, difference -0.04."""
    before = [True] * 944 + [False] * 656
    after = [True] * 794 + [False] * 150 + [True] * 86 + [False] * 570
    found = paired.change(before, after)
    assert (found.gained, found.lost) == (86, 150)
    assert found.change == pytest.approx(-0.04)
    assert (found.low, found.high) == pytest.approx((-0.0587, -0.0213), abs=3e-4)
    assert found.p_value == pytest.approx(stats.binomtest(86, 236).pvalue, rel=1e-9)


def test_many_changes_take_the_normal_tail():
    exact = stats.binomtest(5100, 10_000).pvalue
    assert paired.mcnemar(5100, 4900) == pytest.approx(exact, rel=0.01)
    assert paired.mcnemar(3, 9000) < 1e-300


def test_the_paired_interval_covers():
    """All results of 40 questions, of which 0.05 are gained and 0.15 lost."""
    n, up, down = 40, 0.05, 0.15
    covered = 0.0
    for gained in range(n + 1):
        for lost in range(n + 1 - gained):
            rest = n - gained - lost
            chance = stats.multinomial.pmf((gained, lost, rest), n, (up, down, 1 - up - down))
            found = paired.change([False] * gained + [True] * lost + [True] * rest,
                                  [True] * gained + [False] * lost + [True] * rest)  # fmt: skip
            covered += chance * (found.low <= up - down <= found.high)
    assert 0.94 < covered < 0.98


def test_arms_get_their_weights_and_stay():
    weights = {"now": 3.0, "new": 1.0}
    found = [arms.arm_of(b"k", "gate", f"c{n}", weights) for n in range(20_000)]
    assert found == [arms.arm_of(b"k", "gate", f"c{n}", weights) for n in range(20_000)]
    assert abs(found.count("new") / 20_000 - 0.25) < 0.01
    other = [arms.arm_of(b"k", "words", f"c{n}", weights) for n in range(20_000)]
    both = sum(a == b == "new" for a, b in zip(found, other, strict=True))
    assert abs(both / 20_000 - 1 / 16) < 0.006  # one experiment says nothing of the other
    assert found != [arms.arm_of(b"l", "gate", f"c{n}", weights) for n in range(20_000)]


def test_a_known_mismatch_of_arms():
    """Kohavi, Tang and Xu, "Trustworthy online controlled experiments", 2020, chapter 21."""
    counts = {"control": 821_588, "treatment": 815_482}
    found = arms.mismatch(counts, {"control": 1, "treatment": 1})
    assert found.p_value == pytest.approx(1.8e-6, rel=0.02)
    assert found.always_valid < 0.01
    assert arms.mismatch({"a": 500, "b": 520}, {"a": 1, "b": 1}).always_valid == 1.0
    assert arms.mismatch({}, {"a": 1, "b": 1}) == arms.Mismatch(1.0, 1.0)


def test_the_chi_square_tail_is_as_of_scipy():
    for value, freedom in product((0.3, 2.0, 11.0, 40.0), range(1, 8)):
        assert arms.chi_square_tail(value, freedom) == pytest.approx(
            stats.chi2.sf(value, freedom), rel=1e-9
        )


def test_multinomial_evidence_is_a_ratio_of_likelihoods():
    for hits, misses, share in ((3, 9, 0.5), (40, 10, 0.7)):
        n = hits + misses
        expected = stats.betabinom.logpmf(hits, n, 100 * share, 100 * (1 - share)) - \
            stats.binom.logpmf(hits, n, share)  # fmt: skip
        counts, shares = {"a": hits, "b": misses}, {"a": share, "b": 1 - share}
        assert arms.multinomial_evidence(counts, shares) == pytest.approx(expected)


def test_normal_evidence_is_the_mixture_of_likelihood_ratios():
    difference, variance, mixture = 0.03, 0.0002, 0.0025
    mixed, _ = integrate.quad(
        lambda effect: stats.norm.pdf(effect, 0, mixture**0.5)
        * exp(stats.norm.logpdf(difference, effect, variance**0.5)
              - stats.norm.logpdf(difference, 0, variance**0.5)),
        -0.5, 0.5, points=[0, difference],
    )  # fmt: skip
    assert always_valid.normal_evidence(difference, variance, mixture) == pytest.approx(log(mixed))


def test_the_interval_ends_where_the_test_refuses():
    variance, mixture, alpha = 0.0004, 0.0025, 0.05
    half = always_valid.half_width(variance, mixture, alpha)
    assert always_valid.normal_evidence(half, variance, mixture) == pytest.approx(log(1 / alpha))


def daily(rng, share_new, share_now, days=30, a_day=60):
    new, now = (np.cumsum(rng.binomial(a_day, p, days)) for p in (share_new, share_now))
    return [(Rate(int(a), a_day * (d + 1)), Rate(int(b), a_day * (d + 1)))
            for d, (a, b) in enumerate(zip(new, now, strict=True))]  # fmt: skip


def test_daily_looks_at_equal_arms_find_nothing_in_95_of_100_while_a_plain_test_does():
    rng = np.random.default_rng(7)
    found = plain = 0
    for _ in range(600):
        looks = daily(rng, 0.2, 0.2)
        found += any(always_valid.compared(new, now).p_value <= 0.05 for new, now in looks)
        plain += any(
            abs(new.hits - now.hits) / new.of / (2 * 0.16 / new.of) ** 0.5 > 1.96
            for new, now in looks
        )
    assert found / 600 <= 0.05
    assert plain / 600 > 0.15


def test_a_real_harm_is_found_within_the_month():
    rng = np.random.default_rng(8)
    found = sum(
        any(always_valid.compared(new, now).low > 0 for new, now in daily(rng, 0.3, 0.2))
        for _ in range(200)
    )
    assert found / 200 > 0.95


def test_rare_harm_needs_no_large_numbers_and_is_not_found_where_there_is_none():
    rng = np.random.default_rng(9)
    wrong = 0
    for _ in range(1000):
        new = np.cumsum(rng.random(60) < 0.5)
        wrong += any(
            always_valid.rarer(Rate(int(k), 1), Rate(n + 1 - int(k), 1), (1, 1)) <= 0.05
            for n, k in enumerate(new)
        )
    assert wrong / 1000 <= 0.05
    assert always_valid.rarer(Rate(9, 1), Rate(0, 1), (1, 1)) < 0.05
    assert always_valid.compared(Rate(9, 20), Rate(0, 20)).p_value == 1.0  # too few to say
