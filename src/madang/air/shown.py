"""The air as pages write it: values with unit, time, quality and class; rows of districts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from madang.air import api
from madang.air.scale import class_word, scale_in_effect
from madang.air.summary import category_of, is_overdue, is_stale
from madang.air.units import DECIMALS, NAMES, UNITS


@dataclass(frozen=True)
class ShownClass:
    """A class of air: how it looks (`tone`) and what it is called."""

    tone: str
    word: str


@dataclass(frozen=True)
class ShownValue:
    """One value as it is written: pollutant, number, unit, time, and how sure it is."""

    pollutant: str
    name: str
    value: float | None
    unit: str
    decimals: int
    category: ShownClass
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
    category: ShownClass
    rank: int
    index: int | None
    is_provisional: bool
    origin: str | None
    time: datetime | None
    is_stale: bool
    values: Sequence[ShownValue]


def shown_class(category: str | None) -> ShownClass:
    """Return a class as pages show it."""
    return ShownClass(scale_in_effect().tone(category), class_word(category))


def shown_district(
    air: api.DistrictAir, name: str, now: datetime, pollutants: Sequence[str]
) -> ShownDistrict:
    """Return a district's row, with the values of those pollutants."""
    category = category_of(air)
    return ShownDistrict(
        code=air.district,
        name=name,
        category=shown_class(category),
        rank=scale_in_effect().rank(category),
        index=air.index.value,
        is_provisional=air.is_provisional,
        origin=air.origin,
        time=air.time,
        is_stale=bool(air.values) and is_stale(air, now),
        values=[district_value(air, pollutant, now) for pollutant in pollutants],
    )


def worst_first(row: ShownDistrict) -> tuple[bool, bool, int, int]:
    """Return the sort key: known before unknown, fresh before stale, then by class and index."""
    return row.rank < 0, row.is_stale, -row.rank, -(row.index or 0)


def district_value(air: api.DistrictAir, pollutant: str, now: datetime) -> ShownValue:
    """Return a district's value of one pollutant, graded by its part of the index."""
    part = air.index.parts.get(pollutant)
    return shown_value(
        pollutant,
        air.values.get(pollutant),
        scale_in_effect().category(part),
        lambda value: is_overdue(value, air.origin, now),
    )


def shown_value(
    pollutant: str,
    value: api.Value | None,
    category: str | None,
    overdue: Callable[[api.Value], bool],
) -> ShownValue:
    """Return one value as it is written; a dash's worth of it where there is none."""
    return ShownValue(
        pollutant=pollutant,
        name=NAMES[pollutant],
        value=value.value if value else None,
        unit=UNITS[pollutant],
        decimals=DECIMALS[pollutant],
        category=shown_class(category),
        time=value.time if value else None,
        stations=value.stations if value else 0,
        quality=value.quality if value else "",
        is_hour=value.is_hour if value else False,
        is_overdue=overdue(value) if value else False,
    )
