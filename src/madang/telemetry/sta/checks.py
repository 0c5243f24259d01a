"""Checks of an entity that came in, field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import shapely

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.telemetry import models
from madang.telemetry.sta.errors import InvalidEntity
from madang.telemetry.sta.model import DERIVED, GEOMETRY, JSON, TEXT, TIME, EntityType, Field

Checked = tuple[dict[str, Any], dict[str, object]]
_LONGEST_NAME = 255


def checked_document(
    kind: EntityType, document: object, given: Mapping[str, Any], *, complete: bool
) -> Checked:
    """Return columns and links of an entity's document.

    Parameters
    ----------
    given : links that need not be in the document.
    complete : whether what is required must be there, and what is left out takes its default.

    Raises
    ------
    InvalidEntity
        With all that is wrong, by property.
    """
    if not isinstance(document, dict):
        raise InvalidEntity(f"a {kind.name} is a JSON object")
    wrong: dict[str, str] = {}
    columns = _columns(kind, document, wrong, complete=complete)
    links = {name: document[name] for name in kind.links_by_name if name in document}
    if complete:
        for link in kind.links:
            if link.required and link.name not in links and link.name not in given:
                wrong[link.name] = "is missing"
    for name in document:
        if "@iot." not in name and name not in kind.by_name and name not in kind.links_by_name:
            wrong[name] = f"is no property of {kind.name}"
    if wrong:
        told = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
        raise InvalidEntity(f"{kind.name}: {told}", wrong)
    return columns, links


def _columns(
    kind: EntityType, document: dict[str, Any], wrong: dict[str, str], *, complete: bool
) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field in kind.fields:
        if field.kind == DERIVED:
            continue
        if field.name not in document:
            if complete and field.required:
                wrong[field.name] = "is missing"
            elif complete:
                columns[field.source] = {}  # of all fields only `properties` may be left out
            continue
        try:
            columns[field.source] = _CHECKS[field.kind](document[field.name], field)
        except ValueError as error:
            wrong[field.name] = str(error)
    return columns


def _text(value: object, field: Field) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if field.name == "name" and not 1 <= len(value) <= _LONGEST_NAME:
        raise ValueError(f"must have 1 to {_LONGEST_NAME} characters")
    if "\0" in value:
        raise ValueError("must not hold the character NUL")
    return value


def _json(value: object, field: Field) -> object:
    if field.name == "metadata":
        return value
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    if field.name == "unitOfMeasurement":
        if set(value) != {"name", "symbol", "definition"}:
            raise ValueError("must have name, symbol and definition, each a text or null")
        if not all(part is None or isinstance(part, str) for part in value.values()):
            raise ValueError("must have texts or null in name, symbol and definition")
    return value


def _time(value: object, _field: Field) -> object:
    if not isinstance(value, str):
        raise ValueError("must be an ISO 8601 time")
    try:
        return times.parse_utc(value)
    except Invalid as error:
        raise ValueError(error.message) from None


def _geometry(value: object, _field: Field) -> object:
    if place_of(value) == (None, None) and isinstance(value, dict) and _is_geojson(value):
        raise ValueError("is no valid GeoJSON geometry")
    return value


_CHECKS: dict[str, Callable[[Any, Field], Any]] = {
    TEXT: _text,
    JSON: _json,
    TIME: _time,
    GEOMETRY: _geometry,
}
_GEOJSON = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
     "GeometryCollection", "Feature")
)  # fmt: skip


def _is_geojson(value: dict[str, Any]) -> bool:
    return value.get("type") in _GEOJSON


def place_of(geometry: object) -> tuple[float | None, float | None]:
    """Return longitude and latitude [degrees] of a GeoJSON geometry's point or centroid."""
    if not isinstance(geometry, dict) or not _is_geojson(geometry):
        return None, None
    shape = geometry.get("geometry") if geometry["type"] == "Feature" else geometry
    try:
        centre = shapely.from_geojson(orjson.dumps(shape)).centroid
    except (shapely.errors.GEOSException, orjson.JSONEncodeError):
        return None, None
    return (None, None) if centre.is_empty else (centre.x, centre.y)


def columns_of(kind: EntityType, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that repeat keys of `properties`, or the place of a location."""
    if kind.name == "Location" and "location" in columns:
        lon, lat = place_of(columns["location"])
        return {"lon": lon, "lat": lat}
    if "properties" not in columns:
        return {}
    keys = columns["properties"]
    if kind.name == "Thing":
        return {
            "external_id": _key(keys, "external_id", str, None),
            "unit_code": _key(keys, "unit_code", str, ""),
            "station_class": _key(keys, "station_class", str, ""),
        }
    if kind.name == "Datastream":
        period_s = _key(keys, "period_s", int, 60)
        return {
            "external_id": _key(keys, "external_id", str, None),
            "period_s": period_s,
            "freshness_s": _freshness(keys, period_s),
        }
    return {}


_LONGEST_KEY = {"external_id": 200, "unit_code": 32, "station_class": 64}


def _key(keys: Mapping[str, object], name: str, kind: type, default: Any) -> Any:
    value = keys.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = "a text" if kind is str else "a whole number"
        raise _wrong_key(name, f"must be {wanted}")
    if isinstance(value, int) and not 0 <= value <= 366 * 86400:
        raise _wrong_key(name, "must be seconds, 0 to a year")
    if isinstance(value, str) and len(value) > _LONGEST_KEY[name]:
        raise _wrong_key(name, f"must have at most {_LONGEST_KEY[name]} characters")
    return value


def _freshness(keys: Mapping[str, object], period_s: int) -> int:
    """Return the given freshness class, or the smallest that holds one period and some delay."""
    given: int | None = _key(keys, "freshness_s", int, None)
    if given is None:
        longest = models.FRESHNESS_CLASSES_S[-1]
        return next((c for c in models.FRESHNESS_CLASSES_S if c >= 2 * period_s), longest)
    if given not in models.FRESHNESS_CLASSES_S:
        classes = ", ".join(map(str, models.FRESHNESS_CLASSES_S))
        raise _wrong_key("freshness_s", f"must be one of {classes}")
    return given


def _wrong_key(name: str, reason: str) -> InvalidEntity:
    return InvalidEntity(f"properties/{name} {reason}", {f"properties/{name}": reason})


def checked_unit(row: models.Datastream) -> None:
    """Refuse a datastream in another unit than its observed property's: values are not converted.

    Spellings of one unit pass: ``µg/m³``, ``μg/m3``, ``ug/m3``; ``ppm``, ``[ppm]`` (UCUM).
    """
    expected, given = row.observed_property.unit_symbol, row.unit.get("symbol")
    if expected and given and _plain(expected) != _plain(given):
        raise InvalidEntity(
            f"unitOfMeasurement is {given!r}; {row.observed_property_id} is kept in {expected!r}",
            {"unitOfMeasurement/symbol": f"must be {expected}"},
        )


def _plain(symbol: str) -> str:
    folded = unicodedata.normalize("NFKC", symbol).replace("μ", "u").replace("^", "")
    return re.sub(r"[][\s.·*]", "", folded)


def property_id(name: str) -> str:
    """Return a free id for a gateway's own observed property, made from its name."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50] or "property"
    taken = set(
        models.ObservedProperty.objects.filter(pk__startswith=base).values_list("pk", flat=True)
    )
    numbers = (f"{base}_{number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (base, *numbers) if candidate not in taken)
