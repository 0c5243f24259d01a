"""What the person register itself knows of somebody, for rooms that decide something for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from madang.access.api import Actor, purpose
from madang.identity.account_models import Account
from madang.identity.names import names_of
from madang.identity.person_models import Person

_AT_ONCE = 500  # ids in one question to the database


@dataclass(frozen=True)
class KnownPerson:
    """A person as the register has them; `name` for a reader of the active language."""

    id: str
    name: str
    born: date | None
    nationality: str
    district: str
    since: datetime


@dataclass(frozen=True)
class Traits:
    """What groups of people are compared by; `language` is that of the account's pages."""

    born: date | None
    nationality: str
    district: str
    language: str


def traits_of(people: Iterable[str], *, by: Actor, why: str) -> dict[str, Traits]:
    """Return what is known of many persons, without names, by their ids.

    Parameters
    ----------
    by, why : who looks, and the purpose; a policy of the asking room opens the columns.
    """
    wanted = sorted({one for one in people if one})
    found: dict[str, Traits] = {}
    with purpose(by, why):
        for start in range(0, len(wanted), _AT_ONCE):
            batch = wanted[start : start + _AT_ONCE]
            spoken = dict(
                Account.objects.filter(person_id__in=batch).values_list("person_id", "language")
            )
            rows = Person.objects.filter(pk__in=batch)
            for key, born, nation, district in rows.values_list(
                "id", "born", "nationality", "district"
            ):
                found[key] = Traits(born, nation, district, spoken.get(key, ""))
    return found


def known_person(person: str, *, by: Actor, why: str, case: str = "") -> KnownPerson | None:
    """Return what the register knows of a person, None where it does not know them.

    Parameters
    ----------
    by, why : who looks, and the purpose; a policy of the asking room opens the columns.
    case : for which case, where it is for one; the look is written down with it.
    """
    with purpose(by, why, case=case):
        row = Person.objects.filter(pk=person).first()
        if row is None:
            return None
        name = names_of([person], by=by, why=why).get(person, "")
        return KnownPerson(row.pk, name, row.born, row.nationality, row.district, row.created)
