"""Stations and datastreams as plain values, read from the system of record in one query each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from madang.telemetry import models


@dataclass(frozen=True)
class Station:
    """A thing. `lon`, `lat` in degrees (WGS 84), None where it has no place."""

    id: int
    external_id: str | None
    name: str
    unit_code: str
    station_class: str
    origin: str
    gateway: str
    properties: Mapping[str, object]
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Datastream:
    """One observed property of one station; `id` is the lake's `ds`.

    `period_s` is the usual step in seconds, `freshness_s` the age past which it is stale.
    """

    id: int
    name: str
    property: str
    unit_symbol: str
    station: int
    station_name: str
    unit_code: str
    station_class: str
    origin: str
    gateway: str
    period_s: int
    freshness_s: int
    external_id: str | None


_STATION = (
    "id", "external_id", "name", "unit_code", "station_class", "gateway__origin", "gateway__name",
    "properties",
)  # fmt: skip
_DATASTREAM = (
    "id", "name", "observed_property_id", "observed_property__unit_symbol", "thing_id",
    "thing__name", "thing__unit_code", "thing__station_class", "thing__gateway__origin",
    "thing__gateway__name", "period_s", "freshness_s", "external_id",
)  # fmt: skip
_NOWHERE = (None, None)
_FEW = 500  # below SQLite's limit of parameters; of more, all places are read


def stations(
    *,
    unit: str | None = None,
    station_class: str | None = None,
    gateway: str | None = None,
    origin: str | None = None,
    ids: Iterable[int] | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[Station]:
    """Return the stations that fit all given conditions, by id: the first `limit` past `after`."""
    conditions = _given(
        unit_code=unit,
        station_class=station_class,
        gateway__name=gateway,
        gateway__origin=origin,
        pk__in=None if ids is None else list(ids),
        pk__gt=after,
    )
    found = models.Thing.objects.filter(**conditions).order_by("id")
    rows: list[tuple[Any, ...]] = list(found.values_list(*_STATION)[:limit])
    places = _places([row[0] for row in rows])
    return [_station(row, places.get(row[0], _NOWHERE)) for row in rows]


def _station(row: tuple[Any, ...], place: tuple[float | None, float | None]) -> Station:
    return Station(*(*row, *place))


def _places(things: list[int]) -> dict[int, tuple[float | None, float | None]]:
    links = models.Thing.locations.through.objects.filter(location__lon__isnull=False)
    if len(things) <= _FEW:
        links = links.filter(thing__in=things)
    rows = links.values_list("thing_id", "location__lon", "location__lat")
    return {thing: (lon, lat) for thing, lon, lat in rows}


def datastreams(
    property: str | None = None,
    unit: str | None = None,
    station_class: str | None = None,
    *,
    gateway: str | None = None,
    origin: str | None = None,
    station: int | None = None,
    ids: Iterable[int] | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[Datastream]:
    """Return the datastreams that fit all given conditions, by id.

    With `after` and `limit`, the first so many past that id.
    """
    conditions = _given(
        observed_property_id=property,
        thing__unit_code=unit,
        thing__station_class=station_class,
        thing__gateway__name=gateway,
        thing__gateway__origin=origin,
        thing_id=station,
        pk__in=None if ids is None else list(ids),
        pk__gt=after,
    )
    rows = models.Datastream.objects.filter(**conditions).order_by("id")
    return [Datastream(*row) for row in rows.values_list(*_DATASTREAM)[:limit]]


def _given(**conditions: Any) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value is not None}
