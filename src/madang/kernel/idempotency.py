"""Write requests that may be sent twice and are done once.

A client names its request in the header ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-
header). The answer is kept for 24 hours, in the transaction that did the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction

from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.models import IdempotentAnswer

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_LONGEST_KEY = 200


@dataclass(frozen=True)
class Answer:
    """What was answered. `replayed` is true where it comes from an earlier, equal request."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    replayed: bool = False


def once(key: str, actor: str, route: str, body: bytes, work: Callable[[], Answer]) -> Answer:
    """Do `work` unless this request was answered before; return the answer.

    The work and the kept answer are one transaction: both are there or neither is. A refusal (400
    and above) and an exception undo what was begun and are not kept.

    Raises
    ------
    Conflict
        If the key was used with another body.
    Invalid
        If the key is empty or too long.
    """
    if not 0 < len(key) <= _LONGEST_KEY:
        raise Invalid(f"{HEADER} has 1 to {_LONGEST_KEY} characters", {HEADER: "length"})
    digest = sha256(body).hexdigest()
    with transaction.atomic():
        kept = _claimed(key, actor, route, digest)
        if kept.status:
            return _replayed(kept, digest)
        answer = work()
        if answer.status >= 400:
            transaction.set_rollback(True)
            return answer
        kept.status, kept.body = answer.status, answer.body
        kept.headers = dict(answer.headers)
        kept.save(update_fields=["status", "body", "headers"])
    return answer


def _claimed(key: str, actor: str, route: str, digest: str) -> IdempotentAnswer:
    """Return the row of this request; a rival with the same key waits until we are through."""
    now = times.now()
    name = {"key": key, "actor": actor, "route": route}
    IdempotentAnswer.objects.filter(**name, answered_at__lt=now - KEPT).delete()
    fresh = {"body_digest": digest, "status": 0, "body": b"", "answered_at": now}
    row, _ = IdempotentAnswer.objects.get_or_create(**name, defaults=fresh)
    return IdempotentAnswer.objects.select_for_update().get(pk=row.pk)


def _replayed(kept: IdempotentAnswer, digest: str) -> Answer:
    if kept.body_digest != digest:
        raise Conflict(f"{HEADER} {kept.key!r} was used for another request; take a new key")
    return Answer(kept.status, bytes(kept.body), kept.headers, replayed=True)


def idempotent(
    actor_of: Callable[[HttpRequest], str],
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a Django view idempotent where the caller sends the header (`once`).

    Parameters
    ----------
    actor_of : returns the id under which the caller's keys are kept.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            key = request.headers.get(HEADER)
            if key is None:
                return view(request, *args, **kwargs)

            def work() -> Answer:
                return _answer(view(request, *args, **kwargs))

            route = f"{request.method} {request.path}"
            return _response(once(key, actor_of(request), route, request.body, work))

        return wrapped

    return decorate


def _answer(response: HttpResponse) -> Answer:
    headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
    return Answer(response.status_code, response.content, headers)


def _response(answer: Answer) -> HttpResponse:
    from django.http import HttpResponse

    response = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    if answer.replayed:
        response[REPLAYED] = "true"
    return response


def forget_old() -> int:
    """Remove answers older than 24 hours; return how many."""
    oldest = times.now() - KEPT
    return IdempotentAnswer.objects.filter(answered_at__lt=oldest).delete()[0]
