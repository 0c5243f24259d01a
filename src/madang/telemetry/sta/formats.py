"""Other forms of an answer: data arrays (18-088 §12), CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from madang.telemetry.sta import v11
from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.model import GEOMETRY, OBSERVATION
from madang.telemetry.sta.options import Query
from madang.telemetry.sta.read import Entity, Page

_COMPONENTS = ("id", *OBSERVATION.by_name)


def data_array_document(page: Page, query: Query, address: str, base: str) -> dict[str, object]:
    """Return observations as one array of rows for each datastream.

    Raises
    ------
    InvalidQuery
        If the set is not observations, or something is expanded.
    """
    if page.kind is not OBSERVATION or query.expand:
        raise InvalidQuery("$resultFormat=dataArray is for Observations without $expand")
    components = [c for c in _COMPONENTS if query.selects(c)]
    by_datastream: dict[int, list[list[Any]]] = {}
    for entity in page.entities:
        row = [v11.property_value(entity, name) for name in components]
        by_datastream.setdefault(entity.row.ds, []).append(row)
    document: dict[str, object] = {}
    if page.count is not None:
        document["@iot.count"] = page.count
    if page.more:
        document["@iot.nextLink"] = v11.next_link(address, query)
    document["value"] = [
        {
            "Datastream@iot.navigationLink": f"{base}/Datastreams({ds})",
            "components": components,
            "dataArray@iot.count": len(rows),
            "dataArray": rows,
        }
        for ds, rows in by_datastream.items()
    ]
    return document


def csv_text(page: Page, query: Query, base: str) -> str:
    """Return a set as CSV with a header; nested values are flattened to ``a/b`` columns."""
    rows = [dict(_flat("", v11.entity_document(e, query, base))) for e in page.entities]
    header = list(dict.fromkeys(name for row in rows for name in row))
    sink = io.StringIO()
    writer = csv.DictWriter(sink, header, lineterminator="\r\n")  # RFC 4180
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


def _flat(prefix: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.endswith(("@iot.navigationLink", "@iot.selfLink")):
                shown = "id" if name == v11.ID else name
                yield from _flat(f"{prefix}/{shown}" if prefix else shown, inner)
    elif isinstance(value, list):
        yield prefix, orjson.dumps(value).decode()
    else:
        yield prefix, _harmless(value)


def _harmless(value: object) -> object:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def geojson_document(page: Page, query: Query, base: str) -> dict[str, object]:
    """Return a set as a FeatureCollection; its geometry is the entity's or its first location's.

    Raises
    ------
    InvalidQuery
        If the entities have no geometry and their locations are not expanded.
    """
    features = []
    for entity in page.entities:
        properties = v11.entity_document(entity, query, base)
        features.append(
            {"type": "Feature", "geometry": _geometry(entity), "properties": properties}
        )
    if features and all(feature["geometry"] is None for feature in features):
        raise InvalidQuery(
            f"{page.kind.set_name} have no geometry of their own; expand one, "
            "as Things?$expand=Locations"
        )
    return {"type": "FeatureCollection", "features": features}


def _geometry(entity: Entity) -> object:
    for field in entity.kind.fields:
        if field.kind == GEOMETRY:
            value = getattr(entity.row, field.source)
            is_feature = isinstance(value, dict) and value.get("type") == "Feature"
            return value["geometry"] if is_feature else value
    if entity.derived.get("observedArea") is not None:
        return entity.derived["observedArea"]
    for linked in entity.linked.values():
        found = linked.entities if isinstance(linked, Page) else [linked] if linked else []
        for inner in found:
            geometry = _geometry(inner)
            if geometry is not None:
                return geometry
    return None
