"""Files of observations: layouts, line numbers, repetitions."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.kernel.errors import BadInput
from madang.telemetry.doors.files import Reading, chunks, without_repetitions
from madang.telemetry.doors.rows import columns

SEOUL = ZoneInfo("Asia/Seoul")
UNITS = {"pm25": "ug/m3", "pm10": "ug/m3", "o3": "[ppm]"}
NOON = 1_795_316_400_000  # 2026-11-22T12:00:00+09:00


def known(thing, code):
    return {("roof", "pm25"): 7, ("roof", "pm10"): 8, ("roof", "o3"): 9}.get((thing, code))


READING = Reading(known, UNITS, SEOUL, "roof")


def read(path, reading=READING):
    (found,) = chunks(path, reading)
    return found


def text(tmp_path, name, lines):
    path = tmp_path / name
    path.write_bytes(lines if isinstance(lines, bytes) else "\n".join(lines).encode())
    return path


def test_csv_by_datastream_names_lines_as_an_editor_does(tmp_path):
    lines = ["time,ds,value", "2026-11-22 12:00,3,1.5", "", "x,3,1", "1795316400000,4,", "a,b"]
    found = read(text(tmp_path, "a.csv", lines))
    assert found.row.tolist() == [2, 5]
    assert found.t.tolist() == [NOON, NOON]
    assert found.v[0] == 1.5
    assert np.isnan(found.v[1])
    assert [item.row for item in found.refused] == [4, 6]


def test_the_wide_form_becomes_one_observation_for_each_value(tmp_path):
    lines = ["time,pm25_ugm3,pm10_ugm3,o3_ppm", "2026-11-22 12:00,17,31,", "2026-11-22 12:00,x,1,2"]
    found = read(text(tmp_path, "wide.csv", lines))
    points = list(zip(found.ds.tolist(), found.v.tolist(), found.row.tolist(), strict=True))
    assert points == [(7, 17.0, 2), (8, 31.0, 2), (8, 1.0, 3), (9, 2.0, 3)]
    assert [(item.row, item.code) for item in found.refused] == [(3, "malformed")]


def test_a_station_column_counts_before_the_given_station(tmp_path):
    found = read(text(tmp_path, "w.csv", ["time,station,pm25", f"{NOON},roof,1", f"{NOON},x,2"]))
    assert found.ds.tolist() == [7]
    assert [item.code for item in found.refused] == ["unknown-datastream"]


def test_the_end_of_a_day_is_the_start_of_the_next(tmp_path):
    lines = ["time,ds,value", "2026-11-21 24:00,1,1", "2026-11-22 00:00,2,1"]
    found = read(text(tmp_path, "a.csv", lines))
    assert found.t[0] == found.t[1]


def test_json_lines_of_every_layout(tmp_path):
    lines = [
        '{"ds": 3, "t": 1795316400000, "v": 1}',
        '{"thing": "roof", "property": "o3", "time": "2026-11-22T12:00:00", "value": 2}',
        '{"station": "roof", "time": "2026-11-22T03:00:00Z", "pm25_ugm3": 3}',
        '{"ds": 3}',
        "{",
        "5",
    ]
    found = read(text(tmp_path, "a.jsonl", lines))
    assert found.ds.tolist() == [3, 9, 7]
    assert found.t.tolist() == [NOON] * 3
    assert [item.row for item in found.refused] == [4, 5, 6]


@pytest.mark.parametrize("names", [("ds", "time", "value"), ("ds", "t", "v")])
def test_parquet_with_local_timestamps(tmp_path, names):
    path = tmp_path / "a.parquet"
    stamps = pa.array([datetime.fromisoformat("2026-11-22T12:00")] * 2, pa.timestamp("us"))
    values = pa.array([1.0, float("inf")])
    pq.write_table(pa.table([pa.array([3, 4]), stamps, values], names=names), path)
    found = read(path)
    assert found.t.tolist() == [NOON]
    assert found.row.tolist() == [1]
    assert [(item.row, item.code) for item in found.refused] == [(2, "not-finite")]


def test_parquet_in_the_wide_form(tmp_path):
    path = tmp_path / "a.parquet"
    stamps = pa.array([datetime(2026, 11, 22, 3, tzinfo=UTC)], pa.timestamp("ms", "UTC"))
    pq.write_table(pa.table({"time": stamps, "pm25_ugm3": [17.0], "pm10": [None]}), path)
    found = read(path)
    assert (found.ds.tolist(), found.t.tolist(), found.v.tolist()) == ([7], [NOON], [17.0])


@pytest.mark.parametrize(
    ("name", "lines", "word"),
    [
        ("a.txt", ["x"], "is not read"),
        ("a.csv", ["ds,value", "1,2"], "column 'time'"),
        ("a.csv", ["time,pm25_ppm", "1,2"], "kept in ug/m3"),
        ("a.csv", ["time,noise_db", "1,2"], "no observed property"),
        ("a.csv", b"time,ds,value\n\xff,1,2", "cannot be read"),
        ("a.parquet", b"PAR1 no", "cannot be read"),
        ("a.csv", b"", "column 'time'"),
    ],
)
def test_a_file_that_is_no_layout_says_why(tmp_path, name, lines, word):
    path = text(tmp_path, name, lines)
    with pytest.raises(BadInput, match=word) as error:
        list(chunks(path, READING))
    assert str(path) in error.value.message


def test_a_wide_file_needs_a_station(tmp_path):
    path = text(tmp_path, "w.csv", ["time,pm25", f"{NOON},1"])
    with pytest.raises(BadInput, match="--station"):
        list(chunks(path, Reading(known, UNITS, SEOUL)))


def test_a_repeated_row_is_left_out_and_a_conflicting_one_refused():
    parsed = columns([1, 1, 1, 2, 2], [5, 5, 5, 5, 5], [1.0, 1.0, 2.0, np.nan, np.nan])
    found, repeated = without_repetitions(parsed)
    assert found.row.tolist() == [0, 3]
    assert repeated == 2
    assert [(item.row, item.code) for item in found.refused] == [(2, "conflicting-duplicate")]


@settings(max_examples=50)
@given(st.sampled_from([".csv", ".jsonl", ".parquet"]), st.binary(max_size=80))
def test_any_bytes_are_read_or_bad_input(tmp_path_factory, ending, body):
    path = tmp_path_factory.mktemp("any") / f"a{ending}"
    path.write_bytes(body)
    try:
        for parsed in chunks(path, READING):
            assert len(parsed.ds) + len(parsed.refused) == parsed.sent
    except BadInput as error:
        assert str(path) in error.message
