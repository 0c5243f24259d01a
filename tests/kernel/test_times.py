"""Stamps in, stamps out, and the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel import times
from madang.kernel.errors import Invalid

SEOUL = times.zone("Asia/Seoul")
BERLIN = times.zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2019-12-01T13:00", "2019-12-01T04:00:00+00:00"),
        ("2019-12-01 13:00", "2019-12-01T04:00:00+00:00"),
        ("20191201T1300", "2019-12-01T04:00:00+00:00"),
        ("2019-12-01T13:00:30.250Z", "2019-12-01T13:00:30.250000+00:00"),
        ("2019-12-01T13:00-05:00", "2019-12-01T18:00:00+00:00"),
        ("2019-12-01T24:00", "2019-12-01T15:00:00+00:00"),
        ("2019-12-31 24:00:00", "2019-12-31T15:00:00+00:00"),
        ("2020-02-29T24:00Z", "2020-03-01T00:00:00+00:00"),
        ("20191201T2400+0900", "2019-12-01T15:00:00+00:00"),
    ],
)
def test_a_stamp_without_an_offset_is_the_citys_time(text, utc):
    assert times.parse_utc(text, SEOUL).isoformat() == utc


@pytest.mark.parametrize(
    "text",
    ["", "2019-12-01", "24:00", "2019-13-01T00:00", "2019-12-01T24:01", "2019-12-01T25:00",
     "yesterday", "2019-12-01T13:00+9", "2019-02-30T24:00", "9999-12-31T24:00", "1575172800"],
)  # fmt: skip
def test_what_is_no_stamp_is_refused_by_name(text):
    with pytest.raises(Invalid, match=r"no ISO 8601 time"):
        times.parse_utc(text, SEOUL)


def test_a_stamp_without_an_offset_needs_a_zone():
    with pytest.raises(Invalid, match="no offset"):
        times.parse_utc("2019-12-01T13:00")


def test_parse_time_keeps_the_offset_of_the_stamp():
    assert times.parse_time("2019-12-01T24:00+09:00").isoformat() == "2019-12-02T00:00:00+09:00"
    assert times.parse_time("2019-12-01T13:00", SEOUL).utcoffset() == timedelta(hours=9)


def test_a_skipped_local_time_is_refused_and_a_doubled_one_is_the_first():
    with pytest.raises(Invalid, match="does not exist"):
        times.parse_utc("2026-03-29T02:30", BERLIN)
    assert times.parse_utc("2026-10-25T02:30", BERLIN).hour == 0


def test_midnight_is_written_24_00_of_the_day_before():
    midnight = datetime(2019, 12, 1, 15, tzinfo=UTC)
    assert times.format_hour_ending(midnight, SEOUL) == "2019-12-01T24:00"
    assert times.format_hour_ending(midnight + times.HOUR, SEOUL) == "2019-12-02T01:00"


@given(st.integers(times.to_ms(datetime(1900, 1, 1, tzinfo=UTC)), 7_258_118_400_000))
def test_formatting_and_parsing_are_inverse(ms):
    moment = times.from_ms(ms)
    assert times.parse_utc(times.format_time(moment)) == moment
    assert times.parse_utc(times.format_time(moment, SEOUL)) == moment
    assert times.to_ms(moment) == ms


@given(st.integers(0, 1_000_000))
def test_hour_ending_stamps_are_read_back(hours):
    moment = times.EPOCH + hours * times.HOUR
    assert times.parse_utc(times.format_hour_ending(moment, SEOUL), SEOUL) == moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1H", 3600), ("P1DT6H", 108000), ("P2W", 1209600), ("-PT30M", -1800), ("PT0.5S", 0.5)],
)
def test_durations_of_fixed_length_are_read(text, seconds):
    assert times.parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["P", "PT", "P1DT", "P1M", "P1Y", "1H", ""])
def test_durations_without_a_fixed_length_are_refused(text):
    with pytest.raises(Invalid, match="duration"):
        times.parse_duration(text)


def test_intervals_have_two_ends_in_any_of_three_forms():
    expected = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC))
    for text in (
        "2026-01-01T00:00Z/2026-01-01T01:00Z",
        "2026-01-01T00:00Z/PT1H",
        "PT1H/2026-01-01T01:00Z",
    ):
        assert times.parse_interval(text) == expected
    assert times.parse_interval("2026-01-01T01:00Z") == (expected[1], expected[1])
    with pytest.raises(Invalid, match="ends before"):
        times.parse_interval("2026-01-01T01:00Z/2026-01-01T00:00Z")


def test_the_clock_can_be_held_and_is_given_back():
    held = datetime(2026, 11, 22, 6, tzinfo=UTC)
    with times.fixed_clock(held):
        assert times.now() == held
        assert times.now_ms() == times.to_ms(held)
        with times.fixed_clock(lambda: held + times.HOUR):
            assert times.now() == held + times.HOUR
    assert abs(times.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_hours_end_and_days_span():
    assert times.hour_end(datetime(2026, 1, 1, 5, tzinfo=UTC)).hour == 5
    assert times.hour_end(datetime(2026, 1, 1, 5, 0, 1, tzinfo=UTC)).hour == 6
    start, end = times.day_span(date(2026, 10, 25), BERLIN)
    assert end - start == timedelta(hours=25)
    assert times.day_span(date(2026, 1, 1), SEOUL)[0].hour == 15


def test_an_unknown_zone_is_refused():
    for name in ("Asia/Atlantis", "../etc", ""):
        with pytest.raises(Invalid, match="IANA"):
            times.zone(name)
