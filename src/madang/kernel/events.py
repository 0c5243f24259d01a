"""What rooms announce to each other.

    class MeasureDeclared(Event, frozen=True, kw_only=True):
        NAME: ClassVar[str] = "air.measure_declared"
        measure: str

    announce(MeasureDeclared(measure="pm25-advisory-2026-03"))   # in the caller's transaction

The worker's relay publishes what is announced; `kernel.dispatch` brings it to the subscribers.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import ClassVar

import msgspec
from uuid_utils import uuid7

from madang.kernel import times
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.registry import rooms

SUBJECT_PREFIX = "madang.events."
MESSAGE_ID = "Nats-Msg-Id"
LARGEST = 1 << 20  # bytes; well below what a message of the bus may hold


def new_id() -> str:
    """Return a fresh time-ordered id (UUID version 7, RFC 9562) as text."""
    return str(uuid7())


def _now() -> datetime:
    return times.now()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened. `id` makes it one event however often it arrives."""

    NAME: ClassVar[str]

    id: str = msgspec.field(default_factory=new_id)
    at: datetime = msgspec.field(default_factory=_now)


def announce(event: Event) -> None:
    """Write `event` to the outbox in the caller's transaction.

    It is published if, and only if, that transaction commits.

    Raises
    ------
    Invalid
        If it is larger than 1 MiB: announce where the rest is, not the rest.
    """
    from django.db import transaction

    from madang.kernel.models import OutboxEntry
    from madang.kernel.wake import wake

    payload = encode(event)
    if len(payload) > LARGEST:
        raise Invalid(f"event {event.NAME!r} has {len(payload)} bytes; at most {LARGEST} travel")
    OutboxEntry.objects.create(
        event_id=event.id,
        name=event.NAME,
        payload=payload.decode(),
        announced_at=event.at,
    )
    transaction.on_commit(lambda: wake("relay"))


def subject_of(name: str) -> str:
    """Return the bus subject of events called `name`.

    >>> subject_of("air.measure_declared")
    'madang.events.air.measure_declared'
    """
    return SUBJECT_PREFIX + name


def name_of(subject: str) -> str:
    """Return the event name that a bus subject carries."""
    return subject.removeprefix(SUBJECT_PREFIX)


def encode(event: Event) -> bytes:
    """Return the event as JSON (UTF-8)."""
    return msgspec.json.encode(event)


def decode(name: str, data: bytes | str) -> Event:
    """Return the event called `name` that `data` holds.

    Raises
    ------
    NotFound
        If no room announces events of that name.
    Invalid
        If the payload does not fit the event's class.
    """
    kind = event_classes().get(name)
    if kind is None:
        raise NotFound(f"no room announces an event {name!r}")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"event {name!r} has a malformed payload: {error}") from error


@cache
def event_classes() -> Mapping[str, type[Event]]:
    """Return the event classes of all rooms by name, found in their ``events`` modules."""
    for room in rooms():
        module = f"madang.{room}.events"
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module)
    found: dict[str, type[Event]] = {}
    for kind in _subclasses(Event):
        name = getattr(kind, "NAME", None)
        if name is None or not kind.__module__.startswith("madang."):
            continue
        if found.setdefault(name, kind) is not kind:
            raise Invalid(f"two classes announce {name!r}: {found[name]} and {kind}")
    return found


def announced_count(name: str, since: datetime) -> int:
    """Return how many events of that name went out since a moment."""
    from madang.kernel.models import OutboxEntry

    return OutboxEntry.objects.filter(name=name, published_at__gte=since).count()


@cache
def public_events() -> tuple[str, ...]:
    """Return the names of the events that rooms made public (`PUBLIC`), sorted."""
    classes = event_classes().items()
    return tuple(sorted(name for name, kind in classes if getattr(kind, "PUBLIC", False)))


def _subclasses(kind: type[Event]) -> list[type[Event]]:
    below = kind.__subclasses__()
    return below + [deeper for one in below for deeper in _subclasses(one)]
