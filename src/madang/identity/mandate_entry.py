"""Use cases of mandates entered at a counter or from the register, with their papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, purpose
from madang.city.api import profile
from madang.identity.acts import ACT, MANDATES
from madang.identity.errors import NoMandate, UnknownPerson
from madang.identity.mandate_models import Mandate, Organisation
from madang.identity.mandate_rules import KINDS, birthday, faults, is_of_age
from madang.identity.mandates import Wish, acts_alone, tell_given
from madang.identity.people_rules import rules_in_effect
from madang.identity.person_models import Person
from madang.identity.sealing import keyed_hash
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.kernel.events import new_id


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
        if not acts_alone(taker):
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


def _living(person_id: str) -> Person:
    person = Person.objects.filter(pk=person_id).first()
    if person is None or person.state != Person.State.LIVING:
        raise UnknownPerson(_("There is no such person, or they died or moved abroad."))
    return person


def _until(giver: Person, wish: Wish) -> tuple[datetime | None, str]:
    """Return when a mandate entered at a counter ends, and why: majority comes before all."""
    age = rules_in_effect().majority_age
    is_minor = giver.born is not None and not is_of_age(giver.born, profile().today(), age)
    if not is_minor or giver.born is None or wish.kind not in ("parent", "guardian", "court"):
        return wish.until, "date" if wish.until else ""
    of_age = datetime.combine(birthday(giver.born, age), time(0), profile().timezone)
    if wish.until is not None and wish.until < of_age:
        return wish.until, "date"
    return of_age, "majority"


def _check_evidence(wish: Wish, evidence: Evidence, until: datetime | None) -> None:
    wrong = faults(wish.kind, wish.verbs, times.now(), until)
    kind = KINDS.get(wish.kind)
    if kind and evidence.kind not in kind.evidence:
        wrong["evidence"] = gettext_noop("This kind needs other papers.")
    if evidence.kind == "court-order" and not evidence.number.strip():
        wrong["order"] = gettext_noop("Write the number of the court's order.")
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
        tell_given(row)
    return row.pk
