"""Somebody vouches for a person: an authority by a certificate, a provider by an approval.

What they vouch for is a number that stays the person's (the connecting information of an approval;
the subject that an authority names only once) and a name. From that we find the person's account,
open one, or add it to the account signed in: never by name, birth or phone alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import people
from madang.identity.account_models import Account
from madang.identity.ceremony import ial_of
from madang.identity.engine.approvals import normal_name
from madang.identity.errors import AlreadyLinked
from madang.identity.people import KEEP_PEOPLE, NameForm, Particulars
from madang.identity.person_models import ExternalId, Person, PersonName

IAL = 2  # both identified the person against the register before they vouched (SP 800-63A-4, 2.2)


@dataclass(frozen=True)
class Vouched:
    """What is vouched for. `provider` and `number` name the person, `how` is for the proofing.

    With `is_only` a person has no second number there: another one is another person's.
    """

    provider: str
    number: str
    name: str
    how: str
    born: date | None = None
    is_only: bool = False


def known_account(vouched: Vouched) -> Account | None:
    """Return the open account of the person, None where there is neither."""
    person = _known_person(vouched)
    return _account_of(person) if person else None


def open_account(vouched: Vouched, language: str = "") -> Account:
    """Open an account for a person whom we did not know; the same twice opens one.

    Raises
    ------
    AlreadyLinked
        If the person is known but has no open account: dead, gone, or closed at a counter.
    """
    with transaction.atomic():
        person = _known_person(vouched)
        if person is not None:
            account = _account_of(person)
            if account is None:
                raise AlreadyLinked("this person's account is closed; ask at a counter")
            return account
        person = _new_person(vouched)
        return people.add_resident(person, by=AUTHENTICATION, language=language)


def bind(vouched: Vouched, account: Account) -> None:
    """Say that the account signed in is this person's.

    Raises
    ------
    AlreadyLinked
        If the number is another person's, or the account's owner has another name.
    """
    with transaction.atomic():
        person = _known_person(vouched)
        if account.person_id is None:
            people.link_account(account, person or _new_person(vouched), by=AUTHENTICATION)
            return
        if person is not None:
            if person.pk != account.person_id:
                raise AlreadyLinked("this is another person's")
            return
        with purpose(AUTHENTICATION, KEEP_PEOPLE):
            owner = Person.objects.get(pk=account.person_id)
            names = PersonName.objects.filter(person_id=owner.pk).values_list("full", flat=True)
            if normal_name(vouched.name) not in {normal_name(name) for name in names}:
                raise AlreadyLinked("this is somebody else's name")
            others = ExternalId.objects.filter(person_id=owner.pk, provider=vouched.provider)
            if vouched.is_only and others.exists():
                raise AlreadyLinked("this is somebody else of the same name")
        people.link_external(owner, vouched.provider, vouched.number, by=AUTHENTICATION)
        if ial_of(account) < IAL:
            people.proof(owner, IAL, vouched.how, by=AUTHENTICATION, evidence=vouched.provider)


def _known_person(vouched: Vouched) -> Person | None:
    """Return the person with this number: a part of the sign-in, no look at anybody's record."""
    mac = people.external_hash(vouched.provider, vouched.number)
    with purpose(AUTHENTICATION, "authenticate"):
        row = ExternalId.objects.filter(provider=vouched.provider, mac=mac).first()
        return Person.objects.get(pk=row.person_id) if row else None


def _new_person(vouched: Vouched) -> Person:
    particulars = Particulars(
        names=(NameForm("registered", vouched.name),),
        born=vouched.born,
        external={vouched.provider: vouched.number},
    )
    person = people.add_person(particulars, by=AUTHENTICATION)
    people.proof(person, IAL, vouched.how, by=AUTHENTICATION, evidence=vouched.provider)
    return person


def _account_of(person: Person) -> Account | None:
    with purpose(AUTHENTICATION, "authenticate"):
        if person.state != Person.State.LIVING:
            return None
        rows = Account.objects.filter(
            person_id=person.pk, kind=Account.Kind.RESIDENT, closed__isnull=True
        )
        return rows.order_by("created").first()
