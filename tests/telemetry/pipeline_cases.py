"""A bus, a store and a pipeline for the pipeline's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import STREAMS, Message, Outgoing
from madang.kernel.registry import LakeTable
from madang.telemetry import frames
from madang.telemetry.pipeline.service import Pace, Pipeline
from madang.telemetry.pipeline.sources import Sources
from madang.telemetry.registration import offers
from tests.telemetry import engine_cases as cases

QUICK = Pace(gather_s=0.02, flush_s=0.1, live_s=0.1, poll_s=0.2, snapshot_s=0.5)


def tables() -> list[LakeTable]:
    """Return the lake tables of telemetry."""
    return [offer for offer in offers() if isinstance(offer, LakeTable)]


@dataclass
class City:
    """A catalogue that tests may change, and a clock."""

    catalogue: object = field(default_factory=lambda: cases.catalogue(8))
    rules: tuple = field(default_factory=cases.rules)
    now: int = cases.START + 40 * 3_600_000

    def sources(self) -> Sources:
        return Sources(lambda: self.catalogue, lambda: self.catalogue.version, lambda: self.rules)


@asynccontextmanager
async def running(url, store, folder, city=None, pace=QUICK):
    """Run a pipeline on the store; stops it in good order at the end."""
    city = city or City()
    bus = await Bus.connect(url)
    await bus.ensure_streams(STREAMS)
    pipeline = Pipeline(folder=folder, sources=city.sources(), pace=pace, clock=lambda: city.now)
    await pipeline.start(store, bus)
    await asyncio.wait_for(pipeline._up.wait(), 30)
    try:
        yield pipeline, bus
    finally:
        await pipeline.stop()
        await bus.close()


def outgoing(ds, t, v, *, door="test", received=None, headers: Mapping[str, str] | None = None):
    """Return an observation message."""
    received = int(np.max(t)) + 1000 if received is None else received
    origin = frames.Origin("1", "real", door, received)
    data = frames.encode(ds, t, v)
    return Outgoing(f"madang.obs.{door}", data, headers or origin.headers())


async def settled(pipeline, bus, within_s=20.0):
    """Wait until the pipeline has taken and flushed all that is in the stream."""
    async with asyncio.timeout(within_s):
        while True:
            last = (await bus.state("OBS")).last_seq
            if pipeline.progress.seq >= last and pipeline.progress.gathered.is_empty:
                return
            await asyncio.sleep(0.02)


async def stream_of(bus, stream, subject=">") -> list[Message]:
    """Return everything that a stream holds."""
    found: list[Message] = []
    last = (await bus.state(stream)).last_seq
    if not last:
        return found
    async for batch in bus.consume(stream, subject, idle_s=0.5):
        found += batch
        if not batch or batch[-1].seq >= last:
            return found
    return found
