"""Use cases of acting for others: offer, accept, enter at a counter, use, end.

Nobody looks people up to name them: whoever gives a mandate gets a code and hands it on, and who
has the code accepts while signed in. So both are there, and neither learns of the other before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.identity.acts import ACT, MANDATES, tell
from madang.identity.errors import NoMandate, TooManyAttempts, UnknownPerson
from madang.identity.events import MandateEnded, MandateGiven
from madang.identity.mandate_models import Mandate, Organisation
from madang.identity.mandate_rules import (
    BY_LAW,
    KINDS,
    OFFER_LASTS,
    allows,
    birthday,
    faults,
    is_of_age,
)
from madang.identity.names import names_of
from madang.identity.people_rules import rules_in_effect
from madang.identity.person_models import Person
from madang.identity.rules import HOUR
from madang.identity.sealing import keyed_hash, seal, unseal
from madang.identity.told import MANDATE_ENDED, MANDATE_GIVEN
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce, new_id

_CODE = "mandate-code"
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


@dataclass(frozen=True)
class Evidence:
    """What a mandate rests on that is entered at a counter; the number is hashed and forgotten."""

    kind: str
    number: str = ""


@dataclass(frozen=True)
class Company:
    """A company or other body, as its register names it; the number is hashed and forgotten."""

    name: str
    number: str


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
        if not _acts_alone(person):
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
                "code": keyed_hash(_CODE, code),
                "code_sealed": seal(_CODE, code.encode()),
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
        return _code_of(row)


def offer_with(actor: Actor, code: str, language: str = "ko") -> Shown:
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
        return _shown(row, _names([row], language), of_grantor=False)


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
        if not _acts_alone(person):
            raise NoMandate(_("Who is not of age cannot act for others."))
        row.grantee_id = person.pk
        row.accepted = row.since = times.now()
        row.code_sealed = b""
        row.save(update_fields=["grantee", "accepted", "since", "code_sealed"])
        audit.record(actor.id, "identity.accept_mandate", f"mandate:{row.pk}", purpose=ACT)
        _given(row)
        return row.pk


def enter(
    by: Actor, grantor: str, grantee: str, wish: Wish, evidence: Evidence, *, mandate_id: str = ""
) -> str:
    """Enter a mandate at a counter or from the register: it is in force at once; return its id.

    For a minor, parents' mandates end with majority, a guardian's too.

    Raises
    ------
    Invalid
        Field by field.
    UnknownPerson
    """
    with purpose(MANDATES, ACT), transaction.atomic():
        giver, taker = _living(grantor), _living(grantee)
        if giver.pk == taker.pk:
            raise Invalid(_("Nobody acts for themselves."), {"grantee": _("Choose another one.")})
        until, why = _until(giver, wish)
        _check_evidence(wish, evidence, until)
        if not _acts_alone(taker):
            raise NoMandate(_("Who is not of age cannot act for others."))
        return _entered(by, _entry(wish, evidence, until, why) | {"grantor_id": giver.pk},
                        taker, mandate_id)  # fmt: skip


def enter_company(
    by: Actor,
    company: Company,
    grantee: str,
    wish: Wish,
    evidence: Evidence,
    *,
    mandate_id: str = "",
) -> str:
    """Enter who acts for a company; its number is hashed and finds it again."""
    if not company.name.strip() or not company.number.strip():
        raise Invalid(_("Name the company and its number."), {"company": _("Name and number.")})
    with purpose(MANDATES, ACT), transaction.atomic():
        taker = _living(grantee)
        _check_evidence(wish, evidence, wish.until)
        plain = "".join(one for one in company.number if one.isalnum()).upper()
        body, _made = Organisation.objects.get_or_create(
            number=keyed_hash("organisation", plain), defaults={"name": company.name.strip()[:200]}
        )
        row = _entry(wish, evidence, wish.until, "date" if wish.until else "")
        return _entered(by, row | {"organisation_id": body.pk}, taker, mandate_id)


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


def mandates_of(actor: Actor, language: str) -> Both:
    """Return the mandates that the actor gave and holds, ended ones too."""
    if not actor.person:
        return Both()
    with purpose(MANDATES, ACT):
        either = Q(grantor_id=actor.person) | Q(grantee_id=actor.person)
        rows = list(Mandate.objects.filter(either).order_by("-offered", "-id"))
        names = _names(rows, language)
    given = [_shown(r, names, of_grantor=True) for r in rows if r.grantor_id == actor.person]
    held = [_shown(r, names, of_grantor=False) for r in rows if r.grantee_id == actor.person]
    return Both(given, held)


def standing(mandate_id: str, grantee: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """Return (whom, verbs, services) of a mandate that its holder may use now, else None."""
    with purpose(MANDATES, ACT):
        row = Mandate.objects.filter(pk=mandate_id, grantee_id=grantee).first()
    if row is None or _state(row, times.now()) != "in-force":
        return None
    return str(row.grantor_id or row.organisation_id), tuple(row.verbs), tuple(row.services)


def may_act(actor: Actor, verb: str, service: str = "") -> bool:
    """Return whether the actor may do this: for themselves always, for others as far as it goes."""
    if not actor.on_behalf_of:
        return not actor.is_anonymous
    if actor.through:
        from madang.identity import acting

        return acting.assists_with(actor, service)
    found = standing(actor.mandate, actor.person)
    return found is not None and allows(found[1], found[2], verb, service)


def _own_person(actor: Actor) -> Person:
    person = Person.objects.filter(pk=actor.person).first() if actor.person else None
    if person is None or person.state != Person.State.LIVING:
        raise NoMandate(_("First we have to know who you are: come to a counter, or call us."))
    return person


def _living(person_id: str) -> Person:
    person = Person.objects.filter(pk=person_id).first()
    if person is None or person.state != Person.State.LIVING:
        raise UnknownPerson(_("There is no such person, or they died or moved abroad."))
    return person


def _acts_alone(person: Person) -> bool:
    """Of age; without a known birthday a counter has looked at it (identity level 2)."""
    age = rules_in_effect().majority_age
    return person.born is None or is_of_age(person.born, _today(), age)


def _until(giver: Person, wish: Wish) -> tuple[datetime | None, str]:
    """Return when a mandate entered at a counter ends, and why: majority comes before all."""
    age = rules_in_effect().majority_age
    is_minor = giver.born is not None and not is_of_age(giver.born, _today(), age)
    if not is_minor or giver.born is None or wish.kind not in ("parent", "guardian", "court"):
        return wish.until, "date" if wish.until else ""
    of_age = datetime.combine(birthday(giver.born, age), time(0), _zone())
    if wish.until is not None and wish.until < of_age:
        return wish.until, "date"
    return of_age, "majority"


def _check_evidence(wish: Wish, evidence: Evidence, until: datetime | None) -> None:
    wrong = faults(wish.kind, wish.verbs, times.now(), until)
    kind = KINDS.get(wish.kind)
    if kind and evidence.kind not in kind.evidence:
        wrong["evidence"] = gettext_noop("This kind needs other papers.")
    if evidence.kind == "court-order" and not evidence.number.strip():
        wrong["number"] = gettext_noop("Write the number of the court's order.")
    if wrong:
        raise Invalid(_("Look at your answers."), {name: _(text) for name, text in wrong.items()})


def _entry(wish: Wish, evidence: Evidence, until: datetime | None, why: str) -> dict[str, object]:
    plain = "".join(one for one in evidence.number if one.isalnum()).upper()
    return {
        "kind": wish.kind,
        "verbs": list(wish.verbs),
        "services": list(wish.services),
        "until": until,
        "until_why": why,
        "evidence": evidence.kind,
        "reference": keyed_hash(f"evidence.{evidence.kind}", plain) if plain else "",
    }


def _entered(by: Actor, values: dict[str, object], taker: Person, mandate_id: str) -> str:
    now = times.now()
    fixed = {"grantee_id": taker.pk, "offered": now, "offered_by": by.id,
             "accepted": now, "since": now}  # fmt: skip
    row, made = Mandate.objects.get_or_create(pk=mandate_id or new_id(), defaults=values | fixed)
    if made:
        audit.record(by.id, "identity.enter_mandate", f"mandate:{row.pk}", purpose=ACT,
                     detail={"kind": row.kind, "verbs": row.verbs,
                             "evidence": row.evidence})  # fmt: skip
        _given(row)
    return row.pk


def _offered(actor: Actor, code: str) -> Mandate:
    """Return the offer with a code; raises `NoMandate` with one text for all that can be wrong."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    _slow_down(actor)
    row = Mandate.objects.filter(code=keyed_hash(_CODE, plain)).first()
    now = times.now()
    mine = row is not None and row.accepted and actor.person and row.grantee_id == actor.person
    fits = row is not None and not row.ended and row.grantor_id != actor.person
    if row is None or not fits or not (mine or _state(row, now) == "offered"):
        _note_wrong_code(actor)
        raise NoMandate(_("No offer has this code. Check it, or ask for a new one."))
    return row


def _slow_down(actor: Actor) -> None:
    from madang.identity.models import SignInFailure

    since = times.now() - HOUR
    wrong = SignInFailure.objects.filter(account=_guesser(actor), at__gt=since).count()
    if wrong >= _WRONG_CODES:
        raise TooManyAttempts(_("Too many wrong codes. Try again in an hour."), retry_after_s=3600)


def _note_wrong_code(actor: Actor) -> None:
    from madang.identity.models import SignInFailure

    SignInFailure.objects.create(account=_guesser(actor), address="", at=times.now())


def _guesser(actor: Actor) -> str:
    return keyed_hash(_CODE, actor.id)


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


def _given(row: Mandate) -> None:
    announce(MandateGiven(mandate=row.pk, kind=row.kind))
    for person in (row.grantor_id, row.grantee_id):
        if person:
            tell(person, MANDATE_GIVEN, {"kind": row.kind})


def _state(row: Mandate, now: datetime) -> str:
    if row.ended or (row.until is not None and row.until <= now):
        return "ended"
    if row.accepted is None:
        return "offered" if now - row.offered < OFFER_LASTS else "ended"
    return "in-force"


def _code_of(row: Mandate) -> str:
    return unseal(_CODE, row.code_sealed).decode() if bytes(row.code_sealed) else ""


def _names(rows: Iterable[Mandate], language: str = "ko") -> dict[str, str]:
    listed = list(rows)
    people = [one for row in listed for one in (row.grantor_id, row.grantee_id) if one]
    bodies = Organisation.objects.filter(pk__in=[r.organisation_id for r in listed])
    names = names_of(people, language, by=MANDATES, why=ACT)
    return names | {body.pk: body.name for body in bodies}


def _shown(row: Mandate, names: dict[str, str], *, of_grantor: bool) -> Shown:
    now = times.now()
    other: str | None = row.grantee_id if of_grantor else (row.grantor_id or row.organisation_id)
    state = _state(row, now)
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
        code=_code_of(row) if of_grantor and state == "offered" else "",
    )


def _today() -> date:
    from madang.city.api import profile

    return profile().today()


def _zone() -> tzinfo:
    from madang.city.api import profile

    return profile().timezone
