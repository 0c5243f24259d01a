"""SensorThings observations, alone and as data arrays."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.telemetry import refusals
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.parse_sta import parse_data_array, parse_observation

NOW = 1_795_359_600_000  # 2026-11-22T15:00:00Z
LINK = {"Datastream": {"@iot.id": 3}}


def one(**members):
    return parse_observation(json.dumps({**LINK, **members}).encode(), NOW)


def test_an_observation_is_its_datastream_time_and_result():
    parsed = one(phenomenonTime="2026-11-22T15:00:00.250Z", result=21.5)
    assert (parsed.ds[0], parsed.t[0], parsed.v[0]) == (3, NOW + 250, 21.5)
    assert not parsed.refused


def test_the_offset_of_a_time_counts():
    assert one(phenomenonTime="2026-11-23T00:00:00+09:00", result=1).t[0] == NOW


def test_of_an_interval_the_end_counts():
    interval = "2026-11-22T14:00:00Z/2026-11-22T15:00:00Z"
    assert one(phenomenonTime=interval, result=1).t[0] == NOW


def test_midnight_may_be_written_as_the_end_of_the_day():
    assert one(phenomenonTime="2026-11-22T24:00:00+09:00", result=1).t[0] == NOW


def test_without_a_time_the_time_of_arrival_is_taken():
    assert one(result=1).t[0] == NOW


def test_a_null_result_is_a_missing_value():
    parsed = one(result=None)
    assert np.isnan(parsed.v[0])
    assert not parsed.refused


def test_the_datastream_of_the_path_counts():
    assert parse_observation(b'{"result": 1}', NOW, 9).ds[0] == 9


@pytest.mark.parametrize(
    ("members", "code", "word"),
    [
        ({}, refusals.MALFORMED, "result"),
        ({"result": "21.5"}, refusals.MALFORMED, "not a number"),
        ({"result": True}, refusals.MALFORMED, "not a number"),
        ({"result": [1]}, refusals.MALFORMED, "not a number"),
        ({"result": float("nan")}, refusals.NOT_FINITE, "finite"),
        ({"result": float("-inf")}, refusals.NOT_FINITE, "finite"),
        ({"result": 10**400}, refusals.NOT_FINITE, "larger"),
        ({"result": 1, "phenomenonTime": "yesterday"}, refusals.MALFORMED, "time"),
        ({"result": 1, "phenomenonTime": "2026-11-22T15:00:00"}, refusals.MALFORMED, "offset"),
        ({"result": 1, "phenomenonTime": 5}, refusals.MALFORMED, "ISO 8601"),
        ({"result": 1, "Datastream": {"name": "new"}}, refusals.MALFORMED, "Datastream"),
        ({"result": 1, "Datastream": {"@iot.id": "3"}}, refusals.MALFORMED, "whole number"),
        ({"result": 1, "Datastream": {"@iot.id": -3}}, refusals.UNKNOWN_DATASTREAM, "no datastr"),
        ({"result": 1, "Datastream": {"@iot.id": 2**40}}, refusals.UNKNOWN_DATASTREAM, "no data"),
    ],
)
def test_an_observation_that_cannot_be_read_is_refused_with_a_reason(members, code, word):
    (refused,) = one(**members).refused
    assert refused.code == code
    assert word in refused.reason


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"result": 1', b"[" * 100_000, b"9" * 5000]
)
def test_a_body_that_is_not_json_is_malformed(body):
    with pytest.raises(MalformedBody):
        parse_observation(body, NOW)


def array(*rows, components=("phenomenonTime", "result"), ds=3):
    group = {"Datastream": {"@iot.id": ds}, "components": components, "dataArray": rows}
    return json.dumps([group]).encode()


def test_a_data_array_is_read_in_order():
    parsed = parse_data_array(
        array(["2026-11-22T15:00:00Z", 1], ["2026-11-22T15:00:01Z", 2.5]), NOW
    )
    assert parsed.ds.tolist() == [3, 3]
    assert parsed.t.tolist() == [NOW, NOW + 1000]
    assert parsed.v.tolist() == [1.0, 2.5]


def test_a_bad_row_of_a_data_array_is_refused_alone():
    body = array(["2026-11-22T15:00:00Z", 1], ["no time", 2], ["2026-11-22T15:00:02Z", 3], [1])
    parsed = parse_data_array(body, NOW)
    assert parsed.row.tolist() == [0, 2]
    assert [item.row for item in parsed.refused] == [1, 3]
    assert parsed.sent == 4


def test_rows_are_numbered_through_all_groups():
    groups = json.loads(array([None, 1], [None, "x"])) + json.loads(array([None, 2], ds=4))
    parsed = parse_data_array(json.dumps(groups).encode(), NOW)
    assert parsed.row.tolist() == [0, 2]
    assert parsed.ds.tolist() == [3, 4]
    assert [item.row for item in parsed.refused] == [1]


def test_a_missing_value_and_an_infinity_of_one_column_are_told_apart():
    body = array(["2026-11-22T15:00:00Z", None], ["2026-11-22T15:00:00Z", float("inf")])
    parsed = parse_data_array(body, NOW)
    assert parsed.row.tolist() == [0]
    assert np.isnan(parsed.v[0])
    assert [item.code for item in parsed.refused] == [refusals.NOT_FINITE]


def test_further_components_are_not_kept():
    body = array(["2026-11-22T15:00:00Z", 7, {"a": 1}], components=["resultTime", "result", "p"])
    assert parse_data_array(body, NOW).v.tolist() == [7.0]


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[1]", b'[{"dataArray": []}]', b'[{"dataArray": [], "components": ["id"]}]'],
)
def test_a_data_array_of_another_form_is_malformed(body):
    with pytest.raises(MalformedBody):
        parse_data_array(body, NOW)


def test_an_empty_list_holds_no_rows():
    assert parse_data_array(b"[]", NOW).sent == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.lists(st.lists(json_values, min_size=2, max_size=2), max_size=6))
def test_whatever_a_row_holds_it_is_kept_or_refused(rows):
    parsed = parse_data_array(array(*rows), NOW)
    assert len(parsed.ds) + len(parsed.refused) == parsed.sent == len(rows)
    kept = parsed.v[~np.isnan(parsed.v)]
    assert np.isfinite(kept).all()
    assert {item.code for item in parsed.refused} <= set(refusals.CODES)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_malformed(body):
    for parse in (parse_observation, parse_data_array):
        try:
            parsed = parse(body, NOW)
        except MalformedBody:
            continue
        assert len(parsed.ds) + len(parsed.refused) == parsed.sent


def test_groups_read_together_are_what_they_are_alone():
    groups = [
        {
            "Datastream": {"@iot.id": ds},
            "components": ["result", "phenomenonTime"],
            "dataArray": [[ds + n / 10, f"2026-11-22T0{n}:00:00Z"] for n in range(ds % 3 + 1)],
        }
        for ds in (7, 8, 9, 7)
    ]
    together = parse_data_array(json.dumps(groups).encode(), NOW)
    spoiled = json.dumps([*groups, {**groups[0], "dataArray": [[None, "not a time"]]}]).encode()
    alone = parse_data_array(spoiled, NOW)
    for name in ("ds", "t", "v", "row"):
        np.testing.assert_array_equal(getattr(together, name), getattr(alone, name))
    assert (together.sent, together.refused) == (8, ())
    assert [item.row for item in alone.refused] == [8]
