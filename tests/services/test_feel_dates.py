"""Dates, times and durations, by the DMN 1.5 specification (10.3.2.3.4 on) and the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.services.engine.feel.date_text import (
    date_text,
    date_time_text,
    duration_text,
    read_date,
    read_date_time,
    read_duration,
)
from madang.services.engine.feel.dates import (
    Date,
    DaysTime,
    YearsMonths,
    from_ordinal,
    month_days,
    plus_months,
)
from tests.services.feel import written

MAKING = [
    ('date("2017-12-31")', '@"2017-12-31"'),
    ('date("2017-02-29")', "null"),
    ('date("2017-13-01")', "null"),
    ('date("998-12-31")', "null"),
    ('date("01211-12-31")', "null"),
    ('date("+99999-12-31")', "null"),
    ('date("999999999-12-31")', '@"999999999-12-31"'),
    ('date("-999999999-12-31")', '@"-999999999-12-31"'),
    ('date("9999999999-12-31")', "null"),
    ('date("2012-12-25T11:00:00")', "null"),
    ("date(2017, 8, 30)", '@"2017-08-30"'),
    ("date(2017, 13, 30)", "null"),
    ('date(date and time("2017-08-30T22:40:00"))', '@"2017-08-30"'),
    ("date(year: 2017, month: 8, day: 30)", '@"2017-08-30"'),
    ("date(null)", "null"),
    ("date()", "null"),
    ('time("13:20:00")', '@"13:20:00"'),
    ('time("13:20:00.123456789+02:00")', '@"13:20:00.123456789+02:00"'),
    ('time("13:20:00Z")', '@"13:20:00Z"'),
    ('time("13:20:00@Europe/Paris")', '@"13:20:00@Europe/Paris"'),
    ('time("13:20:00+02:00@Europe/Paris")', "null"),
    ('time("13:20:00@Nowhere/Town")', "null"),
    ('time("24:00:00")', "null"),
    ('time("13:60:00")', "null"),
    ('time("13:20")', "null"),
    ('time("13:20:00+19:00")', "null"),
    ("time(11, 59, 45.5)", '@"11:59:45.5"'),
    ('time(11, 59, 45, @"-PT2H")', '@"11:59:45-02:00"'),
    ("time(24, 0, 0)", "null"),
    ("time(11, 59, 45, null)", '@"11:59:45"'),
    ('time(@"2017-08-10T10:20:00+02:00")', '@"10:20:00+02:00"'),
    ('time(@"2017-08-10")', '@"00:00:00Z"'),
    ('date and time("2017-12-31")', '@"2017-12-31T00:00:00"'),
    ('date and time("2017-12-31T11:22:33.5Z")', '@"2017-12-31T11:22:33.5Z"'),
    ('date and time("2017-12-31 11:22:33")', "null"),
    ('date and time(@"2017-01-01", @"23:59:01@Asia/Seoul")', '@"2017-01-01T23:59:01@Asia/Seoul"'),
    ('date and time(@"2017-01-01T10:00:00", @"23:59:01")', '@"2017-01-01T23:59:01"'),
    ("date and time(2017, 1, 2, 3, 4, 5)", '@"2017-01-02T03:04:05"'),
    ('duration("P1DT2H3M4.5S")', '@"P1DT2H3M4.5S"'),
    ('duration("P1Y2M")', '@"P1Y2M"'),
    ('duration("P1Y2D")', "null"),
    ('duration("P")', "null"),
    ('duration("PT")', "null"),
    ('duration("P1DT")', "null"),
    ('duration("-PT36H")', '@"-P1DT12H"'),
    ('years and months duration(@"2011-12-22", @"2013-08-24")', '@"P1Y8M"'),
    ('years and months duration(@"2013-08-24", @"2011-12-22")', '@"-P1Y8M"'),
    ('years and months duration(@"2015-01-30", @"2015-02-28")', '@"P0M"'),
    ('@"nonsense"', "null"),
    ("now()", '@"2026-11-23T10:20:30Z"'),
    ("today()", '@"2026-11-23"'),
]  # fmt: skip
PARTS = [
    ('@"2018-12-10T10:30:05.5+05:00".second', "5.5"),
    ('@"2018-12-10T10:30:00+05:00".time offset', '@"PT5H"'),
    ('@"2018-12-10T10:30:00@Etc/UTC".timezone', '"Etc/UTC"'),
    ('@"2018-12-10T10:30:00".timezone', "null"),
    ('@"2018-12-10".weekday', "1"),
    ('@"2018-12-10".hour', "null"),
    ('@"-P14M".years', "-1"),
    ('@"-P14M".months', "-2"),
    ('@"P2DT20H14M".hours', "20"),
    ('@"P1Y".days', "null"),
    ('@"2018-12-10".nothing', "null"),
    ('day of year(@"2019-09-17")', "260"),
    ('day of week(@"2019-09-17")', '"Tuesday"'),
    ('month of year(@"2019-09-17T00:00:00")', '"September"'),
    ('week of year(@"2003-12-29")', "1"),
    ('week of year(@"2004-01-04")', "1"),
    ('week of year(@"2005-01-01")', "53"),
]
ARITHMETIC = [
    ('@"2024-01-31" + @"P1M"', '@"2024-02-29"'),
    ('@"2024-03-31" - @"P1M"', '@"2024-02-29"'),
    ('@"P1M" + @"2024-01-31"', '@"2024-02-29"'),
    ('@"2024-01-31" + @"P1D"', '@"2024-02-01"'),
    ('@"2024-01-31" + @"-PT1H"', '@"2024-01-30"'),
    ('@"2024-03-01" - @"2024-02-01"', '@"P29D"'),
    ('@"2024-03-01T10:00:00" - @"2024-03-01T09:00:00"', '@"PT1H"'),
    ('@"2024-03-01T10:00:00Z" - @"2024-03-01T10:00:00+02:00"', '@"PT2H"'),
    ('@"2024-03-01T10:00:00Z" - @"2024-03-01T10:00:00"', "null"),
    ('@"2024-03-01T10:00:00Z" - @"2024-03-01"', '@"PT10H"'),
    ('@"23:00:00" + @"PT2H"', '@"01:00:00"'),
    ('@"01:00:00Z" - @"00:30:00+01:00"', '@"PT1H30M"'),
    ('@"2024-03-31T01:30:00@Europe/Paris" + @"PT1H"', '@"2024-03-31T03:30:00@Europe/Paris"'),
    ('@"P1D" * 2.5', '@"P2DT12H"'),
    ('3 * @"P1M"', '@"P3M"'),
    ('@"P1D" / 2', '@"PT12H"'),
    ('@"P1D" / @"PT1H"', "24"),
    ('@"P1Y" / @"P1M"', "12"),
    ('@"P1Y" / 0', "null"),
    ('@"P1Y" + @"P1D"', "null"),
    ('-@"P1Y"', '@"-P1Y"'),
    ('@"999999999-12-31" + @"P1D"', "null"),
]
COMPARISON = [
    ('@"2020-01-01T00:00:00@Europe/Paris" = @"2019-12-31T23:00:00Z"', "true"),
    ('@"10:00:00Z" = @"12:00:00+02:00"', "true"),
    ('@"10:00:00" = @"10:00:00Z"', "false"),
    ('@"10:00:00" < @"11:00:00Z"', "null"),
    ('@"2020-01-01" < @"2020-01-02"', "true"),
    ('@"P1Y" = @"P12M"', "true"),
    ('@"PT24H" = @"P1D"', "true"),
    ('@"P1Y" < @"P13M"', "true"),
    ('@"P1Y" < @"P400D"', "null"),
    ('@"2020-01-01" = @"2020-01-01T00:00:00"', "null"),
    ('@"2020-01-15" in [@"2020-01-01"..@"2020-02-01")', "true"),
]


@pytest.mark.parametrize(("text", "value"), [*MAKING, *PARTS, *ARITHMETIC, *COMPARISON])
def test_a_moment_is_as_the_specification_says(text, value):
    assert written(text) == value


@given(st.dates())
def test_our_calendar_is_the_calendar(day):
    ours = read_date(day.isoformat())
    assert ours.ordinal == (day - date(1970, 1, 1)).days
    assert from_ordinal(ours.ordinal) == ours


DAYS = st.builds(
    lambda y, m, d: Date(y, m, min(d, month_days(y, m))),
    st.integers(-999_999_998, 999_999_998), st.integers(1, 12), st.integers(1, 31),
)  # fmt: skip


@given(DAYS)
def test_every_day_is_read_as_it_is_written(day):
    assert read_date(date_text(day)) == day
    assert from_ordinal(day.ordinal) == day
    assert from_ordinal(day.ordinal + 1).ordinal == day.ordinal + 1


@given(DAYS, st.integers(-1200, 1200))
def test_months_there_and_back_lose_at_most_the_end_of_the_month(day, months):
    there = plus_months(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or there.day == month_days(there.year, there.month)
    assert plus_months(there, -months).day <= day.day


@given(st.integers(-(10**20), 10**20))
def test_a_duration_is_read_as_it_is_written(amount):
    assert read_duration(duration_text(DaysTime(amount))) == DaysTime(amount)
    months = amount % 10**9
    assert read_duration(duration_text(YearsMonths(months))) in (YearsMonths(months), DaysTime(0))


@given(st.datetimes(), st.timedeltas(timedelta(hours=-18), timedelta(hours=18)))
def test_a_moment_with_its_offset_is_read_as_it_is_written(moment, ahead):
    offset = int(ahead.total_seconds())
    text = date_time_text(read_date_time(moment.isoformat()))
    assert read_date_time(text) == read_date_time(moment.isoformat())
    with_offset = read_date_time(moment.isoformat() + _offset(offset))
    assert read_date_time(date_time_text(with_offset)) == with_offset
    assert with_offset.offset == offset


def _offset(seconds: int) -> str:
    ahead = abs(seconds)
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{ahead // 3600:02}:{ahead // 60 % 60:02}:{ahead % 60:02}"
