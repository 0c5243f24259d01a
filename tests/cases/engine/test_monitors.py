"""Control charts, the stability index, gaps between groups, and cells that are not told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.cases.engine.control_charts import (
    MEAN_RUN,
    _signals,
    control_chart,
)
from madang.cases.engine.group_gaps import gaps, needed, state_of
from madang.cases.engine.proportions import Difference
from madang.cases.engine.stability import stability
from madang.cases.engine.suppression import hidden

CALM = [52, 48, 50, 51, 49, 50, 47, 53, 50, 49, 51, 50]


def test_a_share_beyond_three_sigma_signals_and_one_within_does_not():
    """p = 0.5, n = 100: sigma is 0.05 and the limits 0.35 and 0.65."""
    quiet = control_chart([*CALM, 62], [100] * 13)
    assert (quiet.centre, quiet.state, quiet.signals) == (0.5, "stable", ())
    assert quiet.low[12] == pytest.approx(0.35)
    assert quiet.high[12] == pytest.approx(0.65)
    loud = control_chart([*CALM, 33], [100] * 13)
    assert loud.state == "drifting"
    assert [(one.rule, one.side) for one in loud.signals] == [("beyond", -1)]


def test_eight_weeks_on_one_side_signal_before_any_is_beyond():
    found = control_chart([*CALM, *[54] * 8], [100] * 20)
    assert [(one.place, one.rule, one.side) for one in found.signals] == [(19, "eight-in-a-row", 1)]


def test_without_a_baseline_nothing_is_said():
    assert control_chart([5] * 7, [10] * 7).state == "undetermined"
    assert control_chart([0] * 9, [0] * 9).state == "undetermined"
    with pytest.raises(ValueError, match="more hits"):
        control_chart([3], [2])


def test_a_week_without_cases_is_a_gap():
    found = control_chart([*CALM, 0, 50], [*[100] * 12, 0, 100])
    assert (found.shares[12], found.low[12]) == (None, None)
    assert found.state == "stable"


def test_weeks_that_scatter_more_than_chance_widen_the_limits():
    """Laney's p': the spread is the mean moving range of scores by 1.128."""
    wild = [40, 60, 38, 61, 42, 58, 39, 62, 41, 60, 40, 59]
    found = control_chart([*wild, 66], [100] * 13)
    assert found.spread > 3
    assert found.signals == ()
    assert control_chart([*CALM, 66], [100] * 13).signals


def test_what_never_happened_signals_once_it_happens_often():
    found = control_chart([*[0] * 12, 3], [*[100] * 12, 100])
    assert found.signals
    assert not control_chart([*[0] * 12, 0], [100] * 13).signals


def test_the_false_alarm_rate_is_the_one_that_is_stated():
    """Mean run of the two rules, simulated: 152.73 (Champ and Woodall 1987)."""
    scores = np.random.default_rng(11).standard_normal(400_000).tolist()
    runs, start = [], 0
    run = side = 0
    for place, score in enumerate(scores):
        now = 1 if score > 0 else -1
        run, side = (run + 1 if now == side else 1), now
        if abs(score) > 3 or run >= 8:
            runs.append(place + 1 - start)
            start, run, side = place + 1, 0, 0
    assert np.mean(runs) == pytest.approx(MEAN_RUN, rel=0.06)
    # the module's own rules fire at the same places as those above, up to the first
    first = next(one.place for one in _signals(list(enumerate(scores[:2_000]))))
    assert first == runs[0] - 1


def test_the_index_is_that_of_the_formula():
    """By hand: shares 0.5/0.5 and 0.2/0.8: 0.3 ln 2.5 + 0.3 ln 1.6 = 0.416."""
    found = stability(["a", "b"] * 5_000, ["a"] * 2_000 + ["b"] * 8_000)
    assert found.index == pytest.approx(0.416, abs=0.001)
    assert found.state == "alert"


def test_few_cases_say_nothing_and_what_is_the_same_is_stable():
    chance = np.random.default_rng(2)
    numbers = [float(x) for x in chance.normal(size=4_000)]
    assert stability(numbers[:2_000], numbers[2_000:]).state == "stable"
    assert stability(numbers[:2_000], [x + 1 for x in numbers[2_000:]]).state == "alert"
    assert stability(numbers[:2_000], [x + 0.35 for x in numbers[2_000:]]).state == "watch"
    assert stability(numbers[:2_000], numbers[2_000:2_020]).state == "undetermined"
    assert stability([], [1.0]) is None
    missing = stability(numbers[:2_000], [None] * 1_000 + numbers[:1_000])
    assert missing.state == "alert", "values that are gone are a change, too"


def test_by_chance_the_noise_is_passed_about_once_in_twenty():
    chance = np.random.default_rng(4)
    passed = 0
    for _ in range(200):
        before, now = chance.integers(0, 8, 400), chance.integers(0, 8, 200)
        found = stability([str(x) for x in before], [str(x) for x in now])
        passed += found.index > found.noise
    assert 1 <= passed <= 22


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [(-0.04, 0.03, "met"), (0.06, 0.2, "breached"), (-0.2, -0.06, "breached"),
     (0.01, 0.07, "undetermined"), (-0.2, 0.2, "undetermined")],
)  # fmt: skip
def test_a_gap_has_three_states(low, high, state):
    assert state_of(Difference((low + high) / 2, low, high), 0.05) == state


def test_a_true_gap_is_found_with_many_cases_and_nothing_is_claimed_with_few():
    few = gaps({"a": (27, 30), "b": (22, 30)}, 0.05)
    assert {one.state for one in few} == {"undetermined"}
    many = gaps({"a": (18_000, 20_000), "b": (8_000, 10_000), "c": (18_000, 20_000)}, 0.05)
    assert {one.group: one.state for one in many}["b"] == "breached"
    same = gaps({"a": (18_000, 20_000), "b": (9_010, 10_000)}, 0.05)
    assert {one.state for one in same} == {"met"}


def test_four_fifths_is_a_screen_and_decides_nothing():
    found = {one.group: one for one in gaps({"a": (45, 50), "b": (35, 50)}, 0.05)}
    assert found["b"].screened
    assert found["b"].state == "undetermined"
    assert not any(
        one.screened for one in gaps({"a": (45, 50), "b": (35, 50)}, 0.05, is_favourable=False)
    )


def test_false_alarms_of_gaps_stay_below_five_in_a_hundred():
    """No true difference, eight groups of 400: a breach is claimed in hardly any of 300 years."""
    chance = np.random.default_rng(5)
    alarms = 0
    for _ in range(300):
        hits = chance.binomial(400, 0.8, 8)
        found = gaps({str(n): (int(h), 400) for n, h in enumerate(hits)}, 0.01)
        alarms += any(one.state == "breached" for one in found)
    assert alarms <= 15


def test_the_cases_needed_prove_it_about_four_times_in_five():
    """Simulated at the size it names; the interval is Newcombe's, the size a normal one's."""
    size = needed(0.8, 20_000, 0.05, 0.95)
    chance = np.random.default_rng(6)
    met = 0
    for _ in range(400):
        one, others = chance.binomial(size, 0.8), chance.binomial(20_000, 0.8)
        (first, _second) = gaps({"a": (int(one), size), "b": (int(others), 20_000)}, 0.05)
        met += first.state == "met"
    # two groups share the 5 %: a little less than 0.8
    assert 0.6 <= met / 400 <= 0.9
    assert needed(0.5, 20, 0.05, 0.95) is None


COUNTS = st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=2, max_size=6)


@given(COUNTS)
@settings(max_examples=150, deadline=None)
def test_no_small_cell_is_told_nor_to_be_reckoned_from_totals(counts):
    mask, table = hidden(counts), np.array(counts)
    assert mask[(table > 0) & (table < 5)].all()
    for values, gone in [*zip(table, mask, strict=True), *zip(table.T, mask.T, strict=True)]:
        if gone.any() and (~gone & (values > 0)).any():
            assert gone.sum() >= 2
            assert values[gone].sum() >= 5


def test_hidden_groups_take_one_with_them():
    found = gaps({"a": (50, 60), "b": (20, 30), "c": (1, 3)}, 0.05)
    assert {one.group for one in found if one.is_hidden} == {"b", "c"}
    assert all(one.share is None and one.cases is None for one in found if one.is_hidden)
