"""What runs beside the store in the lake process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pyarrow as pa

from madang.kernel.bus.client import Bus
from madang.kernel.lake.store import Store


class Service(Protocol):
    """A part of the lake process, named by a room's `LakeService` offer.

    The class is called without arguments. `start` runs once the store and the bus are there and
    returns when the service is up (its own work goes on in tasks); `answer` serves `lake.ask`.
    `start`, `stop` and `answer` run on the event loop: `answer` is quick (state in memory), and
    slow calls of the store go through ``asyncio.to_thread``.
    """

    async def start(self, store: Store, bus: Bus) -> None:
        """Restore state and begin consuming."""

    async def stop(self) -> None:
        """Stop consuming, keep state for the next start."""

    def answer(self, op: str, arguments: Mapping[str, Any]) -> pa.Table:
        """Answer `kernel.lake.client.ask(service, op, **arguments)`."""
