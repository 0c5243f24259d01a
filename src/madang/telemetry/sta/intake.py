"""Observations that come to the web process, inside an entity or a batch, go to the doors.

The doors of the stream process judge them, charge the quota and store them durably, as if they had
come there; so there is one intake path. The sender's own key goes along.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpRequest, HttpResponse

from madang.kernel.config import settings
from madang.kernel.errors import Forbidden, LimitReached, Unavailable
from madang.telemetry.doors.admit import admit_point
from madang.telemetry.doors.parse_sta import observation_point
from madang.telemetry.doors.rows import Point, RowError
from madang.telemetry.sta.errors import InvalidEntity

if TYPE_CHECKING:
    import httpx

_PATIENCE_S = 15.0  # the doors themselves give up after 6 s
_PASSED_ON = ("authorization", "x-madang-key", "idempotency-key")
_PASSED_BACK = ("Content-Type", "Location", "Retry-After")
Brought = Iterable[tuple[Any, object]]
"""(row of the Datastream, document of an Observation) pairs."""


@cache
def _client() -> httpx.Client:
    import httpx

    address = f"http://127.0.0.1:{settings().stream_port}"
    return httpx.Client(base_url=address, timeout=_PATIENCE_S, trust_env=False)


def passed_on(request: HttpRequest, path: str) -> HttpResponse:
    """Return the doors' answer to an Observation that was posted to `path`.

    Raises
    ------
    Unavailable
        If the stream process does not answer; the observation may be stored or not.
    """
    answer = _posted(request, path, request.body)
    response = HttpResponse(answer.content, status=answer.status_code)
    del response["Content-Type"]
    for name in _PASSED_BACK:
        if name in answer.headers:
            response[name] = answer.headers[name]
    return response


def points_of(brought: Brought, gateway: int, now_ms: int) -> list[Point]:
    """Return the observations described inside entities, as rows.

    Raises
    ------
    InvalidEntity
        If one of them cannot enter; it names them all.
    """
    points: list[Point] = []
    wrong: dict[str, str] = {}
    for number, (datastream, document) in enumerate(brought):
        try:
            point = observation_point(document, now_ms, datastream.pk)
            admit_point(point, {datastream.pk: gateway}, gateway, now_ms)
        except RowError as error:
            wrong[f"Observations {number}"] = f"{error.code}: {error.reason}"
        else:
            points.append(point)
    if wrong:
        told = "; ".join(f"{name} {reason}" for name, reason in wrong.items())
        raise InvalidEntity(f"nothing was created: {told}", wrong)
    return points


def store(request: HttpRequest, points: list[Point]) -> None:
    """Have rows stored by the doors; returns when all of them are on disk.

    Raises
    ------
    Forbidden, LimitReached, Unavailable
        If the key may not observe, its quota is used up, or they could not be stored.
    """
    ds, t, v = zip(*points, strict=True)
    values = [None if math.isnan(one) else one for one in v]
    body = orjson.dumps({"ds": ds, "t": t, "v": values})
    answer = _posted(request, "/ingest/v1/columns", body)
    if answer.status_code == HTTPStatus.CREATED:
        return
    told = _document(answer)
    detail = str(told.get("detail") or told.get("refused") or answer.status_code)
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        wait_s = float(answer.headers.get("Retry-After", "1"))
        raise LimitReached(f"nothing was created: {detail}", retry_after_s=wait_s)
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Forbidden(f"nothing was created: {detail}")
    raise Unavailable(f"nothing was created, its observations could not be stored: {detail}")


def _posted(request: HttpRequest, path: str, body: bytes) -> httpx.Response:
    import httpx

    own = {name.lower(): value for name, value in request.headers.items()}
    headers = {name: own[name] for name in _PASSED_ON if name in own}
    headers |= {"host": request.get_host(), "x-forwarded-proto": request.scheme or "http"}
    headers["content-type"] = "application/json"
    try:
        return _client().post(path, content=body, headers=headers)
    except httpx.TransportError as error:
        raise Unavailable(f"the intake does not answer, send the same again: {error}") from error


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
