"""Tables of units: from CSV rows to units, with what is wrong in them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from madang.city.schema import City, Level, UnitRow
from madang.city.units import Point, Unit
from madang.kernel.data_files import Problem, Row, read_table

_FIELDS = frozenset(UnitRow.__struct_fields__)


@dataclass(frozen=True)
class PlacedUnit:
    """A unit, and where it stands in the files."""

    unit: Unit
    file: str
    line: int

    def problem(self, column: str, message: str) -> Problem:
        """Return a problem with one cell of this unit's row."""
        return Problem(self.file, self.line, column, message)


@dataclass(frozen=True)
class Bindings:
    """What the units need of the profile that holds them."""

    chain: Callable[[str], tuple[str, ...]]
    outline: Callable[[Unit], Any]


def read_units(
    folder: Path, city: City, bindings: Bindings
) -> tuple[list[PlacedUnit], list[Problem]]:
    """Return the units of all levels of a profile, and what is wrong with them."""
    placed: list[PlacedUnit] = []
    problems: list[Problem] = []
    for level in city.levels:
        header, rows, found = read_table(folder / level.table, level.table)
        problems += found
        unknown = list(_unknown_columns(city, header))
        problems += [Problem(level.table, 1, name, message) for name, message in unknown]
        columns = _Columns.of(header)
        for row in rows:
            unit, wrong = _unit(city, level, columns, row, bindings)
            problems += wrong
            if unit is not None:
                placed.append(PlacedUnit(unit, level.table, row.line))
    problems += list(_disagreements(city, placed))
    return placed, problems


@dataclass(frozen=True)
class _Columns:
    names: tuple[tuple[str, str], ...]
    codes: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, header: list[str]) -> _Columns:
        return cls(
            tuple((c, c[5:]) for c in header if c.startswith("name:")),
            tuple((c, c[5:]) for c in header if c.startswith("code:")),
        )


def _unknown_columns(city: City, header: list[str]) -> Iterator[tuple[str, str]]:
    tags = {language.code for language in city.languages}
    systems = {system.id for system in city.code_systems}
    for column in header:
        kind, _, name = column.partition(":")
        if kind == "name" and name in tags:
            continue
        if kind == "code" and (not name or name in systems):
            continue
        if column not in _FIELDS:
            yield column, "is no column of units; see docs/reference/city-profile.md"


def _unit(
    city: City, level: Level, columns: _Columns, row: Row, bindings: Bindings
) -> tuple[Unit | None, list[Problem]]:
    plain = {name: text for name, text in row.cells.items() if name in _FIELDS}
    try:
        values = msgspec.convert(plain, UnitRow, strict=False)
    except msgspec.ValidationError:
        return None, [Problem(level.table, row.line, *fault) for fault in _cell_faults(plain)]
    names = {tag: row.cells[column] for column, tag in columns.names if column in row.cells}
    codes = {system: row.cells[column] for column, system in columns.codes if column in row.cells}
    try:
        parts = _points(values.parts)
    except ValueError:
        message = "must be points 'lon lat', apart by ';'"
        return None, [Problem(level.table, row.line, "parts", message)]
    unit = Unit(
        code=values.code,
        level=level.id,
        names=names,
        codes={level.codes: values.code, **codes},
        parent=values.parent or None,
        type=values.type,
        centre=None if values.lon is None or values.lat is None else (values.lon, values.lat),
        area_km2=values.area_km2,
        population=values.population,
        households=values.households,
        valid_from=values.valid_from,
        valid_to=values.valid_to,
        predecessors=tuple(values.predecessors.split()),
        detached=values.detached,
        parts=parts,
        note=values.note,
        _chain=bindings.chain,
        _outline=bindings.outline,
    )
    return unit, [
        Problem(level.table, row.line, column, message)
        for column, message in _row_faults(city, level, unit, values)
    ]


def _cell_faults(plain: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield column and message of each cell that is not of its type."""
    if "code" not in plain:
        yield "code", "is empty"
    for name, text in plain.items():
        try:
            msgspec.convert({"code": "-", name: text}, UnitRow, strict=False)
        except msgspec.ValidationError as error:
            yield name, f"{text!r}: {str(error).split(' - at `')[0]}"


def _row_faults(city: City, level: Level, unit: Unit, values: UnitRow) -> Iterator[tuple[str, str]]:
    for system in city.code_systems:
        code = unit.codes.get(system.id)
        if code is not None and system.pattern and not re.fullmatch(system.pattern, code):
            column = "code" if system.id == level.codes else f"code:{system.id}"
            yield column, f"{code!r} does not fit the pattern of the code system {system.id!r}"
    if city.default_language not in unit.names:
        yield f"name:{city.default_language}", "is empty"
    if (values.lon is None) != (values.lat is None):
        yield "lon", "and lat go together; one is empty"
    if unit.centre and not all(map(math.isfinite, unit.centre)):
        yield "lon", "and lat must be finite"
    if bool(level.parent) != bool(unit.parent):
        yield "parent", "is empty" if level.parent else "must be empty at the top level"
    if unit.valid_from and unit.valid_to and unit.valid_to <= unit.valid_from:
        yield "valid_to", "is not after valid_from"


def _points(text: str) -> tuple[Point, ...]:
    points = []
    for part in filter(None, (item.strip() for item in text.split(";"))):
        lon, lat = map(float, part.split())
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(part)
        points.append((lon, lat))
    return tuple(points)


def _disagreements(city: City, placed: list[PlacedUnit]) -> Iterator[Problem]:
    by_level: dict[str, dict[str, PlacedUnit]] = {level.id: {} for level in city.levels}
    for item in placed:
        by_level[item.unit.level].setdefault(item.unit.code, item)
    yield from _codes_twice(placed)
    parents = {level.id: level.parent for level in city.levels}
    for item in placed:
        unit = item.unit
        if unit.parent and unit.parent not in by_level.get(parents[unit.level], {}):
            yield item.problem("parent", f"there is no {parents[unit.level]} {unit.parent!r}")
        for code in unit.predecessors:
            if code == unit.code or code not in by_level[unit.level]:
                yield item.problem("predecessors", f"there is no other {unit.level} {code!r}")
    for level in city.levels:
        if not by_level[level.id]:
            yield Problem(level.table, 1, "", f"has no unit of the level {level.id!r}")


def _codes_twice(placed: list[PlacedUnit]) -> Iterator[Problem]:
    """Yield the codes that an earlier unit of the level has in the same system."""
    seen: dict[tuple[str, str, str], PlacedUnit] = {}
    for item in placed:
        for system, code in item.unit.codes.items():
            first = seen.setdefault((item.unit.level, system, code), item)
            if first is not item:
                column = "code" if code == item.unit.code else f"code:{system}"
                yield item.problem(column, f"{code!r} ({system}) stands in line {first.line}, too")


def group_problems(city: City, placed: list[PlacedUnit]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield path and message of members of groups that do not exist or stand in two groups."""
    codes = {
        level.id: {p.unit.code for p in placed if p.unit.level == level.id} for level in city.levels
    }
    for number, grouping in enumerate(city.groupings):
        taken: dict[str, str] = {}
        for inner, group in enumerate(grouping.groups):
            path = ("groupings", number, "groups", inner, "members")
            for member in group.members:
                if member not in codes.get(grouping.level, set()):
                    yield path, f"there is no {grouping.level} {member!r}"
                elif member in taken:
                    yield path, f"{member!r} is also a member of {taken[member]!r}"
                taken[member] = group.id
