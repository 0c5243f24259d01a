"""What the doors answer over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import orjson

from madang.kernel.errors import Unauthenticated
from madang.kernel.problem import problem_document
from madang.telemetry.doors.errors import AllRefused, DoorBusy, single_refusal
from madang.telemetry.doors.http_request import Scope, Send
from madang.telemetry.doors.rows import Parsed
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
    status, headers, body = problem_document(error, instance=path)
    lower = {name.lower(): value for name, value in headers.items()}
    if isinstance(error, DoorBusy):
        lower["retry-after"] = str(max(1, round(error.retry_after_s)))
    if isinstance(error, Unauthenticated):
        lower["www-authenticate"] = 'Basic realm="gateways"'
    return Answer(status, lower, body)


def created(stored: Parsed, base: str) -> Answer:
    """Return the answer to one Observation.

    Raises
    ------
    MadangError
        The reason, where the observation was refused.
    """
    if stored.refused:
        refused = stored.refused[0]
        raise single_refusal(refused.code, refused.reason)
    return Answer(201, {"location": _link(base, int(stored.ds[0]), int(stored.t[0]))})


def data_array(stored: Parsed, base: str) -> Answer:
    """Return the links of a data array in the order sent, "error" for each refused row."""
    links = ["error"] * stored.sent
    for row, ds, t in zip(stored.row.tolist(), stored.ds.tolist(), stored.t.tolist(), strict=True):
        links[row] = _link(base, ds, t)
    return Answer(201, _JSON, orjson.dumps(links))


def batch(stored: Parsed) -> Answer:
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


def _link(base: str, ds: int, t: int | np.integer) -> str:
    return f"{base}/Observations('{observation_id(ds, int(t))}')"
