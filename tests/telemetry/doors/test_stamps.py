"""Many stamps at once read as each alone would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.telemetry.doors.rows import RowError, stamp
from madang.telemetry.doors.stamps import uniform_stamps

zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.lists(
    st.datetimes(datetime(1600, 1, 1), datetime(9990, 1, 1)),  # noqa: DTZ001 -- zones come later
    min_size=1,
    max_size=5,
)


@given(moments, zones, st.sampled_from(["seconds", "milliseconds", "microseconds"]))
def test_uniform_stamps_are_read_as_single_ones(times, zone, precision):
    texts = [time.replace(tzinfo=zone).isoformat(timespec=precision) for time in times]
    assert uniform_stamps(texts).tolist() == [stamp(text) for text in texts]


@given(moments)
def test_z_is_utc(times):
    texts = [time.replace(tzinfo=UTC).isoformat(timespec="seconds")[:19] + "Z" for time in times]
    assert uniform_stamps(texts).tolist() == [stamp(text) for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["2026-11-22"],
        ["2026-11-22T15:00:00"],
        ["2026-11-22T15:00:00Z", "2026-11-22T15:00:00+00:00"],
        ["2026-11-22T15:00:00+00:00", "2026-11-22T15:00:00+09:00"],
        ["2026-11-22T15:00:00Z", "2026-11-22 15:00:00Z"],
        ["2026-11-22T15:00:00Z", "2026-11-22T15:00:0xZ"],
        ["2026-11-22T15:00:00Z", "2026-02-30T15:00:00Z"],
        ["2026-11-22T24:00:00Z"],
        ["2026-11-22T15:00:00+99:00"],
        ["٢٠٢٦-11-22T15:00:00Z"],
        ["2026-11-22T14:00:00Z/2026-11-22T15:00:00Z"],
    ],
)
def test_what_is_not_uniform_is_left_to_the_closer_look(texts):
    assert uniform_stamps(texts) is None


@given(st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_any_texts_are_left_or_read_as_single_ones(texts):
    found = uniform_stamps(texts)
    if found is None:
        return
    try:
        assert found.tolist() == [stamp(text) for text in texts]
    except RowError as error:
        raise AssertionError(texts) from error
