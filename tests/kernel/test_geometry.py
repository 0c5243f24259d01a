"""Distances, cells, point in polygon and GeoJSON."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.kernel import geometry
from madang.kernel.errors import BadInput


def test_distances_are_those_of_the_sphere():
    # a quarter of the meridian of the mean sphere: pi/2 R
    assert geometry.haversine(0, 0, 0, 90) == pytest.approx(np.pi / 2 * geometry.EARTH_RADIUS_M)
    # Seoul City Hall to Busan City Hall, 325 km on the ellipsoid (Vincenty)
    seoul_busan = geometry.haversine(126.9780, 37.5665, 129.0756, 35.1796)
    assert seoul_busan == pytest.approx(325_000, rel=0.01)
    assert np.isnan(geometry.haversine(np.nan, 0, 0, 0))


def test_the_local_plane_keeps_distances_within_a_thousandth():
    plane = geometry.LocalPlane(126.98, 37.56)
    corners = np.array([[126.76, 37.43], [127.18, 37.70]])
    a, b = plane.metres(corners)
    flat = np.hypot(*(b - a))
    assert flat == pytest.approx(geometry.haversine(*corners[0], *corners[1]), rel=1e-3)
    assert plane.degrees(plane.metres(corners)) == pytest.approx(corners)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_cells_tile_the_hull_and_hold_what_is_nearest(count, seed):
    random = np.random.default_rng(seed)
    lons, lats = 127 + random.random(count) * 0.3, 37.4 + random.random(count) * 0.3
    hull = geometry.buffered_hull(lons, lats, 1500.0)
    cells = geometry.voronoi_cells(lons, lats, hull)
    assert len(cells) == count
    assert sum(cell.area for cell in cells) == pytest.approx(hull.area, rel=1e-6)
    x, y = 127 + random.random(200) * 0.3, 37.4 + random.random(200) * 0.3
    inside = shapely.contains_xy(hull, x, y)
    found = geometry.Locator(tuple(cells)).index(x[inside], y[inside])
    plane = geometry.LocalPlane.around(lons, lats)
    there = plane.metres(np.column_stack([x[inside], y[inside]]))
    centres = plane.metres(np.column_stack([lons, lats]))
    distance = np.linalg.norm(there[:, None] - centres, axis=2)
    assert (distance[np.arange(len(found)), found] <= distance.min(axis=1) + 0.01).all()


def test_points_that_coincide_share_one_cell():
    hull = shapely.box(126.9, 37.4, 127.2, 37.7)
    cells = geometry.voronoi_cells([127.0, 127.0, 127.1], [37.5, 37.5, 37.5], hull)
    assert [cell.is_empty for cell in cells] == [False, True, False]
    alone = geometry.voronoi_cells([127.0, 127.0], [37.5, 37.5], hull)
    assert alone[0].equals(hull)
    assert alone[1].is_empty
    assert geometry.voronoi_cells([], [], hull) == []


def test_the_first_polygon_has_a_shared_edge_and_nothing_has_the_sea():
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    locator = geometry.Locator((west, east))
    found = locator.index([0.5, 1.0, 1.5, 9.0, np.nan], [0.5, 0.5, 0.5, 0.5, 0.5])
    assert found.tolist() == [0, 0, 1, -1, -1]
    assert locator.index(np.full((2, 3), 1.5), 0.5).shape == (2, 3)


def test_features_go_out_and_come_back(tmp_path):
    features = [geometry.Feature("a", {"ko": "가"}, shapely.box(0, 0, 1, 1))]
    path = tmp_path / "cells.geojson"
    content = geometry.feature_collection(features, {"label": "schematic"})
    path.write_text(json.dumps(content), encoding="utf-8")
    assert geometry.read_features(path) == features
    assert content["label"] == "schematic"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not UTF-8"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "no list 'features'"),
        (b'{"type": "FeatureCollection", "features": [{}]}', r"features\[0\] has no geometry"),
        (
            b'{"type": "FeatureCollection", "features": [{"geometry": {"type": "Blob"}}]}',
            r"features\[0\].geometry cannot be read",
        ),
        (
            b'{"type":"FeatureCollection","features":'
            b'[{"geometry":{"type":"Polygon","coordinates":[]}}]}',
            r"features\[0\].geometry is empty",
        ),
    ],
)
def test_a_bad_file_is_named_with_its_fault(tmp_path, content, message):
    path = tmp_path / "bad.geojson"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message) as caught:
        geometry.read_features(path)
    assert str(path) in caught.value.message


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        geometry.read_features(tmp_path / "none.geojson")


def test_a_polygon_that_crosses_itself_is_made_valid(tmp_path):
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    path = tmp_path / "bow.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{"geometry": bow}]}), encoding="utf-8"
    )
    assert geometry.read_features(path)[0].geometry.is_valid
    assert geometry.polygonal(geometry.read_features(path)[0].geometry).area == pytest.approx(0.5)
