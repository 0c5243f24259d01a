"""Mandates as the two sides see them: given and held, in force and over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from madang.access.api import Actor, purpose
from madang.identity.acts import ACT, MANDATES
from madang.identity.mandate_models import Mandate, Organisation
from madang.identity.mandate_rules import OFFER_LASTS
from madang.identity.names import names_of
from madang.identity.sealing import unseal
from madang.kernel import times

CODE = "mandate-code"  # what codes of offers are sealed and hashed for


@dataclass(frozen=True)
class Shown:
    """A mandate as one of the two sees it. `other` is the name of the other side.

    `state` is ``offered``, ``in-force`` or ``ended``; `code` is there for the giver of an offer.
    """

    id: str
    kind: str
    verbs: tuple[str, ...]
    services: tuple[str, ...]
    state: str
    other: str
    since: datetime
    until: datetime | None
    until_why: str
    ended: datetime | None
    ended_why: str
    evidence: str
    code: str = ""


@dataclass(frozen=True)
class Both:
    """A person's mandates: given to others, and held for others; newest first."""

    given: list[Shown] = field(default_factory=list)
    held: list[Shown] = field(default_factory=list)


def mandates_of(actor: Actor) -> Both:
    """Return the mandates that the actor gave and holds, ended ones too."""
    if not actor.person:
        return Both()
    with purpose(MANDATES, ACT):
        either = Q(grantor_id=actor.person) | Q(grantee_id=actor.person)
        rows = list(Mandate.objects.filter(either).order_by("-offered", "-id"))
        names = names_in(rows)
    given = [shown_of(r, names, of_grantor=True) for r in rows if r.grantor_id == actor.person]
    held = [shown_of(r, names, of_grantor=False) for r in rows if r.grantee_id == actor.person]
    return Both(given, held)


def state_of(row: Mandate, now: datetime) -> str:
    """Return ``offered``, ``in-force`` or ``ended``."""
    if row.ended or (row.until is not None and row.until <= now):
        return "ended"
    if row.accepted is None:
        return "offered" if now - row.offered < OFFER_LASTS else "ended"
    return "in-force"


def code_of(row: Mandate) -> str:
    """Return the code of an offer, for its giver; empty once it was taken."""
    return unseal(CODE, row.code_sealed).decode() if bytes(row.code_sealed) else ""


def names_in(rows: Iterable[Mandate]) -> dict[str, str]:
    """Return what to call the people and bodies of mandates, by their ids."""
    listed = list(rows)
    people = [one for row in listed for one in (row.grantor_id, row.grantee_id) if one]
    bodies = Organisation.objects.filter(pk__in=[r.organisation_id for r in listed])
    names = names_of(people, by=MANDATES, why=ACT)
    return names | {body.pk: body.name for body in bodies}


def shown_of(row: Mandate, names: dict[str, str], *, of_grantor: bool) -> Shown:
    """Return a mandate as its giver sees it, or the other side."""
    now = times.now()
    other: str | None = row.grantee_id if of_grantor else (row.grantor_id or row.organisation_id)
    state = state_of(row, now)
    verbs: Sequence[str] = row.verbs
    return Shown(
        id=row.pk,
        kind=row.kind,
        verbs=tuple(verbs),
        services=tuple(row.services),
        state=state,
        other=names.get(other or "", ""),
        since=row.since,
        until=row.until,
        until_why=row.until_why,
        ended=row.ended or (row.until if state == "ended" else None),
        ended_why=row.ended_why or (row.until_why if state == "ended" else ""),
        evidence=row.evidence,
        code=code_of(row) if of_grantor and state == "offered" else "",
    )
