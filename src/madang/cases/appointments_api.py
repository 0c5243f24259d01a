"""Offices and appointments for other rooms; `cases.api` hands these names on.

free = free_slots("11440", "passport", date(2026, 11, 24), date(2026, 11, 27))
mine = book(actor, Booking("11440", "passport", free[0].start, Visitor("Kim", "ko", "account")))
move(actor, mine.id, free[1].start); cancel(actor, mine.id)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from madang.access.api import Actor
from madang.cases import appointments, waiting_list
from madang.cases.appointment_rules import Booking, Visitor, Wish
from madang.cases.appointment_seats import free
from madang.cases.models import Appointment
from madang.cases.office_rules import ServiceChannels, closing_problem
from madang.cases.offices import Office, nearest, offices
from madang.kernel.errors import Invalid

__all__ = [
    "Booked",
    "Booking",
    "Office",
    "ServiceChannels",
    "Slot",
    "Visitor",
    "Wish",
    "accept",
    "appointments_of",
    "book",
    "cancel",
    "closing_problem",
    "first_free",
    "free_slots",
    "move",
    "nearest",
    "offices",
    "wait",
]
_LONGEST_SPAN = 62  # days of one question


@dataclass(frozen=True)
class Slot:
    """A time at which somebody can come, and how many places are free then."""

    office: str
    start: datetime
    minutes: int
    places: int


@dataclass(frozen=True)
class Booked:
    """An appointment as its owner sees it. `start` is None while it is on a waiting list."""

    id: str
    number: str
    key: str
    office: str
    matter: str
    start: datetime | None
    minutes: int
    state: str
    needs: tuple[str, ...]
    language: str
    offered_until: datetime | None
    wish: tuple[date, date] | None
    revision: int


def free_slots(office: str, matter: str, first_day: date, last_day: date) -> list[Slot]:
    """Return the free times of an office for a matter, from one day to another, in order.

    Raises
    ------
    UnknownOffice, UnknownMatter
        If there is none.
    Invalid
        If the days are in the wrong order, or more than 62.
    """
    house = offices()
    if not 0 <= (last_day - first_day).days < _LONGEST_SPAN:
        reason = "from and to are days in order, at most 62"
        raise Invalid(reason, {"to": reason})
    where, what = house.office(office), house.matter(matter)
    if where not in house.serving(what):
        return []
    found = free([where], what, first_day, last_day, days_ahead=house.booking.days_ahead)
    return [Slot(office, at, what.minutes, left) for at, left in found[office].items()]


def first_free(
    found: Sequence[Office], matter: str, first_day: date, last_day: date
) -> dict[str, datetime | None]:
    """Return the first free time of each office, None where all is taken."""
    house = offices()
    what = house.matter(matter)
    days = house.booking.days_ahead
    free_of = free(found, what, first_day, last_day, days_ahead=days)
    return {name: min(starts, default=None) for name, starts in free_of.items()}


def book(actor: Actor, asked: Booking) -> Booked:
    """Book; see `appointments.book` for what can go wrong."""
    return booked(appointments.book(actor, asked))


def cancel(actor: Actor, appointment_id: str) -> Booked:
    """Cancel an appointment of the actor's, or of whom they act for."""
    return booked(appointments.cancel(actor, appointments.of_actor(actor, appointment_id)))


def move(actor: Actor, appointment_id: str, start: datetime) -> Booked:
    """Move an appointment to another time of its office; all or nothing."""
    return booked(appointments.move(actor, appointments.of_actor(actor, appointment_id), start))


def wait(actor: Actor, wish: Wish) -> Booked:
    """Put somebody on the waiting list of an office."""
    return booked(waiting_list.wait(actor, wish))


def accept(actor: Actor, appointment_id: str) -> Booked:
    """Take the place that was offered from the waiting list."""
    return booked(waiting_list.accept(actor, appointments.of_actor(actor, appointment_id)))


def appointments_of(actor: Actor) -> list[Booked]:
    """Return the appointments of the actor, or of whom they act for."""
    return [booked(row) for row in appointments.list_of(actor)]


def booked(row: Appointment) -> Booked:
    """Return a row as others see it."""
    wish = (row.wish_from, row.wish_to) if row.wish_from and row.wish_to else None
    return Booked(
        id=row.pk,
        number=row.number,
        key=row.key,
        office=row.office,
        matter=row.matter,
        start=row.start,
        minutes=row.minutes,
        state=row.state,
        needs=tuple(row.needs),
        language=row.language,
        offered_until=row.offered_until,
        wish=wish,
        revision=row.revision,
    )
