"""For whom somebody acts just now: checked with every request, said on every page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.identity import acts, assisted, mandates, sessions
from madang.identity.errors import NoMandate
from madang.identity.mandate_models import Organisation
from madang.identity.names import names_of
from madang.kernel import audit, times

_ASSISTED = "assisted:"


@dataclass(frozen=True)
class Acting:
    """What the banner of every page says.

    Parameters
    ----------
    kind : ``mandate`` or ``assisted``.
    name : of whom is acted for.
    until : end of an assisted session; `minutes_left` of it, rounded up.
    verbs, service : how far it goes.
    channel : of an assisted session, where it takes place.
    """

    kind: str
    name: str
    until: datetime | None = None
    minutes_left: int = 0
    verbs: tuple[str, ...] = ()
    service: str = ""
    channel: str = ""


def for_whom(own: Actor, facts: sessions.SessionFacts) -> Actor:
    """Return the actor as whom this session acts: without staff roles while it is for another.

    A mandate that ended meanwhile, or an assisted session whose time is over, leaves the actor who
    they are.
    """
    if facts.mandate:
        found = mandates.standing(facts.mandate, own.person) if own.person else None
        if found is None:
            return own
        return replace(own, roles=frozenset(), departments=frozenset(), districts=frozenset(),
                       on_behalf_of=found[0], mandate=facts.mandate)  # fmt: skip
    row = assisted.running(facts.assisted, facts.account)
    if row is None:
        return own
    return replace(own, roles=frozenset(), departments=frozenset(), districts=frozenset(),
                   person="", on_behalf_of=row.person_id, through=own.id,
                   mandate=f"{_ASSISTED}{row.pk}")  # fmt: skip


def acting_in(actor: Actor) -> Acting | None:
    """Return what to say above the page; None for whoever acts for themselves."""
    if not actor.on_behalf_of:
        return None
    if actor.through:
        row = assisted.running(assisted_id(actor), actor.id.removeprefix("account:"))
        if row is None or row.until is None:
            return None
        left = (row.until - times.now()).total_seconds()
        return Acting("assisted", _name(actor.on_behalf_of), row.until, max(1, -int(-left // 60)),
                      service=row.service, channel=row.channel)  # fmt: skip
    found = mandates.standing(actor.mandate, actor.person)
    return Acting("mandate", _name(actor.on_behalf_of), verbs=found[1] if found else ())


def assisted_id(actor: Actor) -> str:
    """Return the id of the assisted session in which somebody acts; empty outside one."""
    return actor.mandate.removeprefix(_ASSISTED) if actor.mandate.startswith(_ASSISTED) else ""


def assisted_service(actor: Actor) -> str | None:
    """Return the service of the assisted session in which somebody acts; None outside one."""
    row = assisted.running(assisted_id(actor), actor.id.removeprefix("account:"))
    return None if row is None else row.service


def assists_with(actor: Actor, service: str) -> bool:
    """Return whether an assisted session that runs is for this service."""
    return bool(service) and service == assisted_service(actor)


def act_for(request: HttpRequest, actor: Actor, mandate_id: str) -> None:
    """Act by a mandate from now on.

    Raises
    ------
    NoMandate
        If it is not the actor's, or not in force.
    """
    person = sessions.facts(request)
    holder = person.person if person else ""
    if not holder or mandates.standing(mandate_id, holder) is None:
        raise NoMandate(_("This mandate is not in force."))
    sessions.turn(request, mandate=mandate_id)
    audit.record(actor.id, "identity.act_for", f"mandate:{mandate_id}", purpose=acts.ACT)


def act_for_oneself(request: HttpRequest, actor: Actor) -> None:
    """Act for oneself again; an assisted session ends with it."""
    facts = sessions.facts(request)
    if facts is None or not (facts.mandate or facts.assisted):
        return
    if facts.assisted:
        assisted.end(facts.assisted, actor.id)
    else:
        audit.record(actor.id, "identity.act_for_oneself", f"mandate:{facts.mandate}")
    sessions.turn(request)


def _name(someone: str) -> str:
    names = names_of([someone], by=acts.MANDATES, why=acts.ACT)
    if someone in names:
        return names[someone]
    body = Organisation.objects.filter(pk=someone).first()
    return body.name if body else _("somebody without a name")
