"""The kill drill: what is sent, and what must be there afterwards however often the lake died."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import STREAMS
from tests.telemetry import engine_cases as cases
from tests.telemetry.pipeline_cases import outgoing, stream_of

STREAMS_N = 200
CATALOGUE = cases.catalogue(STREAMS_N)
ROUND_MS = 5 * 60_000
# They arrive now, whatever their stamps say: sources that are heard of are not closed by the clock,
# so what must follow depends on the rounds alone and not on how long the drill takes.
RECEIVED_MS = int(time.time() * 1000)


@dataclass
class Load:
    """Sends rounds of one observation per datastream; now and then a round twice, or one late."""

    url: str
    seed: int
    rounds: int = 0
    stop: bool = False

    async def run(self) -> None:
        """Send until told to stop; every round is acknowledged before the next."""
        chance = random.Random(self.seed)
        bus = await Bus.connect(self.url)
        await bus.ensure_streams(STREAMS)
        while not self.stop:
            batch = [values(self.rounds)]
            if chance.random() < 0.1 and self.rounds > 30:
                batch.append(values(self.rounds - chance.randrange(1, 30)))
            await bus.publish_many([outgoing(*one, received=RECEIVED_MS) for one in batch])
            self.rounds += 1
            await asyncio.sleep(chance.uniform(0, 0.03))
        await bus.close()


def values(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return round `number`: ds, t, v; the same each time it is asked for."""
    random_ = np.random.default_rng(number)
    v = 60 + 50 * np.sin(number / 20) + random_.normal(0, 8, STREAMS_N)
    t = np.full(STREAMS_N, cases.START + (number + 1) * ROUND_MS)
    return CATALOGUE.ids, t, np.round(np.clip(v, 0, 900), 1)


class Lake:
    """The process to be killed."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns once it consumes."""
        (self.folder / "ready").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.telemetry.lake_child", str(self.folder), self.url]
        with (self.folder / "lake.log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, stdout=log, env=os.environ.copy())
        deadline = time.monotonic() + 60
        while not (self.folder / "ready").exists():
            assert self.process.poll() is None, (self.folder / "lake.log").read_text()[-2000:]
            assert time.monotonic() < deadline, "the lake did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9`, now."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in good order."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, (self.folder / "lake.log").read_text()[-2000:]

    def catch_up(self, within_s: float = 60.0) -> None:
        """Wait until everything in the stream has been taken."""
        deadline = time.monotonic() + within_s
        while True:
            seq, last = map(int, (self.folder / "seq").read_text().split())
            if seq >= last:
                return
            assert time.monotonic() < deadline, f"the lake stands at {seq} of {last}"
            time.sleep(0.05)


async def published(url: str) -> tuple[list[tuple[int, ...]], list[str]]:
    """Return all closed hours (ds, t, n) and all event ids on the bus, in order."""
    bus = await Bus.connect(url)
    hours: list[tuple[int, ...]] = []
    for message in await stream_of(bus, "HOURS"):
        table = pa.ipc.open_stream(message.data).read_all()
        hours += zip(*(table[name].to_pylist() for name in ("ds", "t", "n")), strict=True)
    events = [message.headers["Nats-Msg-Id"] for message in await stream_of(bus, "EVENTS")]
    await bus.close()
    return hours, events
