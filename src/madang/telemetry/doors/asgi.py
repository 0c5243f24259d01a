"""The HTTP doors: SensorThings observations and bulk batches, as one ASGI application.

    POST /sta/v1.1/Observations
    POST /sta/v1.1/Datastreams(n)/Observations
    POST /sta/v1.1/CreateObservations
    POST /ingest/v1/columns | jsonl | arrow

An answer of 200 or 201 means that the accepted rows are on disk.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid, NotFound, Unauthenticated
from madang.telemetry import keys
from madang.telemetry.doors import answers, measures
from madang.telemetry.doors.directory import Device
from madang.telemetry.doors.errors import TooLarge
from madang.telemetry.doors.http_request import (
    UNPACKED_BYTES,
    GoneAway,
    Receive,
    Scope,
    Send,
    body_of,
    headers_of,
)
from madang.telemetry.doors.parse_arrow import parse_arrow
from madang.telemetry.doors.parse_columns import parse_columns
from madang.telemetry.doors.parse_lines import parse_lines
from madang.telemetry.doors.parse_sta import observation_point, parse_data_array
from madang.telemetry.doors.reception import Arrival, receive_point, receive_rows, refuse_whole
from madang.telemetry.doors.rows import Parsed, Point, Resolve, json_of
from madang.telemetry.doors.state import Doors, doors

_PATH = re.compile(
    r"/(?:sta/v1\.1/(?:(?:Datastreams\((?P<ds>\d{1,10})\)/)?(?P<one>Observations)"
    r"|(?P<array>CreateObservations))|ingest/v1/(?P<bulk>columns|jsonl|arrow))/?\Z"
)
_LONGEST_KEY = 200

Parse = Callable[[bytes, Resolve, int], Parsed]
Reply = Callable[[Parsed, str], answers.Answer]


@dataclass(frozen=True)
class Form:
    """How a path's bodies are read and answered; `ds` is the datastream in the path."""

    door: str
    parse: Parse | None
    reply: Reply = answers.batch
    ds: int | None = None


_FORMS: Mapping[str, Form] = {
    "CreateObservations": Form(
        "sta", lambda body, _resolve, now: parse_data_array(body, now), answers.data_array
    ),
    "columns": Form("columns", lambda body, _resolve, _now: parse_columns(body)),
    "jsonl": Form("jsonl", lambda body, resolve, _now: parse_lines(body, resolve)),
    "arrow": Form("arrow", lambda body, _resolve, _now: parse_arrow(body, UNPACKED_BYTES)),
}
_SINGLE = Form("sta", None)


def form_of(path: str) -> Form:
    """Return the form of a path.

    Raises
    ------
    NotFound
        If no door is there.
    """
    found = _PATH.match(path)
    if found is None:
        raise NotFound(f"no door is at {path[:200]}")
    if found["one"]:
        return Form("sta", None, ds=int(found["ds"])) if found["ds"] else _SINGLE
    return _FORMS[found["array"] or found["bulk"]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request to a door."""
    started = time.perf_counter()
    path = scope["path"]
    try:
        form = form_of(path)
        answer = await _answered(form, scope, receive)
        measures.seconds(form.door).observe(time.perf_counter() - started)
    except GoneAway:
        return
    except Exception as error:
        answer = answers.problem(error, path)
    await answer.send(send)


async def _answered(form: Form, scope: Scope, receive: Receive) -> answers.Answer:
    house = doors()
    headers = headers_of(scope)
    device = await _device(house, keys.credentials(headers))
    received_ms = times.now_ms()
    try:
        body = await body_of(headers, receive)
    except TooLarge as error:
        await refuse_whole(house, _arrival(form, device, b"", received_ms, ""), error)
        raise
    msg_id = _msg_id(headers, device, body)
    arrival = _arrival(form, device, body, received_ms, msg_id)
    base = answers.base_of(scope, headers)
    if form.parse is None:
        point = await receive_point(house, arrival, partial(_point, form, arrival))
        return answers.created(point, base)

    def resolve(thing: str, code: str) -> int | None:
        return house.directory.named.get((device.id, thing, code))

    parse = partial(form.parse, body, resolve, received_ms)
    return form.reply(await receive_rows(house, arrival, parse), base)


async def _device(house: Doors, presented: keys.Credentials | None) -> Device:
    """Return who sends; a key the doors do not know may have been made a moment ago."""
    known = house.directory
    try:
        return known.device(presented)
    except Unauthenticated:
        if presented is None or not await house.caught_up(known):
            raise
    return house.directory.device(presented)


def _point(form: Form, arrival: Arrival) -> Point:
    return observation_point(json_of(arrival.body), arrival.received_ms, form.ds)


def _arrival(form: Form, device: Device, body: bytes, received_ms: int, msg_id: str) -> Arrival:
    return Arrival(device, form.door, body, received_ms, time.monotonic(), msg_id)


class _KeyMemory:
    """The bodies' hashes of the last Idempotency-Keys, to tell a repetition from a mistake."""

    kept = 10_000

    def __init__(self) -> None:
        self._seen: dict[str, bytes] = {}

    def check(self, name: str, body: bytes) -> None:
        """Note the body under this key.

        Raises
        ------
        Conflict
            If the key came with another body before.
        """
        digest = hashlib.sha256(body).digest()
        if self._seen.setdefault(name, digest) != digest:
            raise Conflict("this Idempotency-Key was used for another body; take a new key")
        if len(self._seen) > self.kept:
            del self._seen[next(iter(self._seen))]


_memory = _KeyMemory()


def _msg_id(headers: Mapping[str, str], device: Device, body: bytes) -> str:
    key = headers.get("idempotency-key")
    if key is None:
        return ""
    if not 0 < len(key) <= _LONGEST_KEY:
        message = f"Idempotency-Key has 1 to {_LONGEST_KEY} characters"
        raise Invalid(message, {"Idempotency-Key": "length"})
    name = f"idem-{device.id}-{hashlib.sha256(key.encode()).hexdigest()}"
    _memory.check(name, body)
    return name
