"""The districts as one small picture drawn on the server: the map without JavaScript."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from madang.air.shown import ShownDistrict
from madang.city.api import profile

WIDTH = 1000.0  # of the picture in its own units
_EDGE = 8.0
_TOLERANCE = 2.0  # units: at 328 px wide less than a pixel


@dataclass(frozen=True)
class Shape:
    """A district's outline as an SVG path, and where its number stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """All outlines in one picture; `is_schematic` where they are no boundaries."""

    shapes: Mapping[str, Shape]
    height: float
    is_schematic: bool
    sources: tuple[str, ...]


@dataclass(frozen=True)
class MapPart:
    """One district of the map, with its row of the table."""

    row: ShownDistrict
    shape: Shape


@dataclass(frozen=True)
class CityMap:
    """The map of a page."""

    parts: Sequence[MapPart]
    width: float
    height: float
    is_schematic: bool
    sources: tuple[str, ...]


def city_map(rows: Sequence[ShownDistrict]) -> CityMap | None:
    """Return the map of these districts; None where the profile knows no outline of them."""
    if not rows:
        return None
    city = profile()
    found = _drawing(city.unit(rows[0].code).level, city.today())
    parts = [MapPart(row, found.shapes[row.code]) for row in rows if row.code in found.shapes]
    if not parts:
        return None
    return CityMap(parts, WIDTH, found.height, found.is_schematic, found.sources)


@lru_cache(maxsize=4)
def _drawing(level: str, today: date) -> Drawing:
    """Return the outlines of a level, north up, the width of the city filling the picture."""
    outlines = profile().outlines(level, today)
    if not outlines:
        return Drawing({}, 0.0, False, ())
    bounds = [outline.shape.bounds for outline in outlines.values()]
    west, east = min(b[0] for b in bounds), max(b[2] for b in bounds)
    south, north = min(b[1] for b in bounds), max(b[3] for b in bounds)
    # equirectangular about the middle: within a city its error is far below a pixel
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _EDGE) / ((east - west) * narrowing)

    def place(lon: float, lat: float) -> tuple[float, float]:
        return _EDGE + (lon - west) * narrowing * scale, _EDGE + (north - lat) * scale

    shapes = {code: _shape(outline.shape, place, scale) for code, outline in outlines.items()}
    return Drawing(
        shapes,
        round((north - south) * scale + 2 * _EDGE),
        any(outline.kind == "schematic" for outline in outlines.values()),
        tuple(sorted({outline.source for outline in outlines.values()})),
    )


def _shape(shape: BaseGeometry, place, scale: float) -> Shape:  # type: ignore[no-untyped-def]
    simple = shape.simplify(_TOLERANCE / scale, preserve_topology=True)
    middle = place(*shape.representative_point().coords[0])
    rings = [ring for polygon in _polygons(simple) for ring in _rings(polygon)]
    path = "".join(
        "M" + "L".join("{:.0f} {:.0f}".format(*place(*point[:2])) for point in ring[:-1]) + "Z"
        for ring in rings
    )
    return Shape(path, round(middle[0]), round(middle[1]))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, MultiPolygon):
        return list(shape.geoms)
    return [shape] if isinstance(shape, Polygon) else []


def _rings(polygon: Polygon) -> list[list[tuple[float, ...]]]:
    return [list(polygon.exterior.coords), *(list(ring.coords) for ring in polygon.interiors)]
