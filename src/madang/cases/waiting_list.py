"""The waiting list of an office: asked for in order, offered a place when one becomes free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.appointment_rows import checked_visitor, days_ahead_of, new_row
from madang.cases.appointment_rules import (
    APPOINTMENTS,
    CONFIRMED,
    OFFERED,
    OWN,
    REMIND,
    WAITING,
    Wish,
)
from madang.cases.appointment_scope import check_may_change
from madang.cases.appointment_seats import capacity, give_back, longest_free, take
from madang.cases.appointment_told import tell
from madang.cases.engine.appointment_queue import Wish as InLine
from madang.cases.engine.appointment_queue import first_in_line
from madang.cases.errors import HoldOver, NotChangeable, NotOpenThen, SlotTaken
from madang.cases.events import AppointmentBooked
from madang.cases.models import Appointment, Seat
from madang.cases.offices import Office, offices, serves
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.kernel.events import announce

State = Appointment.State
_SHORTEST_OFFER = timedelta(minutes=15)  # who is told later than this cannot come any more


def wait(actor: Actor, wish: Wish) -> Appointment:
    """Put somebody on the waiting list of an office; return the entry.

    Raises
    ------
    Invalid
        Field by field.
    TooManyAppointments
        If they have as many as anybody may.
    """
    house = offices()
    office, matter = house.office(wish.office), house.matter(wish.matter)
    if not serves(office, matter):
        raise NotOpenThen
    today = profile().today()
    last = today + timedelta(days=house.booking.days_ahead)
    if not today <= wish.first_day <= wish.last_day <= last:
        reason = _("Choose days from today on, at most %(n)s days ahead.")
        reason %= {"n": house.booking.days_ahead}
        raise Invalid(reason, {"first_day": reason})
    visitor = checked_visitor(actor, matter, wish.visitor, wish.via)
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        row = new_row(actor, matter.id, office, visitor, via=wish.via)
        days_ahead_of(actor, row)
        row.state = State.WAITING
        row.wish_from, row.wish_to = wish.first_day, wish.last_day
        row.save(force_insert=True)
        audit.record(actor.id or "guest", "cases.wait_for_appointment", f"appointment:{row.pk}",
                     purpose=OWN)  # fmt: skip
        tell(row, WAITING)
    return row


def accept(actor: Actor, row: Appointment) -> Appointment:
    """Take the place that was offered; return the appointment.

    Raises
    ------
    HoldOver
        If the two hours are over.
    NotChangeable
        If nothing is offered.
    Forbidden
        If a mandate lets the actor see it only.
    """
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        row = Appointment.objects.select_for_update().get(pk=row.pk)
        check_may_change(actor, row)
        if row.state == State.BOOKED:
            return row
        if row.state != State.OFFERED or row.start is None:
            raise NotChangeable
        if row.offered_until is None or row.offered_until <= times.now():
            raise HoldOver
        if not Seat.objects.filter(holder=row.pk).update(until=None):
            raise HoldOver
        row.state, row.state_at, row.offered_until = State.BOOKED, times.now(), None
        row.revision += 1
        row.save(update_fields=["state", "state_at", "offered_until", "revision"])
        audit.record(actor.id or "guest", "cases.accept_offer", f"appointment:{row.pk}",
                     purpose=OWN)  # fmt: skip
        announce(AppointmentBooked(appointment=row.pk, office=row.office, matter=row.matter,
                                   start=times.format_time(row.start)))  # fmt: skip
        tell(row, CONFIRMED)
    return row


def offer_freed(office: Office, freed: Sequence[Seat]) -> list[str]:
    """Offer slots that became free to who waits for them; return the ids of whom it was offered.

    In the caller's transaction, so that nobody else gets in between.
    """
    found = []
    for number, seat in enumerate(freed):
        row = _next(office, seat, len(freed) - number)
        if row is not None:
            found.append(row.pk)
    return found


def end_offers() -> int:
    """Give back places that nobody took in time, and offer them to the next; return how many.

    Who did not answer stays on the list, behind the others, until the last day of the wish.
    """
    now, ended = times.now(), 0
    with purpose(APPOINTMENTS, REMIND), transaction.atomic():
        over = Appointment.objects.select_for_update().filter(
            state=State.OFFERED, offered_until__lte=now
        )
        for row in over:
            freed = give_back(row.pk)
            row.state, row.state_at, row.booked_at = State.WAITING, now, now
            row.start, row.offered_until = None, None
            row.revision += 1
            row.save()
            offer_freed(offices().office(row.office), freed)
            ended += 1
        gone = Appointment.objects.filter(state=State.WAITING, wish_to__lt=profile().today())
        ended += gone.update(state=State.LAPSED, state_at=now)
    return ended


def _next(office: Office, seat: Seat, slots: int) -> Appointment | None:
    """Offer one slot that became free to the first whom it suits."""
    house, day = offices(), profile().local(seat.start).date()
    until = _offer_ends(seat.start)
    if until is None:
        return None
    left = longest_free(office, seat.counter, seat.start, slots)
    rows = {
        row.pk: row
        for row in Appointment.objects.filter(
            office=office.id, counter=seat.counter, state=State.WAITING,
            wish_from__lte=day, wish_to__gte=day,
        )
    }  # fmt: skip
    first = first_in_line((_in_line(row) for row in rows.values()), day, left)
    if first is None:
        return None
    row, matter = rows[first.id], house.matter(rows[first.id].matter)
    try:
        take(office, matter, seat.start, capacity(office, seat.counter, day),
             Seat(holder=row.pk, until=until))  # fmt: skip
    except SlotTaken:
        return None
    row.state, row.state_at = State.OFFERED, times.now()
    row.start, row.offered_until = seat.start, until
    row.revision += 1
    row.save()
    tell(row, OFFERED)
    return row


def _in_line(row: Appointment) -> InLine:
    assert row.wish_from is not None
    assert row.wish_to is not None
    slots = offices().run_of(offices().matter(row.matter)).slots
    return InLine(row.pk, row.booked_at, row.wish_from, row.wish_to, slots)


def _offer_ends(start: datetime) -> datetime | None:
    """Return until when a place is kept for who is offered it; None where it is too late."""
    rules, now = offices().booking, times.now()
    latest = start - timedelta(minutes=rules.lead_minutes)
    until = min(now + timedelta(minutes=rules.offer_minutes), latest)
    return until if until - now >= _SHORTEST_OFFER else None
