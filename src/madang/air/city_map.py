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
_INSET = 190.0  # edge of the box of an island or exclave
_PER_ROW = 5
_TOLERANCE = 2.0  # units: at 328 px wide less than a pixel


@dataclass(frozen=True)
class Shape:
    """A district's outline as an SVG path, and where its number stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """All outlines in one picture; `is_schematic` where they are no boundaries, `has_insets` where
    islands or exclaves stand below the city."""

    shapes: Mapping[str, Shape]
    height: float
    is_schematic: bool
    sources: tuple[str, ...]
    has_insets: bool


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
    has_insets: bool


def city_map(rows: Sequence[ShownDistrict]) -> CityMap | None:
    """Return the map of these districts; None where the profile knows no outline of them."""
    if not rows:
        return None
    city = profile()
    found = _drawing(city.unit(rows[0].code).level, city.today())
    parts = [MapPart(row, found.shapes[row.code]) for row in rows if row.code in found.shapes]
    if not parts:
        return None
    return CityMap(parts, WIDTH, found.height, found.is_schematic, found.sources, found.has_insets)


@dataclass(frozen=True)
class _Frame:
    """How a piece of the earth lies in the picture; equirectangular about its middle, north up.

    Within a city the error of that is far below a pixel.
    """

    west: float
    north: float
    narrowing: float
    scale: float  # units per degree of latitude
    left: float
    top: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return a point of the earth [degrees] in the units of the picture."""
        x = self.left + (lon - self.west) * self.narrowing * self.scale
        return x, self.top + (self.north - lat) * self.scale


@lru_cache(maxsize=4)
def _drawing(level: str, today: date) -> Drawing:
    """Return the outlines of a level, the width of the city filling the picture.

    Islands and exclaves would make the city itself small: they stand in a row below it, each in a
    box of its own.
    """
    outlines = profile().outlines(level, today)
    if not outlines:
        return Drawing({}, 0.0, False, (), has_insets=False)
    detached = {unit.code for unit in profile().units(level, today) if unit.detached}
    whole = {code: found.shape for code, found in outlines.items() if code not in detached}
    apart = {code: found.shape for code, found in outlines.items() if code in detached}
    if not whole:
        whole, apart = apart, {}
    frame, height = _fitted(list(whole.values()), _EDGE, _EDGE, WIDTH - 2 * _EDGE, math.inf)
    shapes = {code: _shape(shape, frame) for code, shape in whole.items()}
    bottom = height + 2 * _EDGE
    for number, (code, shape) in enumerate(apart.items()):
        left = _EDGE + number % _PER_ROW * (_INSET + _EDGE)
        top = bottom + number // _PER_ROW * (_INSET + _EDGE)
        inset, _ = _fitted([shape], left, top, _INSET, _INSET)
        shapes[code] = _shape(shape, inset)
    rows = math.ceil(len(apart) / _PER_ROW)
    return Drawing(
        shapes,
        round(bottom + rows * (_INSET + _EDGE)),
        any(outline.kind == "schematic" for outline in outlines.values()),
        tuple(sorted({outline.source for outline in outlines.values()})),
        has_insets=bool(apart),
    )


def _fitted(
    shapes: Sequence[BaseGeometry], left: float, top: float, width: float, height: float
) -> tuple[_Frame, float]:
    """Return the frame in which shapes fill a box of the picture, and the height they then have."""
    bounds = [shape.bounds for shape in shapes]
    west, east = min(b[0] for b in bounds), max(b[2] for b in bounds)
    south, north = min(b[1] for b in bounds), max(b[3] for b in bounds)
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = min(width / ((east - west) * narrowing), height / (north - south))
    return _Frame(west, north, narrowing, scale, left, top), (north - south) * scale


def _shape(shape: BaseGeometry, frame: _Frame) -> Shape:
    simple = shape.simplify(_TOLERANCE / frame.scale, preserve_topology=True)
    middle = frame.place(*shape.representative_point().coords[0][:2])
    rings = [ring for polygon in _polygons(simple) for ring in _rings(polygon)]
    path = "".join(_path(ring, frame) for ring in rings)
    return Shape(path, round(middle[0]), round(middle[1]))


def _path(ring: Sequence[tuple[float, ...]], frame: _Frame) -> str:
    places = (frame.place(*point[:2]) for point in ring[:-1])
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in places) + "Z"


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    if isinstance(shape, MultiPolygon):
        return list(shape.geoms)
    return [shape] if isinstance(shape, Polygon) else []


def _rings(polygon: Polygon) -> list[list[tuple[float, ...]]]:
    return [list(polygon.exterior.coords), *(list(ring.coords) for ring in polygon.interiors)]
