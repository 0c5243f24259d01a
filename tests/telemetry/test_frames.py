import contextlib
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from madang.kernel.errors import Invalid
from madang.telemetry import frames, refusals


def test_a_batch_comes_back_as_it_was_sent():
    ds = np.array([7, 9], np.uint32)
    t = np.array([1_700_000_000_000, 1_700_000_000_001], np.int64)
    v = np.array([1.5, np.nan])
    frame = frames.decode(frames.encode(ds, t, v))
    np.testing.assert_array_equal(frame.ds, ds)
    np.testing.assert_array_equal(frame.t, t)
    np.testing.assert_array_equal(frame.v, v)


def test_decoding_copies_nothing():
    data = frames.encode([1], [2], [3.0])
    start = np.frombuffer(data, np.uint8).__array_interface__["data"][0]
    place = frames.decode(data).v.__array_interface__["data"][0]
    assert start <= place < start + len(data)


def test_an_empty_batch_is_a_batch():
    assert len(frames.decode(frames.encode([], [], []))) == 0


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"{}", b"\xff\xff\xff\xff\x10\x00\x00\x00" + b"x" * 8]
)
def test_bytes_that_are_not_arrow_are_invalid(data):
    with pytest.raises(Invalid):
        frames.decode(data)


def test_every_truncation_of_a_batch_is_invalid_or_whole():
    data = frames.encode(np.arange(50), np.arange(50), np.arange(50.0))
    for cut in range(0, len(data) - 8, 7):
        with contextlib.suppress(Invalid):
            assert len(frames.decode(data[:cut])) == 50


def test_flipped_bytes_never_raise_anything_but_invalid():
    data = bytearray(frames.encode(np.arange(20), np.arange(20), np.arange(20.0)))
    random = np.random.default_rng(5)
    for _ in range(2000):
        broken = data.copy()
        for place in random.integers(0, len(data), 3):
            broken[place] ^= int(random.integers(1, 256))
        try:
            frame = frames.decode(bytes(broken))
        except Invalid:
            continue
        assert len(frame.ds) == len(frame.t) == len(frame.v)
        frame.v.sum()


def test_other_columns_are_invalid_and_named():
    table = pa.table({"sensor": pa.array([1], pa.uint32())})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(Invalid, match="sensor uint32"):
        frames.decode(sink.getvalue().to_pybytes())


def test_nulls_are_invalid_because_missing_is_nan():
    schema = pa.schema([(f.name, f.type) for f in frames.SCHEMA])
    batch = pa.record_batch([[1], [2], [None]], schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(Invalid, match="null"):
        frames.decode(sink.getvalue().to_pybytes())


def test_two_batches_in_one_payload_are_invalid():
    batch = pa.record_batch([[1], [2], [3.0]], schema=frames.SCHEMA)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, frames.SCHEMA) as writer:
        writer.write_batch(batch)
        writer.write_batch(batch)
    with pytest.raises(Invalid, match="more than one"):
        frames.decode(sink.getvalue().to_pybytes())


def test_headers_come_back_and_a_missing_one_is_named():
    origin = frames.Origin("12", "simulated", "mqtt", 1_700_000_000_000)
    assert frames.origin_of(origin.headers()) == origin
    headers = origin.headers()
    del headers["received"]
    with pytest.raises(Invalid, match="received"):
        frames.origin_of(headers)


def test_a_refusal_comes_back_and_keeps_bytes_that_are_no_text():
    payload = refusals.shown("가".encode() * 3000)
    assert payload == "가" * (4096 // 3)
    assert refusals.shown(b"\xff\xfe") == "//4="
    refusal = refusals.Refusal(5, "mqtt", "12", "not JSON", refusals.MALFORMED, payload)
    assert refusals.decode(refusal.encode()) == refusal
    with pytest.raises(Invalid):
        refusals.decode(b"[]")


def test_a_frame_is_written_without_importing_pandas():
    code = (
        "import sys; from madang.telemetry.frames import encode;"
        "encode([1], [1000], [2.5]); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
