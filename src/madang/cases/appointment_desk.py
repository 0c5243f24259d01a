"""Use cases of an office's counter: who comes today, the queue, who is called next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, require
from madang.cases.appointment_rules import APPOINTMENTS, OWN, REMIND, SERVE
from madang.cases.engine.appointment_queue import Fairness, Waiting, order_of
from madang.cases.errors import NotChangeable, UnknownAppointment
from madang.cases.models import Appointment, Ticket
from madang.cases.offices import Office, offices
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid

State = Appointment.State
STAFF = "role:clerk,officer"
MISSED_AFTER = timedelta(hours=2)  # after its end, whoever has not come is not coming
_EARLIEST_CHECK_IN = timedelta(hours=2)
_TRIES = 50


@dataclass(frozen=True)
class Visit:
    """An appointment as the counter sees it: who comes when, for what, and what they need."""

    id: str
    number: str
    start: datetime
    counter: str
    matter: str
    name: str
    needs: tuple[str, ...]
    language: str
    state: str


def visits(actor: Actor, office: Office, day: date) -> list[Visit]:
    """Return who comes on a day, by time; the look is noted."""
    require_place(actor, office)
    since, until = times.day_span(day, profile().timezone)
    shown = (State.BOOKED, State.ARRIVED, State.SERVED, State.NO_SHOW)
    with purpose(actor, SERVE):
        rows = Appointment.objects.filter(
            office=office.id, start__gte=since, start__lt=until, state__in=shown
        ).order_by("start", "number")
        return [
            Visit(row.pk, row.number, row.start, row.counter, row.matter, row.name,
                  tuple(row.needs), row.language, row.state)
            for row in rows if row.start is not None
        ]  # fmt: skip


def require_place(actor: Actor, office: Office) -> None:
    """Raise `Forbidden` unless the actor works at a counter, and there if they have a place."""
    require(actor, STAFF)
    places = actor.districts
    if places and office.district not in places and "administrator" not in actor.roles:
        raise Forbidden(_("You work in another district. Ask that office, or an administrator."))


def arrive(actor: Actor, appointment_id: str) -> Ticket:
    """Check somebody in at the counter; return the ticket. Once more gives the same one."""
    with purpose(actor, SERVE), transaction.atomic():
        row = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
        if row is None:
            raise UnknownAppointment
        require_place(actor, offices().office(row.office))
        return _arrived(actor.id, row)


def check_in(office: Office, number: str) -> Ticket:
    """Check in by the number of the appointment, at a screen in the office; return the ticket.

    Raises
    ------
    UnknownAppointment
        If nobody comes to this office today with that number.
    """
    plain = "".join(one for one in number.upper() if one.isalnum())[:12]
    since, until = times.day_span(profile().today(), profile().timezone)
    with purpose(APPOINTMENTS, OWN), transaction.atomic():
        row = Appointment.objects.select_for_update().filter(
            office=office.id, number=plain, start__gte=since, start__lt=until
        ).first()  # fmt: skip
        if row is None:
            raise UnknownAppointment
        return _arrived("kiosk", row)


def walk_in(office: Office, matter_id: str) -> Ticket:
    """Give a number to whoever came without an appointment; return the ticket.

    Raises
    ------
    Invalid
        If the office has no counter for it.
    Conflict
        If the office is closed today.
    """
    matter = offices().matter(matter_id)
    if matter.counter not in office.counters or (matter.at and office.kind not in matter.at):
        reason = _("This office does not do that.")
        raise Invalid(reason, {"matter": reason})
    if not profile().calendar.is_working_day(profile().today()):
        raise Conflict(_("The office is closed today."))
    with transaction.atomic():
        return _ticket(office.id, matter.counter, matter.id)


def queue(office: Office, counter: str = "") -> list[Ticket]:
    """Return the tickets that wait, in the order in which they are called."""
    rows = Ticket.objects.filter(office=office.id, day=profile().today(), called__isnull=True)
    rows = rows.filter(closed__isnull=True)
    known = {row.number: row for row in (rows.filter(counter=counter) if counter else rows)}
    rules = offices().booking
    fair = Fairness(rules.late_minutes, rules.longest_wait_minutes)
    waiting = [Waiting(row.number, row.issued, row.due) for row in known.values()]
    return [known[one.number] for one in order_of(waiting, times.now(), fair)]


def called(office: Office) -> list[Ticket]:
    """Return the tickets that were called and are not done, the newest first."""
    rows = Ticket.objects.filter(
        office=office.id, day=profile().today(), called__isnull=False, closed__isnull=True
    )
    return list(rows.order_by("-called"))


def call_next(actor: Actor, office: Office, counter: str, desk: int) -> Ticket | None:
    """Call who is next to a desk; return the ticket, None where nobody waits.

    Two desks never call the same ticket: who comes second takes the one behind.
    """
    require_place(actor, office)
    if not 0 < desk < 100:
        reason = _("Desks have numbers from 1 to 99.")
        raise Invalid(reason, {"desk": reason})
    with transaction.atomic():
        for ticket in queue(office, counter):
            now = times.now()
            mine = Ticket.objects.filter(pk=ticket.pk, called__isnull=True)
            if mine.update(called=now, desk=desk):
                ticket.called, ticket.desk = now, desk
                audit.record(actor.id, "cases.call_ticket", f"ticket:{ticket.pk}",
                             detail={"desk": desk})  # fmt: skip
                return ticket
    return None


def finish(actor: Actor, ticket_id: int, outcome: str) -> None:
    """Note that a ticket was served, or that nobody came when it was called."""
    if outcome not in Ticket.Outcome.values:
        raise Invalid(_("Choose how it went."), {"outcome": _("Choose how it went.")})
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
        if ticket is None:
            raise UnknownAppointment
        require_place(actor, offices().office(ticket.office))
        if ticket.closed is not None:
            return
        ticket.closed, ticket.outcome = times.now(), outcome
        ticket.save(update_fields=["closed", "outcome"])
        audit.record(actor.id, "cases.finish_ticket", f"ticket:{ticket.pk}",
                     detail={"outcome": outcome})  # fmt: skip
        if ticket.appointment:
            state = State.SERVED if outcome == Ticket.Outcome.SERVED else State.NO_SHOW
            with purpose(actor, SERVE):
                rows = Appointment.objects.filter(pk=ticket.appointment, state=State.ARRIVED)
                rows.update(state=state, state_at=times.now())


def note_no_show(actor: Actor, appointment_id: str) -> None:
    """Note that somebody did not come; possible from their time on."""
    _changed_by_desk(actor, appointment_id, State.BOOKED, State.NO_SHOW)


def undo_no_show(actor: Actor, appointment_id: str) -> None:
    """Take it back: they were there after all, or the office kept them waiting."""
    _changed_by_desk(actor, appointment_id, State.NO_SHOW, State.BOOKED)


def note_missed() -> int:
    """Note who did not come, two hours after their time; return how many (schedule)."""
    now = times.now()
    with purpose(APPOINTMENTS, REMIND), transaction.atomic():
        rows = Appointment.objects.filter(state=State.BOOKED, start__lt=now - MISSED_AFTER)
        return rows.update(state=State.NO_SHOW, state_at=now)


def _changed_by_desk(actor: Actor, appointment_id: str, before: str, after: str) -> None:
    now = times.now()
    with purpose(actor, SERVE), transaction.atomic():
        row = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
        if row is None:
            raise UnknownAppointment
        require_place(actor, offices().office(row.office))
        if row.state == after:
            return
        if row.state != before or row.start is None or row.start > now:
            raise NotChangeable
        row.state, row.state_at = after, now
        row.save(update_fields=["state", "state_at"])
        audit.record(actor.id, "cases.note_visit", f"appointment:{row.pk}", purpose=SERVE,
                     detail={"state": str(after)})  # fmt: skip


def _arrived(by: str, row: Appointment) -> Ticket:
    known = Ticket.objects.filter(appointment=row.pk).first()
    if known is not None:
        return known
    today = profile().today()
    if row.state not in (State.BOOKED, State.NO_SHOW) or row.start is None:
        raise NotChangeable
    if profile().local(row.start).date() != today:
        raise Conflict(_("This appointment is on another day."))
    if row.start - times.now() > _EARLIEST_CHECK_IN:
        raise Conflict(_("It is too early: come back two hours before your time at the earliest."))
    row.state, row.state_at = State.ARRIVED, times.now()
    row.save(update_fields=["state", "state_at"])
    audit.record(by, "cases.check_in", f"appointment:{row.pk}", purpose=SERVE)
    return _ticket(row.office, row.counter, row.matter, appointment=row)


def _ticket(
    office: str, counter: str, matter: str, *, appointment: Appointment | None = None
) -> Ticket:
    """Return the next number of the day; two at once get two numbers."""
    today = profile().today()
    for _try in range(_TRIES):
        last = Ticket.objects.filter(office=office, day=today).aggregate(last=Max("number"))
        try:
            with transaction.atomic():
                return Ticket.objects.create(
                    office=office, day=today, number=(last["last"] or 0) + 1, counter=counter,
                    matter=matter, appointment=appointment.pk if appointment else "",
                    due=appointment.start if appointment else None,
                )  # fmt: skip
        except IntegrityError:
            continue  # another door gave this number a moment ago
    raise Conflict(_("Too many numbers are asked for at once. Try again."))
