"""What other registers say of a person: looked up for one case, with consent, or left open.

A fact of a package with `source: register` names a register and a field (`residents.birth_date`).
It comes from what the register has sent here (`register_feed`), else from the person register of
identity as far as that knows it. What nobody knows stays open, and a person looks at the case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from madang.access.api import purpose
from madang.cases.case_purposes import CASES, LOOK_UP
from madang.cases.register_models import RegisterFact
from madang.identity.api import KnownPerson, known_person
from madang.services.api import Package

PEOPLE = "residents"  # the register whose basic fields identity knows, too


@dataclass(frozen=True)
class Said:
    """What a register says; `source` is its name and where it came from."""

    value: Any
    source: str
    as_of: datetime


def wanted(package: Package) -> dict[str, tuple[str, str]]:
    """Return the register and field of each fact that comes from one."""
    found = {}
    for fact in package.service.facts:
        if fact.source == "register" and "." in fact.register:
            register, _, name = fact.register.partition(".")
            found[fact.id] = (register, name)
    return found


def look_up(package: Package, subject: str, number: str) -> dict[str, Said]:
    """Return what registers say for the facts of a package; the look is written down."""
    asked = wanted(package)
    said = said_of(set(asked.values()), subject, number)
    return {name: said[place] for name, place in asked.items() if place in said}


def said_of(
    asked: Collection[tuple[str, str]], subject: str, case: str
) -> dict[tuple[str, str], Said]:
    """Return what registers say by (register, field); the look is written down with the case."""
    if not asked or not subject:
        return {}
    with purpose(CASES, LOOK_UP, case=case):
        rows = RegisterFact.objects.filter(
            subject=subject, register__in=sorted({register for register, _ in asked})
        )
        sent = {(row.register, row.field): row for row in rows}
        lacks = [place for place in asked if place not in sent and place[0] == PEOPLE]
        own = _own(subject, case) if lacks else {}
    found = {}
    for place in asked:
        row = sent.get(place)
        if row is not None:
            found[place] = Said(row.value, f"register:{place[0]}", row.as_of)
        elif place[0] == PEOPLE and own.get(place[1]) is not None:
            found[place] = own[place[1]]
    return found


def _own(subject: str, case: str) -> Mapping[str, Said]:
    known = known_person(subject, by=CASES, why=LOOK_UP, case=case)
    return {} if known is None else _fields(known)


def _fields(known: KnownPerson) -> Mapping[str, Said]:
    values = {
        "birth_date": known.born.isoformat() if known.born else None,
        "name": known.name or None,
        "nationality": known.nationality or None,
        "district": known.district or None,
    }
    source = f"register:{PEOPLE}"
    return {
        name: Said(value, source, known.since)
        for name, value in values.items()
        if value is not None
    }
