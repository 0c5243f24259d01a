"""``GET /events``: live observations and public events as server-sent events.

    /events?topic=obs&ds=3,4          the newest observations of two datastreams
    /events?topic=obs&unit=11110      ... of all stations of a city unit
    /events?topic=events              events that rooms made public (measures declared, lifted)

Several topics may be asked for with commas; without `topic` it is ``events``.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from urllib.parse import parse_qs

import numpy as np

from madang.kernel.errors import Invalid, LimitReached, MadangError
from madang.telemetry.doors import answers
from madang.telemetry.doors.directory import Directory
from madang.telemetry.doors.http_request import Receive, Scope, Send, headers_of, int_of
from madang.telemetry.doors.live import Listener, Wanted, fanout
from madang.telemetry.doors.state import doors

TOPICS = frozenset({"obs", "events"})
HEARTBEAT_S = 15.0
LISTENERS = 2000
"""Most listeners of one process; one more is told to come again."""
_LONGEST_LIST = 1000
_HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one listener until it leaves."""
    try:
        wanted, last_event = _asked(scope)
        if len(fanout.listeners) >= LISTENERS:
            raise LimitReached(f"{LISTENERS} listeners are here already", retry_after_s=10.0)
    except MadangError as error:
        await answers.problem(error, scope["path"]).send(send)
        return
    listener = fanout.join(wanted, last_event)
    writing = asyncio.create_task(_write(listener, send))
    leaving = asyncio.create_task(_left(receive))
    try:
        await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        fanout.leave(listener)
        for task in (writing, leaving):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await writing


async def _write(listener: Listener, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
    await _send(send, b"retry: 2000\n\n")
    while True:
        found = await listener.take(HEARTBEAT_S)
        await _send(send, b"".join(found) or b": still here\n\n")


async def _send(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _asked(scope: Scope) -> tuple[Wanted, int | None]:
    given = parse_qs(scope["query_string"].decode("latin-1"))
    topics = frozenset(_listed(given, "topic")) or frozenset({"events"})
    if topics - TOPICS:
        known = ", ".join(sorted(TOPICS))
        raise Invalid(f"no topic is called {min(topics - TOPICS)!r}", {"topic": f"one of {known}"})
    last = headers_of(scope).get("last-event-id", "")
    return Wanted(topics, _datastreams(given, doors().directory)), int_of(last) if last else None


def _listed(given: Mapping[str, list[str]], name: str) -> list[str]:
    found = [item for text in given.get(name, []) for item in text.split(",") if item]
    if len(found) > _LONGEST_LIST:
        raise Invalid(f"{name!r} has more than {_LONGEST_LIST} entries", {name: "too many"})
    return found


def _datastreams(given: Mapping[str, list[str]], directory: Directory) -> np.ndarray | None:
    """Return the datastreams asked for by id or unit, None where no choice was made."""
    ids, units = _listed(given, "ds"), _listed(given, "unit")
    if not ids and not units:
        return None
    wrong = [text for text in ids if not text.isdecimal()]
    if wrong:
        raise Invalid(f"datastream id {wrong[0][:40]!r} is not a number", {"ds": "numbers"})
    chosen = [np.array([int(text) for text in ids], dtype=np.int64)]
    chosen += [directory.of_unit.get(unit, np.empty(0, np.int64)) for unit in units]
    return np.concatenate(chosen)
