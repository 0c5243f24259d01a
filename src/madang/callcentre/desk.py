"""What an operator's page shows: the queue, and all of one contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from madang.access.api import Actor, purpose, require
from madang.callcentre import queue, taking_over
from madang.callcentre.contact_models import Contact, ContactLine, State
from madang.callcentre.errors import NotYours, UnknownContact
from madang.callcentre.operator_models import Suggestion
from madang.callcentre.operators import OPERATOR
from madang.callcentre.purposes import CENTRE, KEEP, SERVE
from madang.kernel import times


@dataclass(frozen=True)
class Queue:
    """How many wait in a language, and since when the first of them does."""

    language: str
    count: int
    since: datetime | None


def queues(actor: Actor) -> list[Queue]:
    """Return who waits by language, most first; counts only."""
    require(actor, OPERATOR)
    queue.tend()
    with purpose(CENTRE, KEEP):
        rows = (
            Contact.objects.filter(state__in=(State.WAITING, State.OFFERED))
            .exclude(due__gt=times.now())
            .order_by()
            .values("language")
            .annotate(count=Count("pk"), since=Min("queued"))
        )
        found = [Queue(row["language"], row["count"], row["since"]) for row in rows]
    return sorted(found, key=lambda one: (-one.count, one.language))


def mine(actor: Actor) -> list[Contact]:
    """Return what this operator has, or is offered, the oldest first."""
    require(actor, OPERATOR)
    held = Q(state__in=(State.OFFERED, State.ACTIVE, State.WRAPUP))
    with purpose(CENTRE, KEEP):
        return list(Contact.objects.filter(held, operator=actor.id).order_by("queued"))


def contact_of(actor: Actor, contact: str) -> Contact:
    """Return a contact of this operator, opened for it and written down as looked at.

    Raises
    ------
    UnknownContact
    NotYours
    """
    require(actor, OPERATOR)
    with purpose(actor, SERVE, case=contact):
        row = Contact.objects.filter(pk=contact).first()
    if row is None:
        raise UnknownContact("there is no such contact")
    _of(actor, row)
    if row.conversation and row.state == State.ACTIVE:
        taking_over.follow(row.pk)
    return row


def transcript(actor: Actor, contact: str, after: int = 0) -> list[ContactLine]:
    """Return the lines of a contact of this operator after a number; raises as `contact_of`."""
    require(actor, OPERATOR)
    with purpose(CENTRE, KEEP):
        row = Contact.objects.filter(pk=contact).first()
        if row is None:
            raise UnknownContact("there is no such contact")
        _of(actor, row)
        return list(ContactLine.objects.filter(contact=row, number__gt=after)[:500])


def suggestions(contact: Contact) -> list[Suggestion]:
    """Return what was suggested in a contact, newest first."""
    with purpose(CENTRE, KEEP):
        return list(Suggestion.objects.filter(contact=contact).order_by("-pk")[:10])


def _of(actor: Actor, row: Contact) -> None:
    if row.operator != actor.id or row.state not in (State.ACTIVE, State.WRAPUP, State.DONE):
        raise NotYours("this contact is not yours")
