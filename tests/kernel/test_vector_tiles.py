"""Vector tiles: the examples of the MVT 2.1 specification, and properties of cutting."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from madang.kernel.vector_tiles import (
    EXTENT,
    TileFeature,
    encoded_tile,
    geometry_commands,
    in_tile,
    mercator,
    tiles_over,
)


# Mapbox Vector Tile Specification 2.1, section 4.3.5, with the parameters decoded there
@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (shapely.Point(25, 17), (1, [9, 50, 34])),
        (shapely.MultiPoint([(5, 7), (3, 2)]), (1, [17, 10, 14, 3, 9])),
        (shapely.LineString([(2, 2), (2, 10), (10, 10)]), (2, [9, 4, 4, 18, 0, 16, 16, 0])),
        (
            shapely.MultiLineString([[(2, 2), (2, 10), (10, 10)], [(1, 1), (3, 5)]]),
            (2, [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8]),
        ),
    ],
)
def test_commands_are_those_of_the_specification(geometry, expected):
    assert geometry_commands(geometry) == expected


def test_outer_rings_have_positive_area_and_holes_negative():
    # section 4.3.4.4: the surveyor's formula in tile units, y down
    outer = [(0, 0), (10, 0), (10, 10), (0, 10)]
    hole = [(2, 2), (4, 2), (4, 4), (2, 4)]
    for turned in (shapely.Polygon(outer, [hole]), shapely.Polygon(outer[::-1], [hole[::-1]])):
        _kind, commands = geometry_commands(turned)
        areas = [surveyed(ring) for ring in rings(commands)]
        assert [area > 0 for area in areas] == [True, False]
        assert [abs(area) for area in areas] == [100, 4]


def rings(commands):
    """Decode the rings of a polygon, as the specification says."""
    found, x, y, i = [], 0, 0, 0
    while i < len(commands):
        kind, count = commands[i] & 7, commands[i] >> 3
        i += 1
        if kind == 7:
            continue
        for _n in range(count):
            dx, dy = (c >> 1 ^ -(c & 1) for c in commands[i : i + 2])
            x, y, i = x + dx, y + dy, i + 2
            found.append([(x, y)]) if kind == 1 else found[-1].append((x, y))
    return found


def surveyed(ring):
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def test_mercator_puts_the_world_into_a_square():
    world = mercator(np.array([[-180.0, 85.0511287798], [180.0, -85.0511287798], [0.0, 0.0]]))
    assert world == pytest.approx(np.array([[0, 0], [1, 1], [0.5, 0.5]]), abs=1e-9)


def test_a_tile_of_seoul_has_the_number_that_maps_give_it():
    # City Hall of Seoul at zoom 12: x = floor((126.978 + 180) / 360 * 4096), y by the formula
    assert tiles_over((126.978, 37.5665, 126.978, 37.5665), 12) == [(12, 3492, 1586)]


def test_neighbouring_tiles_share_their_edge_and_lose_nothing():
    square = shapely.box(0.1, 0.1, 0.9, 0.9)
    area = 0.0
    for x in (0, 1):
        for y in (0, 1):
            inside = shapely.box(0, 0, EXTENT, EXTENT)
            area += shapely.area(shapely.intersection(in_tile(square, (1, x, y)), inside))
    assert area / (2 * EXTENT) ** 2 == pytest.approx(0.64, abs=1e-3)


def test_layers_without_features_are_left_out():
    assert encoded_tile({"empty": []}) == b""
    tile = encoded_tile(
        {"a": [TileFeature(7, shapely.Point(1, 2), {"n": 3, "b": True, "s": "ㄱ"})]}
    )
    assert tile[:1] == b"\x1a"
    assert "ㄱ".encode() in tile
