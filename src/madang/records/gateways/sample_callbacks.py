"""How the simulated gateway sends its callbacks: over HTTP to our own door, until it is heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import httpx

from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.http import client
from madang.records.gateways import signatures
from madang.records.gateways.sample import NAME, callback_key
from madang.records.gateways.sample_models import SampleCallback

Post = Callable[[Mapping[str, str], bytes], int]
MOST = 10  # tries; real gateways give up after a day or so
_KEPT = timedelta(days=30)


def send_due(post: Post | None = None) -> int:
    """Send what is due and return how many were heard; `post` returns the answer's status."""
    if settings().is_production:
        return 0
    heard = 0
    now = times.now()
    due = SampleCallback.objects.filter(sent_at=None, due_at__lte=now, attempts__lt=MOST)
    for row in due.order_by("due_at", "id")[:200]:
        body = row.body.encode()
        headers = signatures.signed(callback_key(), row.message_id, times.now(), body)
        try:
            status = (post or _post)(headers, body)
        except httpx.HTTPError:
            status = 0
        row.attempts += 1
        if 200 <= status < 300:
            row.sent_at, heard = times.now(), heard + 1
        else:  # again after 1, 2, 4 ... minutes
            row.due_at = times.now() + timedelta(minutes=2 ** (row.attempts - 1))
        row.save(update_fields=["attempts", "sent_at", "due_at"])
    SampleCallback.objects.filter(sent_at__lt=now - _KEPT).delete()
    return heard


def _post(headers: Mapping[str, str], body: bytes) -> int:
    origin = f"http://127.0.0.1:{settings().web_port}"
    with client(origin) as http:
        answer = http.post(
            f"/api/v1/payments/webhooks/{NAME}",
            content=body,
            headers={**headers, "Content-Type": "application/json"},
        )
    return answer.status_code
