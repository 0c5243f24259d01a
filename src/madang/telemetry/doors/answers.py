"""What the doors answer over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from madang.kernel.errors import Unauthenticated
from madang.kernel.problem import CONTENT_TYPE, TYPE_PREFIX, problem_document
from madang.telemetry.doors.errors import AllRefused, DoorBusy
from madang.telemetry.doors.http_request import Scope, Send
from madang.telemetry.doors.rows import Parsed, Point
from madang.telemetry.observation_id import observation_id

LISTED_REFUSALS = 1000
"""Refused rows that an answer names; the others are counted, and in the dead letters."""
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def send(self, send: Send) -> None:
        """Write the answer out."""
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        pairs.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": pairs})
        await send({"type": "http.response.body", "body": self.body})


def problem(error: BaseException, path: str) -> Answer:
    """Return an error as an RFC 9457 document."""
    if isinstance(error, DoorBusy):
        return _busy(error, path)
    status, headers, body = problem_document(error, instance=path)
    lower = {name.lower(): value for name, value in headers.items()}
    if isinstance(error, Unauthenticated):
        lower["www-authenticate"] = 'Basic realm="gateways"'
    return Answer(status, lower, body)


def _busy(error: DoorBusy, path: str) -> Answer:
    """Return a 503 without a line in the log: a crowd of them must cost nothing, and is counted."""
    members = {
        "type": TYPE_PREFIX + error.code,
        "title": "Service Unavailable",
        "status": error.http_status,
        "detail": error.message,
        "code": error.code,
        "instance": path,
    }
    wait_s = str(max(1, round(error.retry_after_s)))
    headers = {"content-type": CONTENT_TYPE, "retry-after": wait_s}
    return Answer(error.http_status, headers, orjson.dumps(members))


def created(point: Point, base: str) -> Answer:
    """Return the answer to one Observation that was stored."""
    return Answer(201, {"location": _link(base, point[0], point[1])})


def data_array(stored: Parsed, base: str) -> Answer:
    """Return the links of a data array in the order sent, "error" for each refused row."""
    links = ["error"] * stored.sent
    for row, ds, t in zip(stored.row.tolist(), stored.ds.tolist(), stored.t.tolist(), strict=True):
        links[row] = _link(base, ds, t)
    return Answer(201, _JSON, orjson.dumps(links))


def batch(stored: Parsed, _base: str) -> Answer:
    """Return what was accepted and what was refused: 201 all, 200 a part.

    Raises
    ------
    AllRefused
        If there were rows, and none was accepted.
    """
    accepted = len(stored.ds)
    listed = stored.refused[:LISTED_REFUSALS]
    if stored.refused and not accepted:
        fields = {f"row {item.row}": f"{item.code}: {item.reason}" for item in listed}
        raise AllRefused(f"none of {stored.sent} rows was accepted", fields)
    body = {
        "accepted": accepted,
        "refused_total": len(stored.refused),
        "refused": [{"row": item.row, "code": item.code, "reason": item.reason} for item in listed],
    }
    return Answer(200 if stored.refused or not accepted else 201, _JSON, orjson.dumps(body))


def base_of(scope: Scope, headers: Mapping[str, str]) -> str:
    """Return the address of the SensorThings service as this client reached it."""
    scheme = headers.get("x-forwarded-proto", scope.get("scheme", "http"))
    return f"{scheme}://{headers.get('host', 'localhost')}/sta/v1.1"


def _link(base: str, ds: int, t: int) -> str:
    return f"{base}/Observations('{observation_id(ds, t)}')"
