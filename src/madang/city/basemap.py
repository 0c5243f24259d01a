"""The base map: outlines and names of all units as one PMTiles file of vector tiles.

For each level of units, a layer of areas (``district``) with ``code``, ``kind`` (``schematic`` or
``official``) and a layer of labels (``district-label``), points with ``code``, ``name`` and
``name_<tag>`` in the languages that the profile has names in. The file is kept in the instance's
data folder and made anew where profile or imported boundaries changed.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from madang.city.outlines import Outline
from madang.city.profile import Profile
from madang.kernel.vector_tiles import (
    Tile,
    TileFeature,
    Value,
    encoded_tile,
    in_tile,
    mercator,
    tiles_over,
)

FORMAT = 2  # counted up where files of before are to be made anew
MIN_ZOOM, MAX_ZOOM = (
    6,
    12,
)  # at 12 a tile unit is 2.4 m at the equator; nearer, the browser enlarges
_FILE = "basemap.pmtiles"
_SIMPLIFIED_BY = 0.5 / 4096  # of a tile: half a unit, below what a tile can tell


@dataclass(frozen=True)
class Basemap:
    """A made base map: its file, what it was made of, its bounds (west, south, east, north)."""

    path: Path
    digest: str
    bounds: tuple[float, float, float, float]
    kinds: Mapping[str, tuple[str, ...]]
    tiles: int


def basemap_path(data: Path, city: str) -> Path:
    """Return where an instance keeps the base map of a city."""
    return data / "maps" / city / _FILE


def ensure_basemap(profile: Profile, data: Path) -> Basemap:
    """Return the base map, made anew where it is not of these outlines; one maker at a time.

    A city of which no place is known has none: `tiles` is 0 and the file empty.
    """
    path = basemap_path(data, profile.id)
    digest = outlines_digest(profile)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / "making.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = stored_basemap(path)
        return kept if kept is not None and kept.digest == digest else _made(profile, path, digest)


def stored_basemap(path: Path) -> Basemap | None:
    """Return what is kept at `path`, None where nothing (or nothing whole) is."""
    try:
        about = json.loads(_about(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not path.is_file() or path.stat().st_size != about["bytes"]:
        return None
    kinds = {level: tuple(found) for level, found in about["kinds"].items()}
    return Basemap(path, about["digest"], tuple(about["bounds"]), kinds, about["tiles"])


def outlines_digest(profile: Profile) -> str:
    """Return the hash of all that the base map is made of: units, names, places, boundary files."""
    digest = hashlib.sha256(f"format {FORMAT}".encode())
    for unit in profile.units():
        facts = (unit.code, unit.level, unit.parent, sorted(unit.names.items()), unit.centre,
                 unit.parts, unit.area_km2, unit.detached)  # fmt: skip
        digest.update(repr(facts).encode())
    digest.update(repr(profile.city.map.margin_m).encode())
    for path in sorted(profile.boundaries.glob("**/*")) if profile.boundaries else ():
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _made(profile: Profile, path: Path, digest: str) -> Basemap:
    areas, labels, kinds = _features(profile)
    bounds = _bounds(profile)
    tiles: dict[Tile, bytes] = {}
    for zoom in range(MIN_ZOOM, MAX_ZOOM + 1) if any(areas.values()) else ():
        layers = {name: _simplified(found, zoom) for name, found in areas.items()} | labels
        cut = ((tile, _tile(tile, layers)) for tile in tiles_over(bounds, zoom))
        tiles |= {tile: body for tile, body in cut if body}
    new = path.with_suffix(f".{os.getpid()}")
    if tiles:
        _write(new, tiles, bounds, sorted([*areas, *labels]))
    else:
        new.touch()
    about = {
        "digest": digest,
        "bounds": bounds,
        "kinds": kinds,
        "tiles": len(tiles),
        "bytes": new.stat().st_size,
    }
    new.replace(path)
    _about(path).write_text(json.dumps(about), encoding="utf-8")
    return Basemap(path, digest, bounds, {k: tuple(v) for k, v in kinds.items()}, len(tiles))


Features = list[tuple[int, BaseGeometry, dict[str, Value]]]
Shapes = dict[str, Features]


def _features(profile: Profile) -> tuple[Shapes, Shapes, dict[str, list[str]]]:
    """Return areas and labels by layer, in world units, and the kinds of outline of each level."""
    areas: Shapes = {}
    labels: Shapes = {}
    kinds: dict[str, list[str]] = {}
    for level in profile.levels:
        outlines = profile.outlines(level.id)
        areas[level.id], labels[f"{level.id}-label"] = [], []
        kinds[level.id] = sorted({outline.kind for outline in outlines.values()})
        for number, unit in enumerate(profile.units(level.id)):
            outline = outlines.get(unit.code)
            if outline is None:
                continue
            shape = _on_map(outline.shape)
            about: dict[str, Value] = {"code": unit.code, "kind": outline.kind}
            areas[level.id].append((number, shape, about))
            named: dict[str, Value] = {"code": unit.code, "name": unit.name()}
            named |= {f"name_{tag}": text for tag, text in unit.names.items()}
            labels[f"{level.id}-label"].append((number, _label_point(unit.centre, outline), named))
    return areas, labels, kinds


def _label_point(centre: tuple[float, float] | None, outline: Outline) -> BaseGeometry:
    """Return where a name stands: the unit's centre where it is inside, else a point inside."""
    point = shapely.Point(*centre) if centre else None
    if point is None or not shapely.contains(outline.shape, point):
        point = outline.shape.point_on_surface()
    return _on_map(point)


def _on_map(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry, mercator)


def _bounds(profile: Profile) -> tuple[float, float, float, float]:
    found = np.array(
        [
            outline.shape.bounds
            for level in profile.levels
            for outline in profile.outlines(level.id).values()
        ]
    ).reshape(-1, 4)
    if not len(found):
        return (-180.0, -85.0, 180.0, 85.0)
    west, south = found[:, :2].min(axis=0).tolist()
    east, north = found[:, 2:].max(axis=0).tolist()
    return (west, south, east, north)


def _simplified(found: Features, zoom: int) -> Features:
    """Return areas without what a tile of this zoom cannot tell; shared lines stay shared."""
    shapes = shapely.coverage_simplify([shape for _id, shape, _about in found],
                                       _SIMPLIFIED_BY / 2**zoom)  # fmt: skip
    return [(n, shape, about) for (n, _, about), shape in zip(found, shapes, strict=True)]


def _tile(tile: Tile, layers: Shapes) -> bytes:
    return encoded_tile({name: _cut(tile, found) for name, found in layers.items()})


def _cut(tile: Tile, found: Features) -> list[TileFeature]:
    cut = ((number, in_tile(shape, tile), about) for number, shape, about in found)
    return [TileFeature(n, shape, about) for n, shape, about in cut if not shape.is_empty]


def _write(
    path: Path,
    tiles: Mapping[Tile, bytes],
    bounds: tuple[float, float, float, float],
    layers: list[str],
) -> None:
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import write

    west, south, east, north = (round(value * 1e7) for value in bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": MIN_ZOOM + 4,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    metadata: dict[str, Any] = {"vector_layers": [{"id": name, "fields": {}} for name in layers]}
    numbered = sorted((zxy_to_tileid(*tile), body) for tile, body in tiles.items())
    with write(str(path)) as archive:
        for number, body in numbered:
            archive.write_tile(number, gzip.compress(body, mtime=0))
        archive.finalize(header, metadata)


def _about(path: Path) -> Path:
    return path.with_suffix(".json")
