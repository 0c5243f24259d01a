"""Seats of slots: which are taken, taking one, giving it back.

Two people never get the same seat: the database has one row per seat and slot
(`cases_one_holder_per_seat`), so that whoever comes second is refused, whatever the timing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from madang.cases.engine.appointments import (
    Run,
    bookable_days,
    free_seats,
    free_starts,
    seats,
    slot_starts,
)
from madang.cases.errors import NotOpenThen, SlotTaken
from madang.cases.models import OfficeClosure, Seat
from madang.cases.office_file import Matter
from madang.cases.offices import Office, offices, serves
from madang.city.api import profile
from madang.kernel import times

Capacity = dict[datetime, int]


def capacity(office: Office, counter: str, day: date) -> Capacity:
    """Return the seats of each slot of a day, as its hours and desks have them."""
    house, zone = offices(), profile().timezone
    desks = office.counters[counter]
    return {
        start: seats(start, house.hours, desks, zone)
        for start in slot_starts(day, house.hours, zone)
    }


def open_days(found: Iterable[Office], days_ahead: int) -> dict[str, list[date]]:
    """Return the days from today on for which each office gives appointments."""
    today, calendar = profile().today(), profile().calendar
    shut = closures([one.id for one in found], today)
    working = list(bookable_days(today, days_ahead, calendar.is_working_day))
    return {
        one.id: [day for day in working if not any(a <= day <= b for a, b in shut.get(one.id, ()))]
        for one in found
    }


def closures(ids: Sequence[str], since: date) -> dict[str, list[tuple[date, date]]]:
    """Return from when to when offices are shut, of closures that are not over."""
    rows = OfficeClosure.objects.filter(last_day__gte=since, ended__isnull=True)
    rows = rows.filter(office__in=ids) if len(ids) < 50 else rows
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for office, first, last in rows.values_list("office", "first_day", "last_day"):
        found[office].append((first, last))
    return found


def taken(
    ids: Sequence[str], counter: str, since: datetime, until: datetime
) -> Mapping[str, Mapping[datetime, set[int]]]:
    """Return the seats that are booked or held just now, by office and slot."""
    rows = Seat.objects.filter(counter=counter, start__gte=since, start__lt=until)
    rows = rows.filter(office__in=ids) if len(ids) < 50 else rows
    found: dict[str, dict[datetime, set[int]]] = defaultdict(lambda: defaultdict(set))
    now = times.now()
    for office, start, number, held in rows.values_list("office", "start", "number", "until"):
        if held is None or held > now:
            found[office][start].add(number)
    return found


def free(
    found: Sequence[Office], matter: Matter, first: date, last: date, *, days_ahead: int
) -> dict[str, dict[datetime, int]]:
    """Return the starts that are free at each office, and how many places each has.

    The days are those for which appointments are given, not before the lead time.
    """
    house, zone = offices(), profile().timezone
    run = house.run_of(matter)
    earliest = times.now() + timedelta(minutes=house.booking.lead_minutes)
    since, until = times.day_span(first, zone)[0], times.day_span(last, zone)[1]
    gone = taken([one.id for one in found], matter.counter, since, until)
    days = open_days(found, days_ahead)
    free_of: dict[str, dict[datetime, int]] = {}
    for office in found:
        here: dict[datetime, int] = {}
        free_of[office.id] = here
        for day in days[office.id]:
            if first <= day <= last:
                room = capacity(office, matter.counter, day)
                later = [start for start in room if start >= earliest]
                here |= free_starts(later, room, gone.get(office.id, {}), run)
    return free_of


def check_open(office: Office, matter: Matter, start: datetime, *, days_ahead: int) -> Capacity:
    """Return the seats of the day of a start; raises `NotOpenThen` where none is given then."""
    house = offices()
    day = profile().local(start).date()
    earliest = times.now() + timedelta(minutes=house.booking.lead_minutes)
    if not serves(office, matter) or start < earliest:
        raise NotOpenThen
    if day not in open_days([office], days_ahead)[office.id]:
        raise NotOpenThen
    room = capacity(office, matter.counter, day)
    if any(not room.get(one) for one in house.run_of(matter).starts(start)):
        raise NotOpenThen
    return room


def take(office: Office, matter: Matter, start: datetime, room: Capacity, seat: Seat) -> int:
    """Take the lowest free seat, in the caller's transaction; return its number.

    Parameters
    ----------
    room : seats of each slot of that day.
    seat : pattern of the rows: its holder, `until` and `by`.

    Raises
    ------
    SlotTaken
        If every seat is taken.
    """
    run = offices().run_of(matter)
    starts = run.starts(start)
    mine = Seat.objects.filter(office=office.id, counter=matter.counter, start__in=starts)
    mine.filter(until__lte=times.now()).delete()
    for _try in range(max(room.values()) + 1):
        gone = taken([office.id], matter.counter, starts[0], starts[-1] + run.length)
        left = free_seats(starts, room, gone.get(office.id, {}))
        if not left:
            break
        try:
            with transaction.atomic():
                Seat.objects.bulk_create(
                    Seat(office=office.id, counter=matter.counter, start=one, number=left[0],
                         holder=seat.holder, until=seat.until, by=seat.by)
                    for one in starts
                )  # fmt: skip
        except IntegrityError:
            continue  # somebody was quicker; look again
        return left[0]
    raise SlotTaken


def give_back(holder: str) -> list[Seat]:
    """Free the seats of an appointment or a hold; return those that were its own."""
    rows = list(Seat.objects.filter(holder=holder).order_by("start"))
    Seat.objects.filter(holder=holder).delete()
    return rows


def longest_free(office: Office, counter: str, start: datetime, most: int) -> int:
    """Return how many slots in a row one seat is free from a start on, `most` at most."""
    house = offices()
    room = capacity(office, counter, profile().local(start).date())
    length = timedelta(minutes=house.hours.slot_minutes)
    gone = taken([office.id], counter, start, start + most * length).get(office.id, {})
    fits = [n for n in range(1, most + 1) if free_seats(Run(n, length).starts(start), room, gone)]
    return max(fits, default=0)
