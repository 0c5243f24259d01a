"""Use cases of appointments: keep a place, book it, move it, cancel it; who may do so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases import waiting_list
from madang.cases.appointment_rows import OPEN, checked_visitor, days_ahead_of, new_row
from madang.cases.appointment_rules import (
    APPOINTMENTS,
    CANCELLED,
    CLOSED,
    CONFIRMED,
    MOVED,
    OWN,
    Booking,
    is_staff,
)
from madang.cases.appointment_scope import check_may_change, matters_within
from madang.cases.appointment_seats import check_open, give_back, take
from madang.cases.appointment_told import tell
from madang.cases.errors import HoldOver, NotChangeable, UnknownAppointment
from madang.cases.events import AppointmentBooked, AppointmentCancelled
from madang.cases.models import Appointment, Seat
from madang.cases.offices import offices
from madang.identity.api import extent_of, note_act
from madang.kernel import audit, times
from madang.kernel.errors import LimitReached
from madang.kernel.events import announce, new_id
from madang.notices.api import address_hash

State = Appointment.State
MOST_HOLDS = 5  # of one account or network address at once


def hold(by: str, office_id: str, matter_id: str, start: datetime) -> Seat:
    """Keep a place while somebody fills in the page; return it, with its end (`until`).

    Parameters
    ----------
    by : account or network address, kept as a keyed hash, so that nobody holds many.

    Raises
    ------
    NotOpenThen
        If no appointment is given for that moment.
    SlotTaken
        If every place is taken.
    LimitReached
        If they hold as many as anybody may.
    """
    house = offices()
    office, matter = house.office(office_id), house.matter(matter_id)
    room = check_open(office, matter, start, days_ahead=house.booking.days_ahead)
    whose = address_hash("hold", by)
    now = times.now()
    until = now + timedelta(minutes=house.booking.hold_minutes)
    with transaction.atomic():
        held = Seat.objects.filter(by=whose, until__gt=now).values("holder").distinct()
        if held.count() >= MOST_HOLDS:
            text = _("You keep several times already. Finish one, or wait ten minutes.")
            raise LimitReached(text, retry_after_s=house.booking.hold_minutes * 60)
        kept = Seat(start=start, holder=new_id(), until=until, by=whose)
        kept.office, kept.counter = office.id, matter.counter
        kept.number = take(office, matter, start, room, kept)
    return kept


def held(hold_id: str) -> Seat:
    """Return the first slot of a place that is held; raises `HoldOver` where it is free again."""
    rows = Seat.objects.filter(holder=hold_id, until__gt=times.now()).order_by("start")
    found = rows.first()
    if found is None:
        raise HoldOver
    return found


def book(actor: Actor, asked: Booking) -> Appointment:
    """Book an appointment; return it. The same hold books once, however often it is sent.

    Raises
    ------
    Invalid
        Field by field; `NotOpenThen` for the moment.
    SlotTaken, HoldOver
        If the place is gone.
    TooManyAppointments
        If they have as many as anybody may.
    Forbidden
        If their mandate does not cover it.
    """
    house = offices()
    office, matter = house.office(asked.office), house.matter(asked.matter)
    visitor = checked_visitor(actor, matter, asked.visitor, asked.via)
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        known = Appointment.objects.filter(pk=asked.hold).first() if asked.hold else None
        if known is not None:
            return known
        row = new_row(actor, asked.matter, office, visitor, via=asked.via)
        row.pk = asked.hold or row.pk
        ahead = days_ahead_of(actor, row)
        row.start, row.state = asked.start, State.BOOKED
        if asked.hold:
            _keep_held(asked)
            check_open(office, matter, asked.start, days_ahead=ahead)
        else:
            room = check_open(office, matter, asked.start, days_ahead=ahead)
            take(office, matter, asked.start, room, Seat(holder=row.pk))
        row.save(force_insert=True)
        _booked(actor, row)
    return row


def move(actor: Actor, row: Appointment, start: datetime) -> Appointment:
    """Move an appointment to another time of its office: the old place is given up for the new one.

    Both happen or neither does: nobody ends without a place because somebody was quicker.

    Raises
    ------
    NotChangeable, NotOpenThen, SlotTaken
        As said there.
    Forbidden
        If a mandate lets the actor see it only.
    """
    house = offices()
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        row = _locked(row.pk)
        check_may_change(actor, row)
        if row.state != State.BOOKED or row.start is None or row.start <= times.now():
            raise NotChangeable
        if row.start == start:
            return row
        office, matter = house.office(row.office), house.matter(row.matter)
        room = check_open(office, matter, start, days_ahead=days_ahead_of(actor, row, is_new=False))
        freed = give_back(row.pk)
        take(office, matter, start, room, Seat(holder=row.pk))
        row.start, row.state_at = start, times.now()
        _changed(row, ["start", "state_at"])
        waiting_list.offer_freed(office, freed)
        audit.record(actor.id or "guest", "cases.move_appointment", f"appointment:{row.pk}",
                     purpose=OWN, detail={"start": times.format_time(start)})  # fmt: skip
        note_act(actor, "appointment-moved", case=row.number)
        tell(row, MOVED)
    return row


def cancel(actor: Actor, row: Appointment, *, why: str = "visitor") -> Appointment:
    """Cancel an appointment, or leave the waiting list; once more changes nothing.

    Raises
    ------
    NotChangeable
        If it has begun or is over.
    Forbidden
        If a mandate lets the actor see it only.
    """
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        row = _locked(row.pk)
        check_may_change(actor, row)
        if row.state == State.CANCELLED:
            return row
        if row.state not in OPEN or (row.state == State.BOOKED and _has_begun(row)):
            raise NotChangeable
        freed = give_back(row.pk)
        row.state, row.state_at = State.CANCELLED, times.now()
        _changed(row, ["state", "state_at"])
        waiting_list.offer_freed(offices().office(row.office), freed)
        audit.record(actor.id or "guest", "cases.cancel_appointment", f"appointment:{row.pk}",
                     purpose=OWN, detail={"why": why})  # fmt: skip
        note_act(actor, "appointment-cancelled", case=row.number)
        announce(AppointmentCancelled(appointment=row.pk, office=row.office, why=why))
        tell(row, CLOSED if why == "office" else CANCELLED)
    return row


def with_key(key: str) -> Appointment:
    """Return the appointment that this key opens; raises `UnknownAppointment`."""
    with purpose(APPOINTMENTS, OWN):
        row = Appointment.objects.filter(key=key).first() if key else None
    if row is None:
        raise UnknownAppointment
    return row


def key_of_hold(hold_id: str) -> str:
    """Return the key of the appointment that this hold became; empty where it became none."""
    with purpose(APPOINTMENTS, OWN):
        row = Appointment.objects.filter(pk=hold_id).first()
    return row.key if row else ""


def of_actor(actor: Actor, appointment_id: str) -> Appointment:
    """Return an appointment of the actor's, or of whom they act for; any for staff at a counter.

    Raises
    ------
    UnknownAppointment
        If there is none, or it is somebody else's.
    """
    with purpose(APPOINTMENTS, OWN):
        rows = Appointment.objects.filter(pk=appointment_id)
        row = (rows if is_staff(actor) else rows.filter(_of(actor))).first()
    if row is None:
        raise UnknownAppointment
    return row


def list_of(actor: Actor) -> Sequence[Appointment]:
    """Return the appointments of whoever is signed in, or acted for: those to come first."""
    if actor.is_anonymous:
        return []
    with purpose(APPOINTMENTS, OWN):
        return list(Appointment.objects.filter(_of(actor)).order_by("start", "booked_at")[:200])


def ahead_of(actor: Actor, limit: int, *, matters: Sequence[str] = ()) -> list[Appointment]:
    """Return the appointments to come, the next one first, then those without a time yet.

    matters : only these; empty: all.
    """
    if actor.is_anonymous:
        return []
    states = Appointment.State
    to_come = Q(start__gte=times.now()) | Q(start__isnull=True) | Q(state=states.ARRIVED)
    with purpose(APPOINTMENTS, OWN):
        rows = Appointment.objects.filter(_of(actor), to_come).filter(
            state__in=(states.BOOKED, states.WAITING, states.OFFERED, states.ARRIVED)
        )
        if matters:
            rows = rows.filter(matter__in=matters)
        return list(rows.order_by(F("start").asc(nulls_last=True), "booked_at")[:limit])


def _of(actor: Actor) -> Q:
    if actor.on_behalf_of:
        matters = matters_within(extent_of(actor), "view", "apply")
        if matters is None:
            return Q(pk__in=())
        whose = Q(person=actor.on_behalf_of)
        return whose & Q(matter__in=matters) if matters else whose
    own = Q(account=actor.id.removeprefix("account:")) if actor.id else Q(pk__in=())
    return own | Q(person=actor.person) if actor.person else own


def _keep_held(asked: Booking) -> None:
    """Make a hold a booked place; raises `HoldOver` where it is over, or is of something else."""
    matter = offices().matter(asked.matter)
    run = offices().run_of(matter)
    rows = Seat.objects.filter(
        holder=asked.hold, until__gt=times.now(), office=asked.office,
        counter=matter.counter, start__in=run.starts(asked.start),
    )  # fmt: skip
    if rows.update(until=None, by="") != run.slots:
        raise HoldOver


def _booked(actor: Actor, row: Appointment) -> None:
    assert row.start is not None
    start = times.format_time(row.start)
    said = {"office": row.office, "start": start, "via": row.via}
    audit.record(actor.id or "guest", "cases.book_appointment", f"appointment:{row.pk}",
                 purpose=OWN, detail=said)  # fmt: skip
    note_act(actor, "appointment-booked", case=row.number)
    announce(
        AppointmentBooked(appointment=row.pk, office=row.office, matter=row.matter, start=start)
    )
    tell(row, CONFIRMED)


def _locked(pk: str) -> Appointment:
    return Appointment.objects.select_for_update().get(pk=pk)


def _changed(row: Appointment, fields: list[str]) -> None:
    row.revision += 1
    row.save(update_fields=[*fields, "revision"])


def _has_begun(row: Appointment) -> bool:
    return row.start is not None and row.start <= times.now()
