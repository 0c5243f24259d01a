"""Outlines of units: official where a boundary file was imported, else schematic, and labelled so.

A schematic outline is the set of points nearest to the unit's centre point (its Voronoi cell),
inside what is known of the whole: an official outline above it, the official outline of a
predecessor, or the hull of all centre points. Upper levels are unions of lower ones, so that a
point in a neighbourhood is always in that neighbourhood's district. See
docs/explanation/schematic-outlines.md for how far off that is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from math import pi, sqrt
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from madang.city.boundaries import Boundaries
from madang.city.schema import City
from madang.city.units import Point, Unit, UnitTable
from madang.kernel.geometry import (
    LocalPlane,
    Locator,
    as_geojson,
    buffered_hull,
    polygonal,
    voronoi_cells,
)

SCHEMATIC_SOURCE = "computed from centre points (Voronoi cells); not a boundary"
_DETACHED_RADIUS_M = 2_000.0  # of an exclave or island whose area the profile does not state


@dataclass(frozen=True)
class Outline:
    """A shape (degrees WGS84) with the label that must be shown wherever it is drawn."""

    shape: BaseGeometry
    kind: Literal["schematic", "official"]
    source: str

    def geojson(self) -> dict[str, Any]:
        """Return the shape as a GeoJSON geometry, rounded to 1e-6 degrees (0.1 m)."""
        return as_geojson(self.shape)


Outlines = Mapping[str, Outline]


@dataclass
class Atlas:
    """All outlines of a city at all times, made when they are asked for."""

    city: City
    table: UnitTable
    official: Mapping[str, Boundaries]
    _outlines: dict[tuple[str, int], Outlines] = field(default_factory=dict, repr=False)
    _locators: dict[tuple[str, int], tuple[Locator, list[Unit]]] = field(
        default_factory=dict, repr=False
    )

    def outlines(self, level: str, on: date) -> Outlines:
        """Return the outlines of the units of a level that exist on a day, by code."""
        key = (level, self._period(on))
        if key not in self._outlines:
            self._outlines[key] = self._made(level, on)
        return self._outlines[key]

    def located(
        self, lons: ArrayLike, lats: ArrayLike, level: str, on: date
    ) -> tuple[NDArray[np.int64], list[Unit]]:
        """Return per point an index into the units given with it, -1 outside all of them."""
        key = (level, self._period(on))
        if key not in self._locators:
            outlines = self.outlines(level, on)
            units = [u for u in self.table.of_level(level, on) if u.code in outlines]
            self._locators[key] = Locator(tuple(outlines[u.code].shape for u in units)), units
        locator, units = self._locators[key]
        return locator.index(lons, lats), units

    @cached_property
    def _changes(self) -> list[date]:
        dates = {day for u in self.table.units for day in (u.valid_from, u.valid_to) if day}
        return sorted(dates)

    def _period(self, on: date) -> int:
        return bisect_right(self._changes, on)

    def _made(self, level: str, on: date) -> Outlines:
        units = self.table.of_level(level, on)
        known = self._official(level, units)
        known |= self._joined(level, [u for u in units if u.code not in known], on)
        rest = [u for u in units if u.code not in known]
        return known | self._schematic(level, rest, known)

    def _official(self, level: str, units: Iterable[Unit]) -> dict[str, Outline]:
        boundaries = self.official.get(level)
        if boundaries is None:
            return {}
        return {
            unit.code: Outline(boundaries.shapes[unit.code], "official", boundaries.source)
            for unit in units
            if unit.code in boundaries.shapes
        }

    def _joined(self, level: str, units: Sequence[Unit], on: date) -> dict[str, Outline]:
        """Return outlines of units made by joining those of the level below."""
        below = next((item.id for item in self.city.levels if item.parent == level), None)
        if below is None or not units:
            return {}
        parts: dict[str, list[Outline]] = defaultdict(list)
        outlines = self.outlines(below, on)
        for child in self.table.of_level(below, on):
            if child.parent and child.code in outlines:
                parts[child.parent].append(outlines[child.code])
        return {unit.code: _union(parts[unit.code]) for unit in units if parts[unit.code]}

    def _schematic(
        self, level: str, units: Sequence[Unit], known: Mapping[str, Outline]
    ) -> dict[str, Outline]:
        """Return Voronoi cells of units, each inside the frame that is known for it."""
        apart = [unit for unit in units if unit.detached and unit.centre]
        made = {unit.code: _drawn(_discs(unit)) for unit in apart}
        taken = shapely.union_all([outline.shape for outline in known.values()])
        framed: dict[str, tuple[BaseGeometry, list[Unit]]] = {}
        for unit in units:
            if unit.code not in made:
                name, frame = self._frame(level, unit)
                framed.setdefault(name, (frame, []))[1].append(unit)
        for frame, members in framed.values():
            made |= _cells(members, polygonal(shapely.difference(frame, taken)))
        return made

    def _frame(self, level: str, unit: Unit) -> tuple[str, BaseGeometry]:
        """Return name and shape of the smallest known whole around a unit."""
        before = [code for code in unit.predecessors if code in self._shapes(level)]
        if before:
            shapes = [self._shapes(level)[code] for code in before]
            return f"predecessor {' '.join(before)}", shapely.union_all(shapes)
        above: Unit | None = self._parent(unit)
        while above is not None:
            if above.code in self._shapes(above.level):
                return f"{above.level} {above.code}", self._shapes(above.level)[above.code]
            above = self._parent(above)
        return f"hull {level}", self._hull(level)

    def _parent(self, unit: Unit) -> Unit | None:
        level = next(item for item in self.city.levels if item.id == unit.level)
        if not unit.parent:
            return None
        codes = next(item.codes for item in self.city.levels if item.id == level.parent)
        return self.table.with_code(unit.parent, codes, level.parent)

    def _shapes(self, level: str) -> Mapping[str, BaseGeometry]:
        return self.official[level].shapes if level in self.official else {}

    def _hull(self, level: str) -> BaseGeometry:
        centres = [
            u.centre for u in self.table.units if u.level == level and u.centre and not u.detached
        ]
        if not centres:
            return shapely.Polygon()
        lons, lats = zip(*centres, strict=True)
        return buffered_hull(lons, lats, self.city.map.margin_m)


def _union(parts: Sequence[Outline]) -> Outline:
    shape = polygonal(shapely.union_all([part.shape for part in parts]))
    if all(part.kind == "official" for part in parts):
        return Outline(shape, "official", f"joined from {parts[0].source}")
    return _drawn(shape)


def _drawn(shape: BaseGeometry) -> Outline:
    return Outline(shape, "schematic", SCHEMATIC_SOURCE)


def _cells(units: Sequence[Unit], frame: BaseGeometry) -> dict[str, Outline]:
    """Return the cells of units in one frame; a lone unit has the frame, with or without centre."""
    if frame.is_empty:
        return {}
    if len(units) == 1:
        return {units[0].code: _drawn(frame)}
    centred = [unit for unit in units if unit.centre]
    centres = [unit.centre for unit in centred if unit.centre]
    if not centres:
        return {}
    lons, lats = zip(*centres, strict=True)
    cells = voronoi_cells(lons, lats, frame)
    shapes = {u.code: polygonal(cell) for u, cell in zip(centred, cells, strict=True)}
    for unit in centred:
        if unit.parts:
            shapes[unit.code] = shapely.union_all([shapes[unit.code], *_around(unit.parts)])
    return {code: _drawn(shape) for code, shape in shapes.items() if not shape.is_empty}


def _discs(unit: Unit) -> BaseGeometry:
    """Return discs for a detached unit: one of its area at the centre, one at each further part."""
    radius = sqrt(unit.area_km2 * 1e6 / pi) if unit.area_km2 else _DETACHED_RADIUS_M
    assert unit.centre is not None
    discs = [*_around([unit.centre], radius), *_around(unit.parts)]
    return reduce(shapely.union, discs)


def _around(points: Sequence[Point], radius_m: float = _DETACHED_RADIUS_M) -> list[BaseGeometry]:
    return [
        LocalPlane(*point).unproject(shapely.buffer(shapely.Point(0, 0), radius_m, quad_segs=8))
        for point in points
    ]
