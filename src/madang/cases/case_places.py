"""Where a case belongs: the place it is about, and the office that is competent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.case_purposes import CASES, LOOK_UP
from madang.city.api import profile
from madang.identity.api import known_person
from madang.kernel.errors import Invalid, NotFound
from madang.services.api import Package


@dataclass(frozen=True)
class Competent:
    """The unit whose office handles a case, and its district; empty where it is the city's."""

    unit: str = ""
    district: str = ""


def place_of(package: Package, facts: Mapping[str, Any]) -> dict[str, float] | None:
    """Return the place that a case is about, from its fact `handled_by.place` or `place`.

    A place is `{"lon", "lat"}` (degrees), or the same two numbers as a text or list, lon first.
    """
    name = package.service.handled_by.place
    for value in (facts.get(name) if name else None, facts.get("place")):
        found = _point(value)
        if found is not None:
            return found
    return None


def competent(
    package: Package,
    facts: Mapping[str, Any],
    place: Mapping[str, float] | None,
    subject: str,
) -> Competent:
    """Return the unit that is competent; the city where facts name none.

    Raises `Invalid` where the place lies outside the district whose version of the service it is.
    """
    rule = package.service.handled_by
    if package.district:
        there = _at(place).district if place is not None else ""
        if there and there != package.district:
            text = _("The place lies in another district than the version of the service.")
            raise Invalid(text, {rule.place or "place": text})
        return _of_code(package.district)
    if rule.level == "city":
        return Competent()
    if rule.by == "place":
        if place is not None:
            return _at(place)
        return _of_code(str(facts.get(rule.place, "")))
    known = known_person(subject, by=CASES, why=LOOK_UP) if subject else None
    return _of_code(known.district) if known and known.district else Competent()


def district_at(code: str) -> str:
    """Return the code of the district in which a unit lies; empty for one that is not there."""
    return _of_code(code).district


def covers(actor: Actor, *, department: str, district: str) -> bool:
    """Return whether a case lies where a member of staff works; no limit in a grant is none."""
    return (not actor.departments or department in actor.departments) and (
        not actor.districts or district in actor.districts
    )


def _at(place: Mapping[str, float]) -> Competent:
    unit = profile().unit_at(place["lon"], place["lat"])
    if unit is None:
        return Competent()
    district = profile().district_of(unit)
    return Competent(unit.code, district.code if district else unit.code)


def _of_code(code: str) -> Competent:
    try:
        unit = profile().unit(code)
    except NotFound:
        return Competent()
    district = profile().district_of(unit)
    return Competent(unit.code, district.code if district else unit.code)


def _point(value: Any) -> dict[str, float] | None:
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, Mapping):
        value = [value.get("lon"), value.get("lat")]
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    try:
        lon, lat = (float(part) for part in value)
    except (TypeError, ValueError):
        return None
    return {"lon": lon, "lat": lat} if -180 <= lon <= 180 and -90 <= lat <= 90 else None
