"""A bus and a stream process of their own in a folder, for measurements and tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

import madang
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.kernel.errors import Unavailable
from madang.kernel.ports import free_offset

_PATIENCE_S = 60.0


@dataclass
class StreamInstance:
    """An instance's bus and stream process; `made` holds gateways, keys and datastreams."""

    here: Settings
    bus: BusServer
    environment: Mapping[str, str]
    made: dict[str, Any] = field(default_factory=dict)
    stream: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the stream process."""
        return f"http://127.0.0.1:{self.here.stream_port}"

    def key(self, gateway: str = "north") -> str:
        """Return a gateway's key."""
        key: str = self.made[gateway]["key"]
        return key

    def ds(self, gateway: str = "north") -> list[int]:
        """Return the ids of a gateway's datastreams."""
        ids: list[int] = self.made[gateway]["ds"]
        return ids

    def start_stream(self) -> None:
        """Start the stream process and wait until its doors are open.

        Raises
        ------
        Unavailable
            If it ends or stays silent; the message holds the end of its log.
        """
        log = self.here.data / "stream.log"
        with log.open("ab") as output:
            self.stream = subprocess.Popen(
                [sys.executable, "-m", "madang.app.serve", "stream"],
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline and self.stream.poll() is None:
            if self._is_open():
                return
            time.sleep(0.1)
        raise Unavailable(f"the stream process is not ready: {log.read_text()[-4000:]}")

    def _is_open(self) -> bool:
        try:
            answer = httpx.post(f"{self.url}/ingest/v1/columns", trust_env=False)
        except httpx.TransportError:
            return False
        return answer.status_code == 401  # the directory is read: it knows that we are nobody

    def kill_stream(self) -> None:
        """End the stream process and its workers with SIGKILL."""
        assert self.stream is not None
        os.killpg(self.stream.pid, signal.SIGKILL)
        self.stream.wait()

    def close(self) -> None:
        """Stop everything."""
        if self.stream is not None and self.stream.poll() is None:
            self.stream.terminate()
            try:
                self.stream.wait(10)
            except subprocess.TimeoutExpired:
                self.kill_stream()
        self.bus.stop()


@contextmanager
def stream_instance(
    folder: Path, kind: type[StreamInstance] = StreamInstance
) -> Iterator[StreamInstance]:
    """Run a bus and a stream process in `folder`, with gateways and datastreams to write to."""
    here = Settings(data=folder, port_offset=free_offset())
    bus = BusServer(here)
    bus.start()
    found = kind(here, bus, _environment(here))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "madang.telemetry.doors.proof.provision"],
            env=found.environment, check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        found.made = json.loads(done.stdout)
        found.start_stream()
        yield found
    finally:
        found.close()


def _environment(here: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MADANG_")}
    source = str(Path(madang.__file__).parents[1])
    return {
        **kept,
        "MADANG_DATA": str(here.data),
        "MADANG_PORT_OFFSET": str(here.port_offset),
        "DJANGO_SETTINGS_MODULE": "madang.app.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, [source, kept.get("PYTHONPATH", "")])),
    }
