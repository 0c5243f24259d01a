"""What the person register itself knows of somebody, for rooms that decide something for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from madang.access.api import Actor, purpose
from madang.identity.names import names_of
from madang.identity.person_models import Person


@dataclass(frozen=True)
class KnownPerson:
    """A person as the register has them; `name` for a reader of the active language."""

    id: str
    name: str
    born: date | None
    nationality: str
    district: str
    since: datetime


def known_person(person: str, *, by: Actor, why: str) -> KnownPerson | None:
    """Return what the register knows of a person, None where it does not know them.

    Parameters
    ----------
    by, why : who looks, and the purpose; a policy of the asking room opens the columns.
    """
    with purpose(by, why):
        row = Person.objects.filter(pk=person).first()
        if row is None:
            return None
        name = names_of([person], by=by, why=why).get(person, "")
        return KnownPerson(row.pk, name, row.born, row.nationality, row.district, row.created)
