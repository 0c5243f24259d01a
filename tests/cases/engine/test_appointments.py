"""Slots and seats: never more bookings than there are seats, whatever the order."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from madang.cases.engine.appointments import (
    Desks,
    Hours,
    Run,
    bookable_days,
    free_seats,
    free_starts,
    seats,
    slot_starts,
)

SEOUL = ZoneInfo("Asia/Seoul")
DAY = date(2026, 11, 24)
OFFICE = Hours(((time(9), time(18)),), (time(12), time(13)), 15)
QUARTER = timedelta(minutes=15)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=SEOUL).astimezone(UTC)


def room_of(desks: Desks, hours: Hours = OFFICE) -> dict[datetime, int]:
    return {one: seats(one, hours, desks, SEOUL) for one in slot_starts(DAY, hours, SEOUL)}


def test_nine_hours_are_thirty_six_quarters_and_the_last_ends_when_the_office_closes():
    starts = slot_starts(DAY, OFFICE, SEOUL)
    assert len(starts) == 36
    assert (starts[0], starts[-1]) == (at(9), at(17, 45))


def test_a_slot_that_would_outlast_the_office_is_none():
    hours = Hours(((time(9), time(9, 50)),), None, 20)
    assert slot_starts(DAY, hours, SEOUL) == [at(9), at(9, 20)]


def test_at_lunch_fewer_desks_take_appointments():
    desks = Desks(desks=6, bookable=3, at_lunch=1)
    room = room_of(desks)
    assert [room[at(11, 45)], room[at(12)], room[at(12, 45)], room[at(13)]] == [3, 1, 1, 3]


def test_a_long_appointment_needs_the_same_seat_all_along():
    """Seat 0 is free first, seat 1 then: two halves of two seats are no place."""
    room = {at(9): 2, at(9, 15): 2}
    gone = {at(9): {1}, at(9, 15): {0}}
    assert free_seats([at(9), at(9, 15)], room, gone) == []
    assert free_seats([at(9)], room, gone) == [0]


def test_a_long_appointment_does_not_outlast_the_day_or_a_break():
    broken = Hours(((time(9), time(10)), (time(13), time(14))), None, 15)
    room = room_of(Desks(1, 1, 1), broken)
    found = free_starts(list(room), room, {}, Run(3, QUARTER))
    assert list(found) == [at(9), at(9, 15), at(13), at(13, 15)]


def test_a_holiday_is_no_day_for_appointments():
    days = list(bookable_days(DAY, 3, lambda day: day.day != 25))
    assert [day.day for day in days] == [24, 26, 27]


bookings = st.lists(
    st.tuples(st.integers(0, 35), st.integers(1, 4), st.sampled_from(["book", "cancel"])),
    max_size=120,
)


@given(bookings, st.integers(0, 4), st.integers(0, 4))
def test_no_slot_ever_has_more_bookings_than_seats(wanted, bookable, at_lunch):
    """Any interleaving of bookings and cancellations of any length keeps every slot in bounds."""
    desks = Desks(5, bookable, min(at_lunch, bookable))
    room = room_of(desks)
    starts = list(room)
    gone: dict[datetime, set[int]] = {}
    made: list[tuple[list[datetime], int]] = []
    for number, slots, what in wanted:
        if what == "cancel" and made:
            run, seat = made.pop(number % len(made))
            for one in run:
                gone[one].discard(seat)
            continue
        run = Run(slots, QUARTER).starts(starts[number])
        free = free_seats(run, room, gone)
        if free:
            made.append((run, free[0]))
            for one in run:
                assert free[0] not in gone.setdefault(one, set()), "a seat given twice"
                gone[one].add(free[0])
    for one, taken in gone.items():
        assert len(taken) <= room[one]
        assert len(taken) == sum(one in run for run, _seat in made)


@given(st.sets(st.tuples(st.integers(0, 35), st.integers(0, 2))), st.integers(1, 4))
def test_what_is_free_can_be_booked_and_nothing_else(taken, slots):
    room = room_of(Desks(6, 3, 1))
    starts = list(room)
    gone: dict[datetime, set[int]] = {}
    for number, seat in taken:
        gone.setdefault(starts[number], set()).add(seat)
    run = Run(slots, QUARTER)
    found = free_starts(starts, room, gone, run)
    for start in starts:
        by_hand = [
            seat
            for seat in range(3)
            if all(
                one in room and seat < room[one] and seat not in gone.get(one, ())
                for one in run.starts(start)
            )
        ]
        assert found.get(start, 0) == len(by_hand)
