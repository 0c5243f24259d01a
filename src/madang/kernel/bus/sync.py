"""The bus for callers without an event loop: Django views, jobs, the command line.

One background thread per process holds the connection; it is made on first use, and anew in a child
after a fork.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Message, Outgoing
from madang.kernel.errors import Unavailable

Answer = TypeVar("Answer")
_lock = threading.Lock()
_MARGIN_S = 5.0


class _Background:
    """An event loop in a thread, with one connection."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.bus: Bus | None = None
        self.connecting = asyncio.Lock()
        threading.Thread(target=self.loop.run_forever, name="bus", daemon=True).start()

    async def connected(self, timeout_s: float) -> Bus:
        """Return the connection, made on first use."""
        async with self.connecting:
            if self.bus is None:
                self.bus = await Bus.connect(timeout_s=timeout_s)
            return self.bus


_background: _Background | None = None


def publish(
    subject: str,
    data: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    msg_id: str | None = None,
    timeout_s: float = 5.0,
) -> int:
    """Store one message durably and return its sequence number; as `Bus.publish`."""

    async def call(bus: Bus) -> int:
        return await bus.publish(subject, data, headers=headers, msg_id=msg_id, timeout_s=timeout_s)

    return _run(call, timeout_s)


def publish_many(messages: Iterable[Outgoing], *, timeout_s: float = 30.0) -> list[int]:
    """Store messages in their order; as `Bus.publish_many`."""

    async def call(bus: Bus) -> list[int]:
        return await bus.publish_many(messages, timeout_s=timeout_s)

    return _run(call, timeout_s)


def broadcast(subject: str, data: bytes, *, timeout_s: float = 2.0) -> None:
    """Tell whoever listens now; as `Bus.broadcast`, and on its way when this returns."""

    async def call(bus: Bus) -> None:
        await bus.broadcast(subject, data)
        await bus.client.flush()

    _run(call, timeout_s)


def request(subject: str, data: bytes, *, timeout_s: float = 5.0) -> Message:
    """Return the answer of whoever answers on `subject`; as `Bus.request`."""

    async def call(bus: Bus) -> Message:
        return await bus.request(subject, data, timeout_s=timeout_s)

    return _run(call, timeout_s)


def close() -> None:
    """Let go of this process's connection; the next call makes a new one."""
    global _background
    with _lock:
        background, _background = _background, None
    if background is None or background.pid != os.getpid():
        return
    if background.bus is not None:
        asyncio.run_coroutine_threadsafe(background.bus.close(), background.loop).result(10)
    background.loop.call_soon_threadsafe(background.loop.stop)


def _run(call: Callable[[Bus], Awaitable[Answer]], timeout_s: float) -> Answer:
    background = _started()

    async def work() -> Answer:
        return await call(await background.connected(timeout_s))

    future = asyncio.run_coroutine_threadsafe(work(), background.loop)
    try:
        return future.result(timeout_s + _MARGIN_S)
    except TimeoutError:
        future.cancel()
        raise Unavailable("the bus does not answer in time") from None


def _started() -> _Background:
    global _background  # noqa: PLW0603 -- one connection per process
    with _lock:
        if _background is None or _background.pid != os.getpid():
            _background = _Background()
        return _background
