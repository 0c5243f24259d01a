"""What the doors of one stream process share: the bus, the intake, quotas, the directory."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from madang.kernel.bus.client import Bus
from madang.telemetry.doors.directory import Directory, load_directory
from madang.telemetry.doors.errors import DoorBusy
from madang.telemetry.doors.intake import Intake
from madang.telemetry.doors.quota import Quotas

CHANGED = "madang.changed.telemetry"
POLL_S = 5.0
"""The directory is looked at anew after this long at the latest (the contract of the spine)."""
_SETTLE_S = 0.2  # changes come in crowds, when stations are entered; one reading serves them all

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(eq=False)
class Doors:
    """Everything a door needs."""

    bus: Bus
    intake: Intake
    directory: Directory
    quotas: Quotas = field(default_factory=Quotas)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    refresh: Callable[[], Awaitable[bool]] | None = None
    _catching_up: asyncio.Task[bool] | None = None

    async def caught_up(self, known: Directory) -> bool:
        """Read the directory anew where it moved; return whether it is another than `known`.

        For what the doors do not know: a gateway that has just entered a station may send for it at
        once. Callers that come together share one reading, but none that had begun before them: it
        may have missed what they ask for. Who else read the directory meanwhile does not matter.
        """
        if self.refresh is None:
            return False
        begun = self._catching_up
        if begun is not None and not begun.done():
            await asyncio.shield(begun)
        if self._catching_up is begun:
            self._catching_up = asyncio.ensure_future(self.refresh())
        assert self._catching_up is not None
        await asyncio.shield(self._catching_up)
        return self.directory is not known


_open: Doors | None = None


def doors() -> Doors:
    """Return the doors of this process.

    Raises
    ------
    DoorBusy
        While they are not open yet.
    """
    if _open is None:
        raise DoorBusy("the doors are just opening; send the same again")
    return _open


async def opened() -> Doors:
    """Return the doors as soon as they are open."""
    while _open is None:
        await asyncio.sleep(0.05)
    return _open


async def keep_open() -> None:
    """Open the doors and keep the directory fresh, for the life of the process (a stream task)."""
    global _open  # noqa: PLW0603 -- one set of doors per process
    database = ThreadPoolExecutor(1, "directory")  # one thread, so one database connection
    bus = await Bus.connect(name="doors")
    try:
        await bus.ensure_streams()
        directory = await _read(database, load_directory)
        house = Doors(bus, Intake(bus), directory)
        house.refresh = partial(_refresh, house, database)
        _open = house
        await _follow(house, database)
    finally:
        _open = None
        await bus.close()
        database.shutdown(wait=False)


async def _follow(house: Doors, database: ThreadPoolExecutor) -> None:
    hint = asyncio.Event()
    listening = asyncio.create_task(_listen(house.bus, hint))
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(hint.wait(), POLL_S)
            if hint.is_set():
                await asyncio.sleep(_SETTLE_S)
            hint.clear()
            if listening.done():
                listening.result()
            await _refresh(house, database)
    finally:
        listening.cancel()


async def _refresh(house: Doors, database: ThreadPoolExecutor) -> bool:
    """Read the directory anew where its version moved and return whether it did.

    A database that is away is asked again later.
    """
    from django.db import DatabaseError

    try:
        if await _read(database, _version) == house.directory.version:
            return False
        house.directory = await _read(database, load_directory)
    except DatabaseError as error:
        log.warning("the directory is not fresh, the system of record does not answer: %s", error)
        return False
    async with house.changed:
        house.changed.notify_all()
    return True


async def _listen(bus: Bus, hint: asyncio.Event) -> None:
    async for _ in bus.listen(CHANGED):
        hint.set()


def _version() -> int:
    from madang.telemetry.changes import catalogue_version

    return catalogue_version()


async def _read(database: ThreadPoolExecutor, question: Callable[[], Answer]) -> Answer:
    def asked() -> Answer:
        from django.db import close_old_connections

        close_old_connections()
        return question()

    return await asyncio.get_running_loop().run_in_executor(database, asked)
