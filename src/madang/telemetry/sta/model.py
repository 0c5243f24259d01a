"""The entity types of SensorThings: their fields and links, free of any binding's names.

`Field.source` and `Link.path`, `Link.back` are look-ups of Django's ORM. Observations have no
table; `observations.py` answers for them, and links to them have no path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model

from madang.telemetry import models
from madang.telemetry.sta.errors import InvalidQuery

TEXT, NUMBER, JSON, TIME, GEOMETRY, DERIVED = (
    "text",
    "number",
    "json",
    "time",
    "geometry",
    "derived",
)


@dataclass(frozen=True)
class Field:
    """A property: its standard name, where it is kept, its kind, and whether one must give it."""

    name: str
    source: str
    kind: str = TEXT
    required: bool = False


@dataclass(frozen=True)
class Link:
    """A relation to another entity type.

    Parameters
    ----------
    path : look-up from this type's table to the target's; empty where observations are at an end.
    back : look-up from the target's table to this type's.
    required : a new entity must have it.
    """

    name: str
    target: str
    many: bool
    path: str = ""
    back: str = ""
    required: bool = False


@dataclass(frozen=True)
class EntityType:
    """One class of the data model."""

    name: str
    set_name: str
    table: type[Model] | None
    fields: tuple[Field, ...]
    links: tuple[Link, ...]
    text_id: bool = False

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Return the fields by their standard name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def links_by_name(self) -> dict[str, Link]:
        """Return the links by their name."""
        return {link.name: link for link in self.links}

    def link(self, name: str) -> Link:
        """Return the link of that name; raises `InvalidQuery`."""
        try:
            return self.links_by_name[name]
        except KeyError:
            known = ", ".join(self.links_by_name)
            raise InvalidQuery(f"{self.name} has no link {name!r}; it has {known}") from None


_NAMED = (Field("name", "name", required=True), Field("description", "description", required=True))
_PROPERTIES = Field("properties", "properties", JSON)
_ENCODING = Field("encodingType", "encoding_type", required=True)

THING = EntityType(
    "Thing",
    "Things",
    models.Thing,
    (*_NAMED, _PROPERTIES),
    (
        Link("Locations", "Location", True, "locations", "things"),
        Link("HistoricalLocations", "HistoricalLocation", True, "historical_locations", "thing"),
        Link("Datastreams", "Datastream", True, "datastreams", "thing"),
    ),
)
LOCATION = EntityType(
    "Location",
    "Locations",
    models.Location,
    (*_NAMED, _ENCODING, Field("location", "location", GEOMETRY, required=True), _PROPERTIES),
    (
        Link("Things", "Thing", True, "things", "locations"),
        Link(
            "HistoricalLocations", "HistoricalLocation", True, "historical_locations", "locations"
        ),
    ),
)
HISTORICAL_LOCATION = EntityType(
    "HistoricalLocation",
    "HistoricalLocations",
    models.HistoricalLocation,
    (Field("time", "time", TIME, required=True),),
    (
        Link("Thing", "Thing", False, "thing", "historical_locations", required=True),
        Link("Locations", "Location", True, "locations", "historical_locations", required=True),
    ),
)
SENSOR = EntityType(
    "Sensor",
    "Sensors",
    models.Sensor,
    (*_NAMED, _ENCODING, Field("metadata", "metadata", JSON, required=True), _PROPERTIES),
    (Link("Datastreams", "Datastream", True, "datastreams", "sensor"),),
)
OBSERVED_PROPERTY = EntityType(
    "ObservedProperty",
    "ObservedProperties",
    models.ObservedProperty,
    (
        Field("name", "name", required=True),
        Field("definition", "definition", required=True),
        Field("description", "description", required=True),
        _PROPERTIES,
    ),
    (Link("Datastreams", "Datastream", True, "datastreams", "observed_property"),),
    text_id=True,
)
DATASTREAM = EntityType(
    "Datastream",
    "Datastreams",
    models.Datastream,
    (
        *_NAMED,
        Field("observationType", "observation_type", required=True),
        Field("unitOfMeasurement", "unit", JSON, required=True),
        Field("observedArea", "", DERIVED),
        Field("phenomenonTime", "", DERIVED),
        Field("resultTime", "", DERIVED),
        _PROPERTIES,
    ),
    (
        Link("Thing", "Thing", False, "thing", "datastreams", required=True),
        Link("Sensor", "Sensor", False, "sensor", "datastreams", required=True),
        Link(
            "ObservedProperty",
            "ObservedProperty",
            False,
            "observed_property",
            "datastreams",
            required=True,
        ),
        Link("Observations", "Observation", True),
    ),
)
OBSERVATION = EntityType(
    "Observation",
    "Observations",
    None,
    (
        Field("phenomenonTime", "at_ms", TIME),
        Field("resultTime", "at_ms", TIME),
        Field("result", "value", NUMBER),
        Field("resultQuality", "flag", JSON),
    ),
    (
        Link("Datastream", "Datastream", False),
        Link("FeatureOfInterest", "FeatureOfInterest", False),
    ),
    text_id=True,
)
FEATURE_OF_INTEREST = EntityType(
    "FeatureOfInterest",
    "FeaturesOfInterest",
    models.FeatureOfInterest,
    (*_NAMED, _ENCODING, Field("feature", "feature", GEOMETRY, required=True), _PROPERTIES),
    (Link("Observations", "Observation", True),),
)
TYPES = {
    kind.name: kind
    for kind in (
        THING,
        LOCATION,
        HISTORICAL_LOCATION,
        DATASTREAM,
        SENSOR,
        OBSERVED_PROPERTY,
        OBSERVATION,
        FEATURE_OF_INTEREST,
    )
}
SETS = {kind.set_name: kind for kind in TYPES.values()}


def table_of(kind: EntityType) -> type[Any]:
    """Return the table of an entity type that has one."""
    assert kind.table is not None, f"{kind.name} has no table"
    return kind.table
