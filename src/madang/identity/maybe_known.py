"""People who may be entered twice: noted at a first sign-in, decided at a counter.

Name and birthday alone never link two records: people share both. So whoever signs in first with
the name and the birthday of somebody entered already gets a record of their own, and a hint waits
for a clerk, who looks at the document of the person in front of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, system_actor
from madang.city.api import profile
from madang.identity import people, sessions
from madang.identity.account_models import Account
from madang.identity.counter import EVIDENCE, IAL
from madang.identity.engine.approvals import normal_name
from madang.identity.errors import AlreadyLinked, UnknownPerson
from madang.identity.events import PersonLinked
from madang.identity.people import KEEP_PEOPLE
from madang.identity.person_models import ExternalId, MaybeKnown, Person, PersonName, Proofing
from madang.kernel import audit, times
from madang.kernel.errors import Forbidden, Invalid
from madang.kernel.events import announce

PEOPLE = system_actor("people")
MOST_SHOWN = 200


@dataclass(frozen=True)
class Side:
    """One of the two records, as a clerk sees it."""

    name: str
    born: date | None
    district: str
    has_number: bool
    since: datetime


@dataclass(frozen=True)
class Hint:
    """Two records that may be of one person: `young` came by a sign-in, `old` was there."""

    id: int
    young: Side
    old: Side
    found: datetime

    @property
    def number(self) -> str:
        """The id as text, for the names of fields."""
        return str(self.id)


def note(person: Person, name: str, born: date | None) -> int:
    """Note whom a person just entered may be already; return how many there are.

    Without a birthday nobody is noted: too many share a name.
    """
    if born is None:
        return 0
    wanted = normal_name(name)
    with purpose(PEOPLE, KEEP_PEOPLE), transaction.atomic():
        others = Person.objects.filter(born=born, state=Person.State.LIVING).exclude(pk=person.pk)
        rows = PersonName.objects.filter(person__in=others)
        alike = sorted({row.person_id for row in rows if normal_name(row.full) == wanted})
        for other in alike:
            MaybeKnown.objects.get_or_create(person_id=person.pk, other_id=other)
            audit.record(PEOPLE.id, "identity.note_maybe_known", f"person:{person.pk}",
                         detail={"other": other})  # fmt: skip
    return len(alike)


def open_hints(by: Actor, person: str = "") -> list[Hint]:
    """Return what waits for a clerk, oldest first; of one person where one is named."""
    with purpose(by, KEEP_PEOPLE):
        rows = MaybeKnown.objects.filter(decided__isnull=True).order_by("found", "pk")
        if person:
            rows = rows.filter(models.Q(person_id=person) | models.Q(other_id=person))
        kept = list(rows[:MOST_SHOWN])
        ids = {one for row in kept for one in (row.person_id, row.other_id)}
        sides = _sides(ids)
    return [Hint(row.pk, sides[row.person_id], sides[row.other_id], row.found) for row in kept]


def waiting() -> int:
    """Return how many hints wait; no look at anybody's record."""
    with purpose(PEOPLE, KEEP_PEOPLE):
        return MaybeKnown.objects.filter(decided__isnull=True).count()


def is_waiting_for(person: str) -> bool:
    """Return whether a hint waits about a person."""
    either = models.Q(person_id=person) | models.Q(other_id=person)
    with purpose(PEOPLE, KEEP_PEOPLE):
        return MaybeKnown.objects.filter(either, decided__isnull=True).exists()


def keep_apart(by: Actor, hint: int) -> None:
    """Say that they are two people; deciding it twice changes nothing."""
    with purpose(PEOPLE, KEEP_PEOPLE), transaction.atomic():
        row = _undecided(hint)
        if row is not None:
            _decide(row, by, is_same=False)


def join(by: Actor, hint: int, evidence: str) -> None:
    """Say that they are one person, whose document the clerk saw: all goes to the older record.

    The younger record stays, empty and marked; sessions of its accounts end, as they name it.

    Raises
    ------
    Invalid
        If it is not said which document was seen.
    Forbidden
        For one's own record.
    AlreadyLinked
        If both have a number of the register: then they are two people; or one may act for the
        other by a mandate.
    """
    if evidence not in dict(EVIDENCE):
        reason = _("Choose the document that you saw.")
        raise Invalid(reason, {"evidence": reason})
    with purpose(PEOPLE, KEEP_PEOPLE), transaction.atomic():
        row = _undecided(hint)
        if row is None:
            return
        if by.person in (row.person_id, row.other_id):
            raise Forbidden(_("Nobody joins their own records. Ask a colleague."))
        young, old = _both(row)
        _require_one(young, old)
        _move(young, old, by)
        people.proof(old, IAL, "counter", by=PEOPLE, evidence=evidence)
        _decide(row, by, is_same=True)


def _both(row: MaybeKnown) -> tuple[Person, Person]:
    found = Person.objects.select_for_update().in_bulk([row.person_id, row.other_id])
    young, old = found[row.person_id], found[row.other_id]
    if {young.state, old.state} != {Person.State.LIVING}:
        raise UnknownPerson(_("One of the two died, moved abroad or was joined meanwhile."))
    return young, old


def _require_one(young: Person, old: Person) -> None:
    from madang.identity.mandate_models import Mandate

    if young.register and old.register:
        raise AlreadyLinked(_("Both have a number of the register: these are two people."))
    pair = [young.pk, old.pk]
    if Mandate.objects.filter(grantor_id__in=pair, grantee_id__in=pair).exists():
        raise AlreadyLinked(_("One of the two acts for the other: these are two people."))


def _move(young: Person, old: Person, by: Actor) -> None:
    accounts = list(Account.objects.filter(person_id=young.pk).values_list("pk", flat=True))
    tables: tuple[type[models.Model], ...] = (Account, ExternalId, Proofing, *_further())
    for table in tables:
        table._default_manager.filter(person_id=young.pk).update(person_id=old.pk)
    _move_mandates(young, old)
    register, young.register = young.register, None
    young.state, young.state_since = Person.State.JOINED, profile().today()
    young.save(update_fields=["register", "state", "state_since"])
    if register:
        old.register = register
        old.save(update_fields=["register"])
    for account in accounts:
        sessions.end_sessions(account, by=by.id)
        announce(PersonLinked(account=account, person=old.pk))
    audit.record(by.id, "identity.join_people", f"person:{old.pk}", detail={"joined": young.pk})


def _further() -> tuple[type[models.Model], ...]:
    from madang.identity.assisted_models import AssistedSession, PendingAct
    from madang.identity.mandate_models import ActForOther
    from madang.identity.staff_models import LookQuestion

    return AssistedSession, PendingAct, ActForOther, LookQuestion


def _move_mandates(young: Person, old: Person) -> None:
    from madang.identity.mandate_models import Mandate

    Mandate.objects.filter(grantor_id=young.pk).update(grantor_id=old.pk)
    Mandate.objects.filter(grantee_id=young.pk).update(grantee_id=old.pk)


def _undecided(hint: int) -> MaybeKnown | None:
    row = MaybeKnown.objects.select_for_update().filter(pk=hint).first()
    if row is None:
        raise UnknownPerson(_("There is no such hint."))
    return row if row.decided is None else None


def _decide(row: MaybeKnown, by: Actor, *, is_same: bool) -> None:
    row.decided, row.decided_by, row.is_same = times.now(), by.id, is_same
    row.save(update_fields=["decided", "decided_by", "is_same"])
    if is_same:  # what else was said of the younger record is answered with it
        others = MaybeKnown.objects.filter(person_id=row.person_id, decided__isnull=True)
        others.update(decided=row.decided, decided_by=by.id)
    audit.record(by.id, "identity.decide_maybe_known", f"person:{row.person_id}",
                 detail={"other": row.other_id, "is_same": is_same})  # fmt: skip


def _sides(ids: Iterable[str]) -> dict[str, Side]:
    people_ = Person.objects.in_bulk(list(ids))
    names: dict[str, str] = {}
    for row in PersonName.objects.filter(person_id__in=people_).order_by("form"):
        if row.form == PersonName.Form.REGISTERED or row.person_id not in names:
            names[row.person_id] = row.full
    return {
        one.pk: Side(names.get(one.pk, ""), one.born, one.district, bool(one.register), one.created)
        for one in people_.values()
    }
