from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.telemetry.engine import quality
from madang.telemetry.engine.catalogue import Limits
from madang.telemetry.engine.flags import (
    CROSS,
    FAIL,
    FLAT_LINE,
    GAP,
    GOOD,
    LATE,
    MISSING,
    NOT_EVALUATED,
    RANGE,
    RATE,
    SKEW,
    SPIKE,
    SUSPECT,
    names,
    qartod,
)
from tests.telemetry import engine_cases as cases
from tests.telemetry.oracle import Stream

MIN = 60_000


def judged(values, times=None, *, limits=cases.LIMITS, received=None, period_s=300, past=None):
    known = cases.catalogue(1, period_s=period_s, properties=("x",), limits={"x": limits})
    rules = quality.compiled(known)
    past = quality.empty_past(1) if past is None else past
    n = len(values)
    t = np.asarray(np.arange(n) * period_s * 1000 if times is None else times, np.int64)
    t = t + cases.START
    return quality.judge(
        rules,
        past,
        np.zeros(n, np.int32),
        t,
        np.asarray(values, float),
        t if received is None else np.asarray(received, np.int64) + cases.START,
    )


def test_values_outside_the_spans_fail_or_are_suspect_and_the_ends_are_good():
    wide = Limits((0, 1000), (0, 300), 1e9, 1e9, 3600, 0.0)
    found = judged([-0.1, 0, 300, 300.1, 1000, 1000.1], limits=wide)
    expected = [FAIL | RANGE, GOOD, GOOD, SUSPECT | RANGE, SUSPECT | RANGE, FAIL | RANGE]
    assert found.q.tolist() == expected


def test_a_spike_is_told_when_its_next_neighbour_has_come():
    found = judged([10, 60, 10, 10], limits=Limits((0, 1000), (0, 300), 40, 1e9, 3600, 0.0))
    assert found.q.tolist() == [GOOD, GOOD, GOOD, GOOD]
    assert found.revised.tolist() == [0, 0, SUSPECT | SPIKE, 0]
    assert found.revised_t[2] == cases.START + 5 * MIN


def test_a_step_that_stays_is_no_spike():
    found = judged([10, 10, 60, 60, 60], limits=Limits((0, 1000), (0, 300), 40, 1e9, 3600, 0.0))
    assert not found.revised.any()


def test_a_change_faster_than_the_limit_is_suspect():
    slow = Limits((0, 1000), (0, 300), 1e9, 0.1, 3600, 0.0)  # 30 in five minutes
    found = judged([10, 40, 70.1], limits=slow)
    assert found.q.tolist() == [GOOD, GOOD, SUSPECT | RATE]


def test_after_a_missing_value_neither_rate_nor_spike_is_tested():
    strict = Limits((0, 1000), (0, 300), 1, 0.001, 3600, 0.0)
    found = judged([10, np.nan, 90, np.nan], limits=strict)
    assert found.q.tolist() == [GOOD, MISSING, GOOD, MISSING]
    assert not found.revised.any()


def test_a_flat_line_begins_when_the_last_hour_held_one_value():
    found = judged([50.0] * 15, limits=Limits((0, 1000), (0, 300), 1e9, 1e9, 3600, 0.05))
    assert [names(q) for q in found.q.tolist()] == [[]] * 12 + [["flat-line"]] * 3


def test_a_stream_that_sends_faster_than_declared_is_not_flat_at_once():
    limits = Limits((0, 1000), (0, 300), 1e9, 1e9, 3600, 0.05)
    found = judged([50.0] * 100, np.arange(100) * 1000, limits=limits)
    assert not (found.q & FLAT_LINE).any()


def test_a_gap_is_marked_on_the_first_value_after_it_which_stays_good():
    found = judged([10, 11, 12], [0, 5 * MIN, 15 * MIN])
    assert found.q.tolist() == [GOOD, GOOD, GOOD | GAP]


def test_a_late_value_is_marked_and_changes_nothing_that_follows():
    with_late = judged([10, 12, 299, 13], [0, 10 * MIN, 5 * MIN, 15 * MIN])
    without = judged([10, 12, 13], [0, 10 * MIN, 15 * MIN])
    assert with_late.q[2] == GOOD | LATE
    assert not with_late.ordered[2]
    assert with_late.q[[0, 1, 3]].tolist() == without.q.tolist()


def test_a_stamp_ahead_of_the_server_is_marked():
    found = judged([10, 11], [0, 5 * MIN], received=[-5000, 5 * MIN - 5001])
    assert found.q.tolist() == [GOOD, GOOD | SKEW]


def test_a_property_without_limits_is_not_evaluated():
    known = cases.catalogue(1, properties=("x",), limits={})
    one = np.zeros(1, np.int32), np.array([cases.START]), np.array([5.0]), np.array([cases.START])
    found = quality.judge(quality.compiled(known), quality.empty_past(1), *one)
    assert found.q.tolist() == [NOT_EVALUATED]
    assert qartod(found.q).tolist() == [2]


@pytest.mark.parametrize("first", [0, 1])
def test_pm25_above_the_pm10_of_its_thing_marks_whichever_comes_second(first):
    known = cases.catalogue(2, upper_bound=np.array([1, -1], np.int32))
    row = np.array([first, 1 - first], np.int32)
    v = np.where(row == 0, 50.0, 40.0)
    t = np.full(2, cases.START)
    found = quality.judge(quality.compiled(known), quality.empty_past(2), row, t, v, t)
    assert found.q.tolist() == [GOOD, SUSPECT | CROSS]


@pytest.mark.parametrize("seed", range(12))
def test_the_kernel_agrees_with_plain_python(seed):
    row, t, v, received = cases.arrivals(seed)
    known = cases.catalogue(upper_bound=np.array([1, -1, 3, -1], np.int32))
    found = quality.judge(quality.compiled(known), quality.empty_past(4), row, t, v, received)
    streams = [Stream(cases.LIMITS, 300) for _ in range(4)]
    for small in (0, 2):
        streams[small].upper, streams[small + 1].lower = streams[small + 1], streams[small]
    for i in range(len(row)):
        q, revision = streams[row[i]].judge(int(t[i]), float(v[i]), int(received[i]))
        assert names(found.q[i]) == names(q), i
        assert found.q[i] == q, i
        if revision is None:
            assert found.revised[i] == 0
        else:
            assert (found.revised_t[i], found.revised[i]) == revision
    seen = int(np.bitwise_or.reduce(found.q)) | int(np.bitwise_or.reduce(found.revised))
    assert set(names(seen)) >= {"range", "spike", "rate", "flat-line", "gap", "late", "clock-skew"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 1600), max_size=12))
def test_a_stream_cut_anywhere_gets_the_same_flags_and_state(seed, cuts):
    row, t, v, received = cases.arrivals(seed)
    rules = quality.compiled(cases.catalogue(upper_bound=np.array([1, -1, 3, -1], np.int32)))
    whole_past, cut_past = quality.empty_past(4), quality.empty_past(4)
    whole = quality.judge(rules, whole_past, row, t, v, received)
    edges = [0, *sorted(min(cut, len(row)) for cut in cuts), len(row)]
    parts = [
        quality.judge(rules, cut_past, row[a:b], t[a:b], v[a:b], received[a:b])
        for a, b in pairwise(edges)
    ]
    for name in ("q", "ordered", "revised"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(joined, getattr(whole, name))
    assert cut_past.tobytes() == whole_past.tobytes()
