"""The lake process: sole owner of the store; runs the rooms' services; answers at its desk.

    python -m madang.kernel.lake.server

It ends on SIGTERM: services keep their state, the store lets go of its files.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import Any

from madang.kernel import logs, metrics, tracing
from madang.kernel.bus.client import Bus
from madang.kernel.bus.watch import keep_writable
from madang.kernel.config import Settings, settings
from madang.kernel.errors import MadangError
from madang.kernel.lake.closing import DayClosing
from madang.kernel.lake.desk import Desk
from madang.kernel.lake.service import Service
from madang.kernel.lake.store import Store
from madang.kernel.registry import LakeService, LakeTable, load, registry

log = logging.getLogger(__name__)


def open_store(here: Settings) -> Store:
    """Return the store that the settings name: embedded, or the city's ClickHouse."""
    if here.lake_url:
        from madang.kernel.lake.clickhouse_store import ClickHouseStore

        return ClickHouseStore(here.lake_url)
    from madang.kernel.lake.chdb_store import ChdbStore

    return ChdbStore(here.data / "lake")


class Lake:
    """The parts of the lake process, started and stopped in order."""

    def __init__(self, here: Settings, tables: list[LakeTable], offers: list[LakeService]) -> None:
        self._here = here
        self._tables = tables
        self._offers = offers
        self._services: dict[str, Service] = {}
        self._store: Store | None = None
        self._bus: Bus | None = None
        self._desk: Desk | None = None

    async def start(self) -> None:
        """Open the store, create the tables, start the services, then answer."""
        self._store = await asyncio.to_thread(open_store, self._here)
        for table in self._tables:
            await asyncio.to_thread(self._store.create, table)
        self._bus = await Bus.connect(name="lake")
        await self._bus.ensure_streams()
        closing = DayClosing(self._tables, self._here.data / "parquet")
        for name, service in [
            *((o.name, load(o.target)()) for o in self._offers),
            ("lake", closing),
        ]:
            await service.start(self._store, self._bus)
            self._services[name] = service
        self._desk = Desk(self._here.lake_socket, self._store, self._services, self._status)
        await self._desk.open()
        log.info("lake: ready at %s", self._here.lake_socket)

    async def stop(self) -> None:
        """Stop in the opposite order; each part keeps what it has for the next start."""
        if self._desk is not None:
            await self._desk.close()
        for service in reversed(self._services.values()):
            await service.stop()
        if self._bus is not None:
            await self._bus.close()
        if self._store is not None:
            await asyncio.to_thread(self._store.close)

    def _status(self) -> dict[str, Any]:
        assert self._store is not None
        sizes = self._store.size()
        return {
            "store": type(self._store).__name__,
            "tables": {name: {"rows": n, "bytes": size} for name, (n, size) in sizes.items()},
        }


async def run(here: Settings) -> None:
    """Run the lake until SIGTERM or SIGINT."""
    offers = registry()
    lake = Lake(here, offers.offers(LakeTable), offers.offers(LakeService))
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    try:
        await lake.start()
        metrics.start_writing("lake")
        watch = asyncio.create_task(keep_writable(here))
        await over.wait()
        watch.cancel()
    finally:
        await lake.stop()


def main() -> None:
    """Run the lake process."""
    here = settings()
    logs.configure("lake", here.log_format)
    tracing.configure("lake")
    try:
        asyncio.run(run(here))
    except MadangError as error:
        sys.exit(f"lake: {error.message}")


if __name__ == "__main__":
    main()
