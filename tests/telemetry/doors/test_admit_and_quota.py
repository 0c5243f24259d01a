"""Which rows may enter, and how many."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel.errors import LimitReached
from madang.telemetry import refusals
from madang.telemetry.doors.admit import EARLIEST_MS, FUTURE_LIMIT_MS, admit, admit_point
from madang.telemetry.doors.quota import BURST_S, SMALLEST_BURST, Quotas
from madang.telemetry.doors.rows import RowError, columns
from madang.telemetry.engine.catalogue import Catalogue, empty_catalogue

NOW = 1_795_359_600_000


def catalogue(owners: dict[int, int]) -> Catalogue:
    """Return a catalogue of datastreams with their gateways."""
    n = len(owners)
    ids = np.array(sorted(owners), np.uint32)
    return Catalogue(
        ids=ids,
        property=np.zeros(n, np.uint8),
        properties=("pm25",),
        resolution=np.full(n, 0.1),
        period_s=np.full(n, 60),
        freshness_s=np.full(n, 300),
        gateway=np.array([owners[int(ds)] for ds in ids], np.uint32),
        origin=np.zeros(n, np.uint8),
        limits={},
    )


KNOWN = catalogue({1: 10, 2: 10, 5: 20})


def codes(ds, t, gateway=10):
    found = admit(columns(ds, t, np.zeros(len(ds))), KNOWN, gateway, NOW)
    return {item.row: item.code for item in found.refused}, found.row.tolist()


def test_good_rows_pass_as_they_are():
    parsed = columns([1, 2], [NOW, NOW], [1, 2])
    assert admit(parsed, KNOWN, 10, NOW) is parsed


@pytest.mark.parametrize(
    ("jump_ms", "refused"), [(-3_600_000, {0: refusals.FUTURE_STAMP}), (3_600_000, {})]
)
def test_when_the_servers_clock_jumps_only_stamps_ahead_of_it_are_refused(jump_ms, refused):
    """Put back, it takes the present for the future, and says so; put forward, all is the past."""
    found = admit(columns([1, 1], [NOW, NOW - 2 * 3_600_000], [1, 2]), KNOWN, 10, NOW + jump_ms)
    assert {item.row: item.code for item in found.refused} == refused
    assert found.row.tolist() == [row for row in (0, 1) if row not in refused]


def test_each_bad_row_is_refused_with_its_code():
    late = NOW + FUTURE_LIMIT_MS
    refused, kept = codes([1, 3, 5, 1, 1, 1], [NOW, NOW, NOW, late, late + 1, NOW // 1000])
    assert refused == {
        1: refusals.UNKNOWN_DATASTREAM,
        2: refusals.FORBIDDEN_DATASTREAM,
        4: refusals.FUTURE_STAMP,
        5: refusals.OUT_OF_RANGE_TIME,
    }
    assert kept == [0, 3]


def test_a_refused_row_keeps_its_place_among_those_refused_before():
    before = columns([9, 1], [NOW, NOW], [1, 2])
    assert admit(before, KNOWN, 10, NOW).refused[0].row == 0
    assert b'"ds": 9' in admit(before, KNOWN, 10, NOW).refused[0].payload


def test_the_administrator_may_write_every_datastream_that_exists():
    assert codes([1, 5, 6], [NOW] * 3, None) == ({2: refusals.UNKNOWN_DATASTREAM}, [0, 1])


def test_without_a_catalogue_every_datastream_is_unknown():
    found = admit(columns([1], [NOW], [1]), empty_catalogue(), 10, NOW)
    assert [item.code for item in found.refused] == [refusals.UNKNOWN_DATASTREAM]


@given(
    st.integers(1, 7),
    st.sampled_from([0, EARLIEST_MS - 1, EARLIEST_MS, NOW, NOW + FUTURE_LIMIT_MS + 1]),
    st.sampled_from([10, 20, 30]),
)
def test_a_single_row_is_judged_as_a_batch_of_one(ds, t, gateway):
    owners = dict(zip(KNOWN.ids.tolist(), KNOWN.gateway.tolist(), strict=True))
    refused = admit(columns([ds], [t], [1.0]), KNOWN, gateway, NOW).refused
    try:
        admit_point((ds, t, 1.0), owners, gateway, NOW)
    except RowError as error:
        assert [(item.code, item.reason) for item in refused] == [(error.code, error.reason)]
    else:
        assert not refused


def test_a_gateway_may_send_its_quota_each_second_for_ever():
    quotas = Quotas()
    for second in range(100):
        quotas.charge(1, 500, 500, float(second))


def test_ten_times_the_quota_passes_one_time_in_ten_after_the_first_burst():
    quotas, passed = Quotas(), 0
    for tick in range(10_000):  # 100 s of 1,000 points every 10 ms against 10,000 a second
        try:
            quotas.charge(1, 10_000, 1000, tick / 100)
            passed += 1000
        except LimitReached:
            pass
    assert passed == pytest.approx(10_000 * (100 + BURST_S), rel=0.01)


def test_who_is_over_quota_hears_when_to_come_again():
    quotas = Quotas()
    quotas.charge(1, 100, SMALLEST_BURST, 0.0)
    with pytest.raises(LimitReached) as error:
        quotas.charge(1, 100, 50, 0.0)
    assert error.value.retry_after_s == pytest.approx(0.5)
    quotas.charge(1, 100, 50, 0.5)


def test_a_batch_larger_than_the_bucket_passes_once_and_leaves_a_debt():
    quotas = Quotas()
    quotas.charge(1, 100, 5000, 0.0)
    with pytest.raises(LimitReached):
        quotas.charge(1, 100, 1, 39.0)
    quotas.charge(1, 100, 1, 41.0)


def test_gateways_do_not_share_a_quota_and_a_new_quota_counts_at_once():
    quotas = Quotas()
    quotas.charge(1, 100, 1000, 0.0)
    quotas.charge(2, 100, 1000, 0.0)
    with pytest.raises(LimitReached):
        quotas.charge(1, 100, 10, 0.0)
    quotas.charge(1, 1000, 10, 0.0)
