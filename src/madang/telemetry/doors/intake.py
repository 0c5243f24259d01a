"""Group commit: what arrives while the bus is writing goes into the next message together.

Each (gateway, origin, door) is a lane with at most one message under way, so a gateway's
observations keep their order. A caller is answered when the stream has its rows on disk. Nobody
waits for a timer: the first request of a quiet lane goes out at once, and the busier the lane, the
larger its messages.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from madang.kernel import times
from madang.kernel.bus.message import Outgoing
from madang.kernel.errors import LimitReached, Unavailable
from madang.telemetry import frames
from madang.telemetry.doors.errors import DoorBusy
from madang.telemetry.doors.rows import Parsed, Point, columns

MESSAGE_POINTS = 40_000
"""Most points in one message: 0.8 MB, so that other gateways' messages get between."""
WAITING_POINTS = 1_000_000
"""Points that may wait for the bus in all lanes together; more is refused with 503 (20 MB)."""
PATIENCE_S = 6.0
"""A message is offered to the bus again for this long, e.g. while it restarts."""
_ACK_S = 1.5  # an acknowledgement that has not come by then went down with a connection
_RETRY_S = 0.1


class Publisher(Protocol):
    """What the intake needs of the bus."""

    async def publish(
        self,
        subject: str,
        data: bytes,
        *,
        headers: Mapping[str, str],
        msg_id: str,
        timeout_s: float,
    ) -> int:
        """Store one message durably and return its sequence number."""


@dataclass(frozen=True)
class Lane:
    """Whose observations, and through which door."""

    gateway: str
    origin: str
    door: str


@dataclass(frozen=True, eq=False, slots=True)
class _Waiting:
    """A request in a lane's queue: columns, or one row."""

    rows: Parsed | Point
    points: int
    stored: asyncio.Future[None]


@dataclass(eq=False)
class Intake:
    """All lanes of this process. Use it from one event loop."""

    bus: Publisher
    waiting_limit: int = WAITING_POINTS
    patience_s: float = PATIENCE_S
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    waiting_points: int = 0
    _lanes: dict[Lane, deque[_Waiting]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    async def store(self, lane: Lane, parsed: Parsed, *, msg_id: str = "") -> None:
        """Return when all rows are on disk.

        Parameters
        ----------
        msg_id : where given, the rows travel in messages of their own under this id, so that the
            same request sent again within the stream's window is kept once.

        Raises
        ------
        DoorBusy
            If too much is waiting, or the bus did not confirm in time. Then the rows may be stored
            or not; sent again, they count once.
        """
        points = len(parsed.ds)
        if not points:
            return
        if self.waiting_points + points > max(self.waiting_limit, points):
            raise DoorBusy("too much is waiting to be stored; send the same again later")
        self.waiting_points += points
        try:
            if msg_id:
                for message in observation_messages(lane, parsed, times.now_ms(), msg_id):
                    await self._publish(message)
            elif points <= MESSAGE_POINTS:
                await self._queued(lane, parsed, points)
            else:
                parts = [self._queued(lane, part, len(part.ds)) for part in _parts(parsed)]
                await asyncio.gather(*parts)
        finally:
            self.waiting_points -= points

    async def store_point(self, lane: Lane, point: Point) -> None:
        """Return when this row is on disk; as `store`, for a single row."""
        if self.waiting_points >= self.waiting_limit:
            raise DoorBusy("too much is waiting to be stored; send the same again later")
        self.waiting_points += 1
        try:
            await self._queued(lane, point, 1)
        finally:
            self.waiting_points -= 1

    def _queued(self, lane: Lane, rows: Parsed | Point, points: int) -> asyncio.Future[None]:
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue = self._lanes.get(lane)
        if queue is None:
            queue = self._lanes[lane] = deque()
            task = asyncio.create_task(self._drain(lane, queue))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue.append(_Waiting(rows, points, stored))
        return stored

    async def _drain(self, lane: Lane, queue: deque[_Waiting]) -> None:
        while queue:
            batch = _batch(queue)
            error: Exception | None = None
            try:
                parts = _columns(batch)
                msg_id = f"{self._nonce}-{next(self._ids)}"
                await self._publish(_message(lane, parts, times.now_ms(), msg_id))
            except Exception as problem:  # goes to every caller that waits for this message
                error = problem
            for item in batch:
                _settle(item.stored, error)
        del self._lanes[lane]

    async def _publish(self, message: Outgoing) -> None:
        """Offer one message to the bus until it is stored, or patience ends."""
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                await self.bus.publish(
                    message.subject,
                    message.data,
                    headers=message.headers,
                    msg_id=message.msg_id,
                    timeout_s=_ACK_S,
                )
                return
            except LimitReached as error:
                wait_s = error.retry_after_s
                raise DoorBusy("the intake log is full", retry_after_s=wait_s) from error
            except Unavailable as error:
                if time.monotonic() + _RETRY_S > deadline:
                    raise DoorBusy("the intake log does not answer; send the same again") from error
            await self.sleep(_RETRY_S)


def observation_messages(
    lane: Lane, parsed: Parsed, received_ms: int, msg_id: str
) -> list[Outgoing]:
    """Return the rows as messages for the bus; part n is called ``<msg_id>-<n>``."""
    return [
        _message(lane, [part], received_ms, msg_id and f"{msg_id}-{number}")
        for number, part in enumerate(_parts(parsed))
    ]


def _message(lane: Lane, parts: list[Parsed], received_ms: int, msg_id: str) -> Outgoing:
    headers = frames.Origin(lane.gateway, lane.origin, lane.door, received_ms).headers()
    data = frames.encode(*_merged(parts))
    return Outgoing(f"madang.obs.{lane.door}", data, headers, msg_id)


def _parts(parsed: Parsed) -> list[Parsed]:
    """Return the rows cut into parts that fit into a message."""
    points = len(parsed.ds)
    if points <= MESSAGE_POINTS:
        return [parsed] if points else []
    cuts = [slice(at, at + MESSAGE_POINTS) for at in range(0, points, MESSAGE_POINTS)]
    return [
        Parsed(parsed.ds[cut], parsed.t[cut], parsed.v[cut], parsed.row[cut], parsed.sent)
        for cut in cuts
    ]


def _batch(queue: deque[_Waiting]) -> list[_Waiting]:
    """Return the oldest waiting requests that fit into one message, taken off the queue."""
    batch = [queue.popleft()]
    points = batch[0].points
    while queue and points + queue[0].points <= MESSAGE_POINTS:
        points += queue[0].points
        batch.append(queue.popleft())
    return batch


def _columns(batch: list[_Waiting]) -> list[Parsed]:
    """Return a batch as columns; its single rows become one part."""
    parts = [item.rows for item in batch if isinstance(item.rows, Parsed)]
    single = [item.rows for item in batch if not isinstance(item.rows, Parsed)]
    if single:
        parts.append(columns(*zip(*single, strict=True)))
    return parts


def _merged(parts: list[Parsed]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if len(parts) == 1:
        return parts[0].ds, parts[0].t, parts[0].v
    return (
        np.concatenate([part.ds for part in parts]),
        np.concatenate([part.t for part in parts]),
        np.concatenate([part.v for part in parts]),
    )


def _settle(stored: asyncio.Future[None], error: Exception | None) -> None:
    if stored.done():  # the caller went away meanwhile
        return
    if error is None:
        stored.set_result(None)
    else:
        stored.set_exception(error)
