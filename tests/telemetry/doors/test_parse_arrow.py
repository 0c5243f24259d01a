"""Arrow IPC bodies."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.telemetry.doors.arrow_size import unpacked_bytes
from madang.telemetry.doors.errors import MalformedBody, TooLarge
from madang.telemetry.doors.parse_arrow import parse_arrow

NOW = 1_795_359_600_000
LIMIT = 1 << 20
TABLE = pa.table({"ds": [1, 2], "t": [NOW, NOW + 1], "v": [1.5, 2.5]})


def stream(table, compression=None, new=pa.ipc.new_stream):
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with new(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("new", [pa.ipc.new_stream, pa.ipc.new_file])
def test_stream_and_file_form_are_read(new, compression):
    parsed = parse_arrow(stream(TABLE, compression, new), LIMIT)
    assert parsed.ds.tolist() == [1, 2]
    assert parsed.t.tolist() == [NOW, NOW + 1]
    assert parsed.v.tolist() == [1.5, 2.5]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "Asia/Seoul"])
def test_timestamps_of_every_unit_become_milliseconds(unit, zone):
    t = pa.array([NOW, NOW], pa.timestamp("ms", zone)).cast(pa.timestamp(unit, zone))
    table = TABLE.set_column(1, "t", t)
    assert parse_arrow(stream(table), LIMIT).t.tolist() == [NOW, NOW]


def test_further_columns_and_their_order_do_not_matter():
    table = TABLE.select(["v", "t", "ds"]).append_column("note", pa.array(["a", "b"]))
    assert parse_arrow(stream(table), LIMIT).ds.tolist() == [1, 2]


def test_bad_rows_are_refused_alone():
    table = pa.table(
        {
            "ds": pa.array([1, None, -1, 4, 5], pa.int64()),
            "t": pa.array([NOW, NOW, NOW, None, NOW], pa.int64()),
            "v": pa.array([None, 1.0, 1.0, 1.0, float("nan")], from_pandas=False),
        }
    )
    parsed = parse_arrow(stream(table), LIMIT)
    assert parsed.row.tolist() == [0]
    assert np.isnan(parsed.v[0])
    assert [(item.row, item.code) for item in parsed.refused] == [
        (1, "malformed"),
        (2, "unknown-datastream"),
        (3, "malformed"),
        (4, "not-finite"),
    ]
    assert parsed.sent == 5


def test_ids_above_every_datastream_are_refused():
    table = pa.table(
        {"ds": pa.array([2**64 - 1, 2**32], pa.uint64()), "t": [NOW, NOW], "v": [1.0, 1.0]}
    )
    codes = [item.code for item in parse_arrow(stream(table), LIMIT).refused]
    assert codes == ["unknown-datastream"] * 2


@pytest.mark.parametrize(
    "table",
    [
        TABLE.drop_columns(["t"]),
        TABLE.set_column(0, "ds", pa.array(["1", "2"])),
        TABLE.set_column(1, "t", pa.array([1.5, 2.5])),
        TABLE.set_column(2, "v", pa.array(["x", "y"])),
        TABLE.append_column("v", pa.array([1, 2])),
    ],
)
def test_columns_of_another_kind_are_malformed(table):
    with pytest.raises(MalformedBody):
        parse_arrow(stream(table), LIMIT)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    n = 200_000
    table = pa.table({"ds": np.ones(n, np.uint32), "t": np.zeros(n, np.int64), "v": np.zeros(n)})
    body = stream(table, "zstd")
    assert len(body) < 100_000
    assert unpacked_bytes(body) >= n * 20
    with pytest.raises(TooLarge):
        parse_arrow(body, LIMIT)


def test_a_lie_about_the_unpacked_size_is_believed_for_the_limit():
    body = bytearray(stream(TABLE, "zstd"))
    size = (16).to_bytes(8, "little")  # two int64: what a buffer of `t` states
    at = body.index(size, 400)
    body[at : at + 8] = (1 << 40).to_bytes(8, "little")
    with pytest.raises(TooLarge):
        parse_arrow(bytes(body), LIMIT)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_body_is_read_or_malformed_and_never_worse(data):
    body = bytearray(stream(TABLE, data.draw(st.sampled_from([None, "zstd"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    try:
        parsed = parse_arrow(bytes(body[:cut]), LIMIT)
    except (MalformedBody, TooLarge):
        return
    assert len(parsed.ds) + len(parsed.refused) == parsed.sent


@given(st.binary(max_size=200))
def test_any_bytes_are_arrow_or_malformed(body):
    try:
        parse_arrow(body, LIMIT)
    except (MalformedBody, TooLarge):
        return
    raise AssertionError(body)
