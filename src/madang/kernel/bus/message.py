"""What travels on the bus, and the streams that keep it.

| stream   | subjects            | kept                     | written by      | read by          |
|----------|---------------------|--------------------------|-----------------|------------------|
| `OBS`    | `madang.obs.>`      | until the lake has it    | doors           | lake             |
| `HOURS`  | `madang.hours.>`    | 7 days                   | lake            | worker (rooms)   |
| `EVENTS` | `madang.events.>`   | 7 days                   | outbox, lake    | worker           |
| `DEAD`   | `madang.dead.>`     | until the lake has it    | doors, lake     | lake             |
| (none)   | `madang.live.>`     | not kept                 | lake, worker    | stream (SSE)     |
| (none)   | `madang.changed.>`  | not kept                 | web, worker     | stream, lake     |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """One message: payload, headers, and (from a stream) its sequence number.

    `reply` is where an answer or an acknowledgement goes; only `Bus` uses it.
    """

    subject: str
    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    seq: int = 0
    reply: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A message to publish; the same `msg_id` twice within the stream's window is kept once."""

    subject: str
    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    msg_id: str = ""


@dataclass(frozen=True)
class Stream:
    """A kept stream: its subjects, the longest time it keeps a message, and its deduplication.

    Where a consumer trims the stream (`refuse_when_full`), a full stream refuses to take more:
    `publish` raises `Unavailable` and nothing acknowledged is dropped. The others let go of their
    oldest messages instead.
    """

    name: str
    subjects: tuple[str, ...]
    max_age_s: float
    max_bytes: int
    duplicate_window_s: float = 120.0
    refuse_when_full: bool = False


OBSERVATIONS = Stream("OBS", ("madang.obs.>",), 3 * 86400.0, 8 << 30, refuse_when_full=True)
HOURS = Stream("HOURS", ("madang.hours.>",), 7 * 86400.0, 1 << 30, 3600.0)
EVENTS = Stream("EVENTS", ("madang.events.>",), 7 * 86400.0, 1 << 30, 3600.0)
DEAD_LETTERS = Stream("DEAD", ("madang.dead.>",), 7 * 86400.0, 1 << 30, refuse_when_full=True)
STREAMS = (OBSERVATIONS, HOURS, EVENTS, DEAD_LETTERS)
