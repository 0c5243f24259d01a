"""Use cases of a counter: a clerk sees a person's document and prints codes that open the account.

Only the register says whose account it is: neither account number, name nor telephone do. An
account that belongs to nobody in the register cannot be had back at a counter.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import AUTHENTICATION, Actor, purpose
from madang.identity import authenticators, numbers, paper, people, recovery, sessions
from madang.identity.account_models import Account
from madang.identity.authenticators import AUTHENTICATE
from madang.identity.errors import UnknownPerson
from madang.identity.person_models import Person
from madang.kernel import audit
from madang.kernel.errors import Forbidden, Invalid

IAL = 2  # a document with a picture compared with its bearer by trained staff (SP 800-63A-4)
EVIDENCE = (
    ("id-card", gettext_noop("Resident card")),
    ("residence-card", gettext_noop("Residence card of a foreigner")),
    ("passport", gettext_noop("Passport")),
    ("licence", gettext_noop("Driving licence")),
)


@dataclass(frozen=True)
class Visit:
    """What the clerk saw. Without a register number a new account of nobody yet is opened."""

    register_number: str = ""
    evidence: str = ""
    is_all_lost: bool = False


@dataclass(frozen=True)
class Sheet:
    """What is printed, once."""

    number: str
    codes: list[str]


def print_codes(visit: Visit, *, by: Actor) -> Sheet:
    """Give the person's account a new sheet of codes; all of it or nothing.

    Raises
    ------
    UnknownPerson
        If nobody living is entered with this register number.
    Invalid
        If it is not said which document was seen.
    Forbidden
        For one's own account: that takes a colleague.
    """
    with transaction.atomic():
        account = _account_of(visit, by)
        if visit.is_all_lost:
            authenticators.revoke_all(account.pk, by=by.id)
            sessions.end_sessions(account.pk, by=by.id)
            recovery.stop(account.pk)
        codes = paper.issue(account.pk, by=by.id)
        audit.record(by.id, "identity.print_codes", f"account:{account.pk}",
                     detail={"lost": visit.is_all_lost})  # fmt: skip
        authenticators.tell(account.pk, "counter")
        return Sheet(numbers.number_of(account.pk), codes)


def _account_of(visit: Visit, by: Actor) -> Account:
    language = get_language() or ""
    if not visit.register_number.strip():
        return people.add_resident(None, by=by, language=language)
    person = people.person_of_register(visit.register_number, by=by)
    if person is None or person.state != Person.State.LIVING:
        raise UnknownPerson(_("Nobody living is entered with this number."))
    if person.pk == by.person:
        raise Forbidden(_("Nobody prints codes for themselves. Ask a colleague."))
    if visit.evidence not in dict(EVIDENCE):
        reason = _("Choose the document that you saw.")
        raise Invalid(reason, {"evidence": reason})
    people.proof(person, IAL, "counter", by=by, evidence=visit.evidence)
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Account.objects.filter(
            person_id=person.pk, kind=Account.Kind.RESIDENT, closed__isnull=True
        )
        known = rows.order_by("created").first()
    return known or people.add_resident(person, by=by, language=language)
