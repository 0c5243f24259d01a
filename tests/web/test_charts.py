"""Charts drawn on the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from madang.web.charts import HEIGHT, WIDTH, Point, Threshold, line_chart

START = datetime(2026, 11, 21, 6, tzinfo=UTC)


def points(*values: float | None) -> list[Point]:
    return [Point(START + timedelta(hours=i), v) for i, v in enumerate(values)]


def drawn(*values: float | None, **options) -> etree._Element:
    return etree.fromstring(line_chart(points(*values), finding="rising", **options))


def test_an_unbroken_series_is_one_line():
    svg = drawn(1, 2, 3, 4)
    assert len(svg.findall(".//path[@class='value']")) == 1
    assert svg.find(".//path[@class='value']").get("d").count("L") == 3


def test_a_missing_hour_stays_a_gap():
    svg = drawn(1, 2, None, 4, 5)
    assert len(svg.findall(".//path[@class='value']")) == 2
    assert len(svg.findall(".//rect[@class='gap']")) == 1


def test_hours_that_are_not_in_the_list_are_a_gap_too():
    some = [
        *points(1, 2),
        Point(START + timedelta(hours=9), 3),
        Point(START + timedelta(hours=10), 4),
    ]
    svg = etree.fromstring(line_chart(some, finding="x"))
    assert len(svg.findall(".//path[@class='value']")) == 2


def test_a_value_that_stands_alone_is_a_dot():
    assert len(drawn(1, None, 3, None, 5).findall(".//circle")) == 3


def test_the_axis_starts_at_zero_and_ends_round():
    texts = [t.text for t in drawn(3, 37).findall(".//text")]
    assert texts == ["0", "50"]


def test_a_threshold_is_named_and_inside():
    svg = drawn(3, 37, threshold=Threshold(75, "advisory 75"))
    assert "advisory 75" in [t.text for t in svg.findall(".//text")]


def test_the_finding_is_read_out_and_escaped():
    svg = line_chart(points(1, 2), finding='<"&')
    assert etree.fromstring(svg).get("aria-label") == '<"&'


def test_one_moment_is_no_chart():
    assert line_chart(points(1), finding="x") == ""


@given(st.lists(st.none() | st.floats(0, 5000), min_size=2, max_size=60))
def test_every_mark_lies_inside_the_picture(values: list[float | None]):
    svg = drawn(*values)
    for path in svg.findall(".//path[@class='value']"):
        for pair in path.get("d")[1:].split("L"):
            x, y = map(float, pair.split())
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
