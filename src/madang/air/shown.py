"""The air as pages write it: values with unit, time, quality and class; rows of districts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from madang.air import api
from madang.air.index_spec import GRADES
from madang.air.standards import index_in_effect
from madang.air.summary import category_of, is_overdue, is_stale
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city.api import profile


@dataclass(frozen=True)
class ShownIndex:
    """What the city's index is called, and what it cannot tell."""

    name: str
    title: str
    note: str


@dataclass(frozen=True)
class ShownValue:
    """One value as it is written: pollutant, number, unit, time, and how sure it is."""

    pollutant: str
    name: str
    value: float | None
    unit: str
    decimals: int
    category: str
    time: datetime | None
    stations: int
    quality: str
    is_hour: bool
    is_overdue: bool


@dataclass(frozen=True)
class ShownDistrict:
    """One row of the table of districts."""

    code: str
    name: str
    category: str
    index: int | None
    index_class: str
    is_provisional: bool
    origin: str | None
    time: datetime | None
    is_stale: bool
    values: Sequence[ShownValue]


def shown_index() -> ShownIndex:
    """Return the city's index in the reader's language."""
    spec = index_in_effect().spec
    text, language = profile().text, get_language() or ""
    return ShownIndex(
        name=text(spec.name, language),
        title=text(spec.title, language),
        note=text(spec.note, language) if spec.note else "",
    )


def shown_district(
    air: api.DistrictAir, name: str, now: datetime, pollutants: Sequence[str]
) -> ShownDistrict:
    """Return a district's row, with the values of those pollutants."""
    return ShownDistrict(
        code=air.district,
        name=name,
        category=look(category_of(air)),
        index=air.index.value,
        index_class=_class_name(air.index.value),
        is_provisional=air.is_provisional,
        origin=air.origin,
        time=air.time,
        is_stale=bool(air.values) and is_stale(air, now),
        values=[district_value(air, pollutant, now) for pollutant in pollutants],
    )


def worst_first(row: ShownDistrict) -> tuple[bool, bool, int, int]:
    """Return the sort key: known before unknown, fresh before stale, then by grade and index."""
    order = {look(name): number for number, name in enumerate(GRADES)}
    rank = order.get(row.category, -1)
    return rank < 0, row.is_stale, -rank, -(row.index or 0)


def look(grade: str | None) -> str:
    """Return what style sheets call a grade: good, moderate, bad, very-bad, or none."""
    return (grade or "none").replace("_", "-")


def district_value(air: api.DistrictAir, pollutant: str, now: datetime) -> ShownValue:
    """Return a district's value of one pollutant, graded by its part of the index."""
    part = air.index.parts.get(pollutant)
    return shown_value(
        pollutant,
        air.values.get(pollutant),
        look(index_in_effect().grade(part) if part is not None else None),
        lambda value: is_overdue(value, air.origin, now),
    )


def shown_value(
    pollutant: str,
    value: api.Value | None,
    category: str,
    overdue: Callable[[api.Value], bool],
) -> ShownValue:
    """Return one value as it is written; a dash's worth of it where there is none."""
    return ShownValue(
        pollutant=pollutant,
        name=NAMES[pollutant],
        value=value.value if value else None,
        unit=UNITS[pollutant],
        decimals=DECIMALS[pollutant],
        category=category,
        time=value.time if value else None,
        stations=value.stations if value else 0,
        quality=value.quality if value else "",
        is_hour=value.is_hour if value else False,
        is_overdue=overdue(value) if value else False,
    )


def _class_name(value: int | None) -> str:
    """Return what the city's index calls this class, in the reader's language."""
    if value is None:
        return ""
    return index_in_effect().class_name(value, profile().chain(get_language() or ""))
