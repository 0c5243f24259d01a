"""Errors as RFC 9457 problem documents, for every door that speaks JSON.

A `MadangError` carries the text for people; of any other exception a person learns only the
request id under which the log has the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from madang.kernel.errors import Invalid, LimitReached, MadangError, Unauthenticated
from madang.kernel.logs import logger, request_id

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:madang:problem:"
INTERNAL = "something went wrong on our side; it is noted under the request id"


def problem_document(
    error: BaseException, *, instance: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Return (status, headers, body) that tell `error` to the caller of an interface.

    Parameters
    ----------
    instance : path of the request, or another reference to this occurrence.

    Notes
    -----
    Members beside RFC 9457's: ``code`` (`MadangError.code`), ``errors`` (field by field, of an
    `Invalid`), ``request`` (id in the log), and what the error adds itself
    (`MadangError.members`).
    """
    status = error.http_status if isinstance(error, MadangError) else 500
    if status >= 500:
        logger("problem").error("request failed", instance=instance, exc_info=error)
    body = msgspec.json.encode(_members(error, status, instance))
    return status, {"Content-Type": CONTENT_TYPE, **_headers(error)}, body


def _members(error: BaseException, status: int, instance: str) -> Mapping[str, Any]:
    code, detail = "error", INTERNAL
    more: Mapping[str, Any] = {}
    if isinstance(error, MadangError):
        code, detail = error.code, error.message
        more = error.members
    members: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request": request_id(),
        **more,
    }
    if instance:
        members["instance"] = instance
    if isinstance(error, Invalid) and error.fields:
        members["errors"] = [
            {"field": field, "detail": reason} for field, reason in error.fields.items()
        ]
    return members


def _headers(error: BaseException) -> dict[str, str]:
    if isinstance(error, LimitReached):
        return {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))}
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": error.challenge}
    if isinstance(error, MadangError) and error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "1"}
    return {}
