"""A running stream process, and what tests ask about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Message
from madang.telemetry import frames
from madang.telemetry.doors.proof.instance import StreamInstance, stream_instance

ROOT = Path(__file__).parents[3]


@dataclass
class Running(StreamInstance):
    """One instance's bus and stream process."""

    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, gateway: str = "north") -> httpx.Client:
        """Return an HTTP client with a gateway's key."""
        client = httpx.Client(
            base_url=self.url, auth=(gateway, self.key(gateway)), timeout=20, trust_env=False
        )
        self.clients.append(client)
        return client

    def messages(self, stream: str) -> list[Message]:
        """Return everything that a stream of the bus holds."""
        return asyncio.run(self._messages(stream))

    async def _messages(self, stream: str) -> list[Message]:
        bus = await Bus.connect(client_url(self.here))
        found: list[Message] = []
        try:
            last = (await bus.state(stream)).last_seq
            if not last:
                return found
            async for batch in bus.consume(stream, idle_s=0.4):
                found += batch
                if not batch or batch[-1].seq >= last:
                    return found
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
        super().close()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Run a bus and a stream process in `folder`."""
    with stream_instance(folder, Running) as found:
        yield found
