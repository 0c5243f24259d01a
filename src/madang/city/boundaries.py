"""Official boundaries: taken from the publisher's GeoJSON, checked, and kept with the instance."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from madang.city.errors import InvalidBoundaries
from madang.city.schema import City, Level
from madang.city.units import Unit, UnitTable
from madang.kernel import times
from madang.kernel.errors import Unavailable
from madang.kernel.geometry import Feature, feature_collection, polygonal, read_features

_SHARE_NEEDED = 0.5  # of features that must bear codes of a level before we take it for that level


@dataclass(frozen=True)
class Boundaries:
    """Official outlines of the units of one level, by code."""

    level: str
    source: str
    imported: str
    shapes: Mapping[str, BaseGeometry]


@dataclass(frozen=True)
class Import:
    """What an import brought: how many outlines, and which units still have none."""

    level: str
    source: str
    path: Path
    outlines: int
    missing: tuple[str, ...]
    ended: tuple[str, ...]


def stored_boundaries(folder: Path | None, city: City) -> dict[str, Boundaries]:
    """Return what was imported for a city, by level; nothing where there is no folder."""
    if folder is None:
        return {}
    found = {}
    for level in city.levels:
        path = _path(folder, city, level.id)
        if path.is_file():
            found[level.id] = _read(path, level.id)
    return found


def import_boundaries(
    file: Path,
    folder: Path,
    city: City,
    table: UnitTable,
    *,
    level: str = "",
    source: str = "",
) -> Import:
    """Check a boundary file against the units of a city and keep it in `folder`.

    Level, property and code system are found by the codes in the file; `level` narrows it. The
    whole file is taken or nothing.

    Raises
    ------
    InvalidBoundaries
        If the codes fit no level, a code is unknown or stands twice, or a shape is no polygon.
    BadInput
        If the file cannot be read as GeoJSON.
    Unavailable
        If the folder cannot be written.
    """
    features = read_features(file)
    match = _best_match(file, features, city, table, level)
    units = _checked(file, features, match)
    source = source or f"{file.name}"
    stored = [
        Feature(unit.code, {"names": dict(unit.names)}, polygonal(feature.geometry))
        for feature, unit in zip(features, units, strict=True)
    ]
    path = _path(folder, city, match.level)
    about = {
        "city": city.id,
        "level": match.level,
        "label": "official",
        "source": source,
        "imported": times.format_time(times.now()),
    }
    _write(path, feature_collection(stored, {"madang": about}))
    return _summary(table, match.level, source, path, {unit.code for unit in units})


def _summary(table: UnitTable, level: str, source: str, path: Path, given: set[str]) -> Import:
    today = times.now().date()
    return Import(
        level=level,
        source=source,
        path=path,
        outlines=len(given),
        missing=tuple(u.code for u in table.of_level(level, today) if u.code not in given),
        ended=tuple(
            unit.code
            for unit in table.of_level(level, None)
            if unit.code in given and not unit.exists(today)
        ),
    )


@dataclass(frozen=True)
class _Match:
    level: str
    system: str
    property: str
    units: Mapping[str, Unit]
    hits: int

    def code(self, feature: Feature) -> str:
        return feature.id if self.property == "" else str(feature.properties.get(self.property))


def _best_match(
    file: Path, features: Sequence[Feature], city: City, table: UnitTable, level: str
) -> _Match:
    levels = [item for item in city.levels if level in ("", item.id)]
    if not levels:
        known = ", ".join(item.id for item in city.levels)
        raise InvalidBoundaries(f"{city.id} has no level {level!r}; it has {known}")
    matches = list(_matches(features, city, levels, table))
    best = max(matches, key=lambda match: match.hits, default=None)
    if best is None or best.hits < _SHARE_NEEDED * len(features):
        names = ", ".join(item.id for item in levels)
        properties = ", ".join(sorted({key for item in features for key in item.properties}))
        raise InvalidBoundaries(
            f"{file}: no property holds the codes of {names}; the features have {properties}"
        )
    return best


def _matches(
    features: Sequence[Feature], city: City, levels: Sequence[Level], table: UnitTable
) -> Iterator[_Match]:
    properties = ["", *dict.fromkeys(key for item in features for key in item.properties)]
    for level in levels:
        systems = [level.codes, *(s.id for s in city.code_systems if s.id != level.codes)]
        for system in systems:
            units = {
                u.codes[system]: u for u in table.of_level(level.id, None) if system in u.codes
            }
            for name in properties:
                match = _Match(level.id, system, name, units, 0)
                hits = len({match.code(feature) for feature in features} & units.keys())
                yield _Match(level.id, system, name, units, hits)


def _checked(file: Path, features: Sequence[Feature], match: _Match) -> list[Unit]:
    """Return the unit of each feature, or refuse the file with all that is wrong."""
    faults: dict[str, str] = {}
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for number, feature in enumerate(features):
        code, where = match.code(feature), f"features[{number}]"
        if code not in match.units:
            faults[where] = f"there is no {match.level} {code!r} ({match.system})"
            continue
        if code in seen:
            faults[where] = f"{code!r} is also the code of features[{seen[code]}]"
        if polygonal(feature.geometry).is_empty:
            faults[where] = f"is a {feature.geometry.geom_type}, not a polygon"
        seen.setdefault(code, number)
        units.append(match.units[code])
    if faults:
        listed = "; ".join(f"{where} {what}" for where, what in list(faults.items())[:10])
        raise InvalidBoundaries(f"{file}: nothing was imported: {listed}", faults)
    return units


def _path(folder: Path, city: City, level: str) -> Path:
    return folder / city.id / f"{level}.geojson"


def _read(path: Path, level: str) -> Boundaries:
    shapes = {feature.id: feature.geometry for feature in read_features(path)}
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")).get("madang", {})
    shapely.prepare(list(shapes.values()))
    return Boundaries(level, about.get("source", ""), about.get("imported", ""), shapes)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, separators=(",", ":"))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):  # the part may never have been made
            part.unlink()
        raise Unavailable(f"{path} cannot be written: {error.strerror}") from error
