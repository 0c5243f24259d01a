"""What was done for others, written down and told to whom it was done for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from madang.access.api import Actor, purpose, system_actor
from madang.identity.account_models import Account
from madang.identity.events import SecurityNotice
from madang.identity.mandate_models import ActForOther
from madang.identity.person_models import Person
from madang.identity.told import ACTED_FOR_YOU
from madang.kernel import audit
from madang.kernel.events import announce

MANDATES = system_actor("mandates")
ACT = "act-for-others"
_noted: ContextVar[list[str] | None] = ContextVar("madang-noted-acts", default=None)


@contextmanager
def acts_noted() -> Iterator[list[str]]:
    """Collect what is noted inside, so that an act is written down once, in the best words."""
    found: list[str] = []
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def note_act(actor: Actor, what: str, *, case: str = "") -> None:
    """Write down what was done for another person, and tell them; nothing for one's own acts.

    Parameters
    ----------
    what : message id, or the name of the page.
    """
    person = actor.on_behalf_of
    if not person:
        return
    noted = _noted.get()
    if noted is not None:
        noted.append(what)
    with purpose(MANDATES, ACT), transaction.atomic():
        if not Person.objects.filter(pk=person).exists():
            return  # an organisation: it has no page of its own to show it on
        ActForOther.objects.create(
            person_id=person,
            actor=actor.id,
            through=actor.through,
            mandate=actor.mandate,
            what=what[:100],
            case=case,
        )
        audit.record(actor.id, "identity.act_for_other", f"person:{person}", purpose=ACT,
                     detail={"what": what, "through": actor.through,
                             "mandate": actor.mandate, "case": case})  # fmt: skip
        tell(person, ACTED_FOR_YOU, {"what": what})


def acts_for(person: str) -> list[ActForOther]:
    """Return what others did for a person, newest first."""
    with purpose(MANDATES, ACT):
        return list(ActForOther.objects.filter(person_id=person).order_by("-at", "-id")[:500])


def tell(person: str, kind: str, values: dict[str, str]) -> None:
    """Announce something to a person on every account of theirs; in the caller's transaction."""
    with purpose(MANDATES, ACT):
        accounts = Account.objects.filter(person_id=person, closed__isnull=True)
        for account in accounts.values_list("pk", flat=True):
            announce(SecurityNotice(account=account, kind=kind, values=values))
