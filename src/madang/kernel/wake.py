"""Wake a loop of this process early, once the work it waits for is committed.

Loops of the worker look at the database at short intervals; work that this same process commits
needs no interval.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

_sleepers: dict[str, list[Callable[[], None]]] = {}
_lock = threading.Lock()


def wake(name: str) -> None:
    """Wake the loops called `name` in this process; callable from any thread."""
    with _lock:
        sleepers = list(_sleepers.get(name, ()))
    for sleeper in sleepers:
        sleeper()


class Alarm:
    """A sleep that `wake(name)` cuts short."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        with _lock:
            _sleepers.setdefault(name, []).append(self._ring)

    def _ring(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as somebody wakes us."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._event.clear()

    def close(self) -> None:
        """Forget this sleeper."""
        with _lock:
            _sleepers[self._name].remove(self._ring)
