"""Live fan-out to server-sent events: one reader of the bus, a bounded queue per listener.

A listener that does not keep up loses its oldest messages and is told how many (``lagged``); nobody
else waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import orjson
import pyarrow as pa

from madang.kernel import events
from madang.kernel.bus.message import EVENTS, Message
from madang.telemetry.doors.state import Doors, opened

OBSERVATIONS = "madang.live.obs"
QUEUE_MESSAGES = 256
REMEMBERED_EVENTS = 1000
_LOOKED_BACK = 10_000  # messages of the event stream searched for public ones at the start

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a listener asked for; `ds` is None for every datastream."""

    topics: frozenset[str]
    ds: np.ndarray | None = None


@dataclass(eq=False)
class Listener:
    """One client's queue of messages that are ready to be written."""

    wanted: Wanted
    waiting: deque[bytes] = field(default_factory=deque)
    lost: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, message: bytes) -> None:
        """Queue a message, dropping the oldest where the queue is full."""
        if len(self.waiting) >= QUEUE_MESSAGES:
            self.waiting.popleft()
            self.lost += 1
        self.waiting.append(message)
        self.ready.set()

    async def take(self, patience_s: float) -> list[bytes]:
        """Return what is waiting, after `patience_s` an empty list."""
        try:
            await asyncio.wait_for(self.ready.wait(), patience_s)
        except TimeoutError:
            return []
        found = list(self.waiting)
        if self.lost:
            found.insert(0, sse("lagged", orjson.dumps({"lost": self.lost})))
        self.waiting.clear()
        self.lost = 0
        self.ready.clear()
        return found


@dataclass(eq=False)
class Fanout:
    """All listeners of this process, and the public events that they may ask for again."""

    listeners: set[Listener] = field(default_factory=set)
    remembered: deque[tuple[int, bytes]] = field(
        default_factory=lambda: deque(maxlen=REMEMBERED_EVENTS)
    )

    def join(self, wanted: Wanted, last_event: int | None) -> Listener:
        """Return a new listener that first gets the events after number `last_event`."""
        listener = Listener(wanted)
        if last_event is not None and "events" in wanted.topics:
            for number, message in self.remembered:
                if number > last_event:
                    listener.put(message)
        self.listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        self.listeners.discard(listener)

    def observations(self, data: bytes) -> None:
        """Pass on a frame of new observations (columns `ds`, `t`, `v`, `q`)."""
        interested = [one for one in self.listeners if "obs" in one.wanted.topics]
        if not interested:
            return
        table = pa.ipc.open_stream(data).read_all()
        columns = {name: table[name].to_numpy() for name in ("ds", "t", "v", "q")}
        # most listen to everything: one message in memory for all of them
        whole = sse("obs", _json(columns)) if len(columns["ds"]) else b""
        for listener in interested:
            if listener.wanted.ds is None:
                message = whole
            else:
                chosen = _chosen(columns, listener.wanted.ds)
                message = sse("obs", _json(chosen)) if len(chosen["ds"]) else b""
            if message:
                listener.put(message)

    def event(self, number: int, name: str, data: bytes) -> None:
        """Pass on an event that its room made public, and remember it."""
        message = sse(name, data, str(number))
        self.remembered.append((number, message))
        for listener in self.listeners:
            if "events" in listener.wanted.topics:
                listener.put(message)


def sse(event: str, data: bytes, id: str = "") -> bytes:
    """Return one message of an event stream (WHATWG HTML, 9.2.6)."""
    head = f"id: {id}\n" if id else ""
    lines = b"".join(b"data: " + line + b"\n" for line in data.splitlines() or [b""])
    return f"{head}event: {event}\n".encode() + lines + b"\n"


def _chosen(columns: dict[str, np.ndarray], ds: np.ndarray) -> dict[str, np.ndarray]:
    wanted = np.isin(columns["ds"], ds)
    return {name: column[wanted] for name, column in columns.items()}


def _json(columns: dict[str, np.ndarray]) -> bytes:
    """Return columns as JSON; a missing value (NaN) is null."""
    plain = {name: np.ascontiguousarray(column) for name, column in columns.items()}
    return orjson.dumps(plain, option=orjson.OPT_SERIALIZE_NUMPY)


fanout = Fanout()


async def run_fanout() -> None:
    """Feed the listeners of this process, for its life (a stream task)."""
    house = await opened()
    async with asyncio.TaskGroup() as group:
        group.create_task(_observations(house))
        group.create_task(_events(house))


async def _observations(house: Doors) -> None:
    async for message in house.bus.listen(OBSERVATIONS):
        try:
            fanout.observations(message.data)
        except (pa.ArrowException, KeyError) as error:
            log.warning("a live message is not as agreed: %s", error)


async def _events(house: Doors) -> None:
    state = await house.bus.state(EVENTS.name)
    newest = fanout.remembered[-1][0] if fanout.remembered else 0
    start = max(state.last_seq - _LOOKED_BACK, newest) + 1
    async for batch in house.bus.consume(EVENTS.name, start_seq=start):
        for message in batch:
            _announce(message)


def _announce(message: Message) -> None:
    name = events.name_of(message.subject)
    if name in events.public_events():
        fanout.event(message.seq, name, message.data)
