"""Fair queues, waiting lists, and what missing an appointment costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from madang.cases.engine.appointment_queue import (
    Fairness,
    Waiting,
    Wish,
    counted_no_shows,
    days_allowed,
    first_in_line,
    order_of,
)

NINE = datetime(2026, 11, 24, tzinfo=UTC)
RULES = Fairness(late_minutes=15, longest_wait_minutes=60)


def after(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def numbers(waiting: list[Waiting], now: datetime) -> list[int]:
    return [one.number for one in order_of(waiting, now, RULES)]


def test_an_appointment_that_is_due_goes_before_who_walked_in():
    waiting = [Waiting(1, after(0)), Waiting(2, after(5), due=after(10))]
    assert numbers(waiting, after(10)) == [2, 1]


def test_before_its_time_an_appointment_overtakes_nobody():
    waiting = [Waiting(1, after(5)), Waiting(2, after(0), due=after(30))]
    assert numbers(waiting, after(10)) == [1, 2]


def test_who_comes_late_queues_like_those_who_walked_in():
    waiting = [Waiting(1, after(20)), Waiting(2, after(26), due=after(10))]
    assert numbers(waiting, after(30)) == [1, 2]


def test_nobody_is_passed_over_for_longer_than_an_hour():
    waiting = [Waiting(1, after(0)), Waiting(2, after(50), due=after(60))]
    assert numbers(waiting, after(60)) == [2, 1]
    assert numbers(waiting, after(61)) == [1, 2]


tickets = st.lists(
    st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(0, 300))),
    min_size=1, max_size=20,
)  # fmt: skip


@given(tickets, st.integers(0, 400))
def test_the_order_holds_everybody_once_and_does_not_depend_on_the_door(rows, now):
    waiting = [
        Waiting(n, after(issued), None if due is None else after(due))
        for n, (issued, due) in enumerate(rows)
    ]
    ordered = order_of(waiting, after(now), RULES)
    assert sorted(one.number for one in ordered) == list(range(len(rows)))
    assert order_of(reversed(waiting), after(now), RULES) == ordered
    longest = [
        one for one in waiting if one.due is None and after(now) - one.issued > timedelta(hours=1)
    ]
    if longest:
        first = ordered[0]
        assert after(now) - first.issued > timedelta(hours=1)


def wish(name: str, asked: int, first: int, last: int, slots: int = 1) -> Wish:
    return Wish(name, after(asked), date(2026, 11, first), date(2026, 11, last), slots)


def test_the_first_whom_a_free_place_suits_is_offered_it():
    line = [wish("kim", 2, 24, 26), wish("lee", 1, 25, 27), wish("park", 0, 24, 24, slots=3)]
    assert first_in_line(line, date(2026, 11, 24), 1).id == "kim"  # park needs a longer one
    assert first_in_line(line, date(2026, 11, 24), 3).id == "park"
    assert first_in_line(line, date(2026, 11, 26), 1).id == "lee"
    assert first_in_line(line, date(2026, 11, 28), 9) is None


def test_missed_appointments_count_for_ninety_days():
    missed = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 11, 20)]
    assert counted_no_shows(missed, date(2026, 11, 24), 90) == 2


def test_who_often_misses_books_for_today_and_tomorrow_only_and_is_never_shut_out():
    assert [days_allowed(n, 3, 30) for n in range(5)] == [30, 30, 30, 1, 1]
