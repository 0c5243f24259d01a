"""Official boundaries in place of schematic outlines."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from madang.city.api import InvalidBoundaries, load_profile
from madang.city.boundaries import import_boundaries
from madang.city.outlines import SCHEMATIC_SOURCE
from madang.kernel.config import settings
from madang.kernel.errors import BadInput, Unavailable
from madang.kernel.geometry import Locator, read_features

APRIL_2021 = date(2021, 4, 30)
TODAY = date(2026, 11, 22)


def _take(file, folder, **options):
    seoul = load_profile("seoul")
    return import_boundaries(file, folder, seoul.city, seoul.unit_table, **options)


def _squares(codes, **properties):
    """Return a file's content: a square of 0.01 degrees per code, side by side."""
    features = [
        {
            "type": "Feature",
            "properties": {"adm_cd": code, **properties},
            "geometry": shapely.geometry.mapping(
                shapely.box(126.8 + 0.01 * n, 37.5, 126.81 + 0.01 * n, 37.51)
            ),
        }
        for n, code in enumerate(codes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture
def district_codes():
    return [unit.code for unit in load_profile("seoul").units("district", TODAY)]


def test_without_an_import_every_outline_says_that_it_is_schematic():
    seoul = load_profile("seoul")
    for level in ("district", "dong"):
        outlines = seoul.outlines(level, TODAY)
        assert len(outlines) == len(seoul.units(level, TODAY))
        assert {o.kind for o in outlines.values()} == {"schematic"}
        assert {o.source for o in outlines.values()} == {SCHEMATIC_SOURCE}


def test_a_point_in_a_neighbourhood_is_in_its_district():
    seoul = load_profile("seoul")
    random = np.random.default_rng(20)
    lons, lats = 126.75 + random.random(2000) * 0.45, 37.4 + random.random(2000) * 0.33
    dongs, districts = (seoul.units_at(lons, lats, level, TODAY) for level in ("dong", "district"))
    above = [seoul.unit(code).parent if code else "" for code in dongs]
    assert above == districts.tolist()
    assert 0 < (dongs == "").mean() < 0.6


def test_outlines_of_a_level_do_not_overlap():
    outlines = load_profile("seoul").outlines("district", TODAY)
    joined = shapely.union_all([outline.shape for outline in outlines.values()])
    assert sum(o.shape.area for o in outlines.values()) == pytest.approx(joined.area, rel=1e-9)


def test_an_import_is_kept_and_labelled_official(tmp_path, district_codes):
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(district_codes), encoding="utf-8")
    done = _take(file, tmp_path / "kept", source="Seoul, 2026")
    assert (done.level, done.outlines, done.missing) == ("district", 25, ())
    seoul = load_profile("seoul", boundaries=tmp_path / "kept")
    outline = seoul.unit(district_codes[3]).outline
    assert (outline.kind, outline.source) == ("official", "Seoul, 2026")
    assert seoul.unit_at(126.835, 37.505, "district").code == district_codes[3]
    # neighbourhoods stay schematic, but within the official outline of their district
    dong = seoul.unit_at(126.835, 37.505)
    assert dong.parent == district_codes[3]
    assert dong.outline.kind == "schematic"
    assert shapely.covers(outline.shape.buffer(1e-9), dong.outline.shape)


def test_codes_of_another_system_in_another_property_are_found(tmp_path):
    kostat = [unit.codes["kostat"] for unit in load_profile("seoul").units("district", TODAY)]
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(kostat, name="same"), encoding="utf-8")
    assert _take(file, tmp_path / "kept").outlines == 25
    kept = read_features(tmp_path / "kept" / "seoul" / "district.geojson")
    assert kept[0].id == "11110"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda codes: [*codes, "99999"], r"features\[25\] there is no district '99999'"),
        (lambda codes: [*codes, codes[0]], r"features\[25\] '11110' is also the code"),
        (lambda codes: ["x", "y"], "no property holds the codes"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(tmp_path, district_codes, change, message):
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(change(district_codes)), encoding="utf-8")
    with pytest.raises(InvalidBoundaries, match=message):
        _take(file, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_points_are_no_boundaries(tmp_path, district_codes):
    content = json.loads(_squares(district_codes))
    content["features"][2]["geometry"] = {"type": "Point", "coordinates": [127, 37.5]}
    file = tmp_path / "gu.geojson"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InvalidBoundaries, match=r"features\[2\] is a Point, not a polygon"):
        _take(file, tmp_path / "kept")


def test_a_level_that_the_city_lacks_is_named_with_those_it_has(tmp_path, district_codes):
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(district_codes), encoding="utf-8")
    with pytest.raises(InvalidBoundaries, match="it has district, dong"):
        _take(file, tmp_path, level="borough")
    with pytest.raises(BadInput, match=r"none.geojson"):
        _take(tmp_path / "none.geojson", tmp_path)


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_left(tmp_path, district_codes):
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(district_codes), encoding="utf-8")
    (tmp_path / "kept").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(Unavailable, match=r"district.geojson cannot be written"):
        _take(file, tmp_path / "kept")


def test_a_kept_file_that_was_damaged_is_named(tmp_path, district_codes):
    file = tmp_path / "gu.geojson"
    file.write_text(_squares(district_codes), encoding="utf-8")
    path = _take(file, tmp_path / "kept").path
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(BadInput, match=r"district.geojson.*not JSON"):
        load_profile("seoul", boundaries=tmp_path / "kept").outlines("district")


def _real(name: str) -> Path:
    path = settings().shared / "data" / "seoul" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there (MADANG_SHARED)")
    return path


@pytest.mark.shared
def test_the_real_boundaries_of_april_2021_are_taken_on_both_levels(tmp_path):
    assert _take(_real("gu.geojson"), tmp_path).outlines == 25
    done = _take(_real("dong.geojson"), tmp_path, source="admdongkor, April 2021")
    assert done.outlines == 425
    assert set(done.ended) == {"1168074000", "1174052000"}
    assert set(done.missing) == {"1168067500", "1174052500", "1174052600"}
    seoul = load_profile("seoul", boundaries=tmp_path)
    assert {o.kind for o in seoul.outlines("dong", APRIL_2021).values()} == {"official"}
    later = seoul.outlines("dong", TODAY)
    assert len(later) == 426
    # what came later is drawn inside the official outline of what it came from, and says so
    gaepo, ilwon = later["1168067500"], seoul.unit("1168074000").outline
    assert (gaepo.kind, ilwon.kind) == ("schematic", "official")
    assert shapely.equals_exact(gaepo.shape.normalize(), ilwon.shape.normalize(), 1e-6)
    halves = [later[code].shape for code in ("1174052500", "1174052600")]
    whole = seoul.unit("1174052000").outline.shape
    assert shapely.union_all(halves).area == pytest.approx(whole.area, rel=1e-6)


@pytest.mark.shared
def test_districts_joined_from_real_neighbourhoods_are_official_and_agree(tmp_path):
    _take(_real("dong.geojson"), tmp_path)
    seoul = load_profile("seoul", boundaries=tmp_path)
    outlines = seoul.outlines("district", APRIL_2021)
    assert {o.kind for o in outlines.values()} == {"official"}
    for feature in read_features(_real("gu.geojson")):
        both = outlines[feature.id].shape.symmetric_difference(feature.geometry).area
        assert both < 0.03 * feature.geometry.area  # simplified to 40 m there, to 25 m here


@pytest.mark.shared
@pytest.mark.parametrize(
    ("level", "name", "floor"), [("district", "gu", 0.90), ("dong", "dong", 0.70)]
)
def test_schematic_outlines_are_right_this_often(level, name, floor):
    # measured: 91.6 % of the city's area for districts, 71.2 % for neighbourhoods
    features = read_features(_real(f"{name}.geojson"))
    random = np.random.default_rng(1)
    lons, lats = 126.76 + random.random(20_000) * 0.43, 37.42 + random.random(20_000) * 0.29
    real = Locator(tuple(f.geometry for f in features)).index(lons, lats)
    inside = real >= 0
    codes = np.array([f.id for f in features], dtype=object)[real[inside]]
    ours = load_profile("seoul").units_at(lons[inside], lats[inside], level, APRIL_2021)
    assert (codes == ours).mean() > floor
