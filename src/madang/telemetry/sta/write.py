"""Creating, changing and deleting entities; each request is one transaction.

A gateway writes only what is its own. The keys of `properties` that the house reads are kept in
columns too: of a Thing `external_id`, `unit_code`, `station_class`; of a Datastream `external_id`,
`period_s`, `freshness_s`. Both are given `origin` and `gateway` from the key that made them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, NotFound
from madang.telemetry import models
from madang.telemetry.changes import note_change
from madang.telemetry.doors.rows import Point
from madang.telemetry.sta.checks import (
    checked_document,
    checked_unit,
    columns_of,
    place_of,
    property_id,
)
from madang.telemetry.sta.errors import Immutable, InvalidEntity, NotSupported
from madang.telemetry.sta.intake import points_of
from madang.telemetry.sta.model import TYPES, EntityType, Link, table_of

ID = "@iot.id"
MOST_PROPERTIES = 255  # the engine counts observed properties in one byte


@dataclass(frozen=True)
class Writer:
    """Who writes, the gateway behind the key; and what one request of it made and brought along.

    made : rows in the order of their making.
    brought : (row of a Datastream, document) of each Observation described inside.
    """

    id: int
    name: str
    origin: str
    made: list[Any] = field(default_factory=list)
    brought: list[tuple[Any, object]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


def create(kind: EntityType, document: object, writer: Writer, within: Within = ()) -> Any:
    """Create an entity, and with it those described inside; returns its row.

    Observations described inside are read and judged, but not stored: the writer's `points` are for
    the doors, once the datastreams are there for all to see.

    Parameters
    ----------
    within : (link, row) pairs that the path gave, as ``Things(1)/Datastreams`` gives the Thing.

    Raises
    ------
    InvalidEntity
        If the document breaks the data model; nothing is written.
    Forbidden
        If it links to what belongs to another gateway.
    """
    _require_table(kind)
    try:
        with transaction.atomic():
            row = _create(kind, document, writer, dict(within))
            writer.points.extend(points_of(writer.brought, writer.id, times.now_ms()))
            note_change()
    except IntegrityError as error:
        raise Conflict(f"another {kind.name} has this external_id") from error
    return row


Within = Iterable[tuple[str, Any]]


def update(kind: EntityType, row: Any, document: object, writer: Writer, *, replace: bool) -> None:
    """Change an entity: the given properties and links, or with `replace` all properties."""
    _require_table(kind)
    _require_own(kind, row, writer)
    try:
        with transaction.atomic():
            _update(kind, row, document, writer, replace=replace)
            if writer.brought:
                raise NotSupported("observations come by POST, not with a change of an entity")
            note_change()
    except IntegrityError as error:
        raise Conflict(f"another {kind.name} has this external_id") from error


@transaction.atomic
def delete(kind: EntityType, row: Any, writer: Writer) -> None:
    """Delete an entity and what cannot be without it; observations stay in the lake."""
    _require_table(kind)
    _require_own(kind, row, writer)
    if kind.name == "Location":
        row.historical_locations.all().delete()
    if kind.name == "ObservedProperty":
        row.datastreams.filter(thing__gateway_id=writer.id).delete()
    try:
        row.delete()
    except (ProtectedError, RestrictedError):
        raise Conflict(f"datastreams of other gateways use {kind.name} {row.pk!r}") from None
    note_change()


@transaction.atomic
def undo(writer: Writer) -> None:
    """Delete what this writer's request made."""
    for row in reversed(writer.made):
        if isinstance(row, models.Location):
            row.historical_locations.all().delete()
            row.features.all().delete()
        row.delete()
    note_change()


def _require_table(kind: EntityType) -> None:
    if kind.table is None:
        raise Immutable("observations are never changed or deleted; send a new one")


def _require_own(kind: EntityType, row: Any, writer: Writer) -> None:
    if owner_of(row) != writer.id:
        raise Forbidden(f"{kind.name} {row.pk!r} does not belong to gateway {writer.name!r}")


def owner_of(row: Any) -> int | None:
    """Return the gateway that an entity belongs to; None for the house's own."""
    if isinstance(row, models.Datastream | models.HistoricalLocation):
        return row.thing.gateway_id
    owner: int | None = row.gateway_id
    return owner


def _create(kind: EntityType, document: object, writer: Writer, given: dict[str, Any]) -> Any:
    fields, links = checked_document(kind, document, given, complete=True)
    if kind.name == "ObservedProperty":
        known = models.ObservedProperty.objects.filter(definition=fields["definition"]).first()
        if known is not None:
            return known
    singles = _single_links(kind, links, writer, given)
    row = table_of(kind)(**fields, **columns_of(kind, fields), **singles)
    _prepare_new(kind, row, writer)
    row.save()
    writer.made.append(row)
    _many_links(kind, row, links, writer, given)
    return row


def _prepare_new(kind: EntityType, row: Any, writer: Writer) -> None:
    if kind.name in ("Thing", "Datastream"):
        row.properties = {**row.properties, "origin": writer.origin, "gateway": writer.name}
    if kind.name not in ("Datastream", "HistoricalLocation"):
        row.gateway_id = writer.id
    if kind.name == "ObservedProperty":
        if models.ObservedProperty.objects.count() >= MOST_PROPERTIES:
            raise Conflict(
                f"there are {MOST_PROPERTIES} observed properties, the most there can be"
            )
        row.id = property_id(row.name)
    if kind.name == "Datastream":
        checked_unit(row)


def _single_links(
    kind: EntityType, links: Mapping[str, object], writer: Writer, given: dict[str, Any]
) -> dict[str, Any]:
    rows = {}
    for link in kind.links:
        if link.many:
            continue
        if link.name in given:
            rows[link.path] = given[link.name]
        elif link.name in links:
            rows[link.path] = _linked(link, links[link.name], writer, {})
    return rows


def _linked(link: Link, value: object, writer: Writer, given: dict[str, Any]) -> Any:
    """Return the row a link names by id, or the one made from the document in its place."""
    kind = TYPES[link.target]
    if not isinstance(value, dict):
        raise InvalidEntity(f"{link.name} must be an object", {link.name: "an object"})
    if ID not in value:
        return _create(kind, value, writer, given)
    key = value[ID]
    row = None
    if isinstance(key, str if kind.text_id else int) and not isinstance(key, bool):
        row = table_of(kind).objects.filter(pk=key).first()
    if row is None:
        raise InvalidEntity(f"there is no {kind.name} {key!r} to link to", {link.name: "unknown"})
    if kind.name != "ObservedProperty":
        _require_own(kind, row, writer)
    return row


def _many_links(
    kind: EntityType,
    row: Any,
    links: Mapping[str, object],
    writer: Writer,
    given: dict[str, Any],
) -> None:
    for link in kind.links:
        if not link.many:
            continue
        values = links.get(link.name, [])
        if not isinstance(values, list):
            raise InvalidEntity(f"{link.name} must be a list", {link.name: "a list"})
        if link.target == "Observation":
            if values and kind.name != "Datastream":
                raise NotSupported("send observations to Datastreams(n)/Observations")
            writer.brought.extend((row, value) for value in values)
            continue
        back = _back_link(kind, link)
        rows = [given[link.name]] if link.name in given else []
        rows += [_linked(link, value, writer, _given_back(back, row)) for value in values]
        if rows:
            _relate(kind, link, row, rows)


def _back_link(kind: EntityType, link: Link) -> Link:
    return next(
        b for b in TYPES[link.target].links if b.path == link.back and b.target == kind.name
    )


def _given_back(back: Link, row: Any) -> dict[str, Any]:
    """Return what an entity described inside another need not say."""
    return {} if back.many else {back.name: row}


def _relate(kind: EntityType, link: Link, row: Any, rows: list[Any]) -> None:
    """Relate an entity to others over a many-valued link."""
    if kind.name == "Thing" and link.name == "Locations":
        move(row, rows)
    elif kind.name == "Location" and link.name == "Things":
        for thing in rows:
            move(thing, [row])
    elif kind.name == "HistoricalLocation" or link.target == "HistoricalLocation":
        getattr(row, link.path).add(*rows)
    else:
        for other in rows:  # a link by id of a Datastream: the entity changes its owner
            setattr(other, link.back, row)
            other.save()


def move(thing: models.Thing, places: list[models.Location], at: datetime | None = None) -> None:
    """Put a thing at new locations; the history keeps the way it went (18-088 §8.2.4)."""
    thing.locations.set(places)
    entry = models.HistoricalLocation.objects.create(thing=thing, time=at or times.now())
    entry.locations.set(places)
    for place in places:
        _feature_at(place)
    _find_unit(thing, places)


def _find_unit(thing: models.Thing, places: list[models.Location]) -> None:
    """Find the city unit that a thing stands in, where its gateway does not name one."""
    if thing.properties.get("unit_code"):
        return
    points = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    unit = profile().unit_at(*points[0], profile().district_level) if points else None
    thing.unit_code = unit.code if unit else ""
    thing.save(update_fields=["unit_code"])


def _feature_at(place: models.Location) -> None:
    """Make the feature of interest that observations there are about (18-088 §8.2.8)."""
    models.FeatureOfInterest.objects.get_or_create(
        location=place,
        defaults={
            "gateway_id": place.gateway_id,
            "name": place.name,
            "description": place.description,
            "encoding_type": place.encoding_type,
            "feature": place.location,
        },
    )


def _update(kind: EntityType, row: Any, document: object, writer: Writer, *, replace: bool) -> None:
    fields, links = checked_document(kind, document, dict.fromkeys(_kept(kind)), complete=replace)
    if kind.name in ("Thing", "Datastream") and "properties" in fields:
        labels = {name: row.properties.get(name) for name in ("origin", "gateway")}
        fields["properties"] = {**fields["properties"], **labels}
    for name, value in {**fields, **columns_of(kind, fields)}.items():
        setattr(row, name, value)
    for name, value in _single_links(kind, links, writer, {}).items():
        setattr(row, name, value)
    if kind.name == "Datastream":
        checked_unit(row)
    row.save()
    if kind.name == "Location" and "location" in fields:
        row.lon, row.lat = place_of(row.location)
        row.save()
        row.features.update(feature=row.location)
    _many_links(kind, row, links, writer, {})


def _kept(kind: EntityType) -> list[str]:
    """Return the links that stay as they are where a replacing document leaves them out."""
    return [link.name for link in kind.links]


def existing(kind: EntityType, row: Any | None) -> Any:
    """Return the row; raises `NotFound` for none."""
    if row is None:
        raise NotFound(f"there is no such {kind.name}")
    return row
