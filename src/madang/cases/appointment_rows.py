"""The rows of appointments: for whom one is, how many somebody has, how far ahead they may book."""

from __future__ import annotations

import secrets

from django.db.models import Q
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.appointment_rules import Visitor, faults, is_staff
from madang.cases.appointment_scope import may_book
from madang.cases.engine.appointment_queue import counted_no_shows, days_allowed
from madang.cases.errors import TooManyAppointments
from madang.cases.models import Appointment
from madang.cases.office_file import Matter
from madang.cases.offices import Office, offices
from madang.city.api import profile
from madang.kernel.errors import Forbidden, Invalid
from madang.notices.api import address_hash, checked_address, sealed_address

State = Appointment.State
OPEN = (State.BOOKED, State.WAITING, State.OFFERED)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
_NUMBER_LENGTH = 8  # of 30 letters: 39 bits


def checked_visitor(actor: Actor, matter: Matter, visitor: Visitor, via: str) -> Visitor:
    """Return a visitor with the address in the form in which it is kept.

    Raises
    ------
    Invalid
        Field by field.
    Forbidden
        If a mandate does not cover the matter.
    """
    wrong = faults(visitor, via=via, staff=is_staff(actor), signed_in=not actor.is_anonymous)
    if wrong:
        raise Invalid(_("Look at your answers."), {name: _(text) for name, text in wrong.items()})
    if not may_book(actor, matter):
        raise Forbidden(_("Your mandate does not cover appointments."))
    address = visitor.address.strip()
    if visitor.channel in ("sms", "email"):
        try:
            address = checked_address(visitor.channel, address)
        except Invalid as error:
            raise Invalid(error.message, {"address": error.message}) from None
    return Visitor(visitor.name.strip(), visitor.language, visitor.channel, address,
                   tuple(sorted(set(visitor.needs))))  # fmt: skip


def new_row(
    actor: Actor, matter_id: str, office: Office, visitor: Visitor, *, via: str
) -> Appointment:
    """Return an appointment that is not kept yet: for whom it is, and who asked for it."""
    matter = offices().matter(matter_id)
    own = not is_staff(actor)
    whom = (actor.on_behalf_of or actor.person) if own else ""
    is_account = own and not actor.is_anonymous and not actor.on_behalf_of
    address = visitor.address if visitor.channel in ("sms", "email", "letter") else ""
    return Appointment(
        number=_number(),
        office=office.id,
        district=office.district,
        counter=matter.counter,
        matter=matter.id,
        minutes=matter.minutes,
        person=whom,
        account=actor.id.removeprefix("account:") if is_account else "",
        guest="" if whom or is_account or not address else address_hash("guest", address),
        booked_by=actor.id,
        through=actor.through,
        mandate=actor.mandate,
        via=via,
        name=visitor.name,
        language=visitor.language,
        needs=list(visitor.needs),
        channel=visitor.channel,
        address=sealed_address(visitor.channel, address) if address else b"",
    )


def missed_by(row: Appointment) -> int:
    """Return how many missed appointments of the same person, account or guest still count."""
    whose = _same(row)
    if whose is None:
        return 0
    rows = Appointment.objects.filter(whose, state=State.NO_SHOW, start__isnull=False)
    days = [profile().local(at).date() for at in rows.values_list("start", flat=True) if at]
    return counted_no_shows(days, profile().today(), offices().booking.no_show_days)


def days_ahead_of(actor: Actor, row: Appointment, *, is_new: bool = True) -> int:
    """Return how many days ahead this visitor may book; raises `TooManyAppointments`.

    At a counter or by phone, staff book whatever is free: the limits are for pages and programs.
    """
    rules = offices().booking
    if is_staff(actor):
        return rules.days_ahead
    whose = _same(row)
    now_open = Appointment.objects.filter(whose, state__in=OPEN) if whose and is_new else None
    if now_open is not None and now_open.count() >= rules.most_open:
        raise TooManyAppointments(rules.most_open)
    return days_allowed(missed_by(row), rules.no_shows, rules.days_ahead)


def _same(row: Appointment) -> Q | None:
    """Return what finds the rows of the same visitor, None where nothing tells who it is."""
    known = {name: getattr(row, name) for name in ("person", "account", "guest")}
    either = [Q(**{name: value}) for name, value in known.items() if value]
    return Q(*either, _connector=Q.OR) if either else None


def _number() -> str:
    return "".join(secrets.choice(_LETTERS) for _n in range(_NUMBER_LENGTH))
