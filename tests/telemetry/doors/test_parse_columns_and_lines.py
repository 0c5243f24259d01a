"""Columnar JSON and JSON lines."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.telemetry import refusals
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.parse_columns import parse_columns
from madang.telemetry.doors.parse_lines import parse_lines
from tests.telemetry.doors.test_parse_sta import json_values

NOW = 1_795_359_600_000


def known(thing, code):
    return 7 if (thing, code) == ("roof", "pm25") else None


def columns(ds, t, v):
    return parse_columns(json.dumps({"ds": ds, "t": t, "v": v}).encode())


def test_columns_are_read_as_they_stand():
    parsed = columns([1, 2], [NOW, NOW + 1], [1.5, None])
    assert parsed.ds.tolist() == [1, 2]
    assert parsed.t.tolist() == [NOW, NOW + 1]
    assert parsed.v[0] == 1.5
    assert np.isnan(parsed.v[1])


def test_one_datastream_may_stand_for_all_rows():
    assert columns(4, [NOW, NOW], [1, 2]).ds.tolist() == [4, 4]


def test_times_may_be_texts():
    assert columns(4, ["2026-11-22T15:00:00Z"], [1]).t.tolist() == [NOW]


@pytest.mark.parametrize("fast", [True, False])
def test_only_the_bad_rows_of_columns_are_refused(fast):
    ds = [1, 0, 3, 4, 5, True]
    t = [NOW, NOW, 2**70, NOW, NOW, NOW]
    v = [1.0, 1.0, 1.0, float("nan"), "x", 1.0]
    if fast:  # the typed reader and the row by row reader agree on what is good
        ds, t, v = ds[:1], t[:1], v[:1]
    parsed = columns(ds, t, v)
    assert parsed.row.tolist() == [0]
    codes = [item.code for item in parsed.refused]
    assert codes == (
        []
        if fast
        else ["unknown-datastream", "out-of-range-time", "not-finite", "malformed", "malformed"]
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'{"ds":[1],"t":[1]}',
        b'{"ds":[1],"t":[1],"v":[1,2]}',
        b'{"ds":[1],"t":5,"v":[1]}',
        b'{"ds":[1],"t":[1],"v":[1]} and more',
        b'{"ds":' + b"[" * 50_000,
        b'{"ds":[1],"t":[1],"v":["\xff"]}',
    ],
)
def test_a_body_of_another_form_is_malformed(body):
    with pytest.raises(MalformedBody):
        parse_columns(body)


@given(st.lists(st.tuples(json_values, json_values, json_values), max_size=5))
def test_whatever_columns_hold_each_row_is_kept_or_refused(rows):
    parsed = columns(*(list(column) for column in zip(*rows, strict=True))) if rows else None
    if parsed is not None:
        assert len(parsed.ds) + len(parsed.refused) == parsed.sent == len(rows)


@given(st.binary(max_size=200))
def test_any_bytes_are_columns_or_malformed(body):
    try:
        parse_columns(body)
    except MalformedBody:
        return
    raise AssertionError(body)


def test_lines_name_a_datastream_or_a_thing_and_a_property():
    body = b"\n".join(
        [
            b'{"ds": 3, "t": 1795359600000, "v": 21.5}',
            b'{"ds": 3, "time": "2026-11-22T15:00:00Z", "value": 22}',
            b'{"thing": "roof", "property": "pm25", "t": 1795359600000, "v": null}',
        ]
    )
    parsed = parse_lines(body, known)
    assert parsed.ds.tolist() == [3, 3, 7]
    assert parsed.t.tolist() == [NOW] * 3
    assert not parsed.refused


def test_uniform_lines_are_read_the_same_way_as_mixed_ones():
    lines = [json.dumps({"ds": n, "t": NOW + n, "v": n / 2}).encode() for n in range(1, 50)]
    fast = parse_lines(b"\n".join(lines), known)
    slow = parse_lines(b"\n".join([*lines, b"{"]), known)
    for name in ("ds", "t", "v", "row"):
        assert getattr(fast, name).tolist() == getattr(slow, name).tolist()
    assert len(slow.refused) == 1


def test_a_bad_line_is_refused_alone_and_named_by_its_place():
    body = b'{"ds":1,"t":1,"v":1}\n\nnonsense\n\xff\n{"ds":1,"t":1}\n[]\n{"ds":2,"t":2,"v":2}\n'
    parsed = parse_lines(body, known)
    assert parsed.ds.tolist() == [1, 2]
    assert parsed.row.tolist() == [0, 6]
    assert [item.row for item in parsed.refused] == [2, 3, 4, 5]
    assert parsed.refused[0].payload == b"nonsense"


def test_an_unknown_name_is_an_unknown_datastream():
    (refused,) = parse_lines(b'{"thing":"x","property":"pm25","t":1,"v":1}', known).refused
    assert refused.code == refusals.UNKNOWN_DATASTREAM


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_any_lines_are_kept_or_refused(lines):
    body = b"\n".join(lines)
    parsed = parse_lines(body, known)
    filled = sum(1 for line in body.split(b"\n") if line.strip())
    assert len(parsed.ds) + len(parsed.refused) == filled
