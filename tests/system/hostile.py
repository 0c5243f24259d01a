"""What a careless or hostile gateway sends: rows that must be refused, in the form of each door."""

from __future__ import annotations

import io
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence

import paho.mqtt.client as mqtt
import pyarrow as pa
from paho.mqtt.enums import CallbackAPIVersion
from prometheus_client.parser import text_string_to_metric_families

from tests.system.instance import Instance, until

Row = tuple[object, object, object]  # datastream, stamp, value as it is sent


def mixed(ds: int, foreign: int, now_ms: int) -> tuple[list[Row], Counter[str]]:
    """Return two good rows among bad ones that every batch form can carry, and the bad ones' codes.

    The good ones are for `ds`, an hour and 59:57 minutes ago.
    """
    t = now_ms - 3_600_000
    rows: list[Row] = [
        (ds, t, 10.0),
        (4_000_000, t, 1.0),
        (foreign, t, 1.0),
        (ds, t + 1_000, float("nan")),
        (ds, t + 1_000, float("inf")),
        (ds, t + 1_000, float("-inf")),
        (ds, now_ms + 360_000, 1.0),
        (ds, t // 1000, 1.0),
        (ds, t + 3_000, 11.0),
    ]
    codes = Counter(
        {
            "unknown-datastream": 1,
            "forbidden-datastream": 1,
            "not-finite": 3,
            "future-stamp": 1,
            "out-of-range-time": 1,
        }
    )
    return rows, codes


def unreadable(ds: int, t: int) -> list[Row]:
    """Return rows that only text forms can carry; each is malformed."""
    return [(ds, "yesterday", 1.0), (ds, t, "warm"), ("one", t, 1.0), (ds, t, [1])]


def as_columns(rows: Sequence[Row]) -> bytes:
    """Return rows as columnar JSON, NaN and Infinity as many programs write them."""
    ds, t, v = zip(*rows, strict=True)
    return json.dumps({"ds": ds, "t": t, "v": v}).encode()


def as_lines(rows: Sequence[Row]) -> bytes:
    """Return rows as JSON lines."""
    return b"\n".join(json.dumps({"ds": d, "t": t, "v": v}).encode() for d, t, v in rows)


def as_arrow(rows: Sequence[Row]) -> bytes:
    """Return rows as an Arrow IPC stream."""
    names = ("ds", "t", "v")
    types = (pa.uint32(), pa.int64(), pa.float64())
    columns = [
        pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)
    ]
    table = pa.table(dict(zip(names, columns, strict=True)))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def as_data_array(rows: Sequence[Row]) -> bytes:
    """Return rows as a SensorThings data array, a group for each row."""
    groups = [
        {
            "Datastream": {"@iot.id": ds},
            "components": ["phenomenonTime", "result"],
            "dataArray": [[iso(t) if isinstance(t, int) else t, v]],
        }
        for ds, t, v in rows
    ]
    return json.dumps(groups).encode()


def iso(ms: int) -> str:
    """Return a stamp in ISO 8601, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


def refused(instance: Instance, door: str) -> Counter[str]:
    """Return what the metrics say was refused at a door, by code."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(instance.get("/metrics").text):
        if family.name != "madang_intake_refused_points":
            continue
        for sample in family.samples:
            if sample.name.endswith("_total") and sample.labels["door"] == door:
                found[sample.labels["code"]] += int(sample.value)
    return found


class Device:
    """A gateway that speaks MQTT; notes what it was acknowledged and what it was told."""

    def __init__(self, instance: Instance, gateway: str, key: str) -> None:
        self.gateway = gateway
        self.acknowledged = 0
        self.told: list[dict[str, object]] = []
        self._in = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=uuid.uuid4().hex)
        self.client.username_pw_set(gateway, key)
        self.client.reconnect_delay_set(1, 2)
        self.client.on_connect = self._connected
        self.client.on_message = lambda _c, _u, m: self.told.append(json.loads(m.payload))
        self.client.on_publish = self._published
        self.client.on_subscribe = lambda *_: self._in.set()
        self.client.connect("127.0.0.1", instance.mqtt_port)
        self.client.loop_start()
        until(self._in.is_set, 15, "the device is let in")

    def send(self, payload: bytes) -> mqtt.MQTTMessageInfo:
        """Publish at QoS 1; see `acknowledged`."""
        return self.client.publish(f"gw/{self.gateway}/obs", payload, qos=1)

    def close(self) -> None:
        """Say goodbye."""
        self.client.disconnect()
        self.client.loop_stop()

    def _connected(self, client, _user, _flags, reason, _properties) -> None:
        if not reason.is_failure:
            client.subscribe(f"gw/{self.gateway}/rejected", 1)

    def _published(self, _client, _user, _mid, reason, _properties) -> None:
        self.acknowledged += not reason.is_failure
