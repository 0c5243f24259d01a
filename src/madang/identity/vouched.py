"""Somebody vouches for a person: an authority by a certificate, a provider by an approval.

What they vouch for is a number that stays the person's (the connecting information of an approval;
the subject that an authority names only once) and a name; some certificates name the person's
number in the population register besides. From that we find the person's account, open one, or add
it to the account signed in: by such a number alone. Who shares a name and a birthday with somebody
entered already gets a record of their own, and the counter a hint (`maybe_known`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import guardians, maybe_known, people
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
    `register_number` is the one of this country's population register, where it is vouched for.
    """

    provider: str
    number: str
    name: str
    how: str
    born: date | None = None
    is_only: bool = False
    register_number: str = ""


def known_account(vouched: Vouched) -> Account | None:
    """Return the open account of the person, None where there is neither."""
    person = _named_person(vouched)
    return _account_of(person) if person else None


def open_account(vouched: Vouched, language: str = "") -> Account:
    """Open an account for a person who has none; the same twice, and at once, opens one.

    Somebody entered already, under this number or this register number, gets no second record.

    Raises
    ------
    AlreadyLinked
        If the person is known and dead, gone, or their account was closed at a counter.
    NeedsGuardian
        For a child below the age of consent for whom no guardian is entered.
    """
    try:
        return _opened(vouched, language)
    except (AlreadyLinked, IntegrityError):
        # somebody else may have entered the same person between our look and our writing: then
        # the second look finds them; if not, it says again what is wrong
        return _opened(vouched, language)


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
            if person is not None:
                _note(vouched, person)
            return
        if person is not None:
            if person.pk != account.person_id:
                raise AlreadyLinked("this is another person's")
            _note(vouched, person)
            return
        with purpose(AUTHENTICATION, KEEP_PEOPLE):
            owner = Person.objects.get(pk=account.person_id)
            names = PersonName.objects.filter(person_id=owner.pk).values_list("full", flat=True)
            if normal_name(vouched.name) not in {normal_name(name) for name in names}:
                raise AlreadyLinked("this is somebody else's name")
            others = ExternalId.objects.filter(person_id=owner.pk, provider=vouched.provider)
            if vouched.is_only and others.exists():
                raise AlreadyLinked("this is somebody else of the same name")
        _note(vouched, owner)
        if ial_of(account) < IAL:
            _proof(vouched, owner)


def _opened(vouched: Vouched, language: str) -> Account:
    with transaction.atomic():
        person = _known_person(vouched)
        if person is None:
            guardians.require_for_account("", vouched.born)
            person = _new_person(vouched)
            return people.add_resident(person, by=AUTHENTICATION, language=language)
        with purpose(AUTHENTICATION, KEEP_PEOPLE):  # two at once open one account
            person = Person.objects.select_for_update().get(pk=person.pk)
        account = _account_of(person)
        if account is None:
            if person.state != Person.State.LIVING or _had_account(person):
                raise AlreadyLinked("this person's account is closed; ask at a counter")
            guardians.require_for_account(person.pk, person.born or vouched.born)
            account = people.add_resident(person, by=AUTHENTICATION, language=language)
        if _note(vouched, person):
            _proof(vouched, person)
        return account


def _known_person(vouched: Vouched) -> Person | None:
    """Return whom this number names, else whom the register number does."""
    person = _named_person(vouched)
    if person is not None or not vouched.register_number:
        return person
    found = people.person_of_register(vouched.register_number, by=AUTHENTICATION)
    if found is not None and vouched.is_only and _is_named_otherwise(found, vouched):
        raise AlreadyLinked("the person with this register number has another number there")
    return found


def _named_person(vouched: Vouched) -> Person | None:
    """Return the person with this number: a part of the sign-in, no look at anybody's record."""
    mac = people.external_hash(vouched.provider, vouched.number)
    with purpose(AUTHENTICATION, "authenticate"):
        row = ExternalId.objects.filter(provider=vouched.provider, mac=mac).first()
        return Person.objects.get(pk=row.person_id) if row else None


def _is_named_otherwise(person: Person, vouched: Vouched) -> bool:
    with purpose(AUTHENTICATION, "authenticate"):
        rows = ExternalId.objects.filter(person_id=person.pk, provider=vouched.provider)
        return rows.exists()


def _new_person(vouched: Vouched) -> Person:
    particulars = Particulars(
        names=(NameForm("registered", vouched.name),),
        born=vouched.born,
        register_number=vouched.register_number,
        external={vouched.provider: vouched.number},
    )
    person = people.add_person(particulars, by=AUTHENTICATION)
    _proof(vouched, person)
    maybe_known.note(person, vouched.name, vouched.born)
    return person


def _note(vouched: Vouched, person: Person) -> bool:
    """Remember the number of a known person; return whether it is new."""
    if _named_person(vouched) is not None:
        return False
    people.link_external(person, vouched.provider, vouched.number, by=AUTHENTICATION)
    return True


def _proof(vouched: Vouched, person: Person) -> None:
    people.proof(person, IAL, vouched.how, by=AUTHENTICATION, evidence=vouched.provider)


def _account_of(person: Person) -> Account | None:
    with purpose(AUTHENTICATION, "authenticate"):
        if person.state != Person.State.LIVING:
            return None
        rows = Account.objects.filter(
            person_id=person.pk, kind=Account.Kind.RESIDENT, closed__isnull=True
        )
        return rows.order_by("created").first()


def _had_account(person: Person) -> bool:
    with purpose(AUTHENTICATION, "authenticate"):
        return Account.objects.filter(person_id=person.pk, kind=Account.Kind.RESIDENT).exists()
