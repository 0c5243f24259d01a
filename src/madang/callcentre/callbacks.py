"""Calls that were promised: they come up in the queue when they are due, and are tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.callcentre.contact_models import Callback, Channel, Contact, State
from madang.callcentre.contacts import locked, number_of, sealed_number
from madang.callcentre.operators import held
from madang.callcentre.purposes import CENTRE, KEEP, SERVE
from madang.callcentre.rules import centre, next_opening
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid

CONSENT = "callback-2026-11"  # which wording was agreed to; change it with the wording
PAUSE = timedelta(hours=1)  # before somebody who did not answer is called again
WINDOW = timedelta(hours=3)


def ask(contact: str, number: str, *, wanted_from: datetime | None = None) -> datetime:
    """Promise to call a number back; return from when on it is called.

    Parameters
    ----------
    number : is kept sealed, until the call is made or has been tried often enough.
    wanted_from : as soon as operators are there without one.

    Raises
    ------
    Invalid
        If it is no telephone number, or no operator answers in that language within two weeks.
    Conflict
        If a person has this contact already.
    """
    _kind, phone = profile().phone_number(number)
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = locked(contact)
        if row.state not in (State.MACHINE, State.WAITING):
            raise Conflict(_("A person has this contact already."))
        due = next_opening(centre(), row.language, max(wanted_from or now, now), profile())
        if due is None:
            raise Invalid(_("Nobody answers in this language soon."), {"language": row.language})
        row.channel, row.state, row.why = Channel.CALLBACK, State.WAITING, "callback"
        row.phone, row.phone_end = sealed_number(phone), phone[-4:]
        row.due = row.queued = due
        row.save()
        Callback.objects.update_or_create(
            contact=row,
            defaults={"wanted_from": due, "wanted_to": due + WINDOW, "consent": CONSENT,
                      "asked_for": now},
        )  # fmt: skip
    return due


def number(actor: Actor, row: Contact) -> str:
    """Return the number to call; that it was looked at goes to the audit log."""
    if row.channel != Channel.CALLBACK or row.state != State.ACTIVE or not row.phone:
        return ""
    with purpose(actor, SERVE, case=row.pk), transaction.atomic():
        audit.record(actor.id, "callcentre.look", f"contact:{row.pk}", purpose=SERVE)
        return number_of(bytes(row.phone))


def not_reached(actor: Actor, contact: str) -> None:
    """Note that nobody answered: it comes up again, until it was tried often enough."""
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = held(actor, contact)
        promise = Callback.objects.select_for_update().filter(contact=row).first()
        if promise is None or row.state != State.ACTIVE:
            raise Conflict(_("This contact is not to be called back."))
        promise.attempts += 1
        again = next_opening(centre(), row.language, now + PAUSE, profile())
        row.operator, row.answered, row.offered_at = "", None, None
        if promise.attempts >= centre().callback_tries or again is None:
            promise.state, promise.closed = Callback.State.NOT_REACHED, now
            row.state, row.outcome, row.ended = State.DONE, "not-reached", now
            row.phone, row.phone_end = b"", ""
        else:
            row.state, row.due, row.queued = State.WAITING, again, again
        row.save()
        promise.save()
