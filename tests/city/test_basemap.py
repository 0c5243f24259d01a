"""The base map: every unit is in it, official outlines take the schematic ones' place."""

from __future__ import annotations

import gzip
import json

import pytest
import shapely
from pmtiles.reader import MmapSource, Reader, all_tiles

from madang.city.api import load_profile
from madang.city.basemap import ensure_basemap, outlines_digest, stored_basemap

CITY = "addis_ababa"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return ensure_basemap(load_profile(CITY), tmp_path_factory.mktemp("maps"))


def test_it_holds_every_level_with_its_labels(made):
    with made.path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
        bodies = [gzip.decompress(body) for _tile, body in all_tiles(MmapSource(file))]
    levels = [level.id for level in load_profile(CITY).levels]
    wanted = {name for level in levels for name in (level, f"{level}-label")}
    assert {layer["id"] for layer in metadata["vector_layers"]} == wanted
    assert header["max_zoom"] == 12
    assert len(bodies) == made.tiles
    for unit in load_profile(CITY).districts():
        assert any(unit.name().encode() in body for body in bodies), unit.name()


def test_its_bounds_are_those_of_the_outlines(made):
    profile = load_profile(CITY)
    shapes = [o.shape for level in profile.levels for o in profile.outlines(level.id).values()]
    assert made.bounds == pytest.approx(shapely.total_bounds(shapes).tolist())


def test_it_is_made_once_and_again_where_outlines_change(tmp_path):
    profile = load_profile(CITY)
    first = ensure_basemap(profile, tmp_path)
    stamp = first.path.stat().st_mtime_ns
    assert ensure_basemap(profile, tmp_path).path.stat().st_mtime_ns == stamp
    boundaries = tmp_path / "boundaries"
    write_official(profile, boundaries)
    official = load_profile(CITY, boundaries=boundaries)
    assert outlines_digest(official) != first.digest
    second = ensure_basemap(official, tmp_path)
    assert "official" in second.kinds[profile.district_level]


def write_official(profile, folder):
    from madang.city.boundaries import import_boundaries

    unit = profile.districts()[0]
    square = shapely.box(*shapely.buffer(shapely.Point(*unit.centre), 0.02).bounds)
    feature = {
        "type": "Feature", "properties": {"code": unit.code}, "geometry": json.loads(
            shapely.to_geojson(square)),
    }  # fmt: skip
    file = folder.parent / "official.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    import_boundaries(file, folder, profile.city, profile.unit_table, level=profile.district_level)


def test_half_a_file_is_no_base_map(tmp_path):
    made = ensure_basemap(load_profile(CITY), tmp_path)
    made.path.write_bytes(made.path.read_bytes()[:1000])
    assert stored_basemap(made.path) is None
    assert ensure_basemap(load_profile(CITY), tmp_path).path.stat().st_size > 1000


def test_a_city_without_places_has_no_tiles_and_says_so(tmp_path, monkeypatch):
    profile = load_profile(CITY)
    monkeypatch.setattr(type(profile), "outlines", lambda self, level, on=None: {})
    made = ensure_basemap(profile, tmp_path)
    assert (made.tiles, made.path.read_bytes()) == (0, b"")
    assert stored_basemap(made.path) == made
