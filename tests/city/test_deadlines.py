"""Time limits of offices: the law's own cases, and what holds for all of them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from madang.city.api import deadline_of, load_profile
from madang.city.cli_calendar import deadline as command
from madang.city.conventions import CityHoliday
from madang.city.deadline_rules import faults_of_file, read_limit, rules_of
from madang.city.deadlines import deadline
from madang.city.workdays import WorkCalendar
from madang.kernel.errors import Invalid
from madang.kernel.times import parse_time, zone

CITIES = Path(__file__).parents[2] / "cities"
SEOUL = load_profile("seoul")
KST = zone("Asia/Seoul")
HOLIDAYS = SEOUL.calendar
FIRST = datetime(2020, 1, 1, tzinfo=KST)
OFFICE = {9, 10, 11, 13, 14, 15, 16, 17}


def due(received: str, limit: str, *pauses: tuple[str, str]) -> str:
    stood = [(parse_time(a, KST), parse_time(b, KST)) for a, b in pauses]
    found = deadline_of(parse_time(received, KST), limit, pauses=stood, of=SEOUL)
    return found.due.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("received", "limit", "ends"),
    [
        # five days are forty office hours; Chuseok, weekends and the substitute day do not count
        ("2026-09-23T16:30", "5 days", "2026-10-02 16:30"),
        ("2026-09-23T09:00", "1 day", "2026-09-23 18:00"),
        ("2026-09-23T12:20", "1 day", "2026-09-28 12:00"),  # noon: an office rests
        ("2026-09-26T11:00", "1 day", "2026-09-28 18:00"),  # a holiday: counted from Monday
        ("2026-11-23T20:00", "즉시", "2026-11-24 12:00"),
        ("2026-11-23T16:30", "immediately", "2026-11-24 10:30"),
        ("2026-11-23T10:00", "3시간", "2026-11-23 14:00"),
        # six days: the day of receipt is the first
        ("2026-11-23T17:59", "6 days", "2026-11-30 23:59"),
        ("2026-09-23T16:30", "6일", "2026-10-02 23:59"),
        ("2026-09-24T10:00", "6 days", "2026-10-06 23:59"),
        # by the calendar, the first day counted: the day before the same day of the month
        ("2026-09-23T16:30", "1 month", "2026-10-22 23:59"),
        ("2026-01-01T00:00", "1 month", "2026-02-02 23:59"),  # 31 January is a Saturday
        ("2026-01-31T10:00", "1 month", "2026-03-03 23:59"),  # 28 February: Saturday, 2 March off
        ("2024-02-29T10:00", "1 year", "2025-02-28 23:59"),
        ("2026-09-23T16:30", "2 weeks", "2026-10-06 23:59"),
        ("2026-09-23T16:30", "1년", "2027-09-22 23:59"),
        # calendar days: from the day after, days off count, the last one moves on
        ("2026-01-02T10:00", "90 calendar days", "2026-04-02 23:59"),
        ("2026-06-27T10:00", "90역일", "2026-09-28 23:59"),  # 25 September is Chuseok
    ],
)
def test_the_law_counts_so(received: str, limit: str, ends: str):
    assert due(received, limit) == ends


def test_the_clock_stands_while_the_applicant_is_asked():
    assert due("2026-11-23T10:00", "1 day") == "2026-11-24 10:00"
    asked = ("2026-11-23T11:00", "2026-11-25T15:00")
    assert due("2026-11-23T10:00", "1 day", asked) == "2026-11-26 14:00"
    # of days, the day of asking and the day of the answer stand, too
    assert due("2026-11-23T10:00", "6 days") == "2026-11-30 23:59"
    assert due("2026-11-23T10:00", "6 days", asked) == "2026-12-03 23:59"
    assert due("2026-11-23T10:00", "1 month") == "2026-12-22 23:59"
    assert due("2026-11-23T10:00", "1 month", asked) == "2026-12-28 23:59"  # and on from Christmas
    still = deadline_of(
        parse_time("2026-11-23T10:00", KST),
        "1 day",
        pauses=[(parse_time("2026-11-23T11:00", KST), None)],
        of=SEOUL,
    )
    assert still is None


def test_a_temporary_holiday_moves_what_is_open():
    day = CityHoliday(names={"ko": "임시공휴일"}, date=date(2026, 11, 24))
    source = SEOUL.city.calendar
    holidays = type(source.holidays)(country="KR", add=(day,))
    changed = WorkCalendar(
        type(source)(fiscal_year=source.fiscal_year, holidays=holidays), language="ko"
    )
    received = parse_time("2026-11-23T10:00", KST)
    for limit, ends in (("1 day", "2026-11-25 10:00"), ("6 days", "2026-12-01 23:59")):
        found = deadline(
            received, read_limit(limit), rules=rules_of(SEOUL), calendar=changed, zone=KST
        )
        assert found.due.strftime("%Y-%m-%d %H:%M") == ends


@given(
    st.integers(0, 8 * 366 * 24 * 60),
    st.integers(1, 40),
    st.sampled_from(["hours", "days", "calendar days", "weeks", "months"]),
)
def test_a_deadline_lies_after_receipt_on_a_day_worked_and_grows_with_its_limit(
    minute: int, amount: int, unit: str
):
    received = FIRST + timedelta(minutes=minute)
    one = deadline_of(received, f"{amount} {unit}", of=SEOUL)
    more = deadline_of(received, f"{amount + 1} {unit}", of=SEOUL)
    assert received < one.due <= more.due
    assert HOLIDAYS.is_working_day(one.due.date())
    if unit == "days" and amount > 5:
        first = HOLIDAYS.next_working_day(received.date())
        passed = HOLIDAYS.working_days_between(first, one.due.date() + timedelta(days=1))
        assert passed == amount == one.days_counted


@given(
    st.integers(0, 3 * 366 * 24),
    st.integers(1, 5),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 100)), max_size=4),
)
def test_office_hours_between_receipt_and_deadline_are_the_limit(
    hour: int, days: int, stretches: list[tuple[int, int]]
):
    received = FIRST + timedelta(hours=hour)
    pauses = [
        (received + timedelta(hours=a), received + timedelta(hours=a + b)) for a, b in stretches
    ]
    found = deadline_of(received, f"{days} days", pauses=pauses, of=SEOUL)
    worked, hour = 0, received
    while hour < found.due:  # all times are whole hours here, and so are the office's
        is_open = HOLIDAYS.is_working_day(hour.date()) and hour.hour in (
            9,
            10,
            11,
            13,
            14,
            15,
            16,
            17,
        )
        worked += is_open and not any(a <= hour < b for a, b in pauses)
        hour += timedelta(hours=1)
    assert worked == 8 * days


@pytest.mark.parametrize("text", ["", "5", "days", "0 days", "-3 days", "5 moons", "99999 days"])
def test_what_is_no_limit_is_refused(text: str):
    with pytest.raises(Invalid, match="limit"):
        read_limit(text)


def test_impossible_times_are_refused():
    with pytest.raises(Invalid, match="offset"):
        deadline_of(FIRST.replace(tzinfo=None), "1 day", of=SEOUL)
    noon = parse_time("2026-11-23T12:00", KST)
    for pause in [(noon - timedelta(hours=3), noon), (noon + timedelta(1), noon)]:
        with pytest.raises(Invalid, match="stand"):
            deadline_of(noon - timedelta(hours=1), "1 day", pauses=[pause], of=SEOUL)
    with pytest.raises(Invalid, match="no deadline"):
        deadline_of(datetime(9500, 1, 1, tzinfo=KST), "1 day", of=SEOUL)


def test_cities_without_a_rule_count_working_days_and_say_what_they_lack():
    jakarta = load_profile("jakarta")
    received = parse_time("2026-11-23T10:00", jakarta.timezone)
    assert deadline_of(received, "5 days", of=jakarta).rule == "working-days"
    with pytest.raises(Invalid, match="no rule for a limit of 3 hours"):
        deadline_of(received, "3 hours", of=jakarta)


def test_the_command_answers_as_its_contract_says():
    asked = ["--from", "2026-09-23T16:30+09:00", "--limit", "5 days", "--city", "seoul", "--json"]
    answer = json.loads(CliRunner().invoke(command, asked, catch_exceptions=False).output)
    assert answer == {
        "due": "2026-10-02T16:30:00+09:00",
        "rule": "up-to-5-days (민원 처리에 관한 법률 제19조제1항)",
        "days_counted": 5,
    }
    stood = [*asked[:-1], "--stood", "2026-09-28T09:00/2026-09-29T09:00"]
    assert "2026-10-06T16:30" in CliRunner().invoke(command, stood).output
    for wrong in (["--from", "today", "--limit", "5 days"], [*asked, "--stood", "now"]):
        failed = CliRunner().invoke(command, wrong)
        assert isinstance(failed.exception, Invalid)
        assert "--" in failed.exception.message


def test_the_house_answers_it_over_http(client):
    answer = client.get("/api/v1/city/deadline", {"received": "2026-09-23T16:30", "limit": "5일"})
    assert answer.json()["due"] == "2026-10-02T16:30:00+09:00"
    wrong = client.get("/api/v1/city/deadline", {"received": "2026-09-23", "limit": "5 moons"})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("up_to: 5", "up_to: x"), "int"),
        (("id: hours", "id: immediately"), "twice"),
        (('["13:00", "18:00"]', '["11:00", "18:00"]'), "one after the other"),
        (('[["09:00", "12:00"], ["13:00", "18:00"]]', "[]"), "empty"),
        (("years]\n    counts: calendar", "years]\n    counts: working-days"), "by the calendar"),
        (('["09:00"', '["nine"'), "nine"),
    ],
)
def test_faults_of_the_file_are_named(tmp_path, change: tuple[str, str], message: str):
    text = (CITIES / "seoul" / "deadlines.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "deadlines.yaml"
    file.write_text(text.replace(*change), encoding="utf-8")
    (fault,) = faults_of_file(file, SEOUL)
    assert message in fault[1]
    assert faults_of_file(CITIES / "seoul" / "deadlines.yaml", SEOUL) == []
