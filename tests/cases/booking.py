"""What tests of appointments share: a Monday morning in Mapo, visitors, ways to book."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from madang.access.api import ANONYMOUS, Actor
from madang.cases import appointments
from madang.cases.api import Booking, Visitor
from madang.cases.events import AppointmentTold
from madang.cases.models import Appointment
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=SEOUL).astimezone(UTC)
MAPO, PASSPORT, WELFARE = "11440", "passport", "welfare-advice"
GONGDEOK = "1144056500"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026, by the clock of Seoul."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL).astimezone(UTC)


def guest(number: int = 1) -> Visitor:
    """Return a visitor without an account."""
    return Visitor("김영수", "ko", "sms", f"010-1234-{number:04d}")


def asked(start: datetime, visitor: Visitor | None = None, **more: str) -> Booking:
    """Return a booking of a passport appointment in Mapo."""
    return Booking(MAPO, PASSPORT, start, visitor or guest(), **more)


def booked(start: datetime, number: int = 1, actor: Actor = ANONYMOUS) -> Appointment:
    """Book as a guest with such a telephone number."""
    return appointments.book(actor, asked(start, guest(number)))


def told() -> list[tuple[str, str]]:
    """Return (kind, appointment) of everything that people are to be told, oldest first."""
    found = []
    for row in OutboxEntry.objects.filter(name=AppointmentTold.NAME).order_by("id"):
        event = decode(row.name, row.payload)
        assert isinstance(event, AppointmentTold)
        found.append((event.kind, event.appointment))
    return found


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
