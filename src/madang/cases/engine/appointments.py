"""Slots of counters: when an office has one, how many places it has, which are free.

A slot is a short stretch of a counter's time (15 minutes in Seoul); an appointment takes one or
more in a row, all at the same seat. Seats are numbered from 0; a slot has as many as desks take
appointments then. So "never more than there are" is "no seat twice, and none above the last".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Taken = Mapping[datetime, Set[int]]


@dataclass(frozen=True)
class Hours:
    """When an office is open on a working day, its lunch, and the length of a slot [minutes]."""

    spans: tuple[tuple[time, time], ...]
    lunch: tuple[time, time] | None
    slot_minutes: int


@dataclass(frozen=True)
class Desks:
    """How many desks a counter has; how many take appointments, and how many of these at lunch."""

    desks: int
    bookable: int
    at_lunch: int


@dataclass(frozen=True)
class Run:
    """The slots in a row that an appointment takes: how many, and how long each is."""

    slots: int
    length: timedelta

    def starts(self, start: datetime) -> list[datetime]:
        """Return the starts of the slots, from the first on."""
        return [start + n * self.length for n in range(self.slots)]


def slot_starts(day: date, hours: Hours, zone: tzinfo) -> list[datetime]:
    """Return the starts (UTC) of the slots of a day, in order; a slot ends before the span does.

    >>> nine = Hours(((time(9), time(10)),), None, 15)
    >>> [f"{one:%H:%M}" for one in slot_starts(date(2026, 11, 24), nine, UTC)]
    ['09:00', '09:15', '09:30', '09:45']
    """
    length = timedelta(minutes=hours.slot_minutes)
    starts = []
    for opens, closes in hours.spans:
        start = datetime.combine(day, opens, zone).astimezone(UTC)
        end = datetime.combine(day, closes, zone).astimezone(UTC)
        while start + length <= end:
            starts.append(start)
            start += length
    return starts


def seats(start: datetime, hours: Hours, desks: Desks, zone: tzinfo) -> int:
    """Return how many seats a counter has in the slot that begins at `start` (UTC)."""
    at = start.astimezone(zone).time()
    if hours.lunch and hours.lunch[0] <= at < hours.lunch[1]:
        return desks.at_lunch
    return desks.bookable


def free_seats(
    run: Sequence[datetime], capacity: Mapping[datetime, int], taken: Taken
) -> list[int]:
    """Return the seats that are free in every slot of a run, the lowest first.

    Parameters
    ----------
    capacity : seats of each slot of the day; a run beyond them has none.
    taken : seats that are booked or held, by slot.

    >>> nine = datetime(2026, 11, 24, tzinfo=UTC)
    >>> free_seats([nine], {nine: 3}, {nine: {0}})
    [1, 2]
    """
    fewest = min((capacity.get(start, 0) for start in run), default=0)
    gone = set().union(*(taken.get(start, frozenset()) for start in run))
    return [seat for seat in range(fewest) if seat not in gone]


def free_starts(
    starts: Sequence[datetime], capacity: Mapping[datetime, int], taken: Taken, run: Run
) -> dict[datetime, int]:
    """Return the starts at which an appointment fits, and how many fit there.

    Parameters
    ----------
    run : how many slots it takes, and the length of one.
    """
    found = {}
    for start in starts:
        count = len(free_seats(run.starts(start), capacity, taken))
        if count:
            found[start] = count
    return found


def bookable_days(today: date, days_ahead: int, is_open: Callable[[date], bool]) -> Iterator[date]:
    """Yield the days from today on for which appointments are given."""
    for number in range(days_ahead + 1):
        day = today + timedelta(days=number)
        if is_open(day):
            yield day
