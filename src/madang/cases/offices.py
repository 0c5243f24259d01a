"""The offices of the city, as its profile has them: one per unit of the levels that have offices.

Closures of single days are the room's own (`office_closures`); the rest is data of the city.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from math import cos, hypot, radians

import msgspec

from madang.cases.engine.appointments import Desks, Hours, Run
from madang.cases.errors import UnknownMatter, UnknownOffice
from madang.cases.office_file import Booking, Matter, OfficeFile, OfficeKind, OneOffice
from madang.city.api import Profile, Unit, UnknownRules, UnknownUnit, profile

Texts = Mapping[str, str]
_KM_PER_DEGREE = 111.2  # mean radius of the earth, 6,371 km (IUGG)


@dataclass(frozen=True, eq=False)
class Office:
    """One office. `id` is the code of its unit; `district` the code of the district it lies in.

    `counters` has the desks of each kind of counter; `step_free` is ``yes``, ``no`` or
    ``required`` (the law asks for it, nobody has surveyed it). `address` is empty where it is not
    known.
    """

    id: str
    kind: str
    unit: Unit
    names: Texts
    district: str
    counters: Mapping[str, Desks]
    languages: tuple[str, ...]
    phone: str
    step_free: str
    address: str = ""
    address_latin: str = ""

    def name(self, lang: str = "") -> str:
        """Return its name, with the name of its unit in that language."""
        pattern = profile().text(self.names, lang)
        return pattern.replace("{unit}", self.unit.name(lang))


@dataclass(frozen=True, eq=False)
class Offices:
    """All offices of a city on a day, their matters and hours, how booking goes."""

    by_id: Mapping[str, Office]
    matters: Mapping[str, Matter]
    counters: Mapping[str, Texts]
    hours: Hours
    booking: Booking

    def office(self, office_id: str) -> Office:
        """Return one office; raises `UnknownOffice`."""
        try:
            return self.by_id[office_id]
        except KeyError:
            raise UnknownOffice(office_id) from None

    def matter(self, matter_id: str) -> Matter:
        """Return one matter; raises `UnknownMatter`."""
        try:
            return self.matters[matter_id]
        except KeyError:
            raise UnknownMatter(matter_id) from None

    def serving(self, matter: Matter) -> list[Office]:
        """Return the offices where one can come with a matter."""
        return [one for one in self.by_id.values() if serves(one, matter)]

    def run_of(self, matter: Matter) -> Run:
        """Return the slots that a matter takes."""
        minutes = self.hours.slot_minutes
        return Run(-(-matter.minutes // minutes), timedelta(minutes=minutes))


def serves(office: Office, matter: Matter) -> bool:
    """Return whether appointments for a matter can be had there."""
    desks = office.counters.get(matter.counter)
    return desks is not None and desks.bookable > 0 and (not matter.at or office.kind in matter.at)


def offices() -> Offices:
    """Return the offices of the city that runs here, none where its profile has no file."""
    return _offices(profile(), profile().today())


@lru_cache(maxsize=4)
def _offices(city: Profile, today: date) -> Offices:
    try:
        file = msgspec.convert(city.in_all_languages(dict(city.rules("offices"))), OfficeFile)
    except UnknownRules:
        return Offices({}, {}, {}, Hours((), None, 15), Booking())
    known = {one.unit: one for one in file.offices}
    made = [
        _office(city, file, kind, unit, known.get(unit.code))
        for kind in file.kinds
        for unit in city.units(kind.level, today)
    ]
    return Offices(
        by_id={one.id: one for one in made},
        matters={one.id: one for one in file.matters},
        counters={one.id: one.name for one in file.counters},
        hours=hours_of(file),
        booking=file.booking,
    )


def hours_of(file: OfficeFile) -> Hours:
    """Return the opening hours that a file states."""
    spans = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in file.hours)
    lunch = (
        (time.fromisoformat(file.lunch[0]), time.fromisoformat(file.lunch[1]))
        if file.lunch
        else None
    )
    return Hours(spans, lunch, file.slot_minutes)


def _office(
    city: Profile, file: OfficeFile, kind: OfficeKind, unit: Unit, known: OneOffice | None
) -> Office:
    said = known or OneOffice(unit.code)
    district = city.district_of(unit)
    desks = {**kind.counters, **said.counters}
    return Office(
        id=unit.code,
        kind=kind.id,
        unit=unit,
        names=kind.name,
        district=district.code if district else "",
        counters={
            name: Desks(one.desks, one.bookable, one.at_lunch) for name, one in desks.items()
        },
        languages=said.languages or kind.languages,
        phone=said.phone or file.phone,
        step_free=said.step_free or file.step_free,
        address=said.address,
        address_latin=said.address_latin,
    )


def nearest(found: Sequence[Office], near: str) -> list[tuple[Office, float | None]]:
    """Return offices by their distance [km] from a unit's centre, the unit's own first.

    Raises
    ------
    UnknownUnit
        If there is no such unit.
    """
    here = profile().unit(near)
    placed = [(one, _distance_km(here, one.unit)) for one in found]
    return sorted(
        placed,
        key=lambda pair: (
            pair[0].id != near,
            pair[1] is None,
            pair[1] or 0.0,
            pair[0].id,
        ),
    )


def is_unit(code: str) -> bool:
    """Return whether the city has a unit of that code."""
    try:
        profile().unit(code)
    except UnknownUnit:
        return False
    return True


def _distance_km(one: Unit, other: Unit) -> float | None:
    """Return the distance of two centres, exact to 1 % within a city (equirectangular)."""
    if one.centre is None or other.centre is None:
        return None
    middle = radians((one.centre[1] + other.centre[1]) / 2)
    east = (one.centre[0] - other.centre[0]) * cos(middle)
    return hypot(east, one.centre[1] - other.centre[1]) * _KM_PER_DEGREE
