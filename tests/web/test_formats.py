"""How times and numbers are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from madang.web import formats

SEOUL = ZoneInfo("Asia/Seoul")
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "11월 22일(일) 오후 2시 5분"),
        ("en", "Sun 22 Nov 14:05"),
    ],
)
def test_a_moment_reads_as_people_write_it(language: str, text: str):
    moment = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    assert formats.moment_text(moment, language, SEOUL, TODAY) == text


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (0, 0, "0시"),
        (0, 5, "0시 5분"),
        (9, 0, "오전 9시"),
        (12, 0, "낮 12시"),
        (23, 59, "오후 11시 59분"),
    ],
)
def test_korean_hours_leave_no_doubt_about_midnight_and_noon(hour: int, minute: int, text: str):
    moment = datetime(2026, 11, 22, hour, minute, tzinfo=SEOUL)
    assert formats.clock_text(moment, "ko", SEOUL) == text


def test_another_year_is_named():
    moment = datetime(2019, 3, 5, 0, tzinfo=UTC)
    assert formats.moment_text(moment, "ko", SEOUL, TODAY) == "2019년 3월 5일(화) 오전 9시"


def test_a_language_without_own_habit_follows_cldr():
    moment = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    assert "22" in formats.moment_text(moment, "vi", SEOUL, TODAY)
    assert "14:05" in formats.moment_text(moment, "vi", SEOUL, TODAY)


def test_an_unknown_language_still_reads():
    assert formats.number_text(1234.5, 1, "xx") == "1,234.5"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (59, "59 seconds"), (200, "3 minutes"), (7300, "2 hours")],
)
def test_a_span_has_one_unit(seconds: float, text: str):
    assert formats.span_text(seconds, "en") == text


def test_decimals_are_kept_and_not_invented():
    assert formats.number_text(0.03, 3, "ko") == "0.030"
    assert formats.number_text(58.4, 0, "ko") == "58"
