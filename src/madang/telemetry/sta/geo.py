"""The geospatial functions of a filter, on the places of locations and features.

Coordinates are WGS 84 degrees and are taken as a plane, as the standard's simple-feature functions
do (OGC 06-103r4): `geo.distance` and `geo.length` answer in degrees.
"""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import shapely
from django.db.models import F, Q
from numpy.typing import NDArray

from madang.telemetry.sta import expressions as tree
from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.model import GEOMETRY, TYPES, EntityType, table_of
from madang.telemetry.sta.sql_functions import Among

_PREDICATES: dict[str, Callable[..., Any]] = {
    "geo.intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_intersects": shapely.intersects,
    "st_contains": shapely.contains,
    "st_relate": shapely.relate_pattern,
}
_MEASURES: dict[str, Callable[..., Any]] = {
    "geo.distance": shapely.distance,
    "geo.length": shapely.length,
}
_COMPARE = {
    "eq": python.eq, "ne": python.ne, "gt": python.gt,
    "ge": python.ge, "lt": python.lt, "le": python.le,
}  # fmt: skip
_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
# An observed area is the place of the thing.
_AREA = ("Thing", "Locations", "location")


def is_geometric(expression: tree.Expression) -> bool:
    """Return whether the expression is a call of a geospatial function."""
    return isinstance(expression, tree.Call) and expression.function.startswith(("geo.", "st_"))


def geometry_condition(expression: tree.Expression, kind: EntityType) -> Q:
    """Return the condition that a geospatial predicate or comparison sets on the table.

    Raises
    ------
    InvalidQuery
        If an argument is no geometry, or no argument is a place in the data model.
    """
    if isinstance(expression, tree.Call):
        if expression.function not in _PREDICATES:
            raise InvalidQuery(f"{expression.function}() is a number; compare it with one")
        return _where_true(expression, kind, _PREDICATES[expression.function], lambda found: found)
    assert isinstance(expression, tree.Binary)
    call, limit, operator = expression.left, expression.right, expression.operator
    if not is_geometric(call):
        call, limit, operator = limit, call, _MIRRORED.get(operator, operator)
    assert isinstance(call, tree.Call)
    if call.function in _PREDICATES:
        return _compared_with_truth(call, operator, limit, kind)
    if not isinstance(limit, tree.Literal) or not isinstance(limit.value, int | float):
        raise InvalidQuery(f"{call.function}() can be compared with a number only")
    bound = limit.value
    return _where_true(
        call, kind, _MEASURES[call.function], lambda found: _COMPARE[operator](found, bound)
    )


def _compared_with_truth(
    call: tree.Call, operator: str, truth: tree.Expression, kind: EntityType
) -> Q:
    if operator not in ("eq", "ne") or truth not in (tree.Literal(True), tree.Literal(False)):
        raise InvalidQuery(f"{call.function}() is true or false")
    condition = geometry_condition(call, kind)
    return condition if (truth == tree.Literal(True)) == (operator == "eq") else ~condition


def _where_true(
    call: tree.Call,
    kind: EntityType,
    function: Callable[..., Any],
    judge: Callable[[Any], Any],
) -> Q:
    places = [a for a in call.arguments if isinstance(a, tree.Name)]
    if len(places) != 1:
        raise InvalidQuery(f"{call.function}() takes one place of an entity")
    prefix, target, source = _place(places[0], kind)
    keys, shapes = _shapes(target, source)
    arguments = [_argument(a, shapes, call) for a in call.arguments]
    true = np.asarray(judge(function(*arguments)), bool)
    return Q(Among(F(f"{prefix}pk"), keys[true].tolist()))


def _argument(argument: tree.Expression, shapes: Any, call: tree.Call) -> Any:
    if isinstance(argument, tree.Name):
        return shapes
    value = argument.value if isinstance(argument, tree.Literal) else None
    if isinstance(value, shapely.Geometry):
        return value
    if call.function == "st_relate" and isinstance(value, str):
        return value
    raise InvalidQuery(f"{call.function}() takes geometries, as geography'POINT (127 37)'")


def _place(name: tree.Name, kind: EntityType) -> tuple[str, EntityType, str]:
    """Return the ORM prefix to the entity with the geometry, its type and the column."""
    prefix = ""
    steps = list(name.steps)
    while steps:
        step = steps.pop(0)
        if step == "observedArea" and not steps and kind.name == "Datastream":
            steps = list(_AREA)
            continue
        field = kind.by_name.get(step)
        if field is not None and field.kind == GEOMETRY and not steps:
            return prefix, kind, field.source
        if field is not None:
            break
        link = kind.link(step)
        if not link.path:
            raise InvalidQuery(f"{name}: ask the datastreams or features, not their observations")
        prefix += f"{link.path}__"
        kind = TYPES[link.target]
    raise InvalidQuery(f"{name} is no geometry; 'location', 'feature' and 'observedArea' are")


def _shapes(kind: EntityType, source: str) -> tuple[NDArray[np.int64], Any]:
    rows = list(table_of(kind).objects.order_by().values_list("pk", source))
    keys = np.array([key for key, _ in rows], np.int64)
    texts = np.array([orjson.dumps(_geometry(place)).decode() for _, place in rows], object)
    return keys, shapely.from_geojson(texts, on_invalid="ignore")


def _geometry(place: object) -> object:
    """Return the geometry of a GeoJSON feature, or what was given."""
    if isinstance(place, dict) and place.get("type") == "Feature":
        return place.get("geometry")
    return place
