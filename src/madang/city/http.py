"""The city's profile over HTTP: its clock, languages, levels and units. Public facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from madang.city.api import Profile, Unit, deadline_of, profile
from madang.kernel import times

router = Router(tags=["city"])


class LevelOut(Schema):
    """A level of units."""

    id: str
    partition: str
    name: str
    parent: str


class CityOut(Schema):
    """What a client needs to know of the city before it asks for more."""

    id: str
    name: str
    timezone: str
    languages: list[str]
    district_level: str
    levels: list[LevelOut]


class UnitOut(Schema):
    """A unit: `top` is the code of the unit of the first level that holds it, `district` that of
    its district (empty where it lies in none); `centre` lon, lat."""

    code: str
    codes: dict[str, str]
    level: str
    name: str
    names: dict[str, str]
    parent: str | None
    top: str
    district: str
    centre: tuple[float, float] | None
    population: int | None


class UnitsOut(Schema):
    """Units of a level on a day."""

    level: str
    units: list[UnitOut]


class DeadlineOut(Schema):
    """When a time limit ends, the rule that counted it, and the days (or office days) counted."""

    due: str
    rule: str
    days_counted: float


@router.get("/", auth=None, response=CityOut, summary="The city")
def city(request: HttpRequest, lang: str = "") -> dict[str, Any]:
    """Return the city's name, clock, languages and levels of units."""
    here = profile()
    return {
        "id": here.id,
        "name": here.name(lang),
        "timezone": str(here.timezone),
        "languages": [language.code for language in here.languages],
        "district_level": here.district_level,
        "levels": [
            {
                "id": level.id,
                "partition": level.partition,
                "name": here.text(level.names, lang),
                "parent": level.parent,
            }
            for level in here.levels
        ],
    }


@router.get("/units", auth=None, response=UnitsOut, summary="Units of a level")
def units(
    request: HttpRequest, level: str | None = None, lang: str = "", on: date | None = None
) -> dict[str, Any]:
    """Return the units of a level (the finest where none is named) that exist on a day."""
    here = profile()
    chosen = here.level_named(level or here.finest_level).id
    found = here.units(chosen, on)
    return {"level": chosen, "units": [_unit(here, unit, lang) for unit in found]}


@router.get("/deadline", auth=None, response=DeadlineOut, summary="When a time limit ends")
def deadline(request: HttpRequest, received: str, limit: str) -> dict[str, Any]:
    """Count a limit (`5 days`, `3 hours`, `1 month`, `immediately`) from the time of receipt."""
    found = deadline_of(times.parse_time(received, profile().timezone), limit)
    assert found is not None  # nothing pauses it
    return {
        "due": found.due.isoformat(),
        "rule": found.rule,
        "days_counted": found.days_counted,
    }


def _unit(here: Profile, unit: Unit, lang: str) -> dict[str, Any]:
    return {
        "code": unit.code,
        "codes": dict(unit.codes),
        "level": unit.level,
        "name": unit.name(lang),
        "names": dict(unit.names),
        "parent": unit.parent,
        "top": _top(here, unit).code,
        "district": district.code if (district := here.district_of(unit)) else "",
        "centre": unit.centre,
        "population": unit.population,
    }


def _top(here: Profile, unit: Unit) -> Unit:
    above = here.parent(unit)
    return unit if above is None else _top(here, above)
