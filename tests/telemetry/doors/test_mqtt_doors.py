"""The MQTT door: a real device client, the bus's own listener, the bridge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from madang.kernel.bus.client import Bus, client_url
from madang.telemetry import frames
from tests.telemetry.doors.running import Running
from tests.telemetry.doors.test_http_doors import in_house, now_ms, soon

pytestmark = pytest.mark.system


class Device:
    """A gateway as paho knows it."""

    def __init__(self, house: Running, gateway: str = "north", key: str | None = None) -> None:
        self.gateway = gateway
        self.connected = threading.Event()
        self.reason = None
        self.heard: list[dict] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"{gateway}-{now_ms()}")
        self.client.username_pw_set(gateway, key or house.key(gateway))
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.connect("127.0.0.1", house.here.mqtt_port)
        self.client.loop_start()
        self.connected.wait(10)

    def _on_connect(self, client, _user, _flags, reason, _properties) -> None:
        self.reason = reason
        if not reason.is_failure:
            client.subscribe(f"gw/{self.gateway}/rejected", 1)
        self.connected.set()

    def _on_message(self, _client, _user, message) -> None:
        with contextlib.suppress(
            ValueError, RecursionError
        ):  # a device may write nonsense on its own topic
            self.heard.append(json.loads(message.payload))

    def publish(self, rest: str, payload, qos: int = 1) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        told = self.client.publish(f"gw/{self.gateway}/{rest}", body, qos=qos)
        told.wait_for_publish(10)
        assert told.is_published()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def device(house):
    """Return a connected gateway, let in by the stream process."""
    found = None

    def is_in() -> bool:
        nonlocal found
        found = Device(house)
        if found.reason is not None and not found.reason.is_failure:
            return True
        found.close()
        return False

    assert soon(is_in)
    yield found
    found.close()


def in_log(house: Running, point) -> bool:
    return soon(lambda: point in house.points())


def test_a_published_observation_comes_into_the_intake_log(house, device):
    ds, when = house.ds()[0], now_ms()
    device.publish("obs", {"ds": [ds], "t": [when], "v": [1.5]})
    assert in_log(house, (ds, when, 1.5))
    message = house.messages("OBS")[-1]
    assert message.subject == "madang.obs.mqtt"
    assert (message.headers["gateway"], message.headers["origin"]) == ("north", "simulated")


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_every_quality_of_service_and_every_form_is_taken(house, device, qos):
    ds, when = house.ds()[qos + 1], now_ms() // 1000 * 1000
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(when / 1000))
    observation = {"result": 2, "phenomenonTime": stamp}
    device.publish(f"v1.1/Datastreams({ds})/Observations", observation, qos)
    device.publish("telemetry", {"north-1": [{"ts": when + qos, "values": {"pm25": 3}}]}, qos)
    assert in_log(house, (ds, when, 2.0))
    assert in_log(house, (house.ds()[0], when + qos, 3.0))
    assert house.points().count((ds, when, 2.0)) == 1


def test_refusals_are_told_to_the_device_and_kept(house, device):
    ds, when = house.ds()[0], now_ms()
    device.publish("obs", {"ds": [ds, 1001, ds], "t": [when] * 3, "v": [1, 2, "x"]})
    assert soon(lambda: bool(device.heard))
    (heard,) = device.heard
    assert (heard["topic"], heard["accepted"], heard["refused_total"]) == ("gw/north/obs", 1, 2)
    assert {(row["row"], row["code"]) for row in heard["refused"]} == {
        (1, "forbidden-datastream"),
        (2, "malformed"),
    }
    codes = {letter["code"] for letter in house.dead() if letter["door"] == "mqtt"}
    assert codes == {"forbidden-datastream", "malformed"}


def test_poison_stops_neither_the_bridge_nor_the_device(house, device):
    for payload in (b"", b"\xff\xfe", b"[" * 100_000, b"{", b"null", b'{"ds":{}}', b"\x00" * 5000):
        for rest in ("obs", "telemetry", "v1.1/Observations", "no/such/form", "rejected"):
            device.publish(rest, payload)
    point = (house.ds()[0], now_ms(), 4.0)
    device.publish("obs", {"ds": [point[0]], "t": [point[1]], "v": [point[2]]})
    assert in_log(house, point)


def test_a_wrong_password_is_turned_away(house):
    stranger = Device(house, "north", "mdg_wrong")
    assert stranger.reason.is_failure
    stranger.close()


def test_a_device_cannot_write_under_another_name(house, device):
    before = len(house.points())
    topic = "gw/south/obs"
    body = json.dumps({"ds": house.ds("south"), "t": [now_ms()], "v": [1]})
    device.client.publish(topic, body, qos=1)
    time.sleep(1)
    assert len(house.points()) == before


def test_a_device_over_its_quota_hears_so_and_the_rest_is_in_the_dead_letters(house, device):
    poor = Device(house, "south")
    ds, when = house.ds("south")[0], now_ms() - 1_000_000
    for n in range(30):  # 100 points each against a bucket of 1,000 and 100 a second
        t = [when + n * 100 + i for i in range(100)]
        poor.publish("obs", {"ds": ds, "t": t, "v": [1.0] * 100})
    assert soon(lambda: any(item["refused"][0]["code"] == "over-quota" for item in poor.heard))
    poor.close()

    def accepted() -> int:
        return sum(1 for point in house.points() if point[0] == ds)

    def refused() -> int:
        return 100 * sum(1 for item in house.dead() if item["code"] == "over-quota")

    # the bus has confirmed all 30; the bridge may still be at the last of them
    assert soon(lambda: accepted() + refused() == 3000)
    assert 1000 <= accepted() < 2500


def test_what_was_acknowledged_while_the_bridge_was_dead_comes_in_once(house, device):
    rng_ds = house.ds()[20:60]
    sent = []
    for n in range(60):
        if n == 20:
            house.kill_stream()  # in the midst of taking over
        point = (rng_ds[n % 40], now_ms() - 1000 + n, float(n))
        device.publish("obs", {"ds": [point[0]], "t": [point[1]], "v": [point[2]]})
        sent.append(point)
    house.start_stream()
    assert soon(lambda: set(sent) <= set(house.points()), 20)
    time.sleep(1)
    points = house.points()
    assert all(points.count(point) == 1 for point in sent)


def test_a_message_that_is_delivered_again_counts_once(house, device):
    """The bridge dies after storing and before letting go: the same ids are published again."""
    point = (house.ds()[70], now_ms(), 5.0)
    device.publish("obs", {"ds": [point[0]], "t": [point[1]], "v": [point[2]]})
    assert in_log(house, point)
    ids = [message.headers.get("Nats-Msg-Id", "") for message in house.messages("OBS")]
    assert ids[-1].startswith("mqtt-")

    async def again() -> None:
        bus = await Bus.connect(client_url(house.here))
        data = frames.encode([point[0]], [point[1]], [point[2]])
        await bus.publish("madang.obs.mqtt", data, msg_id=ids[-1])
        await bus.close()

    asyncio.run(again())
    assert house.points().count(point) == 1


def test_a_rotated_key_opens_and_the_old_one_does_not(house, device):
    code = "from madang.telemetry import api; print(api.rotate_key('south'))"
    old, fresh = house.key("south"), in_house(house, code)
    house.made["south"]["key"] = fresh

    def opens(key: str) -> bool:
        found = Device(house, "south", key)
        answer = found.reason is not None and not found.reason.is_failure
        found.close()
        return answer

    assert soon(lambda: opens(fresh))
    assert not opens(old)
