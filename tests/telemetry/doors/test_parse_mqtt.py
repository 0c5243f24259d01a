"""What devices publish over MQTT."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.telemetry import refusals
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.mqtt import topic_name
from madang.telemetry.doors.parse_mqtt import Topic, parse_mqtt, topic_of

NOW = 1_795_359_600_000


def known(thing, code):
    return {("roof", "pm25"): 7, ("roof", "o3"): 8}.get((thing, code))


def read(rest, payload):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return parse_mqtt(Topic("north", rest), body, known, NOW)


def test_a_sensorthings_topic_carries_an_observation():
    parsed = read("v1.1/Datastreams(3)/Observations", {"result": 1.5})
    assert (parsed.ds[0], parsed.t[0], parsed.v[0]) == (3, NOW, 1.5)
    parsed = read("v1.1/Observations", {"result": 1.5, "Datastream": {"@iot.id": 4}})
    assert parsed.ds.tolist() == [4]


@pytest.mark.parametrize(
    "payload",
    [
        {"ds": [3, 4], "t": [NOW, NOW], "v": [1, 2]},
        [{"ds": 3, "t": NOW, "v": 1}, {"ds": 4, "time": "2026-11-22T15:00:00Z", "value": 2}],
    ],
)
def test_a_batch_topic_carries_columns_or_a_list(payload):
    parsed = read("obs", payload)
    assert parsed.ds.tolist() == [3, 4]
    assert parsed.t.tolist() == [NOW, NOW]
    assert parsed.v.tolist() == [1, 2]


def test_a_batch_topic_carries_a_single_observation_too():
    assert read("obs", {"ds": 3, "t": NOW, "v": 1}).ds.tolist() == [3]
    assert read("obs", {"thing": "roof", "property": "o3", "t": NOW, "v": 1}).ds.tolist() == [8]


def test_a_bad_row_of_a_batch_is_refused_alone():
    parsed = read("obs", {"ds": [3, "x"], "t": [NOW, NOW], "v": [1, 2]})
    assert parsed.row.tolist() == [0]
    assert [item.row for item in parsed.refused] == [1]


def test_a_telemetry_topic_names_things_and_properties():
    payload = {"roof": [{"ts": NOW, "values": {"pm25": 12, "o3": 0.03, "pm1": 4}}]}
    parsed = read("telemetry", payload)
    assert parsed.ds.tolist() == [7, 8]
    assert parsed.t.tolist() == [NOW, NOW]
    (refused,) = parsed.refused
    assert (refused.row, refused.code) == (2, refusals.UNKNOWN_DATASTREAM)


@pytest.mark.parametrize(
    ("rest", "payload"),
    [
        ("rejected", {}),
        ("obs/deeper", {}),
        ("obs", b"not json"),
        ("obs", 5),
        ("obs", b"\xff\xfe"),
        ("obs", b'{"ds":' + b"[" * 100_000),
        ("telemetry", [1]),
        ("telemetry", {"roof": [{"ts": 1}]}),
        ("v1.1/Things", {}),
    ],
)
def test_what_has_no_form_is_malformed(rest, payload):
    with pytest.raises(MalformedBody):
        read(rest, payload)


@given(st.sampled_from(["obs", "telemetry", "v1.1/Observations"]), st.binary(max_size=100))
def test_any_payload_is_read_or_malformed(rest, payload):
    try:
        parsed = read(rest, payload)
    except MalformedBody:
        return
    assert len(parsed.ds) + len(parsed.refused) == parsed.sent


def test_a_topic_names_its_gateway():
    assert topic_of("gw/north/v1.1/Observations") == Topic("north", "v1.1/Observations")
    for name in ("gw/north", "gw//obs", "gw/north/", "other/north/obs", "gw"):
        assert topic_of(name) is None


def test_subjects_turn_back_into_topics():
    subject = "gw.north.v1//1.Datastreams(3).Observations"
    assert topic_name(subject) == "gw/north/v1.1/Datastreams(3)/Observations"
