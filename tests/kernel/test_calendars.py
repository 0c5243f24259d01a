"""Ethiopian days and hours, lunar days, and the holidays of countries."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel.calendars import (
    EthiopianDate,
    EthiopianTime,
    is_ethiopian_leap_year,
    korean_lunar_to_gregorian,
    next_monday,
    public_holidays,
)
from madang.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("gregorian", "ethiopian"),
    [
        (date(2026, 9, 11), (2019, 1, 1)),
        # new year falls on 12 September before a Gregorian leap year
        (date(2023, 9, 12), (2016, 1, 1)),
        (date(2023, 9, 11), (2015, 13, 6)),
        (date(2007, 9, 12), (2000, 1, 1)),  # the Ethiopian millennium
        (date(1896, 3, 1), (1888, 6, 23)),  # the battle of Adwa, 23 Yekatit 1888
        (date(1900, 2, 28), (1892, 6, 21)),  # 1900 is leap there, not in the Gregorian calendar
        (date(1900, 3, 1), (1892, 6, 22)),
        (date(8, 8, 27), (1, 1, 1)),
    ],
)
def test_known_days_have_their_ethiopian_date(gregorian, ethiopian):
    assert EthiopianDate.of(gregorian) == EthiopianDate(*ethiopian)
    assert EthiopianDate(*ethiopian).gregorian() == gregorian


@given(st.dates(date(8, 8, 27), date(9990, 1, 1)))
def test_days_go_there_and_back_and_follow_one_another(day):
    shown = EthiopianDate.of(day)
    assert shown.gregorian() == day
    assert EthiopianDate.of(day + timedelta(days=1)) > shown


@pytest.mark.parametrize(
    "parts", [(2018, 13, 6), (2019, 0, 1), (2019, 14, 1), (2019, 1, 31), (0, 1, 1)]
)
def test_days_that_do_not_exist_are_refused(parts):
    with pytest.raises(Invalid, match="no day of the Ethiopian calendar"):
        EthiopianDate(*parts)


def test_before_the_first_year_there_is_no_date():
    with pytest.raises(Invalid, match="before the first"):
        EthiopianDate.of(date(8, 8, 26))


def test_the_third_year_of_four_is_leap():
    assert [year for year in range(2012, 2020) if is_ethiopian_leap_year(year)] == [2015, 2019]
    assert EthiopianDate(2015, 13, 6).month_name() == "Pagume"
    assert EthiopianDate(2015, 1, 1).month_name("am") == "መስከረም"


@pytest.mark.parametrize(
    ("clock", "hour", "by_day"),
    [
        (time(6, 0), 12, True),
        (time(7, 0), 1, True),
        (time(12, 0), 6, True),
        (time(17, 59), 11, True),
        (time(18, 0), 12, False),
        (time(0, 0), 6, False),
        (time(5, 59), 11, False),
    ],
)
def test_hours_are_told_from_sunrise_and_sunset(clock, hour, by_day):
    told = EthiopianTime.of(clock)
    assert (told.hour, told.by_day) == (hour, by_day)
    assert told.clock() == clock


def test_every_minute_of_a_day_is_told_once():
    minutes = [time(h, m) for h in range(24) for m in range(60)]
    told = [EthiopianTime.of(minute) for minute in minutes]
    assert len(set(told)) == 1440
    assert [item.clock() for item in told] == minutes


def test_lunar_feasts_fall_on_published_days():
    # Korea Astronomy and Space Science Institute, almanacs of 2025 and 2026
    assert korean_lunar_to_gregorian(2026, 1, 1) == date(2026, 2, 17)
    assert korean_lunar_to_gregorian(2026, 8, 15) == date(2026, 9, 25)
    assert korean_lunar_to_gregorian(2025, 6, 1, leap=True) == date(2025, 7, 25)
    with pytest.raises(Invalid, match="does not exist"):
        korean_lunar_to_gregorian(2026, 13, 1)


def test_the_next_monday_may_be_today():
    assert next_monday(date(2026, 11, 23)) == date(2026, 11, 23)
    assert next_monday(date(2026, 11, 24)) == date(2026, 11, 30)


def test_holidays_of_countries_have_names_in_the_language_asked_for():
    assert public_holidays("KR", 2026, language="en")[date(2026, 9, 25)] == "Chuseok"
    assert public_holidays("KR", 2026, language="ko")[date(2026, 9, 25)] == "추석"
    assert public_holidays("KR", 2026, language="xx")[date(2026, 9, 25)] == "추석"
    assert len(public_holidays("CO", 2026)) == 19


@pytest.mark.parametrize(
    ("country", "options"),
    [("XX", {}), ("KR", {"categories": ("feast",)}), ("KR", {"subdivision": "ZZ"})],
)
def test_unknown_countries_regions_and_categories_are_refused(country, options):
    with pytest.raises(Invalid, match="no holidays are known"):
        public_holidays(country, 2026, **options)
