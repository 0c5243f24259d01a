"""Live fan-out to server-sent events."""

from __future__ import annotations

import asyncio
import io

import numpy as np
import orjson
import pyarrow as pa

from madang.telemetry.doors.live import QUEUE_MESSAGES, Fanout, Wanted, sse

OBS = Wanted(frozenset({"obs"}))
EVENTS = Wanted(frozenset({"events"}))


def frame(ds, v):
    table = pa.table(
        {
            "ds": pa.array(ds, pa.uint32()),
            "t": pa.array([5] * len(ds), pa.int64()),
            "v": pa.array(v, pa.float64(), from_pandas=False),
            "q": pa.array([0] * len(ds), pa.uint16()),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def taken(listener):
    return asyncio.run(listener.take(0.01))


def data(message):
    return orjson.loads(message.split(b"data: ")[1])


def test_a_listener_hears_observations():
    fanout = Fanout()
    listener = fanout.join(OBS, None)
    fanout.observations(frame([3, 4], [1.5, float("nan")]))
    (message,) = taken(listener)
    assert message.startswith(b"event: obs\n")
    assert data(message) == {"ds": [3, 4], "t": [5, 5], "v": [1.5, None], "q": [0, 0]}


def test_a_listener_hears_only_what_it_asked_for():
    fanout = Fanout()
    four = fanout.join(Wanted(frozenset({"obs"}), np.array([4])), None)
    nine = fanout.join(Wanted(frozenset({"obs"}), np.array([9])), None)
    events = fanout.join(EVENTS, None)
    fanout.observations(frame([3, 4], [1.0, 2.0]))
    assert data(taken(four)[0])["ds"] == [4]
    assert taken(nine) == []
    assert taken(events) == []


def test_who_does_not_keep_up_loses_the_oldest_and_is_told_how_many():
    fanout = Fanout()
    slow, quick = fanout.join(OBS, None), fanout.join(OBS, None)
    for n in range(QUEUE_MESSAGES + 5):
        fanout.observations(frame([n], [0.0]))
        if n < QUEUE_MESSAGES:
            assert len(taken(quick)) == 1
    lagged, first, *_ = taken(slow)
    assert lagged == b'event: lagged\ndata: {"lost":5}\n\n'
    assert data(first)["ds"] == [5]
    assert len(taken(quick)) == 5
    assert taken(slow) == []


def test_events_carry_their_number_and_come_again_after_it():
    fanout = Fanout()
    for number in (11, 12, 13):
        fanout.event(number, "air.measure_declared", b'{"n": %d}' % number)
    listener = fanout.join(EVENTS, 11)
    assert [message.split(b"\n")[0] for message in taken(listener)] == [b"id: 12", b"id: 13"]
    fresh = fanout.join(EVENTS, None)
    assert taken(fresh) == []


def test_who_left_hears_nothing_more():
    fanout = Fanout()
    listener = fanout.join(OBS, None)
    fanout.leave(listener)
    fanout.observations(frame([1], [0.0]))
    assert taken(listener) == []


def test_a_message_keeps_its_lines_together():
    assert sse("x", b"a\nb", "7") == b"id: 7\nevent: x\ndata: a\ndata: b\n\n"


def test_who_listens_to_everything_shares_one_message():
    fanout = Fanout()
    one, other = fanout.join(OBS, None), fanout.join(OBS, None)
    fanout.observations(frame([3], [1.0]))
    assert taken(one)[0] is taken(other)[0]
