"""Use cases of acting for others: offer, accept, use, end.

Nobody looks people up to name them: whoever gives a mandate gets a code and hands it on, and who
has the code accepts while signed in. So both are there, and neither learns of the other before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.city.api import profile
from madang.identity.acts import ACT, MANDATES, tell
from madang.identity.errors import NoMandate, TooManyAttempts
from madang.identity.events import MandateEnded, MandateGiven
from madang.identity.mandate_lists import CODE, Shown, code_of, names_in, shown_of, state_of
from madang.identity.mandate_models import Mandate
from madang.identity.mandate_rules import (
    BY_LAW,
    KINDS,
    OFFER_LASTS,
    allows,
    faults,
    is_of_age,
    limits,
)
from madang.identity.models import SignInFailure
from madang.identity.people_rules import rules_in_effect
from madang.identity.person_models import Person
from madang.identity.rules import HOUR
from madang.identity.sealing import keyed_hash, seal
from madang.identity.told import MANDATE_ENDED, MANDATE_GIVEN
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce, new_id

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 10  # of 30 letters: 49 bits, and wrong ones are counted
_WRONG_CODES = 10  # an hour and account


@dataclass(frozen=True)
class Wish:
    """What somebody wants to let another do. `until` is the last moment; None: until revoked."""

    kind: str
    verbs: tuple[str, ...]
    services: tuple[str, ...] = ()
    until: datetime | None = None


def offer(actor: Actor, wish: Wish, *, mandate_id: str = "") -> str:
    """Let somebody act for oneself: return the code to hand on.

    Parameters
    ----------
    mandate_id : of the form, so that sending it twice offers once.

    Raises
    ------
    Invalid
        Field by field.
    NoMandate
        For somebody without a place in the register, or not of age.
    """
    now = times.now()
    wrong = faults(wish.kind, wish.verbs, now, wish.until)
    if wish.kind in KINDS and not KINDS[wish.kind].by_resident:
        wrong["kind"] = gettext_noop("This is entered at a counter, with the papers.")
    if wrong:
        raise Invalid(_("Look at your answers."), {name: _(text) for name, text in wrong.items()})
    with purpose(MANDATES, ACT), transaction.atomic():
        person = _own_person(actor)
        if not acts_alone(person):
            raise NoMandate(_("Who is not of age cannot give a mandate; a parent or guardian can."))
        code = "".join(secrets.choice(_LETTERS) for _n in range(_CODE_LENGTH))
        row, made = Mandate.objects.get_or_create(
            pk=mandate_id or new_id(),
            defaults={
                "grantor_id": person.pk,
                "kind": wish.kind,
                "verbs": list(wish.verbs),
                "services": list(wish.services),
                "evidence": "session",
                "code": keyed_hash(CODE, code),
                "code_sealed": seal(CODE, code.encode()),
                "offered": now,
                "offered_by": actor.id,
                "until": wish.until,
                "until_why": "date" if wish.until else "",
            },
        )
        if row.grantor_id != person.pk:
            raise Conflict(_("This form was used before; open it anew."))
        if made:
            audit.record(actor.id, "identity.offer_mandate", f"mandate:{row.pk}", purpose=ACT,
                         detail={"kind": row.kind, "verbs": row.verbs})  # fmt: skip
        return code_of(row)


def offer_with(actor: Actor, code: str) -> Shown:
    """Return the offer that has this code, for whoever holds the code.

    Raises
    ------
    NoMandate
        If there is none, it is too old, or it is one's own.
    TooManyAttempts
        After too many wrong codes.
    """
    with purpose(MANDATES, ACT):
        row = _offered(actor, code)
        return shown_of(row, names_in([row]), of_grantor=False)


def accept(actor: Actor, code: str) -> str:
    """Take a mandate on; return its id. Accepting it twice changes nothing."""
    with purpose(MANDATES, ACT):
        person, found = _own_person(actor), _offered(actor, code)
    with purpose(MANDATES, ACT), transaction.atomic():
        row = Mandate.objects.select_for_update().get(pk=found.pk)
        if row.accepted is not None and row.grantee_id == person.pk:
            return row.pk
        if row.accepted is not None or row.ended is not None:
            raise NoMandate(_("This offer was taken meanwhile."))
        if not acts_alone(person):
            raise NoMandate(_("Who is not of age cannot act for others."))
        row.grantee_id = person.pk
        row.accepted = row.since = times.now()
        row.code_sealed = b""
        row.save(update_fields=["grantee", "accepted", "since", "code_sealed"])
        audit.record(actor.id, "identity.accept_mandate", f"mandate:{row.pk}", purpose=ACT)
        tell_given(row)
        return row.pk


def revoke(actor: Actor, mandate_id: str, *, why: str = "revoked") -> None:
    """End a mandate at once, by either side; what law or a court gave only a counter ends.

    Raises
    ------
    NoMandate
        To whoever is no side of it.
    """
    with purpose(MANDATES, ACT), transaction.atomic():
        row = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
        is_counter = "clerk" in actor.roles and not actor.through
        side = actor.person and row and actor.person in (row.grantor_id, row.grantee_id)
        if row is None or not (side or is_counter):
            raise NoMandate(_("There is no such mandate."))
        if row.evidence in BY_LAW and not is_counter and actor.person != row.grantee_id:
            raise Forbidden(_("Law or a court gave this one; a counter ends it with the papers."))
        _end(row, actor.id, why)


def end_for(person_id: str, by: str, why: str) -> None:
    """End all mandates from and to a person who died or left; the caller's transaction."""
    with purpose(MANDATES, ACT):
        either = Q(grantor_id=person_id) | Q(grantee_id=person_id)
        for row in Mandate.objects.filter(either, ended__isnull=True):
            _end(row, by, why)


def end_lapsed() -> None:
    """End what has run out (majority, the last day, an offer nobody took); run by a schedule."""
    now = times.now()
    over = Q(until__lte=now) | Q(accepted__isnull=True, offered__lte=now - OFFER_LASTS)
    with purpose(MANDATES, ACT), transaction.atomic():
        for row in Mandate.objects.filter(over, ended__isnull=True):
            _end(row, MANDATES.id, row.until_why or "lapsed")


def standing(mandate_id: str, grantee: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Return (whom, verbs, services) of a mandate that its holder may use now, else None."""
    with purpose(MANDATES, ACT):
        row = Mandate.objects.filter(pk=mandate_id, grantee_id=grantee).first()
    if row is None or state_of(row, times.now()) != "in-force":
        return None
    return str(row.grantor_id or row.organisation_id), tuple(row.verbs), limits(row.services)


def may_act(actor: Actor, verb: str, service: str = "") -> bool:
    """Return whether the actor may do this: for themselves always, for others as far as it goes.

    Without a service it asks for a right to everything, which an assisted session never is.
    """
    if not actor.on_behalf_of:
        return not actor.is_anonymous
    if actor.through:
        from madang.identity import acting

        return acting.assists_with(actor, service)
    found = standing(actor.mandate, actor.person)
    return found is not None and allows(found[1], found[2], verb, service)


def tell_given(row: Mandate) -> None:
    """Announce that a mandate is in force, and tell both sides; the caller's transaction."""
    announce(MandateGiven(mandate=row.pk, kind=row.kind))
    for person in (row.grantor_id, row.grantee_id):
        if person:
            tell(person, MANDATE_GIVEN, {"kind": row.kind})


def acts_alone(person: Person) -> bool:
    """Of age; without a known birthday a counter has looked at it (identity level 2)."""
    age = rules_in_effect().majority_age
    return person.born is None or is_of_age(person.born, profile().today(), age)


def _own_person(actor: Actor) -> Person:
    person = Person.objects.filter(pk=actor.person).first() if actor.person else None
    if person is None or person.state != Person.State.LIVING:
        raise NoMandate(_("First we have to know who you are: come to a counter, or call us."))
    return person


def _offered(actor: Actor, code: str) -> Mandate:
    """Return the offer with a code; raises `NoMandate` with one text for all that can be wrong."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    _slow_down(actor)
    row = Mandate.objects.filter(code=keyed_hash(CODE, plain)).first()
    now = times.now()
    mine = row is not None and row.accepted and actor.person and row.grantee_id == actor.person
    fits = row is not None and not row.ended and row.grantor_id != actor.person
    if row is None or not fits or not (mine or state_of(row, now) == "offered"):
        _note_wrong_code(actor)
        raise NoMandate(_("No offer has this code. Check it, or ask for a new one."))
    return row


def _slow_down(actor: Actor) -> None:
    since = times.now() - HOUR
    wrong = SignInFailure.objects.filter(account=_guesser(actor), at__gt=since).count()
    if wrong >= _WRONG_CODES:
        raise TooManyAttempts(_("Too many wrong codes. Try again in an hour."), retry_after_s=3600)


def _note_wrong_code(actor: Actor) -> None:
    SignInFailure.objects.create(account=_guesser(actor), address="", at=times.now())


def _guesser(actor: Actor) -> str:
    return keyed_hash(CODE, actor.id)


def _end(row: Mandate, by: str, why: str) -> None:
    if row.ended is not None:
        return
    row.ended, row.ended_by, row.ended_why = times.now(), by, why
    row.code, row.code_sealed = None, b""
    row.save(update_fields=["ended", "ended_by", "ended_why", "code", "code_sealed"])
    audit.record(by, "identity.end_mandate", f"mandate:{row.pk}", purpose=ACT, detail={"why": why})
    announce(MandateEnded(mandate=row.pk, why=why))
    for person in (row.grantor_id, row.grantee_id):
        if person and row.accepted:
            tell(person, MANDATE_ENDED, {"kind": row.kind})
