"""Where a case belongs: the place it is about, and the office that is competent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Any

from madang.access.api import Actor
from madang.cases.case_purposes import CASES, LOOK_UP
from madang.city.api import profile
from madang.identity.api import known_person
from madang.kernel.errors import NotFound
from madang.services.api import Package

_EARTH_M = 6_371_008.8  # mean radius (IUGG 1980)


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
    """Return the unit that is competent; the city where facts name none."""
    rule = package.service.handled_by
    if rule.level == "city":
        return Competent()
    if rule.by == "place":
        if place is not None:
            return _at(place)
        return _of_code(str(facts.get(rule.place, "")))
    known = known_person(subject, by=CASES, why=LOOK_UP) if subject else None
    return _of_code(known.district) if known and known.district else Competent()


def covers(actor: Actor, *, department: str, district: str) -> bool:
    """Return whether a case lies where a member of staff works; no limit in a grant is none."""
    return (not actor.departments or department in actor.departments) and (
        not actor.districts or district in actor.districts
    )


def metres_between(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the distance of two places on a sphere (haversine)."""
    lat_1, lat_2 = radians(one["lat"]), radians(other["lat"])
    half_lat = sin((lat_2 - lat_1) / 2)
    half_lon = sin(radians(other["lon"] - one["lon"]) / 2)
    return 2 * _EARTH_M * asin(sqrt(half_lat**2 + cos(lat_1) * cos(lat_2) * half_lon**2))


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
