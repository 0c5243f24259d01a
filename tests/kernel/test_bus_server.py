"""The child bus server: ports, users, MQTT devices, and what a PUBACK is worth."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import paho.mqtt.client as mqtt
import pytest

from madang.kernel.bus import mqtt as intake
from madang.kernel.bus.access import DeviceUser, client_url, device_key_hash
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Message, Stream
from madang.kernel.bus.server import BusServer, running_pid, server_binary, set_devices
from madang.kernel.bus.watch import mended, problem_of
from madang.kernel.config import Settings
from madang.kernel.errors import Invalid, Unavailable
from tests.kernel.bus_server import (
    free_offset,
    instance,
    killed_and_started_again,
    with_bus,
)

pytestmark = pytest.mark.system
NORTH = DeviceUser("north-1", device_key_hash("key of north"))
SOUTH = DeviceUser("south-1", device_key_hash("key of south"))


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Return the settings of an instance of its own."""
    return instance(tmp_path)


@pytest.fixture
def server(here: Settings) -> Iterator[BusServer]:
    """Return a running server that knows the gateway north-1."""
    set_devices(here, [NORTH])
    server = BusServer(here)
    server.start()
    yield server
    server.stop()


class Device:
    """An MQTT client that notes what comes."""

    def __init__(self, here: Settings, user: str, key: str) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.connected = threading.Event()
        self.code = ""
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=uuid.uuid4().hex)
        self.client.username_pw_set(user, key)
        self.client.on_connect = self._on_connect
        self.client.on_message = lambda _c, _u, m: self.received.append((m.topic, m.payload))
        self.client.connect("127.0.0.1", here.mqtt_port)
        self.client.loop_start()
        self.connected.wait(5)

    def _on_connect(self, _client, _userdata, _flags, reason, _properties) -> None:
        self.code = str(reason)
        self.connected.set()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextlib.contextmanager
def device(here: Settings, user: str, key: str) -> Iterator[Device]:
    client = Device(here, user, key)
    try:
        yield client
    finally:
        client.close()


def eventually(is_so: Callable[[], bool], within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()


async def stored(bus: Bus, count: int) -> list[Message]:
    taken: list[Message] = []
    async with asyncio.timeout(10):
        async for batch in intake.mqtt_messages(bus, "doors"):
            taken += batch
            if len(taken) >= count:
                return taken
    raise AssertionError


def test_a_puback_means_stored_even_if_the_server_is_killed_right_after(
    here: Settings, server: BusServer
) -> None:
    async def prepare(bus: Bus) -> None:
        await intake.ensure_intake(bus, "doors")

    async def check(bus: Bus) -> None:
        messages = await stored(bus, 20)
        assert [m.data for m in messages] == [b"%d" % n for n in range(20)]
        assert {m.subject for m in messages} == {"gw.north-1.sta"}
        await bus.ack(messages)
        assert (await bus.state(intake.STREAM)).messages == 0

    with_bus(client_url(here), prepare)
    with device(here, "north-1", "key of north") as north:
        for n in range(20):
            north.client.publish("gw/north-1/sta", b"%d" % n, qos=1).wait_for_publish(5)
        killed_and_started_again(server)
    with_bus(client_url(here), check)


@pytest.mark.timeout(90)
def test_a_device_publishes_through_restarts_in_order_and_nothing_acknowledged_is_lost(
    here: Settings, server: BusServer
) -> None:
    taken: set[bytes] = set()

    async def take(bus: Bus) -> None:
        async for batch in intake.mqtt_messages(bus, "doors"):
            taken.update(message.data for message in batch)
            with contextlib.suppress(Unavailable):  # then it comes again
                await bus.ack(batch)

    async def work(bus: Bus) -> None:
        await intake.ensure_intake(bus, "doors")
        with device(here, "north-1", "key of north") as north:
            reader = asyncio.create_task(take(bus))
            sent = await asyncio.to_thread(_publish_through_restarts, north, server)
            async with asyncio.timeout(45):  # unacknowledged messages come again after 30 s
                while len(taken) < sent:
                    await asyncio.sleep(0.02)
            reader.cancel()
        assert taken == {b"%d" % n for n in range(sent)}

    with_bus(client_url(here), work)


def _publish_through_restarts(device: Device, server: BusServer) -> int:
    """Publish while the server is stopped and started twice; return how many were acknowledged."""
    acknowledged: set[int] = set()
    device.client.on_publish = lambda _c, _u, mid, _r, _p: acknowledged.add(mid)
    device.client.reconnect_delay_set(1, 1)
    over = threading.Event()
    sent: list[int] = []

    def publish() -> None:
        while not over.wait(0.002):
            if len(sent) - len(acknowledged) < 40:
                sent.append(device.client.publish("gw/north-1/sta", b"%d" % len(sent), qos=1).mid)

    publisher = threading.Thread(target=publish)
    publisher.start()
    for _ in range(2):
        before = len(acknowledged)
        assert eventually(lambda n=before: len(acknowledged) > n + 300, 20)
        assert server.process is not None
        server.process.terminate()
        server.process.wait()
        server.start()
    over.set()
    publisher.join()
    assert eventually(lambda: len(acknowledged) >= len(sent), 20)
    return len(sent)


def test_quality_0_and_1_arrive_once_each(here: Settings, server: BusServer) -> None:
    async def work(bus: Bus) -> None:
        await intake.ensure_intake(bus, "doors")
        unconfirmed: list[bytes] = []

        async def note() -> None:
            async for message in intake.mqtt_unconfirmed(bus):
                unconfirmed.append(message.data)

        listener = asyncio.create_task(note())
        await asyncio.sleep(0.3)
        await asyncio.to_thread(publish_both)
        confirmed = [m.data for m in await stored(bus, 5)]
        async with asyncio.timeout(5):
            while len(unconfirmed) < 5:
                await asyncio.sleep(0.02)
        listener.cancel()
        assert confirmed == [b"q1-%d" % n for n in range(5)]
        assert unconfirmed == [b"q0-%d" % n for n in range(5)]

    def publish_both() -> None:
        with device(here, "north-1", "key of north") as north:
            for n in range(5):
                north.client.publish("gw/north-1/x", b"q1-%d" % n, qos=1).wait_for_publish(5)
                north.client.publish("gw/north-1/x", b"q0-%d" % n, qos=0).wait_for_publish(5)

    with_bus(client_url(here), work)


def test_a_gateway_reaches_only_its_own_topics(here: Settings, server: BusServer) -> None:
    set_devices(here, [NORTH, SOUTH])

    async def work(bus: Bus) -> None:
        await intake.ensure_intake(bus, "doors")
        await asyncio.to_thread(publish)
        assert [m.subject for m in await stored(bus, 1)] == ["gw.south-1.x"]
        await bus.broadcast("gw.north-1.rejected", b"for north only")
        await bus.client.flush()
        assert await asyncio.to_thread(eventually, lambda: bool(north.received))

    def publish() -> None:
        north.client.subscribe("gw/north-1/rejected", qos=0)
        south.client.subscribe("gw/north-1/rejected", qos=0)
        south.client.subscribe("#", qos=0)
        intruder.client.publish("gw/north-1/x", b"forged", qos=1)
        south.client.publish("gw/south-1/x", b"own", qos=1).wait_for_publish(5)

    with contextlib.ExitStack() as stack:
        north = stack.enter_context(device(here, "north-1", "key of north"))
        south = stack.enter_context(device(here, "south-1", "key of south"))
        intruder = Device(here, "south-1", "key of south")
        stack.callback(intruder.close)
        with_bus(client_url(here), work)
        assert north.received == [("gw/north-1/rejected", b"for north only")]
        assert [topic for topic, _ in south.received if "north" in topic] == []


def test_a_new_gateway_gets_in_at_once_and_a_revoked_one_is_cut_off(
    here: Settings, server: BusServer
) -> None:
    with device(here, "north-1", "key of north") as north:
        with device(here, "south-1", "key of south") as early:
            assert early.code != "Success"
        assert set_devices(here, [NORTH, SOUTH])
        time.sleep(0.3)
        with device(here, "south-1", "key of south") as south:
            assert south.code == "Success"
            assert north.client.is_connected()
            set_devices(here, [SOUTH])
            assert eventually(lambda: not north.client.is_connected())
            assert south.client.is_connected()
        with device(here, "south-1", "another key") as wrong:
            assert wrong.code != "Success"


def test_devices_are_known_after_a_restart_and_no_key_is_kept_in_clear(
    here: Settings, server: BusServer
) -> None:
    killed_and_started_again(server)
    with device(here, "north-1", "key of north") as north:
        assert north.code == "Success"
    private = [p for folder in ("run", "secrets") for p in (here.data / folder).iterdir()]
    kept = [path for path in private if path.suffix in (".conf", ".json", ".key")]
    assert len(kept) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    assert all("key of north" not in path.read_text() for path in kept)


def test_the_server_refuses_strangers(here: Settings, server: BusServer) -> None:
    async def work() -> None:
        await Bus.connect(f"nats://127.0.0.1:{here.bus_port}", timeout_s=1)

    with pytest.raises(Unavailable, match="does not answer"):
        asyncio.run(work())


def test_a_password_with_signs_is_percent_encoded_in_the_address(tmp_path: Path) -> None:
    port, password = free_offset() + 18_012, "p@ss:w/o%rd ü#?"
    config = tmp_path / "nats.conf"
    written = json.dumps(password, ensure_ascii=False)
    config.write_text(
        f"host: 127.0.0.1\nport: {port}\n"
        f'authorization {{ users: [{{user: "the city", password: {written}}}] }}\n'
    )
    place = f"127.0.0.1:{port}"

    async def work() -> None:
        bus = await Bus.connect(f"nats://the%20city:{quote(password, safe='')}@{place}")
        await bus.broadcast("a", b"")
        await bus.close()
        with pytest.raises(Unavailable, match=f"the bus at {place} does not answer") as refused:
            await Bus.connect(f"nats://the%20city:wrong@{place}", timeout_s=1)
        assert "wrong" not in str(refused.value)

    with subprocess.Popen(
        [str(server_binary()), "-c", str(config)], stderr=subprocess.DEVNULL
    ) as running:
        try:
            asyncio.run(_listening(port))
            asyncio.run(work())
        finally:
            running.kill()


async def _listening(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def test_a_taken_port_is_named_with_the_way_out(here: Settings) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", here.mqtt_port))
        other.listen()
        with pytest.raises(Unavailable, match=f"MQTT port {here.mqtt_port}.*--port-offset"):
            BusServer(here).start()


def test_a_gateway_that_cannot_be_a_user_is_refused() -> None:
    with pytest.raises(Invalid, match="bus user"):
        DeviceUser('x", password: "', NORTH.key_hash)
    with pytest.raises(Invalid, match="bcrypt"):
        DeviceUser("x", "plain")


def test_the_module_becomes_the_server_and_ends_on_request(here: Settings) -> None:
    environment = {
        **os.environ,
        "MADANG_DATA": str(here.data),
        "MADANG_PORT_OFFSET": str(here.port_offset),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "madang.kernel.bus.server"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: running_pid(here) == process.pid, 20)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
    assert running_pid(here) is None


def test_the_child_ends_when_its_parent_is_killed(here: Settings) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from madang.kernel.bus.server import BusServer\n"
        "from madang.kernel.config import Settings\n"
        "server = BusServer(Settings(data=Path(sys.argv[1]), port_offset=int(sys.argv[2])))\n"
        "server.start()\n"
        "print(server.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(here.data), str(here.port_offset)],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert int(parent.stdout.readline()) == running_pid(here)
    parent.kill()
    parent.wait()
    assert eventually(lambda: running_pid(here) is None, 10)


def test_a_full_disk_is_named_loses_nothing_and_is_mended_once_there_is_room(
    small_disk: Path,
) -> None:
    here = instance(small_disk)
    server = BusServer(here)
    server.start()
    ballast = small_disk / "ballast"
    stream = Stream("T", ("T.>",), 3600.0, 20 << 20, refuse_when_full=True)

    async def fill(bus: Bus) -> None:
        await bus.ensure_streams([stream])
        assert await bus.publish("T.a", b"x" * 100_000) == 1
        with ballast.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        with pytest.raises(Unavailable):
            for _ in range(10):
                await bus.publish("T.a", b"x" * 100_000, timeout_s=1)

    async def check(bus: Bus) -> None:
        kept = (await bus.state("T")).messages
        assert kept >= 1
        assert await bus.publish("T.a", b"x" * 100_000) == kept + 1

    try:
        with_bus(client_url(here), fill)
        assert "the disk is full; make room" in (problem_of(here) or "")
        assert not mended(here)
        ballast.unlink()
        assert mended(here)
        assert server.process is not None
        server.process.wait(15)
        server.start()
        assert problem_of(here) is None
        with_bus(client_url(here), check)
    finally:
        server.stop()
