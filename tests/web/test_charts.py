"""Charts drawn on the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from madang.kernel.chart_lines import Line, Point, Span, Threshold
from madang.web.charts import UNITS, chart, position

START = datetime(2026, 11, 21, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def points(*values: float | None) -> list[Point]:
    return [Point(START + i * HOUR, v) for i, v in enumerate(values)]


def drawn(*values: float | None, **options) -> etree._Element:
    return etree.fromstring(chart([Line(points(*values))], finding="rising", **options))


def words(svg: etree._Element) -> list[str]:
    return [text.text for text in svg.findall(".//text")]


def test_an_unbroken_series_is_one_line():
    svg = drawn(1, 2, 3, 4)
    (path,) = svg.findall(".//path[@class='value value-measured']")
    assert path.get("d").count("L") == 3


def test_a_missing_hour_stays_a_gap():
    svg = drawn(1, 2, None, 4, 5)
    assert len(svg.findall(".//path[@class='value value-measured']")) == 2
    assert len(svg.findall(".//rect[@class='gap']")) == 1


def test_hours_that_are_not_in_the_list_are_a_gap_too():
    some = [*points(1, 2), Point(START + 9 * HOUR, 3), Point(START + 10 * HOUR, 4)]
    svg = etree.fromstring(chart([Line(some)], finding="x"))
    assert len(svg.findall(".//path[@class='value value-measured']")) == 2


def test_a_value_that_stands_alone_is_a_dot():
    assert len(drawn(1, None, 3, None, 5).findall(".//circle")) == 3


def test_the_axis_starts_at_zero_and_ends_round():
    assert words(drawn(3, 37)) == ["0", "20", "40", "37"]


def test_the_newest_value_stands_beside_the_line_with_its_name():
    line = Line(points(3, 37, None), name="PM2.5")
    assert "PM2.5 37" in words(etree.fromstring(chart([line], finding="x")))


def test_a_threshold_is_named_and_inside():
    svg = drawn(3, 37, threshold=Threshold(75, "advisory 75"))
    assert "advisory 75" in words(svg)
    assert "40" in words(svg), "half of the axis, which now ends at 80"


def test_a_number_of_the_axis_gives_way_to_the_name_of_the_limit():
    assert "20" not in words(drawn(3, 37, threshold=Threshold(20.5, "limit 20.5")))


def test_an_interval_is_a_band_and_breaks_where_it_is_unknown():
    spans = [Span(START + n * HOUR, 1.0, 3.0) for n in (0, 1, 5, 6, 9)]
    line = Line(points(*[2.0] * 10), kind="forecast", spans=spans)
    svg = etree.fromstring(chart([line], finding="x"))
    bands = svg.findall(".//path[@class='band band-forecast']")
    assert len(bands) == 2, "the span that stands alone has no width"
    assert all(band.get("d").endswith("Z") for band in bands)


def test_the_axis_reaches_over_the_band():
    line = Line(points(2.0, 2.0), spans=[Span(START, 1.0, 90.0), Span(START + HOUR, 1.0, 95.0)])
    assert "100" in words(etree.fromstring(chart([line], finding="x")))


def test_the_finding_is_read_out_and_escaped_with_its_detail():
    svg = chart([Line(points(1, 2))], finding='<"&', detail="<µg/m³>", name="pm")
    root = etree.fromstring(svg)
    assert (root.get("role"), root.get("aria-label")) == ("img", '<"&')
    assert root.find("desc").get("id") == root.get("aria-describedby") == "pm-detail"
    assert root.find("desc").text == "<µg/m³>"


@pytest.mark.parametrize("lines", [[], [Line([])], [Line(points(1))], [Line(points(1)[:1] * 2)]])
def test_one_moment_is_no_chart(lines):
    assert chart(lines, finding="x") == ""


def test_with_no_value_at_all_there_are_axes_and_one_gap():
    svg = drawn(None, None, None)
    assert len(svg.findall(".//rect[@class='gap']")) == 1
    assert not svg.findall(".//circle")


def test_words_at_the_edge_are_turned_inwards():
    ticks = [(START, "6"), (START + HOUR, "7"), (START + 2 * HOUR, "8")]
    svg = drawn(1, 2, 3, ticks=ticks)
    anchors = [t.get("text-anchor") for t in svg.findall(".//text[@class='tick']")]
    assert anchors == ["start", "middle", "end"]


def test_numbers_are_written_as_the_reader_writes_them():
    assert "3,7" in words(drawn(1, 3.7, number=lambda v: f"{v:g}".replace(".", ",")))


def test_a_place_in_time_is_a_share_of_the_width():
    assert position(START + HOUR, START, START + 4 * HOUR) == 25.0


@given(st.lists(st.none() | st.floats(0, 5000), min_size=2, max_size=60))
def test_every_mark_lies_inside_the_picture(values: list[float | None]):
    svg = drawn(*values)
    for path in svg.findall(".//path[@class='value value-measured']"):
        for pair in path.get("d")[1:].split("L"):
            assert all(0 <= float(part) <= UNITS for part in pair.split())
    for mark in [*svg.findall(".//circle"), *svg.findall(".//text")]:
        for name in ("x", "y", "cx", "cy"):
            if mark.get(name):
                assert 0 <= float(mark.get(name).rstrip("%")) <= 100


@pytest.mark.parametrize("newest", [34.0, 35.0, 37.0])
def test_the_name_of_a_limit_keeps_off_the_newest_value(newest: float):
    limit = Threshold(36.0, "bad from 36")
    svg = drawn(36.0, 30.0, 20.0, 20.0, 21.0, 20.0, newest, threshold=limit)
    (name,) = svg.findall(".//text[@class='limit-name']")
    assert name.get("text-anchor") == "start"
