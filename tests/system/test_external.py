"""A whole instance on a city's own servers: PostgreSQL as record, a NATS of its operator as bus."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from madang.kernel.bus.access import device_key_hash
from madang.kernel.bus.server import server_binary
from tests.system import hostile
from tests.system.instance import Instance, until
from tests.system.load import Sender, audit, things

pytestmark = [pytest.mark.system, pytest.mark.external, pytest.mark.timeout(180)]
PASSWORD = "of-the-operator"


class OperatorsBus:
    """A NATS server that the instance did not start, as docs/reference/intake.md asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.mqtt_port = free_port(), free_port()
        self.url = f"nats://house:{PASSWORD}@127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.users = f'  {{user: "house", password: "{PASSWORD}"}}\n'

    def start(self) -> None:
        """Start it and wait for its port."""
        (self.folder / "nats.conf").write_text(self._config())
        with (self.folder / "nats.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(server_binary()), "-c", str(self.folder / "nats.conf")],
                stdout=log, stderr=log,
            )  # fmt: skip
        until(lambda: answers(self.mqtt_port), 20, "the operator's bus")

    def let_in(self, gateway: str, key: str) -> None:
        """Add a gateway's user, as the operator would, without a restart."""
        publish = json.dumps([f"gw.{gateway}.>", "$MQTT.deliver.pubrel.>"])
        subscribe = json.dumps([f"gw.{gateway}.>", "$MQTT.sub.>", "$MQTT.deliver.pubrel.>"])
        self.users += (
            f'  {{user: "{gateway}", password: "{device_key_hash(key)}", '
            f'allowed_connection_types: ["MQTT"], '
            f"permissions: {{publish: {publish}, subscribe: {subscribe}}}}}\n"
        )
        (self.folder / "nats.conf").write_text(self._config())
        self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.process.wait()

    def _config(self) -> str:
        return (
            f"host: 127.0.0.1\nport: {self.port}\nserver_name: operators\nmax_payload: 8388608\n"
            f"jetstream {{ store_dir: {json.dumps(str(self.folder / 'js'))}, "
            "sync_interval: always }\n"
            f"mqtt {{ host: 127.0.0.1, port: {self.mqtt_port} }}\n"
            f"authorization {{ users: [\n{self.users}] }}\n"
        )


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Return the address of a PostgreSQL database that exists for these tests only."""
    server = os.environ.get("MADANG_TEST_POSTGRES")
    if not server:
        pytest.skip("MADANG_TEST_POSTGRES names no PostgreSQL server")
    import psycopg

    name = f"madang_system_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def bus(tmp_path_factory):
    if not os.environ.get("MADANG_TEST_NATS"):
        pytest.skip("MADANG_TEST_NATS is not set: the instance runs on its child bus only")
    server = OperatorsBus(tmp_path_factory.mktemp("operator"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def instance(database, bus, tmp_path_factory):
    own = {"MADANG_DATABASE_URL": database, "MADANG_NATS_URL": bus.url}
    with Instance(tmp_path_factory.mktemp("external"), "--no-sim", environment=own) as running:
        running.mqtt_port = bus.mqtt_port
        yield running


def test_it_lives_without_a_bus_and_a_database_of_its_own(instance):
    assert "<h1" in instance.get("/").text
    until(lambda: instance.get("/healthz").status_code == 200, 30, "good health")
    assert {"database", "lake", "bus", "worker"} <= set(instance.get("/healthz").json()["checks"])
    report = json.loads(instance.madang("status", "--json").stdout)
    names = {process["name"] for process in report["processes"]}
    assert names == {"lake", "search", "web", "stream", "worker", "front"}
    # search counts questions in a file of its own, which is no part of the system of record
    assert {f.parent.name for f in instance.data.rglob("*.sqlite3")} <= {"search"}
    assert not (instance.data / "bus").exists()
    assert instance.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    link = next(line for line in instance.log.read_text().splitlines() if "administrator" in line)
    answer = httpx.get(link.split()[-1].replace("localhost", "127.0.0.1"), follow_redirects=True)
    assert answer.status_code == 200


def test_observations_survive_a_kill_of_the_operators_bus(instance, bus):
    key = instance.gateway("steady", "simulated")
    ids = things(instance, key, "steady", 10)
    with Sender(instance, key, "steady", ids, int(time.time()) - 500_000) as sender:
        until(lambda: sender.accepted, 20, "sending")
        bus.kill()
        bus.start()
        sent = sender.accepted
        until(lambda: sender.accepted > sent, 60, "sending on")
    audit(instance, ids, sender.accepted // len(ids))


def test_a_device_speaks_mqtt_to_the_operators_bus(instance, bus):
    key = instance.gateway("wire", "real")
    [ds] = things(instance, key, "wire", 1)
    bus.let_in("wire", key)
    time.sleep(5.5)  # the doors know new datastreams within 5 s (docs/explanation/spine.md)
    device = hostile.Device(instance, "wire", key)
    try:
        begin_ms = (int(time.time()) - 3600) * 1000
        rows = [(ds, begin_ms + n * 1000, 5.0 + n) for n in range(20)]
        for row in rows:
            device.send(hostile.as_columns([row])).wait_for_publish(10)
        device.send(hostile.as_columns([(4_000_000, begin_ms, 1.0)])).wait_for_publish(10)
        until(lambda: device.told, 15, "the refusal told")
    finally:
        device.close()
    assert device.told[0]["refused"][0]["code"] == "unknown-datastream"
    audit(instance, [ds], len(rows))


def test_it_stops_and_starts_again_on_the_same_servers(instance):
    assert instance.stop() == 0
    instance.start()
    assert json.loads(instance.madang("telemetry", "gateway", "list", "--json").stdout)
