"""A bus and a stream process of their own, for tests and benchmarks of the doors."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Message
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.telemetry import frames
from tests.kernel.bus_server import instance

ROOT = Path(__file__).parents[3]


@dataclass
class Running:
    """One instance's bus and stream process."""

    here: Settings
    bus: BusServer
    made: dict[str, Any]
    environment: dict[str, str]
    stream: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Address of the stream process."""
        return f"http://127.0.0.1:{self.here.stream_port}"

    def key(self, gateway: str = "north") -> str:
        """Return a gateway's key."""
        return self.made[gateway]["key"]

    def ds(self, gateway: str = "north") -> list[int]:
        """Return the ids of a gateway's datastreams."""
        return self.made[gateway]["ds"]

    def client(self, gateway: str = "north") -> httpx.Client:
        """Return an HTTP client with a gateway's key."""
        client = httpx.Client(
            base_url=self.url, auth=(gateway, self.key(gateway)), timeout=20, trust_env=False
        )
        self.clients.append(client)
        return client

    def start_stream(self) -> None:
        """Start the stream process and wait until its doors are open."""
        log = (self.here.data / "stream.log").open("ab")
        self.stream = subprocess.Popen(
            [sys.executable, "-m", "madang.app.serve", "stream"],
            env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.stream.poll() is not None:
                break
            try:
                answer = httpx.post(f"{self.url}/ingest/v1/columns", trust_env=False)
                if answer.status_code == 401:  # the directory is read: it knows that we are nobody
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError((self.here.data / "stream.log").read_text()[-4000:])

    def kill_stream(self) -> None:
        """End the stream process and its workers with SIGKILL."""
        assert self.stream is not None
        os.killpg(self.stream.pid, signal.SIGKILL)
        self.stream.wait()

    def messages(self, stream: str, seconds: float = 0.4) -> list[Message]:
        """Return everything that a stream of the bus holds."""
        return asyncio.run(self._messages(stream, seconds))

    async def _messages(self, stream: str, seconds: float) -> list[Message]:
        bus = await Bus.connect(client_url(self.here))
        found: list[Message] = []
        try:
            async for batch in bus.consume(stream, idle_s=seconds):
                if not batch:
                    return found
                found += batch
        finally:
            await bus.close()
        return found

    def points(self) -> list[tuple[int, int, float]]:
        """Return the observations in the intake log as (datastream, ms, value)."""
        found = []
        for message in self.messages("OBS"):
            frame = frames.decode(message.data)
            found += list(zip(frame.ds.tolist(), frame.t.tolist(), frame.v.tolist(), strict=True))
        return found

    def dead(self) -> list[dict[str, Any]]:
        """Return the dead letters."""
        return [json.loads(message.data) for message in self.messages("DEAD")]

    def close(self) -> None:
        """Stop everything."""
        for client in self.clients:
            client.close()
        if self.stream is not None and self.stream.poll() is None:
            self.stream.terminate()
            try:
                self.stream.wait(10)
            except subprocess.TimeoutExpired:
                self.kill_stream()
        self.bus.stop()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Run a bus and a stream process in `folder`."""
    here = instance(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MADANG_")},
        "MADANG_DATA": str(folder),
        "MADANG_PORT_OFFSET": str(here.port_offset),
        "DJANGO_SETTINGS_MODULE": "madang.app.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    bus = BusServer(here)
    bus.start()
    found = Running(here, bus, {}, environment)
    try:
        made = subprocess.run(
            [sys.executable, "-m", "tests.telemetry.doors.provision"],
            env=environment, cwd=ROOT, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        found.made = json.loads(made.stdout)
        found.start_stream()
        yield found
    finally:
        found.close()
