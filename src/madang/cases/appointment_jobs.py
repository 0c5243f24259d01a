"""What appointments have done by the clock: reminders, offers that end, what is forgotten."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from madang.access.api import purpose
from madang.cases import appointment_desk, appointment_told, waiting_list
from madang.cases.appointment_rules import APPOINTMENTS, FORGET
from madang.cases.models import Appointment, OfficeClosure, Seat, Ticket
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.logs import logger

# as long as missed appointments count (`no_show_days` of the city, at most this)
KEPT = timedelta(days=90)
_AT_ONCE = 1_000


def remind() -> None:
    """Remind whoever comes within a day and within two hours (schedule)."""
    appointment_told.remind()


def look_after() -> None:
    """End offers nobody took, note who did not come, free places only held (schedule)."""
    waiting_list.end_offers()
    appointment_desk.note_missed()
    Seat.objects.filter(until__lt=times.now() - timedelta(hours=1)).delete()


def forget() -> None:
    """Delete appointments 90 days after their day, and seats and tickets of the past (schedule)."""
    now = times.now()
    oldest, since = now - KEPT, profile().today() - KEPT
    over = Q(start__lt=oldest) | Q(start__isnull=True, wish_to__lt=since)
    with purpose(APPOINTMENTS, FORGET), transaction.atomic():
        ids = list(Appointment.objects.filter(over).values_list("pk", flat=True)[:_AT_ONCE])
        Appointment.objects.filter(pk__in=ids).delete()
    tickets = Ticket.objects.filter(day__lt=since).delete()[0]
    Seat.objects.filter(start__lt=now - timedelta(days=1)).delete()
    OfficeClosure.objects.filter(last_day__lt=since).delete()
    logger("cases").info("old appointments removed", appointments=len(ids), tickets=tickets)
