"""SensorThings 1.1 (OGC 18-088): its names, links and time forms.

All that 2.0 (OGC 23-019) calls otherwise is here: ``@iot.id`` (there ``id``), ``@iot.selfLink``
(``@id``), ``@iot.nextLink`` (``@nextLink``), intervals as text (there objects), and the paths.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from madang.kernel import times
from madang.telemetry.quality import quality
from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.model import DERIVED, SETS, TIME, EntityType
from madang.telemetry.sta.options import Expand, Query
from madang.telemetry.sta.read import Entity, Page

ID, SELF_LINK = "@iot.id", "@iot.selfLink"
_SPEC = "http://www.opengis.net/spec/iot_sensing/1.1"
CONFORMANCE = tuple(
    f"{_SPEC}/req/{name}"
    for name in (
        "datamodel/thing",
        "datamodel/location",
        "datamodel/historical-location",
        "datamodel/datastream",
        "datamodel/sensor",
        "datamodel/observed-property",
        "datamodel/observation",
        "datamodel/feature-of-interest",
        "datamodel/entity-control-information",
        "resource-path/resource-path-to-entities",
        "request-data",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/update-entity-put",
        "create-update-delete/update-entity-jsonpatch",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "batch-request/batch-request",
        "data-array/data-array",
        "create-observations-via-mqtt/observations-creation",
    )
)


def service_root(base: str) -> dict[str, object]:
    """Return the document at the service root."""
    return {
        "value": [{"name": name, "url": f"{base}/{name}"} for name in SETS],
        "serverSettings": {"conformance": list(CONFORMANCE)},
    }


def self_link(base: str, kind: EntityType, key: int | str) -> str:
    """Return the address of an entity."""
    shown = str(key) if isinstance(key, int) else "'" + quote(key.replace("'", "''"), safe="") + "'"
    return f"{base}/{kind.set_name}({shown})"


def entity_document(entity: Entity, query: Query, base: str) -> dict[str, object]:
    """Return an entity as JSON, with what the query selects and expands."""
    _check_selected(entity.kind, query)
    here = self_link(base, entity.kind, entity.id)
    document: dict[str, object] = {}
    if query.select is None or {"id", ID} & set(query.select):
        document[ID] = entity.id
    if query.select is None or SELF_LINK in query.select:
        document[SELF_LINK] = here
    document |= _properties(entity, query)
    expanded = {expand.link: expand for expand in query.expand}
    for link in entity.kind.links:
        if link.name in expanded:
            document |= _linked_documents(entity, expanded[link.name], here, base)
        elif query.selects(link.name):
            document[f"{link.name}@iot.navigationLink"] = f"{here}/{link.name}"
    return document


def _check_selected(kind: EntityType, query: Query) -> None:
    known = {"id", ID, SELF_LINK, *kind.by_name, *kind.links_by_name}
    for name in query.select or ():
        if name.split("/")[0] not in known:
            raise InvalidQuery(f"{kind.name} has no property {name!r} to select")


def _properties(entity: Entity, query: Query) -> dict[str, object]:
    if entity.kind.table is None:
        values = _observation_values(entity.row)
        return {name: value for name, value in values.items() if query.selects(name)}
    shown = {}
    for field in entity.kind.fields:
        if not query.selects(field.name):
            continue
        value = property_value(entity, field.name)
        if value is not None or field.kind != DERIVED:
            shown[field.name] = value
    return shown


def property_value(entity: Entity, name: str) -> Any:
    """Return one property as JSON."""
    if name in ("id", ID):
        return entity.id
    if entity.kind.table is None:
        return _observation_values(entity.row)[name]
    field = entity.kind.by_name[name]
    if field.kind == TIME:
        return times.format_time(getattr(entity.row, field.source))
    if field.kind != DERIVED:
        return getattr(entity.row, field.source)
    value = entity.derived.get(name)
    return _interval(value) if isinstance(value, tuple) else value


def _interval(span: tuple[int, int]) -> str:
    return "/".join(times.format_time(times.from_ms(ms)) for ms in span)


def _observation_values(row: Any) -> dict[str, object]:
    stamp = times.format_time(times.from_ms(row.at_ms))
    return {
        "phenomenonTime": stamp,
        "resultTime": stamp,
        "result": None if math.isnan(row.value) else row.value,
        "resultQuality": quality(row.flag),
    }


def _linked_documents(entity: Entity, expand: Expand, here: str, base: str) -> dict[str, object]:
    name, query = expand.link, expand.query
    linked = entity.linked.get(name)
    if not isinstance(linked, Page):
        return {name: None if linked is None else entity_document(linked, query, base)}
    document: dict[str, object] = {}
    if linked.count is not None:
        document[f"{name}@iot.count"] = linked.count
    document[name] = [entity_document(found, query, base) for found in linked.entities]
    if linked.more:
        document[f"{name}@iot.nextLink"] = next_link(f"{here}/{name}", query)
    return document


def page_document(page: Page, query: Query, address: str, base: str) -> dict[str, object]:
    """Return a set as JSON, entity by entity: all of them as objects weigh the fivefold."""
    document: dict[str, object] = {}
    if page.count is not None:
        document["@iot.count"] = page.count
    if page.more:
        document["@iot.nextLink"] = next_link(address, query)
    document["value"] = [_written(entity_document(entity, query, base)) for entity in page.entities]
    return document


def _written(document: dict[str, object]) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))


def next_link(address: str, query: Query) -> str:
    """Return the address of the page after this one."""
    options = dict(query.text)
    options["$top"] = str(query.top)
    options["$skip"] = str(query.skip + query.top)
    return f"{address}?{urlencode(options, quote_via=quote, safe='$,()/;=')}"


def reference_document(page: Page, query: Query, address: str, base: str) -> dict[str, object]:
    """Return the addresses of a set's entities."""
    bare = replace(query, select=(SELF_LINK,), expand=())
    return page_document(page, bare, address, base)


def selected_links(entities: Iterable[Entity], base: str) -> list[str]:
    """Return the addresses of entities."""
    return [self_link(base, entity.kind, entity.id) for entity in entities]
