import numpy as np
import pytest

from madang.telemetry.engine import detectors, freshness
from madang.telemetry.engine.catalogue import REPLAYED
from madang.telemetry.engine.state import (
    Snapshot,
    carried,
    empty_state,
    from_bytes,
    latest,
    to_bytes,
)
from tests.telemetry import engine_cases as cases
from tests.telemetry.test_windows_and_detectors import as_rows, ran


def run_to(seed, end):
    known = cases.catalogue()
    rules = detectors.compiled(known, cases.rules())
    state = empty_state(4, rules.width)
    arrived = cases.arrivals(seed)
    ran(known, rules, state, *(column[:end] for column in arrived))
    return known, rules, state, [column[end:] for column in arrived]


def test_a_state_comes_back_to_the_last_bit_and_goes_on_the_same():
    known, rules, state, rest = run_to(1, 700)
    data = to_bytes(Snapshot(known, cases.rules(), state, {"seq": 7}))
    back = from_bytes(data)
    assert to_bytes(back) == data
    assert back.facts == {"seq": 7}
    assert back.rules == cases.rules()
    assert back.catalogue.limits == known.limits
    again = detectors.compiled(back.catalogue, back.rules)
    expected = ran(known, rules, state, *rest)
    found = ran(back.catalogue, again, back.state, *rest)
    assert as_rows(again, *found[2:]) == as_rows(rules, *expected[2:])


@pytest.mark.parametrize("place", [3, 30, 400, -1])
def test_a_damaged_state_file_is_refused(place):
    known, _, state, _ = run_to(1, 10)
    data = bytearray(to_bytes(Snapshot(known, (), state, {})))
    data[place] ^= 1
    with pytest.raises(ValueError, match="state file"):
        from_bytes(bytes(data))
    with pytest.raises(ValueError, match="state file"):
        from_bytes(bytes(data[: len(data) // 2]))


def test_a_grown_catalogue_keeps_the_state_of_each_datastream_and_detector():
    known, rules, state, rest = run_to(2, 700)
    ids = np.array([3, 10, 11, 12, 13, 99], np.uint32)
    prop = np.array([2, 1, 2, 1, 2, 0], np.uint8)  # pm25 and pm10 have other places now
    grown = cases.catalogue(
        6, properties=("no2", "pm25", "pm10"), ids=ids, property=prop, limits=known.limits
    )
    more = (detectors.Rule("new", "pm25", "threshold", {"above": 1e9}), *reversed(cases.rules()))
    after = detectors.compiled(grown, more)
    moved = carried(state, (known, rules), (grown, after))
    row, t, v, received = rest
    expected = ran(known, rules, state, row, t, v, received)
    found = ran(grown, after, moved, row + 1, t, v, received)
    np.testing.assert_array_equal(found[0].q, expected[0].q)
    np.testing.assert_array_equal(found[1].sum, expected[1].sum)
    shifted = [(name, r - 1, *others) for name, r, *others in as_rows(after, *found[2:])]
    assert sorted(shifted) == sorted(as_rows(rules, *expected[2:]))


def test_latest_leaves_out_the_silent_and_the_unknown():
    known, _, state, _ = run_to(3, 700)
    state.live["count"][2] = 0
    assert latest(known, state).ds.tolist() == [10, 11, 13]
    found = latest(known, state, np.array([13, 5, 12, 10], np.uint32))
    assert found.ds.tolist() == [13, 10]
    assert found.v[1] == state.live["v"][0] or np.isnan(found.v[1])


def test_silence_is_told_by_the_time_of_receipt_and_never_of_replayed_sources():
    known = cases.catalogue(
        4,
        freshness_s=np.array([30, 30, 30, 0], np.int32),
        origin=np.array([0, 1, REPLAYED, 0], np.uint8),
    )
    state = empty_state(4, 1)
    now = cases.START
    assert len(freshness.stale(known, state.live, now).row) == 0  # nothing ever came
    state.live["count"] = 1
    state.live["received"] = now - 30_000
    assert len(freshness.stale(known, state.live, now).row) == 0
    found = freshness.stale(known, state.live, now + 1)
    assert found.row.tolist() == [0, 1]
    assert found.limit_s.tolist() == [30, 30]


def test_who_begins_to_listen_gives_everybody_their_whole_time():
    known = cases.catalogue(2, freshness_s=np.array([30, 30], np.int32))
    state = empty_state(2, 1)
    now = cases.START
    state.live["count"] = 1
    state.live["received"] = now - 600_000  # ten minutes in which nobody listened
    state.live["stale"][1] = 1  # silent before
    assert freshness.stale(known, state.live, now, now).row.tolist() == [1]
    assert freshness.stale(known, state.live, now + 30_000, now).row.tolist() == [1]
    found = freshness.stale(known, state.live, now + 30_001, now)
    assert found.row.tolist() == [0, 1]
    assert found.age_s.tolist() == [630.001, 630.001]
