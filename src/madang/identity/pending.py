"""Changes of money and identity in assisted sessions: they wait for a second yes.

The resident gives it with their own factor, or another member of staff does (four eyes).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, may, purpose
from madang.identity.acts import ACT, MANDATES, note_act, tell
from madang.identity.assisted_models import PendingAct
from madang.identity.errors import NeedsConfirmation, NoMandate
from madang.identity.person_models import Person
from madang.identity.sealing import seal, unseal
from madang.identity.told import CONFIRMATION_ASKED
from madang.kernel import audit, times
from madang.kernel.errors import Forbidden
from madang.kernel.events import new_id
from madang.kernel.registry import SensitiveAct, load, registry

SECOND_OFFICER = "role:department-head,clerk"
WAITS = timedelta(days=7)
_USE = "pending-act"


@cache
def sensitive_acts() -> Mapping[str, SensitiveAct]:
    """Return the acts of all rooms that change money or identity."""
    return {one.id: one for one in registry().offers(SensitiveAct)}


def carry_out(actor: Actor, act: str, payload: Mapping[str, Any], *, key: str = "") -> None:
    """Do what changes money or identity; in an assisted session only once somebody confirmed it.

    Parameters
    ----------
    act : id of a `SensitiveAct` that a room offers.
    payload : plain values; sealed while it waits.
    key : of the form, so that sending it twice asks once.

    Raises
    ------
    NeedsConfirmation
        In an assisted session: it waits now.
    """
    known = sensitive_acts()[act]
    if not actor.through:
        with transaction.atomic():
            load(known.target)(actor, actor.on_behalf_of or actor.person, dict(payload))
            note_act(actor, known.title)
        return
    now = times.now()
    with purpose(MANDATES, ACT), transaction.atomic():
        row, made = PendingAct.objects.get_or_create(
            pk=key or new_id(),
            defaults={
                "person_id": actor.on_behalf_of,
                "act": act,
                "payload": seal(_USE, json.dumps(payload).encode()),
                "asked_by": actor.through,
                "assisted": actor.mandate,
                "asked": now,
                "lapses": now + WAITS,
            },
        )
        if made:
            audit.record(actor.id, "identity.ask_confirmation", f"pending:{row.pk}",
                         detail={"act": act})  # fmt: skip
            tell(actor.on_behalf_of, CONFIRMATION_ASKED, {})
    raise NeedsConfirmation(
        _("This changes money or identity: the resident or a second officer has to confirm it."),
        pending=row.pk,
    )


def waiting_for(person: str) -> list[PendingAct]:
    """Return what waits for a person's own yes."""
    return [row for row in _open() if row.person_id == person]


def waiting_for_officers(actor: Actor) -> list[PendingAct]:
    """Return what waits for a second officer; never what the actor asked for."""
    return [row for row in _open() if row.asked_by != actor.id]


def payload_of(row: PendingAct) -> dict[str, Any]:
    """Return what would be changed, for whoever decides."""
    found: dict[str, Any] = json.loads(unseal(_USE, row.payload))
    return found


def facts_of(row: PendingAct) -> list[tuple[str, Any]]:
    """Return what would change, in the reader's words."""
    payload, known = payload_of(row), sensitive_acts()[row.act]
    return load(known.facts)(payload) if known.facts else sorted(payload.items())


def decide(actor: Actor, pending_id: str, *, yes: bool) -> None:
    """Confirm and carry out, or refuse; deciding it twice the same way changes nothing.

    Raises
    ------
    NoMandate
        If nothing of this id waits for this actor.
    Forbidden
        To whoever asked for it.
    """
    with purpose(MANDATES, ACT), transaction.atomic():
        row = PendingAct.objects.select_for_update().filter(pk=pending_id).first()
        own = row is not None and bool(actor.person) and row.person_id == actor.person
        officer = may(actor, SECOND_OFFICER) and not actor.on_behalf_of
        if row is None or not (own or officer) or (own and actor.on_behalf_of):
            raise NoMandate(_("Nothing of this kind waits."))
        if row.asked_by == actor.id:
            raise Forbidden(_("Who asked cannot confirm: a second person has to look."))
        if row.decided is not None:
            if row.is_confirmed == yes and row.decided_by == actor.id:
                return
            raise NoMandate(_("This is decided already."))
        if row.lapses <= times.now() or row.person.state != Person.State.LIVING:
            raise NoMandate(_("This has lapsed; ask for it anew."))
        row.decided, row.decided_by, row.is_confirmed = times.now(), actor.id, yes
        row.save(update_fields=["decided", "decided_by", "is_confirmed"])
        audit.record(actor.id, "identity.confirm_act" if yes else "identity.refuse_act",
                     f"pending:{row.pk}",
                     detail={"act": row.act, "asked_by": row.asked_by})  # fmt: skip
        if yes:
            _carry_out(row, actor)


def _carry_out(row: PendingAct, by: Actor) -> None:
    known = sensitive_acts()[row.act]
    through = Actor(
        id=row.asked_by, on_behalf_of=row.person_id, through=row.asked_by, mandate=row.assisted
    )
    load(known.target)(by, row.person_id, payload_of(row))
    note_act(through, known.title)


def _open() -> list[PendingAct]:
    with purpose(MANDATES, ACT):
        rows = PendingAct.objects.filter(decided__isnull=True, lapses__gt=times.now())
        return list(rows.order_by("asked"))
