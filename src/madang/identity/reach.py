"""Where a person can be reached: the confirmed addresses of their accounts."""

from __future__ import annotations

from dataclasses import dataclass

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import contacts
from madang.identity.account_models import Account
from madang.identity.authenticators import AUTHENTICATE


@dataclass(frozen=True)
class Reached:
    """The language that a person reads the city in, and (channel, address) pairs, oldest first."""

    language: str
    addresses: tuple[tuple[str, str], ...]


def reached(person: str) -> Reached:
    """Return where a person can be reached; without an account no addresses and no language."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        accounts = list(Account.objects.filter(person_id=person, closed__isnull=True))
        found = [
            (row.channel, contacts.address_of(row))
            for account in accounts
            for row in contacts.confirmed_of(account.pk)
        ]
    language = next((account.language for account in accounts if account.language), "")
    return Reached(language, tuple(dict.fromkeys(found)))
