from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.telemetry.engine import detectors, duplicates, quality, windows
from madang.telemetry.engine.catalogue import REPLAYED
from madang.telemetry.engine.flags import FAIL, MISSING, RANGE, SUSPECT
from madang.telemetry.engine.state import empty_state
from tests.telemetry import engine_cases as cases
from tests.telemetry.oracle import HOUR, HourBook, Watcher

MIN = 60_000


def folded(state, known, t, v, *, q=None, lateness_ms=0, received=None):
    """Fold one datastream's observations; order and flags as the quality pass would give them."""
    n = len(t)
    t = np.asarray(t, np.int64)
    newest = np.maximum.accumulate(np.concatenate([[state.live["t"][0]], t]))[:-1]
    columns = (
        np.zeros(n, np.int32),
        t,
        np.asarray(v, float),
        t if received is None else np.asarray(received, np.int64),
        np.zeros(n, np.uint16) if q is None else np.asarray(q, np.uint16),
        t > newest,
        np.zeros(n, np.uint16),
    )
    mode = windows.modes(known)
    return windows.fold(mode, state.live, state.window, columns, lateness_ms=lateness_ms)


def case(period_s=300, **columns):
    return cases.catalogue(1, period_s=period_s, properties=("x",), **columns), empty_state(1, 1)


def test_an_hour_closes_with_the_value_stamped_at_its_end():
    known, state = case()
    t = cases.START + np.arange(1, 13) * 5 * MIN
    found = folded(state, known, t, np.arange(12.0)).hours
    assert found.t.tolist() == [cases.START + HOUR]
    assert (found.n[0], found.sum[0], found.min[0], found.max[0], found.last[0]) == (
        12,
        66,
        0,
        11,
        11,
    )


def test_a_failed_or_missing_value_enters_no_hour_and_a_suspect_one_marks_it():
    known, state = case()
    t = cases.START + np.array([10, 20, 30, 60]) * MIN
    q = [FAIL | RANGE, MISSING, SUSPECT | RANGE, 0]
    found = folded(state, known, t, [1, np.nan, 3, 4], q=q).hours
    assert (found.n[0], found.sum[0], found.q[0]) == (2, 7, SUSPECT | RANGE)


def test_an_hourly_series_closes_an_hour_with_each_value_in_any_order():
    known, state = case(3600)
    t = cases.START + np.array([1, 3, 2]) * HOUR
    found = folded(state, known, t, [1, 3, 2]).hours
    assert found.t.tolist() == t.tolist()
    assert found.mean().tolist() == [1, 3, 2]


def test_a_daily_mean_is_no_hour():
    known, state = case(86400)
    assert (
        len(folded(state, known, cases.START + np.arange(1, 5) * 24 * HOUR, [1, 2, 3, 4]).hours)
        == 0
    )


def test_what_comes_after_its_hour_closed_is_counted_and_changes_nothing():
    known, state = case()
    found = folded(state, known, cases.START + np.array([30, 65, 20, 125]) * MIN, [1, 2, 100, 3])
    assert found.too_late == 1
    assert found.hours.sum.tolist() == [1, 2]


def test_allowed_lateness_keeps_an_hour_open():
    known, state = case()
    t = cases.START + np.array([30, 65, 20, 71]) * MIN
    found = folded(state, known, t, [1, 2, 100, 3], lateness_ms=10 * MIN)
    assert found.too_late == 0
    assert found.hours.sum.tolist() == [101]
    assert found.hours.last.tolist() == [1]  # of the newest stamp, not of the last to come


def test_lateness_beyond_an_hour_is_refused():
    known, state = case()
    with pytest.raises(ValueError, match="lateness"):
        folded(state, known, [cases.START], [1], lateness_ms=HOUR + 1)


def test_the_clock_closes_the_hour_of_a_silent_live_source_only():
    for origin, closes in ((0, 1), (1, 1), (REPLAYED, 0)):
        known, state = case(origin=np.array([origin], np.uint8))
        folded(state, known, [cases.START + 50 * MIN], [7])
        mode = windows.modes(known)
        early = windows.close_idle(known, mode, state.live, state.window, cases.START + 59 * MIN)
        assert len(early) == 0
        found = windows.close_idle(known, mode, state.live, state.window, cases.START + 60 * MIN)
        assert len(found) == closes
        assert folded(state, known, [cases.START + 55 * MIN], [9]).too_late == closes


def test_a_source_that_catches_up_is_not_closed_by_the_clock():
    known, state = case(origin=np.array([1], np.uint8))
    now = cases.START + 100 * HOUR
    folded(state, known, [cases.START + 50 * MIN], [7], received=[now - 1000])
    found = windows.close_idle(known, windows.modes(known), state.live, state.window, now)
    assert len(found) == 0


@pytest.mark.parametrize("lateness", [0, 7 * MIN, HOUR])
@pytest.mark.parametrize("seed", range(6))
def test_hours_agree_with_plain_python(seed, lateness):
    row, t, v, received = cases.arrivals(seed)
    known, state = cases.catalogue(), empty_state(4, 1)
    judged = quality.judge(quality.compiled(known), state.past, row, t, v, received)
    columns = (row, t, v, received, judged.q, judged.ordered, judged.revised)
    mode = windows.modes(known)
    found = windows.fold(mode, state.live, state.window, columns, lateness_ms=lateness)
    books = [HourBook(lateness) for _ in range(4)]
    expected = []
    for i in range(len(row)):
        for hour in books[row[i]].add(int(t[i]), float(v[i]), int(judged.q[i])):
            expected.append((int(row[i]), *hour))
    hours = found.hours
    columns = (hours.row, hours.t, hours.n, hours.sum, hours.min, hours.max, hours.last)
    assert [tuple(c.item() for c in one) for one in zip(*columns, strict=True)] == expected
    assert len(expected) > 50
    assert found.too_late == sum(book.too_late for book in books)


def ran(known, rules, state, row, t, v, received):
    judged = quality.judge(quality.compiled(known), state.past, row, t, v, received)
    columns = (row, t, v, received, judged.q, judged.ordered, judged.revised)
    hours = windows.fold(windows.modes(known), state.live, state.window, columns).hours
    points = detectors.watch_points(rules, state.watch, (row, t, v, judged.q, judged.ordered))
    return judged, hours, points, detectors.watch_hours(rules, state.watch, hours)


def as_rows(rules, *lots):
    return [
        (rules.rules[rule].id, int(row), int(t), float(v), "opened" if state else "closed")
        for lot in lots
        for rule, row, t, v, state in zip(lot.rule, lot.row, lot.t, lot.v, lot.state, strict=True)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_detectors_agree_exactly_with_plain_python(seed):
    arrived = cases.arrivals(seed)
    row, t, v, _ = arrived
    known = cases.catalogue()
    rules = detectors.compiled(known, cases.rules())
    judged, hours, points, runs = ran(known, rules, empty_state(4, rules.width), *arrived)
    watchers = {
        (r, rule.id): Watcher(rule.kind, dict(rule.parameters))
        for r in range(4)
        for rule in rules.rules
        if rule.property == known.properties[known.property[r]]
    }
    expected = []
    for i in range(len(row)):
        if judged.q[i] & 7 >= FAIL or not judged.ordered[i]:
            continue
        for (r, name), watcher in watchers.items():
            if r == row[i] and (said := watcher.point(int(t[i]), float(v[i]))):
                expected.append((name, r, int(t[i]), float(v[i]), said))
    assert as_rows(rules, points) == expected
    expected_runs = []
    for r, end, mean in zip(hours.row, hours.t, hours.mean(), strict=True):
        for (row_of, name), watcher in watchers.items():
            if row_of == r and (said := watcher.hour(int(end), float(mean))):
                expected_runs.append((name, int(r), int(end), float(mean), said))
    assert as_rows(rules, runs) == expected_runs
    kinds = {name.partition("-")[2] for name, *_ in expected + expected_runs}
    assert kinds == {"threshold", "hourly_run", "zscore", "stuck"}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 1600), max_size=12))
def test_hours_and_detections_do_not_depend_on_batches(seed, cuts):
    arrived = cases.arrivals(seed)
    known = cases.catalogue()
    rules = detectors.compiled(known, cases.rules())
    whole, cut = empty_state(4, rules.width), empty_state(4, rules.width)
    _, hours, points, runs = ran(known, rules, whole, *arrived)
    edges = [0, *sorted(min(c, len(arrived[0])) for c in cuts), len(arrived[0])]
    parts = [
        ran(known, rules, cut, *(column[a:b] for column in arrived)) for a, b in pairwise(edges)
    ]
    joined = windows.joined([part[1] for part in parts])
    for name in windows.Hours.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(joined, name), getattr(hours, name))
    assert as_rows(rules, *(part[2] for part in parts)) == as_rows(rules, points)
    assert as_rows(rules, *(part[3] for part in parts)) == as_rows(rules, runs)
    for name in ("live", "past", "window", "watch"):
        assert getattr(cut, name).tobytes() == getattr(whole, name).tobytes()


def test_output_larger_than_the_kernels_buffer_is_drained():
    known = cases.catalogue(2)
    up_and_down = detectors.Rule("x", "pm25", "threshold", {"above": 1.0})
    rules = detectors.compiled(known, (up_and_down,))
    n = 100_000
    columns = (
        np.zeros(n, np.int32),
        np.arange(n, dtype=np.int64),
        np.arange(n) % 2 * 2.0,
        np.zeros(n, np.uint16),
        np.ones(n, np.bool_),
    )
    found = detectors.watch_points(rules, empty_state(2, 1).watch, columns)
    assert len(found) == n - 1
    assert found.t.tolist() == list(range(1, n))


def test_a_missing_hour_ends_a_run_before_it_opens_and_lifts_nothing():
    known = cases.catalogue(1, period_s=3600, properties=("x",))
    rule = detectors.Rule("early", "x", "hourly_run", {"above": 50.0, "hours": 4})
    rules = detectors.compiled(known, (rule,))
    state = empty_state(1, 1)

    def states(hour_means):
        hours = folded(
            state,
            known,
            [cases.START + h * HOUR for h, _ in hour_means],
            [m for _, m in hour_means],
        ).hours
        return as_rows(rules, detectors.watch_hours(rules, state.watch, hours))

    assert states([(1, 60), (2, 60), (3, 60), (5, 60), (6, 60), (7, 60)]) == []
    assert states([(8, 60)])[0][-1] == "opened"
    assert states([(12, 60)]) == []
    assert states([(13, 50)])[0][-1] == "closed"


@pytest.mark.parametrize(
    ("kind", "parameters", "complaint"),
    [
        ("theshold", {"above": 1}, "kind 'theshold'"),
        ("threshold", {}, "'above' or 'below'"),
        ("threshold", {"above": 1, "below": 2}, "'above' or 'below'"),
        ("hourly_run", {"above": 1}, "lacks the parameter 'hours'"),
        ("stuck", {"seconds": 1, "hours": 1}, "no parameter 'hours'"),
        ("zscore", {"limit": 3, "alpha": 0}, "alpha"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(kind, parameters, complaint):
    with pytest.raises(ValueError, match=f"'r1'.*{complaint}"):
        detectors.compiled(cases.catalogue(), (detectors.Rule("r1", "pm25", kind, parameters),))


def test_below_is_above_turned_round():
    known = cases.catalogue(1, properties=("x",))
    rule = detectors.Rule("low", "x", "threshold", {"below": 5.0, "clear": 8.0})
    rules = detectors.compiled(known, (rule,))
    n = 5
    columns = (
        np.zeros(n, np.int32),
        np.arange(n, dtype=np.int64),
        np.array([5.0, 4.9, 7.0, 8.0, 9.0]),
        np.zeros(n, np.uint16),
        np.ones(n, np.bool_),
    )
    found = as_rows(rules, detectors.watch_points(rules, empty_state(1, 1).watch, columns))
    assert [(v, state) for _, _, _, v, state in found] == [(4.9, "opened"), (8.0, "closed")]


def said(seen, t, v, tolerance=0.05):
    row = np.zeros(len(t), np.int32)
    columns = np.asarray(t, np.int64), np.asarray(v, float), np.array([tolerance])
    return duplicates.verdicts(seen, row, *columns).tolist()


def test_repeats_are_known_by_stamp_and_other_values_are_conflicts():
    seen = duplicates.empty_seen(1)
    new, again, clash = duplicates.NEW, duplicates.REPEATED, duplicates.CONFLICTING
    assert said(seen, [10, 20, 15, 20, 15, 10, 20], [1, 2, 3, 2, 3, 1, 9]) == [
        new, new, new, again, again, again, clash]  # fmt: skip
    assert said(seen, [30, 30, 30], [np.nan, np.nan, 1.0]) == [new, again, clash]


def test_what_is_older_than_the_memory_is_left_to_the_history():
    seen = duplicates.empty_seen(1)
    assert said(seen, range(10, 30), [1.0] * 20) == [duplicates.NEW] * 20
    assert said(seen, [21, 22, 5], [1, 1, 1]) == [
        duplicates.UNDECIDED, duplicates.REPEATED, duplicates.UNDECIDED]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=120))
def test_the_memory_never_calls_a_repeat_new_nor_a_new_stamp_repeated(stamps):
    seen = duplicates.empty_seen(1)
    known = set()
    for stamp, verdict in zip(stamps, said(seen, stamps, [1.0] * len(stamps)), strict=True):
        if verdict == duplicates.NEW:
            assert stamp not in known
        elif verdict == duplicates.REPEATED:
            assert stamp in known
        else:
            newer = sorted(known, reverse=True)[: duplicates.DEPTH]
            assert len(newer) == duplicates.DEPTH
            assert stamp < newer[-1]
            continue
        known.add(stamp)
