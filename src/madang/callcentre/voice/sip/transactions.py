"""Requests that come twice and answers that get lost: both sides' transactions over UDP.

References
----------
.. [1] RFC 3261, sections 17.1.2 (client), 17.2 (server) and the timers of table 4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from madang.callcentre.voice.sip.messages import Address, Key

MOST = 20_000
"""Transactions held at once; beyond it new requests are dropped and counted."""


@dataclass(slots=True)
class Served:
    """A request of the other side and what we last answered."""

    status: int = 0
    reply: bytes = b""
    to: Address = ("", 0)
    ends: float = 0.0
    repeating: asyncio.TimerHandle | None = field(default=None, repr=False)


class ServedTransactions:
    """What others asked of us, until they cannot ask it again."""

    def __init__(self, t1: float, send: Callable[[bytes, Address], None]) -> None:
        self._t1, self._send = t1, send
        self._held: dict[Key, Served] = {}

    def __len__(self) -> int:
        return len(self._held)

    def find(self, key: Key) -> Served | None:
        """Return what is held of a transaction."""
        return self._held.get(key)

    def begin(self, key: Key) -> Served | None:
        """Return a new transaction; None where there are too many."""
        now = asyncio.get_running_loop().time()
        if len(self._held) >= MOST:
            self.sweep(now)
            if len(self._held) >= MOST:
                return None
        served = self._held[key] = Served(ends=now + 600.0)
        return served

    def answered(self, key: Key, status: int, reply: bytes, to: Address) -> None:
        """Keep an answer; a refusal of an INVITE is repeated until its ACK comes (timer G)."""
        served = self._held.get(key)
        if served is None:
            return
        served.status, served.reply, served.to = status, reply, to
        if status >= 200:
            loop = asyncio.get_running_loop()
            served.ends = loop.time() + 64 * self._t1
            if key.method == "INVITE" and status >= 300:
                self._repeat(served, self._t1)

    def acknowledged(self, key: Key) -> bool:
        """Take the ACK of a refusal; return whether there was one."""
        served = self._held.get(key)
        if served is None or served.status < 300:
            return False
        if served.repeating is not None:
            served.repeating.cancel()
            served.repeating = None
        return True

    def sweep(self, now: float) -> None:
        """Forget what cannot come again."""
        for key in [key for key, served in self._held.items() if served.ends < now]:
            self._stop(self._held.pop(key))

    def close(self) -> None:
        """Stop everything."""
        for served in self._held.values():
            self._stop(served)
        self._held.clear()

    def _repeat(self, served: Served, after: float) -> None:
        loop = asyncio.get_running_loop()

        def again() -> None:
            if loop.time() < served.ends:
                self._send(served.reply, served.to)
                self._repeat(served, min(2 * after, 8 * self._t1))

        served.repeating = loop.call_later(after, again)

    @staticmethod
    def _stop(served: Served) -> None:
        if served.repeating is not None:
            served.repeating.cancel()


class AskedTransactions:
    """What we asked of others, until they answer or 64 round trips are over."""

    def __init__(self, t1: float, send: Callable[[bytes, Address], None]) -> None:
        self._t1, self._send = t1, send
        self._held: dict[Key, tuple[asyncio.Future[int], asyncio.TimerHandle]] = {}

    def begin(self, key: Key, data: bytes, to: Address) -> asyncio.Future[int]:
        """Send a request again and again; the status of its answer, 408 where none comes."""
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[int] = loop.create_future()
        until = loop.time() + 64 * self._t1

        def send(after: float) -> None:
            if loop.time() >= until:
                self.answered(key, 408)
                return
            self._send(data, to)
            self._held[key] = (asked, loop.call_later(after, send, min(2 * after, 8 * self._t1)))

        send(self._t1)
        return asked

    def answered(self, key: Key, status: int) -> bool:
        """Take an answer; return whether it was asked for."""
        if key not in self._held:
            return False
        if status >= 200:
            asked, timer = self._held.pop(key)
            timer.cancel()
            if not asked.done():
                asked.set_result(status)
        return True

    def close(self) -> None:
        """Stop everything."""
        for asked, timer in self._held.values():
            timer.cancel()
            asked.cancel()
        self._held.clear()
