"""What operators do: say that they are there, take contacts, and end them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, require
from madang.callcentre import queue
from madang.callcentre.contact_models import Contact, State
from madang.callcentre.contacts import locked
from madang.callcentre.errors import NotYours
from madang.callcentre.operator_models import OperatorState
from madang.callcentre.purposes import CENTRE, KEEP
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

OPERATOR = "role:clerk"
MOST_AT_ONCE = 4
SEEN_EVERY = timedelta(seconds=10)
_ADDRESS = re.compile(r"^(?:sips?:)?[\w.+-]{1,60}(?:@[\w.:-]{1,60})?$")


def present(actor: Actor) -> OperatorState:
    """Return how an operator stands, and note that their page is open."""
    require(actor, OPERATOR)
    now = times.now()
    row = OperatorState.objects.filter(pk=actor.id).first()
    if row is None:
        native = profile().city.default_language
        row, _made = OperatorState.objects.get_or_create(
            operator=actor.id, defaults={"languages": [native], "since": now, "seen": now}
        )
    elif now - row.seen > SEEN_EVERY:
        OperatorState.objects.filter(pk=row.pk).update(seen=now)
        row.seen = now
    return row


def be(
    actor: Actor,
    state: str,
    *,
    languages: Sequence[str] | None = None,
    skills: Sequence[str] | None = None,
    address: str | None = None,
    at_once: int | None = None,
) -> OperatorState:
    """Note what an operator says of themselves; who is available is offered what waits.

    Raises
    ------
    Invalid
        If state, language, number of contacts or the telephone's address cannot be.
    """
    require(actor, OPERATOR)
    present(actor)
    _check(state, languages, address, at_once)
    now = times.now()
    with transaction.atomic():
        row = OperatorState.objects.select_for_update().get(pk=actor.id)
        if row.state != state:
            row.since = now
            if state == OperatorState.State.AVAILABLE:
                row.free_since = now
        row.state, row.seen = state, now
        row.languages = row.languages if languages is None else sorted(set(languages))
        row.skills = (
            row.skills if skills is None else sorted({one.strip() for one in skills} - {""})
        )
        row.address = row.address if address is None else address.strip()
        row.at_once = row.at_once if at_once is None else at_once
        row.save()
        audit.record(actor.id, "callcentre.state", f"operator:{actor.id}", detail={"state": state})
    queue.tend()
    return row


def _check(
    state: str, languages: Sequence[str] | None, address: str | None, at_once: int | None
) -> None:
    faults = {}
    if state not in OperatorState.State.values:
        faults["state"] = _("Choose whether you take contacts.")
    known = {one.code for one in profile().languages}
    if languages is not None and (not languages or set(languages) - known):
        faults["languages"] = _("Choose the languages that you speak.")
    if address and not _ADDRESS.match(address.strip()):
        faults["address"] = _("Write the address of your telephone like sip:203@desk.example.")
    if at_once is not None and not 1 <= at_once <= MOST_AT_ONCE:
        faults["at_once"] = _("From 1 to %(most)s at once.") % {"most": MOST_AT_ONCE}
    if faults:
        raise Invalid(next(iter(faults.values())), faults)


def take_next(actor: Actor) -> str | None:
    """Take what is offered to this operator, else who has waited longest; None where nobody does.

    Raises
    ------
    Forbidden
        For whoever is no operator.
    """
    require(actor, OPERATOR)
    present(actor)
    queue.tend()
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        me = OperatorState.objects.select_for_update().get(pk=actor.id)
        mine = Contact.objects.select_for_update().filter(operator=me.pk, state=State.OFFERED)
        row = mine.order_by("queued").first() or queue.first_for(me, now)
        if row is None:
            return None
        _taken(row, me)
    return row.pk


def accept(actor: Actor, contact: str) -> None:
    """Take a contact that is offered to this operator; raises `NotYours` where it went on."""
    require(actor, OPERATOR)
    present(actor)
    with purpose(CENTRE, KEEP), transaction.atomic():
        me = OperatorState.objects.select_for_update().get(pk=actor.id)
        row = locked(contact)
        if row.state == State.ACTIVE and row.operator == actor.id:
            return
        if row.state != State.OFFERED or row.operator != actor.id:
            raise NotYours(_("This contact has gone on to somebody else."))
        _taken(row, me)


def _taken(row: Contact, me: OperatorState) -> None:
    now = times.now()
    row.state, row.operator, row.answered = State.ACTIVE, me.pk, row.answered or now
    row.save(update_fields=["state", "operator", "answered"])
    me.seen = now
    if me.state != OperatorState.State.AVAILABLE:
        me.state, me.since = OperatorState.State.AVAILABLE, now
    me.save(update_fields=["seen", "state", "since"])
    audit.record(me.pk, "callcentre.take", f"contact:{row.pk}", purpose=KEEP)


def finish(actor: Actor, contact: str) -> None:
    """End the talk with a resident; what is left is the wrap-up. Once more changes nothing."""
    with purpose(CENTRE, KEEP), transaction.atomic():
        row = held(actor, contact)
        if row.state == State.ACTIVE:
            row.state, row.ended, row.outcome = State.WRAPUP, times.now(), "finished"
            row.save(update_fields=["state", "ended", "outcome"])


def held(actor: Actor, contact: str) -> Contact:
    """Return a contact that this operator has, locked; within `KEEP` and a transaction.

    Raises
    ------
    UnknownContact
    NotYours
        If it is another operator's, waits, or is done.
    """
    require(actor, OPERATOR)
    row = locked(contact)
    if row.operator != actor.id or row.state not in (State.ACTIVE, State.WRAPUP):
        raise NotYours(_("This contact is not yours, or it is done."))
    return row
