"""How values and times are written: CLDR by language, calendar, clock and digits by city."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel import writing
from madang.kernel.calendars import EthiopianDate, EthiopianTime, is_ethiopian_leap_year
from madang.kernel.habits import Habits, in_digits

ADDIS = Habits(locale="am_ET", calendar="ethiopian", clock="ethiopian")
KHMER = Habits(locale="km_KH", digits="khmr", decimal=",", group=".")
BOGOTA = Habits(locale="es_CO", decimal=",", group=".")
ZONE = ZoneInfo("Africa/Addis_Ababa")
NOON = datetime(2026, 11, 22, 9, tzinfo=UTC)  # 12:00 in Addis Ababa
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("hour", "told"),
    [(0, "ከሌሊቱ 6:00"), (5, "ከሌሊቱ 11:00"), (6, "ከጠዋቱ 12:00"), (7, "ከጠዋቱ 1:00"),
     (12, "ከቀኑ 6:00"), (17, "ከቀኑ 11:00"), (18, "ከምሽቱ 12:00"), (23, "ከምሽቱ 5:00")],
)  # fmt: skip
def test_ethiopians_count_hours_from_sunrise(hour: int, told: str):
    moment = datetime(2026, 11, 22, hour, tzinfo=ZONE)
    assert writing.clock_text(moment, "am", ZONE, ADDIS) == told


def test_an_ethiopian_day_has_its_own_month_and_weekday():
    assert writing.moment_text(NOON, "am", ZONE, DAY, ADDIS) == "እሑድ ኅዳር 13 ከቀኑ 6:00"
    assert writing.day_text(NOON, "am", ZONE, ADDIS) == "ኅዳር 13"
    last_year = datetime(2026, 9, 10, 9, tzinfo=UTC)  # 5 Pagume 2018, the day before the new year
    assert "2018" in writing.moment_text(last_year, "am", ZONE, DAY, ADDIS)
    assert "ጳጉሜን 5" in writing.moment_text(last_year, "am", ZONE, DAY, ADDIS)


def test_an_ethiopian_axis_names_hours_as_told():
    assert writing.hour_text(NOON, "am", ZONE, ADDIS) == "ከቀኑ 6"


@given(st.dates(min_value=date(100, 1, 1)))
def test_every_day_has_one_ethiopian_date_and_comes_back(day: date):
    shown = EthiopianDate.of(day)
    assert shown.gregorian() == day
    assert 1 <= shown.month <= 13
    assert shown.day <= (30 if shown.month < 13 else 6)


def test_ethiopian_days_follow_one_another_for_thirty_years():
    day, before = date(2000, 1, 1), EthiopianDate.of(date(1999, 12, 31))
    while day < date(2030, 1, 1):
        shown = EthiopianDate.of(day)
        new_month = shown.day == 1
        assert shown > before
        assert shown.day == (1 if new_month else before.day + 1)
        if new_month and shown.month == 1:
            assert before.day == (6 if is_ethiopian_leap_year(before.year) else 5)
        day, before = day + timedelta(days=1), shown


@given(st.times())
def test_every_time_told_in_ethiopia_comes_back(clock: time):
    assert EthiopianTime.of(clock).clock() == clock.replace(second=0, microsecond=0)


def test_khmer_pages_have_khmer_digits_everywhere():
    zone = ZoneInfo("Asia/Phnom_Penh")
    texts = [
        writing.moment_text(NOON, "km", zone, DAY, KHMER),
        writing.hour_text(NOON, "km", zone, KHMER),
        writing.span_text(200, "km", KHMER),
        writing.number_text(1234.5, 1, "km", KHMER),
        writing.percent_text(0.8, "km", 1, KHMER),
    ]
    assert not any(character in "0123456789" for text in texts for character in text), texts
    assert texts[3] == "១.២៣៤,៥"


def test_a_city_has_its_own_signs_in_numbers():
    assert writing.number_text(1234567.5, 1, "es", BOGOTA) == "1.234.567,5"
    assert writing.short_number_text(52.5, "es", BOGOTA) == "52,5"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "PM2.5, PM10, and O3"), ("ko", "PM2.5, PM10 및 O3"), ("ar", "PM2.5 وPM10 وO3")],
)
def test_a_list_is_joined_as_the_language_does(language: str, text: str):
    assert writing.list_text(["PM2.5", "PM10", "O3"], language) == text


def test_digits_of_an_unknown_system_stay():
    assert in_digits("2026", "roman") == "2026"


@pytest.mark.parametrize(
    "language",
    ["ko", "en", "zh-hans", "zh-hant", "ja", "vi", "th", "mn", "id", "fr", "bn", "ur", "ru", "ne",
     "km", "my", "de", "es", "fil", "ar", "si", "uz", "am"],
)  # fmt: skip
def test_every_language_names_day_month_and_time(language: str):
    zone = ZoneInfo("Asia/Seoul")
    texts = {
        writing.moment_text(NOON + timedelta(hours=hour), language, zone, DAY)
        for hour in range(0, 24 * 40, 7)
    }
    assert len(texts) == len(range(0, 24 * 40, 7)), "two moments look the same"
    assert "22" in writing.moment_text(NOON, language, zone, DAY)
    assert "2019" in writing.moment_text(datetime(2019, 3, 5, tzinfo=UTC), language, zone, DAY)
