"""Use cases of people: one record per human being, linked only where that is sure.

Two records become one, or an account gets a person, only by a match in the population register, by
proof of both accounts, or at a counter: never because a telephone number or an e-mail address is
the same (numbers are given to others, families share addresses).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from madang.access.api import Actor, purpose, system_actor
from madang.city.api import profile
from madang.identity import sessions
from madang.identity.account_models import Account
from madang.identity.errors import AlreadyLinked, UnknownPerson
from madang.identity.events import AccountClosed, PersonEnded, PersonLinked
from madang.identity.person_models import ExternalId, Person, PersonName, Proofing
from madang.identity.sealing import keyed_hash
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.kernel.events import announce, new_id

KEEP_PEOPLE = "keep-people"  # purpose of whoever enters, proofs and links people
REGISTER = "register"
# how long a proofing holds before it is asked for anew; a register match as long as the record
PROOFING_LASTS = {"approval": timedelta(days=3650), "certificate": timedelta(days=3650)}


@dataclass(frozen=True)
class NameForm:
    """One form of a name; `full` as its owner writes it."""

    form: str
    full: str
    family: str = ""
    given: str = ""
    language: str = ""


@dataclass(frozen=True)
class Particulars:
    """What is known of a person when entered. `register_number` is hashed and forgotten."""

    names: tuple[NameForm, ...]
    born: date | None = None
    nationality: str = ""
    district: str = ""
    register_number: str = ""
    external: dict[str, str] = field(default_factory=dict)


def register_hash(number: str) -> str:
    """Return how a register number is kept: digits and letters only, under a key of its own."""
    plain = "".join(character for character in number if character.isalnum()).upper()
    return keyed_hash(REGISTER, plain)


def external_hash(provider: str, value: str) -> str:
    """Return how a provider's name for a person is kept: under a key of that provider."""
    return keyed_hash(f"external.{provider}", value)


def add_person(particulars: Particulars, *, by: Actor) -> Person:
    """Enter a person, with or without a register number; raise where they are there already.

    Raises
    ------
    Invalid
        Without any name, or with a birthday to come.
    AlreadyLinked
        If the register number or an external id is another person's.
    """
    if not any(name.full.strip() for name in particulars.names):
        raise Invalid("a person has at least one name", {"names": "missing"})
    if particulars.born and particulars.born > profile().today():
        raise Invalid("the birthday is yet to come", {"born": "in the future"})
    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        number = register_hash(particulars.register_number) if particulars.register_number else None
        if number and Person.objects.filter(register=number).exists():
            raise AlreadyLinked("a person with this register number is entered already")
        person = Person.objects.create(
            born=particulars.born,
            nationality=particulars.nationality,
            district=particulars.district,
            register=number,
        )
        for name in particulars.names:
            PersonName.objects.create(
                person=person,
                form=name.form,
                language=name.language,
                family=name.family,
                given=name.given,
                full=name.full.strip(),
            )
        for provider, value in particulars.external.items():
            link_external(person, provider, value, by=by)
        audit.record(by.id, "identity.add_person", f"person:{person.pk}")
    return person


def person_of_register(number: str, *, by: Actor) -> Person | None:
    """Return the person with this register number."""
    with purpose(by, KEEP_PEOPLE):
        return Person.objects.filter(register=register_hash(number)).first()


def person_with(person_id: str, *, by: Actor) -> Person:
    """Return a person by their id here; raises `UnknownPerson`."""
    with purpose(by, KEEP_PEOPLE):
        row = Person.objects.filter(pk=person_id).first()
    if row is None:
        raise UnknownPerson(f"there is no person {person_id!r}")
    return row


def person_of_external(provider: str, value: str, *, by: Actor) -> Person | None:
    """Return the person whom a provider names so (the CI of an approval, a certificate's id)."""
    mac = external_hash(provider, value)
    with purpose(by, KEEP_PEOPLE):
        row = ExternalId.objects.filter(provider=provider, mac=mac).first()
        return Person.objects.get(pk=row.person_id) if row else None


def link_external(person: Person, provider: str, value: str, *, by: Actor) -> None:
    """Remember how a provider names a person; the same again changes nothing.

    Raises
    ------
    AlreadyLinked
        If the provider's id is another person's.
    """
    mac = external_hash(provider, value)
    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        row, _made = ExternalId.objects.get_or_create(
            provider=provider, mac=mac, defaults={"person_id": person.pk}
        )
        if row.person_id != person.pk:
            raise AlreadyLinked(f"this {provider} id belongs to another person")
        audit.record(by.id, "identity.link_external", f"person:{person.pk}",
                     detail={"provider": provider})  # fmt: skip


def proof(person: Person, ial: int, how: str, *, by: Actor, evidence: str = "") -> None:
    """Note that it was made sure who this is."""
    lasts = PROOFING_LASTS.get(how)
    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        Proofing.objects.create(
            person_id=person.pk,
            ial=ial,
            how=how,
            evidence=evidence,
            by=by.id,
            at=times.now(),
            until=times.now() + lasts if lasts else None,
        )
        audit.record(by.id, "identity.proof", f"person:{person.pk}",
                     detail={"ial": ial, "how": how})  # fmt: skip


def add_resident(
    person: Person | None, *, by: Actor, language: str = "", account_id: str = ""
) -> Account:
    """Open an account for a resident: of a known person, or of nobody yet (level IAL 1).

    `account_id` is one that a device was told already (a passkey keeps it).
    """
    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        account = Account.objects.create(
            pk=account_id or new_id(),
            kind=Account.Kind.RESIDENT,
            person_id=person.pk if person else None,
            language=language,
        )
        audit.record(by.id, "identity.open_account", f"account:{account.pk}")
    return account


def link_account(account: Account, person: Person, *, by: Actor) -> None:
    """Say whose account this is; the caller has a register match or proof of both.

    Raises
    ------
    AlreadyLinked
        If the account is another person's.
    """
    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.person_id == person.pk:
            return
        if row.person_id:
            raise AlreadyLinked("this account belongs to another person")
        row.person_id = person.pk
        row.save(update_fields=["person"])
        audit.record(by.id, "identity.link_account", f"account:{account.pk}",
                     detail={"person": person.pk})  # fmt: skip
        announce(PersonLinked(account=account.pk, person=person.pk))


def end_person(person_id: str, state: str, since: date, *, by: Actor) -> None:
    """Note a death or an emigration: accounts close, sessions and mandates end, rooms are told.

    Raises
    ------
    UnknownPerson
        If there is no such person.
    """
    from madang.identity import assisted, mandates

    with purpose(by, KEEP_PEOPLE), transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise UnknownPerson(f"there is no person {person_id!r}")
        person.state, person.state_since = Person.State(state), since
        person.save(update_fields=["state", "state_since"])
        now = times.now()
        for account in Account.objects.filter(person_id=person_id, closed__isnull=True):
            Account.objects.filter(pk=account.pk).update(closed=now, closed_why=state)
            sessions.end_sessions(account.pk, by=by.id)
            announce(AccountClosed(account=account.pk, why=state))
        mandates.end_for(person_id, by.id, state)
        assisted.end_for(person_id, by.id)
        audit.record(by.id, "identity.end_person", f"person:{person_id}",
                     detail={"state": state})  # fmt: skip
        announce(PersonEnded(person=person_id, state=state))


_OWN_FORMS = (PersonName.Form.PREFERRED, PersonName.Form.LATIN, PersonName.Form.NATIVE)
_OWN_ACTS = system_actor("own-record")


def set_name_of(by: Actor, person_id: str, payload: dict[str, str]) -> None:
    """Set a form of a name that its owner chooses; the registered one changes by the register only.

    Parameters
    ----------
    payload : ``form``, ``full``, ``language``.

    Raises
    ------
    Invalid
        For the registered form, or an empty or too long name.
    """
    form, full = payload.get("form", ""), " ".join(payload.get("full", "").split())
    if form not in _OWN_FORMS or not 0 < len(full) <= 200:
        raise Invalid("a name of 1 to 200 characters in a form of one's own", {"full": "1 to 200"})
    with purpose(_OWN_ACTS, KEEP_PEOPLE), transaction.atomic():
        PersonName.objects.update_or_create(
            person_id=person_id,
            form=form,
            defaults={"full": full, "language": payload.get("language", "")},
        )
        audit.record(by.id, "identity.set_name", f"person:{person_id}", detail={"form": form})


def names_kept(person_id: str, *, by: Actor) -> dict[str, str]:
    """Return the forms of a person's name, for themselves or who may act for them."""
    with purpose(by, "own-record"):
        return {row.form: row.full for row in PersonName.objects.filter(person_id=person_id)}
