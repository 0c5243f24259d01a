"""The index of a city: built in, or a table that its profile brings."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from madang.air.engine.table_index import Part, Table, bands, sub_index
from madang.air.errors import InvalidRules
from madang.air.index_spec import IndexSpec
from madang.air.rule_set import parse_rule_set
from madang.air.standards import Standard

# Breakpoints of the Colombian index for PM2.5, Resolución 2254 de 2017, tabla 6: printed in whole
# µg/m³, so that the next class begins one above.
ICA = Table((50, 100, 150, 200, 300, 500), {"pm25": Part(24, (12, 37, 55, 150, 250, 500), 1)})
# Indonesia, P.14/MENLHK/SETJEN/KUM.1/7/2020: classes touch.
ISPU = Table((50, 100, 200, 300), {"pm25": Part(24, (15.5, 55.4, 150.4, 250.4))}, 301)

FILE = """\
version: "1"
time_zone: Asia/Jakarta
language: id
stations: {classes: [reference], completeness: 0.75, min_share: 0.5}
index:
  standard: table
  name: {id: ISPU}
  title: {id: Indeks Standar Pencemar Udara}
  source: P.14/2020
  highest: 301
  classes:
    - {id: baik, top: 50, grade: good, name: {id: Baik, en: Good}}
    - {id: sedang, top: 100, grade: moderate, name: {id: Sedang}}
    - {id: tidak_sehat, top: 200, grade: bad, name: {id: Tidak sehat}}
    - {id: sangat_tidak_sehat, top: 300, grade: very_bad, name: {id: Sangat tidak sehat}}
    - {id: berbahaya, grade: very_bad, name: {id: Berbahaya}}
  pollutants:
    pm25: {hours: 24, unit: µg/m³, tops: [15.5, 55.4, 150.4, 250.4]}
    o3: {hours: 24, unit: µg/m³, tops: [120, 235, 400, 800]}
"""


def spec(text: str = FILE) -> Standard:
    return parse_rule_set(text.encode(), "air.yaml").standard


def test_a_printed_table_leaves_no_gap_between_its_classes():
    # (51..100) over (13..37): 51 + 49/24 * (25 - 13) = 75.5, halves up
    assert sub_index(ICA, "pm25", [12.0, 12.9, 13.0, 25.0, 37.0]).tolist() == [50, 50, 51, 76, 100]
    assert [(b.low, b.index_low) for b in bands(ICA, ICA.parts["pm25"])][:2] == [(0, 0), (13, 51)]


def test_classes_that_touch_are_one_line():
    found = sub_index(ISPU, "pm25", np.array([0.0, 15.5, 35.45, 55.4, 250.4, 900.0, np.nan]))
    assert found[:6].tolist() == [0, 50, 75, 100, 300, 301]
    assert math.isnan(found[6])


@pytest.mark.parametrize("table", [ICA, ISPU])
def test_more_dust_is_never_a_better_index(table):
    rising = sub_index(table, "pm25", np.linspace(0, 600, 6001))
    assert (np.diff(rising) >= 0).all()


def test_gases_are_converted_before_the_table_is_read():
    # 0.0611 ppm of ozone at 25 °C and 1 atm are 0.0611 * 1000 * 47.997 / 24.465 = 119.9 µg/m³
    assert spec().index({"o3": 0.0611}).value == 50


def test_the_index_is_that_of_the_worst_and_has_grade_and_class():
    standard = spec()
    found = standard.index({"pm25": 60.0, "o3": 0.02})
    assert (found.value, found.main, found.category) == (105, "pm25", "bad")
    assert standard.class_of(105).id == "tidak_sehat"
    assert standard.class_name(105, ("vi", "id")) == "Tidak sehat"
    assert standard.class_name(40, ("vi", "en", "id")) == "Good"
    assert standard.class_of(301).id == "berbahaya"


def test_the_mean_needs_three_quarters_of_its_hours():
    standard = spec()
    assert standard.window_h == 24
    assert standard.counted("pm25", [20.0] * 18 + [math.nan] * 6) == 20.0
    assert standard.counted("pm25", [20.0] * 17 + [math.nan] * 7) is None


def test_without_a_section_the_index_is_the_us_one_and_says_so():
    standard = Standard(IndexSpec())
    assert standard.index({"pm25": 60.0}).category == "very_bad"
    assert standard.class_name(155, ("am", "en")) == "Unhealthy"
    assert standard.spec.name["en"] == "US AQI"


def test_the_korean_index_keeps_its_four_words():
    standard = Standard(IndexSpec(standard="cai"))
    assert standard.window_h == 12
    values = {"pm25": 76.0, "pm10": 40.0, "no2": 0.02, "o3": 0.02}
    assert standard.index(values).category == "very_bad"
    assert standard.index({"pm25": 76.0}).value is None


@pytest.mark.parametrize(
    ("old", "new", "field", "text"),
    [
        ("top: 100", "top: 40", "index.classes[1].top", "not above"),
        ("standard: table", "standard: us", "index.standard", "built in"),
        ("µg/m³, tops: [15.5", "ppm, tops: [15.5", "index.pollutants.pm25.unit", "dust"),
        ("55.4, 150.4", "150.4, 55.4", "index.pollutants.pm25.tops", "must rise"),
        ("grade: moderate", "grade: very_bad", "index.classes", "better"),
        ("name: {id: Sedang}", "name: {en: Moderate}", "index.classes[1].name", "'id'"),
        ("pm25: {hours", "pm1: {hours", "index.pollutants.pm1", "is not one of"),
        ("highest: 301", "required: [co]", "index.required", "'co'"),
        ("grade: good,", "grade: fine,", "index.classes[0].grade", "fine"),
    ],
)
def test_a_wrong_table_is_refused_by_line_and_field(old, new, field, text):
    with pytest.raises(InvalidRules, match=text) as caught:
        spec(FILE.replace(old, new))
    assert field in str(caught.value)
    assert caught.value.line


def test_the_sections_of_the_file_are_what_the_reference_says():
    assert set(IndexSpec.__struct_fields__) >= set(msgspec.yaml.decode(FILE)["index"])
