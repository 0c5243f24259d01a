"""What applications are told: that a session ended (signed logout token), that an approval is in.

Each message is a row; a job delivers it, and a schedule comes back to those that failed, after
longer and longer waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from madang.identity.provider.addresses import issuer
from madang.identity.provider.grants import OFFLINE, end_grants
from madang.identity.provider.keys import signed
from madang.identity.provider.lifetimes import LOGOUT_TOKEN
from madang.identity.provider_models import Client, Grant
from madang.identity.provider_request_models import BackchannelRequest, Delivery
from madang.identity.sealing import unseal
from madang.kernel import audit, http, jobs, times
from madang.kernel.errors import Unavailable
from madang.kernel.events import new_id

if TYPE_CHECKING:
    import httpx

MOST_ATTEMPTS = 8  # the last after about six hours
FIRST_WAIT_S = 15
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def sessions_ended(public_ids: Iterable[str], *, by: str) -> None:
    """End what was granted in sessions that were ended, and tell the applications.

    What was granted for longer than a session (`offline_access`) stays; its application is told
    all the same (OpenID Connect Back-Channel Logout 1.0, section 2.7).
    """
    rows = Grant.objects.filter(session__in=list(public_ids), ended__isnull=True)
    told = {(one.client_id, one.sid): one for one in rows.select_related("client")}
    with transaction.atomic():
        online = [one.pk for one in rows if OFFLINE not in one.scopes]
        end_grants(Grant.objects.filter(pk__in=online), why="signed out", by=by)
        for one in told.values():
            if one.client.backchannel_logout_uri:
                queue(Delivery(client=one.client, kind=Delivery.Kind.LOGOUT,
                               sub=one.sub, sid=one.sid))  # fmt: skip


def queue(delivery: Delivery) -> None:
    """Keep a message and deliver it soon."""
    delivery.save(force_insert=True)
    deliver.enqueue(delivery.pk)


@jobs.task()
def deliver(delivery_id: str) -> None:
    """Deliver one message, unless it was delivered meanwhile."""
    row = Delivery.objects.select_related("client", "request").filter(pk=delivery_id).first()
    if row is None or row.delivered or row.given_up or row.due > times.now():
        return
    error = _send(row)
    row.attempts += 1
    row.error = error[:200]
    if not error:
        row.delivered = times.now()
    elif row.attempts >= MOST_ATTEMPTS:
        row.given_up = times.now()
        audit.record("system:provider", "identity.give_up_delivery", f"client:{row.client_id}",
                     detail={"kind": row.kind, "error": row.error})  # fmt: skip
    else:
        row.due = times.now() + timedelta(seconds=FIRST_WAIT_S * 4 ** (row.attempts - 1))
    row.save(update_fields=["attempts", "error", "delivered", "given_up", "due"])


def deliver_due() -> None:
    """Deliver what failed before and is due again; run by a schedule."""
    waiting = Delivery.objects.filter(
        delivered__isnull=True, given_up__isnull=True, due__lte=times.now()
    )
    for pk in list(waiting.values_list("pk", flat=True)[:200]):
        deliver.call(pk)


def logout_token(client: Client, sub: str, sid: str) -> str:
    """Return a signed logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""
    now = times.now()
    claims = {
        "iss": issuer(),
        "aud": client.client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LOGOUT_TOKEN).timestamp()),
        "jti": new_id(),
        "sub": sub,
        "sid": sid,
        "events": {LOGOUT_EVENT: {}},
    }
    return signed(claims, client.id_token_alg, typ="logout+jwt")


def _send(row: Delivery) -> str:
    """Return what went wrong; nothing where it arrived."""
    import httpx

    try:
        with http.client() as caller:
            if row.kind == Delivery.Kind.LOGOUT:
                token = logout_token(row.client, row.sub, row.sid)
                answer = caller.post(
                    row.client.backchannel_logout_uri, data={"logout_token": token}
                )
            else:
                answer = _ping(caller, row.client, row.request)
    except (httpx.HTTPError, httpx.InvalidURL, Unavailable) as error:
        return f"{type(error).__name__}: {error}"
    return "" if answer.status_code in (200, 204) else f"answered {answer.status_code}"


def _ping(caller: httpx.Client, client: Client, asked: BackchannelRequest | None) -> httpx.Response:
    assert asked is not None
    return caller.post(
        client.notification_uri,
        content=json.dumps({"auth_req_id": unseal("ciba", asked.handle).decode()}),
        headers={
            "Authorization": f"Bearer {unseal('ciba', asked.notify).decode()}",
            "Content-Type": "application/json",
        },
    )
