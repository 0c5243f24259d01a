"""The queue: who waits is offered to who is free; what nobody takes goes on; who left is let go."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from madang.access.api import purpose
from madang.callcentre.contact_models import Channel, Contact, State
from madang.callcentre.engine.queueing import Free, Waiting, fits, pairs
from madang.callcentre.operator_models import OperatorState
from madang.callcentre.places import PRESENT
from madang.callcentre.purposes import CENTRE, KEEP
from madang.callcentre.rules import centre
from madang.kernel import times

AT_ONCE = 200  # waiting contacts looked at in one go
HELD = (State.OFFERED, State.ACTIVE, State.WRAPUP)


def tend() -> None:
    """Let go who left, pass on what was not taken, and offer what waits.

    Costs two counts where nothing is due, so that every look at the queue may ask for it.
    """
    now, said = times.now(), centre()
    with purpose(CENTRE, KEEP):
        late = _late(now - timedelta(seconds=said.offer_s))
        gone = _gone(now - timedelta(seconds=said.give_up_s))
        waits = Contact.objects.filter(_waits(now)).exists()
        if late.exists():
            _pass_on(now - timedelta(seconds=said.offer_s), now)
            waits = True
        if gone.exists():
            _let_go(now - timedelta(seconds=said.give_up_s), now)
    if waits:
        dispatch()


def dispatch() -> list[tuple[str, str]]:
    """Offer waiting contacts to free operators; return (contact, operator).

    Rows that another process has just now are left to it, so that nobody gets what somebody else
    has been given.
    """
    now = times.now()
    with purpose(CENTRE, KEEP), transaction.atomic():
        waiting = _waiting(now)
        if not waiting:
            return []
        there = OperatorState.objects.filter(
            state=OperatorState.State.AVAILABLE, seen__gt=now - PRESENT
        )
        free = [_free(one) for one in there.select_for_update(skip_locked=True)]
        found = pairs([_shown(one) for one in waiting], free)
        rows = {one.pk: one for one in waiting}
        for contact, operator in found:
            row = rows[contact]
            row.state, row.operator, row.offered_at = State.OFFERED, operator, now
            row.offered += 1
            row.save(update_fields=["state", "operator", "offered_at", "offered"])
    return found


def first_for(operator: OperatorState, now: datetime) -> Contact | None:
    """Return the contact that has waited longest of those an operator can serve, locked."""
    free = _free(operator)
    if free.room <= 0:
        return None
    for row in _waiting(now):
        if fits(_shown(row), free) and (row.channel != Channel.PHONE or free.busy == 0):
            return row
    return None


def _waits(now: datetime) -> Q:
    return Q(state=State.WAITING) & (Q(due=None) | Q(due__lte=now))


def _waiting(now: datetime) -> list[Contact]:
    rows = Contact.objects.filter(_waits(now)).order_by("queued", "id")
    with transaction.atomic():
        return list(rows.select_for_update(skip_locked=True)[:AT_ONCE])


def _shown(row: Contact) -> Waiting:
    since = (row.queued or row.opened).timestamp()
    return Waiting(
        row.pk, since, row.language, frozenset(row.skills), frozenset(row.passed),
        row.channel == Channel.PHONE,
    )  # fmt: skip


def _free(one: OperatorState) -> Free:
    """Return an operator's room; whoever is on the telephone has none."""
    has = list(
        Contact.objects.filter(operator=one.pk, state__in=HELD).values_list("channel", flat=True)
    )
    room = 0 if Channel.PHONE in has else max(one.at_once - len(has), 0)
    return Free(
        one.pk, frozenset(one.languages), frozenset(one.skills), one.free_since.timestamp(),
        room, len(has),
    )  # fmt: skip


def _late(before: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(state=State.OFFERED, offered_at__lt=before)


def _gone(before: datetime) -> QuerySet[Contact]:
    return Contact.objects.filter(state=State.WAITING, seen__lt=before, channel=Channel.CHAT)


def _pass_on(before: datetime, now: datetime) -> None:
    """Put back what was offered and not taken; whoever did not take it is asked nothing more."""
    with transaction.atomic():
        for row in _late(before).select_for_update(skip_locked=True):
            OperatorState.objects.filter(pk=row.operator).update(
                state=OperatorState.State.AWAY, since=now
            )
            row.passed = sorted({*row.passed, row.operator})
            row.state, row.operator, row.offered_at = State.WAITING, "", None
            row.save(update_fields=["state", "operator", "offered_at", "passed"])


def _let_go(before: datetime, now: datetime) -> None:
    with transaction.atomic():
        for row in _gone(before).select_for_update(skip_locked=True):
            row.state, row.outcome, row.ended = State.DONE, "abandoned", now
            row.phone, row.phone_end = b"", ""
            row.save(update_fields=["state", "outcome", "ended", "phone", "phone_end"])
