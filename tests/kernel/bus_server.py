"""A bus server of their own for tests, or the external one of ``MADANG_TEST_NATS``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings
from madang.kernel.ports import free_offset


def instance(folder: Path) -> Settings:
    """Return the settings of a fresh instance in `folder`, on free ports."""
    return Settings(data=folder, port_offset=free_offset())


def with_bus(url: str, work: Callable[[Bus], Awaitable[None]]) -> None:
    """Run `work` with a connection to `url` in an event loop of its own."""

    async def run() -> None:
        bus = await Bus.connect(url)
        try:
            await work(bus)
        finally:
            await bus.close()

    asyncio.run(run())


def killed_and_started_again(server: BusServer) -> None:
    """End the server with SIGKILL and start it anew on the same files."""
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    server.start()


__all__ = ["client_url", "free_offset", "instance", "killed_and_started_again", "with_bus"]
