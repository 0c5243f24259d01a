"""The beat of 20 ms in which all calls send: one for all, on time however long a beat takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

_BEAT_S = 0.02
_GIVEN_UP_S = 0.5
"""A process that stood still for longer does not send what it missed."""


class Pacer:
    """Calls `tick` fifty times a second.

    Parameters
    ----------
    lines : returns what is to be ticked now.
    """

    def __init__(self, lines: Callable[[], Iterable[Callable[[], None]]]) -> None:
        self._lines = lines
        self.beats = self.late = self.missed = 0
        self.worst_s = 0.0

    async def run(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += _BEAT_S
            wait = due - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            behind = loop.time() - due
            self.beats += 1
            self.late += behind > _BEAT_S
            self.worst_s = max(self.worst_s, behind)
            if behind > _GIVEN_UP_S:
                missed = int(behind / _BEAT_S)
                self.missed += missed
                due += missed * _BEAT_S
            for tick in self._lines():
                tick()
            if wait <= 0:
                await asyncio.sleep(0)
