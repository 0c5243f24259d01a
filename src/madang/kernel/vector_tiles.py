"""Vector tiles: features cut to the tiles of the web map, encoded as MVT 2.1.

Tiles are those of the spherical web mercator (EPSG:3857), numbered z/x/y from the north-west.
Written out because the library for it pins a protobuf older than the one our tracing needs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

EXTENT = 4096
BUFFER = 64  # units beyond each edge, so that lines along it are drawn whole

Value = str | int | float | bool
Tile = tuple[int, int, int]
_VARINT, _BYTES = 0, 2
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POINT_TYPE, _LINE_TYPE, _POLYGON_TYPE = 1, 2, 3


@dataclass(frozen=True)
class TileFeature:
    """A feature in tile units (x east, y south, 0 to `EXTENT`), with its properties."""

    id: int
    geometry: BaseGeometry
    properties: Mapping[str, Value]


def mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 2) degrees as web mercator in units of the world: x east, y south, 0 to 1.

    Notes
    -----
    x = (lon + 180) / 360, y = (1 - asinh(tan(lat)) / pi) / 2 (EPSG Guidance Note 7-2, method 1024).
    """
    lon, lat = np.asarray(lonlat, float).T
    y = (1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0
    return np.column_stack([(lon + 180.0) / 360.0, y])


def tiles_over(bounds: tuple[float, float, float, float], zoom: int) -> list[Tile]:
    """Return the tiles of a zoom that touch bounds (west, south, east, north) in degrees."""
    west, south, east, north = bounds
    (x0, y0), (x1, y1) = mercator(np.array([[west, north], [east, south]])) * 2**zoom
    last = 2**zoom - 1
    return [
        (zoom, x, y)
        for x in range(max(0, int(x0)), min(last, int(x1)) + 1)
        for y in range(max(0, int(y0)), min(last, int(y1)) + 1)
    ]


def in_tile(geometry: BaseGeometry, tile: Tile) -> BaseGeometry:
    """Return what a tile shows of a geometry given in world units (`mercator`), in tile units.

    Empty where the tile does not touch it, or where it vanishes at this zoom.
    """
    z, x, y = tile
    size = 1.0 / 2**z
    margin = size * BUFFER / EXTENT
    west, north = x * size, y * size
    cut = shapely.clip_by_rect(
        geometry, west - margin, north - margin, west + size + margin, north + size + margin
    )
    scaled = shapely.transform(cut, lambda xy: (xy - (west, north)) * (EXTENT / size))
    return shapely.set_precision(scaled, 1.0)


def encoded_tile(layers: Mapping[str, Sequence[TileFeature]]) -> bytes:
    """Return a tile with these layers as MVT 2.1; layers without a feature are left out."""
    return b"".join(_field(3, _layer(name, found)) for name, found in layers.items() if found)


def _layer(name: str, features: Sequence[TileFeature]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    body = [_field(1, name.encode())]
    for feature in features:
        tags: list[int] = []
        for key, value in feature.properties.items():
            tags.append(keys.setdefault(key, len(keys)))
            tags.append(values.setdefault((type(value), value), len(values)))
        body.append(_field(2, _feature(feature, tags)))
    body += [_field(3, key.encode()) for key in keys]
    body += [_field(4, _value(value)) for _kind, value in values]
    body += [_key(5, _VARINT) + _varint(EXTENT), _key(15, _VARINT) + _varint(2)]
    return b"".join(body)


def _feature(feature: TileFeature, tags: Iterable[int]) -> bytes:
    kind, commands = geometry_commands(feature.geometry)
    return b"".join(
        [
            _key(1, _VARINT) + _varint(feature.id),
            _field(2, _packed(tags)),
            _key(3, _VARINT) + _varint(kind),
            _field(4, _packed(commands)),
        ]
    )


def geometry_commands(geometry: BaseGeometry) -> tuple[int, list[int]]:
    """Return type and command integers of a geometry in tile units (MVT 2.1, section 4.3).

    >>> geometry_commands(shapely.Point(25, 17))
    (1, [9, 50, 34])
    """
    parts = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    pen = _Pen()
    if isinstance(parts[0], shapely.Point):
        pen.points([(int(part.x), int(part.y)) for part in parts])
        return _POINT_TYPE, pen.commands
    if isinstance(parts[0], shapely.LineString):
        for part in parts:
            pen.line(_whole(part))
        return _LINE_TYPE, pen.commands
    for part in parts:
        # y points south: an outer ring of positive area, as the standard wants it, is counter-
        # clockwise to shapely, whose y points north, and holes run the other way
        turned = shapely.orient_polygons(part, exterior_cw=False)
        for ring in (turned.exterior, *turned.interiors):
            pen.ring(_whole(ring)[:-1])
    return _POLYGON_TYPE, pen.commands


def _whole(line: Any) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in shapely.get_coordinates(line)]


class _Pen:
    """Writes commands; every point is told by its step from the one before."""

    def __init__(self) -> None:
        self.commands: list[int] = []
        self._x = self._y = 0

    def points(self, points: Sequence[tuple[int, int]]) -> None:
        self._command(_MOVE, len(points))
        self._steps(points)

    def line(self, points: Sequence[tuple[int, int]]) -> None:
        self.points(points[:1])
        self._command(_LINE, len(points) - 1)
        self._steps(points[1:])

    def ring(self, points: Sequence[tuple[int, int]]) -> None:
        self.line(points)
        self._command(_CLOSE, 1)

    def _command(self, kind: int, count: int) -> None:
        self.commands.append(kind | count << 3)

    def _steps(self, points: Sequence[tuple[int, int]]) -> None:
        for x, y in points:
            self.commands += [_zigzag(x - self._x), _zigzag(y - self._y)]
            self._x, self._y = x, y


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _key(7, _VARINT) + _varint(int(value))
    if isinstance(value, str):
        return _field(1, value.encode())
    if isinstance(value, int):
        return _key(6, _VARINT) + _varint(_zigzag(value))
    return _key(3, 1) + struct.pack("<d", value)


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _field(number: int, body: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(body)) + body


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(_varint(number) for number in numbers)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
