"""What a room has running: by events, by the clock, beside lake and stream; and how it does."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class LakeService:
    """A class run inside the lake process; see ``kernel.lake.service.Service``."""

    name: str
    target: Target


@dataclass(frozen=True)
class StreamTask:
    """A coroutine function that runs for the life of the stream process (bridges, live fan-out)."""

    name: str
    target: Target


@dataclass(frozen=True)
class Subscriber:
    """A function called once in effect for each event of that name (worker process)."""

    event: str
    name: str
    target: Target


@dataclass(frozen=True)
class StreamConsumer:
    """A function fed every message of a bus subject, in order, once in effect (worker process).

    The target is ``f(message: kernel.bus.Message) -> None``; it runs in the same database
    transaction that moves the consumer's position.
    """

    name: str
    subject: str
    target: Target


@dataclass(frozen=True)
class Schedule:
    """A job run by the clock: `cron` in the city's time zone; the target takes no arguments."""

    name: str
    cron: str
    target: Target
    help: str


@dataclass(frozen=True)
class LocalZone:
    """The city's time zone, in which schedules are read; the target returns its IANA name."""

    target: Target


@dataclass(frozen=True)
class HealthCheck:
    """A probe for ``/healthz``: the target returns None, or a text that says what is wrong."""

    name: str
    target: Target


@dataclass(frozen=True)
class Watcher:
    """What tells the operator how the room's detectors and rules do.

    The target is ``f() -> Sequence[kernel.watchers.Watch]``, in the reader's language.
    """

    name: str
    target: Target
