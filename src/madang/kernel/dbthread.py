"""A thread of its own for the database work of one asyncio loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThread:
    """Runs calls one after another in one thread with one database connection."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `call` returns.

        The connection stays open from call to call; after an error of the database the next call
        takes a fresh one. Cancelling the caller waits for the call to end: nobody stops a
        transaction half way.
        """

        def work() -> T:
            from django.db import InterfaceError, OperationalError, connections

            try:
                return call(*args, **kwargs)
            except (InterfaceError, OperationalError):
                connections.close_all()
                raise

        under_way = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.shield(under_way)
        except asyncio.CancelledError:
            await asyncio.wait([under_way])
            raise

    async def close(self) -> None:
        """Close the connection and end the thread."""
        from django.db import connections

        await asyncio.get_running_loop().run_in_executor(self._pool, connections.close_all)
        self._pool.shutdown()
