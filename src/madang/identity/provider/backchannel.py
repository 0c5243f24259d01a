"""Approval on somebody's own device, asked for by an application without their browser.

OpenID Connect Client-Initiated Backchannel Authentication 1.0, poll and ping. The one who asks
shows a number; only who sees it there can choose it among three on the page that approves, so that
nobody approves what somebody else began.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    BaseGrant,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    TokenEndpointMixin,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.hooks import hooked
from authlib.oauth2.rfc8628.errors import (
    AuthorizationPendingError,
    ExpiredTokenError,
    SlowDownError,
)
from django.db import transaction
from django.db.models import Q

from madang.identity.engine.levels import Level, UnknownLevel, level_of
from madang.identity.events import SecurityNotice
from madang.identity.provider import consents, deliveries, hints
from madang.identity.provider.claims import account_in_force
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.device import is_too_soon
from madang.identity.provider.discovery import CIBA_GRANT
from madang.identity.provider.grants import Wanted, grant, new_secret
from madang.identity.provider.lifetimes import APPROVAL, MOST_OPEN, POLL_S
from madang.identity.provider.subjects import account_of_subject
from madang.identity.provider_models import Client
from madang.identity.provider_request_models import BackchannelRequest, Delivery, Waiting
from madang.identity.sealing import seal
from madang.identity.session_store import hashed
from madang.identity.sessions import SessionFacts
from madang.identity.told import APPROVAL_ASKED
from madang.kernel import audit, times
from madang.kernel.events import announce

LONGEST_MESSAGE = 100
_USE = "ciba"
_HINTS = ("login_hint", "id_token_hint", "login_hint_token")


def ask_for_approval(client: Client, parameters: dict[str, Any]) -> dict[str, Any]:
    """Ask somebody to approve; return what the application shows and waits with.

    `matching_number` of the answer is ours: the application shows it where the request was made.

    Raises
    ------
    OAuth2Error
        As section 13 of the specification says.
    """
    if not client.check_grant_type(CIBA_GRANT):
        raise UnauthorizedClientError("the client is not registered for approvals")
    scope = client.get_allowed_scope(parameters.get("scope"))
    if "openid" not in scope.split():
        raise InvalidScopeError("scope has to contain openid")
    message = parameters.get("binding_message", "")
    if len(message) > LONGEST_MESSAGE or not message.isprintable():
        raise InvalidRequestError("binding_message is too long", error="invalid_binding_message")
    account, level = _account_of(client, parameters), _level_of(client, parameters)
    now = times.now()
    waiting = BackchannelRequest.objects.filter(
        account=account, state=Waiting.ASKED, expires__gt=now
    )
    if waiting.count() >= MOST_OPEN:
        raise AccessDeniedError("too many requests wait for this person already")
    handle, choices = new_secret(), _numbers()
    lasts = min(_seconds(parameters.get("requested_expiry")), int(APPROVAL.total_seconds()))
    number = secrets.choice(choices)
    with transaction.atomic():
        row = BackchannelRequest.objects.create(
            id=hashed(handle),
            client=client,
            account=account,
            scope=scope,
            ial=level.ial,
            aal=level.aal,
            message=message,
            number=number,
            choices=choices,
            expires=now + timedelta(seconds=lasts),
            interval_s=POLL_S,
            notify=_notification(client, parameters),
            handle=seal(_USE, handle.encode()),
        )
        audit.record(f"client:{client.client_id}", "identity.ask_approval", f"account:{account}",
                     detail={"request": row.public_id})  # fmt: skip
        asked = {"request": row.public_id, "application": client.name}
        announce(SecurityNotice(account=account, kind=APPROVAL_ASKED, values=asked))
    return {
        "auth_req_id": handle,
        "expires_in": lasts,
        "interval": POLL_S,
        "matching_number": number,
    }


def waiting_for(account: str) -> list[BackchannelRequest]:
    """Return the requests that wait for somebody, newest first."""
    rows = BackchannelRequest.objects.select_related("client").filter(
        Q(client__state=Client.State.APPROVED) | Q(client__isnull=True),  # none: staff ask
        account=account,
        state=Waiting.ASKED,
        expires__gt=times.now(),
    )
    return list(rows.order_by("-made"))


def decide(row: BackchannelRequest, facts: SessionFacts, number: str) -> bool:
    """Approve with the right number; anything else refuses. Return whether it was approved.

    The caller has made sure that the session reaches the level that was asked for.
    """
    assert row.client is not None  # where staff ask, `assisted_approval` decides
    yes = secrets.compare_digest(row.number, number)
    if yes:
        consents.require_for(facts.account, row.client, row.scope.split())
    with transaction.atomic():
        waiting = BackchannelRequest.objects.filter(pk=row.pk, state=Waiting.ASKED)
        if not waiting.update(state=Waiting.APPROVED if yes else Waiting.REFUSED):
            return False
        if yes:
            granted = grant(Wanted(row.client, tuple(row.scope.split()), {}), facts)
            BackchannelRequest.objects.filter(pk=row.pk).update(grant=granted)
        verb = "identity.approve" if yes else "identity.refuse_approval"
        audit.record(f"account:{facts.account}", verb, f"client:{row.client_id}",
                     detail={"request": row.public_id})  # fmt: skip
        if row.notify:
            ping = Delivery(client=row.client, kind=Delivery.Kind.PING, request=row)
            deliveries.queue(ping)
    return yes


class BackchannelGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """The application asks, or was told, and takes its tokens."""

    GRANT_TYPE = CIBA_GRANT
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS[:-1]

    def validate_token_request(self) -> None:
        """Raise unless the request was approved; then it is taken, once."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError("the client is not registered for approvals")
        handle = self.request.form.get("auth_req_id")
        if not handle:
            raise InvalidRequestError("Missing 'auth_req_id'")
        row = (
            BackchannelRequest.objects.select_related("grant__client")
            .filter(pk=hashed(handle), client=client)
            .first()
        )
        if row is None or row.state == Waiting.DONE:
            raise InvalidGrantError("auth_req_id is unknown or used")
        self._decided(row)
        self.request.client, self.request.granted = client, row.grant

    @hooked  # type: ignore[untyped-decorator]
    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Return the tokens."""
        client, granted = self.request.client, self.request.granted
        refreshes = client.check_grant_type("refresh_token")
        token = self.generate_token(
            user=granted, scope=" ".join(granted.scopes), include_refresh_token=refreshes
        )
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER

    def _decided(self, row: BackchannelRequest) -> None:
        if row.state == Waiting.REFUSED:
            raise AccessDeniedError()
        if row.expires <= times.now():
            raise ExpiredTokenError()
        if row.state == Waiting.ASKED or row.grant is None:
            raise SlowDownError() if is_too_soon(row) else AuthorizationPendingError()
        taken = BackchannelRequest.objects.filter(pk=row.pk, state=Waiting.APPROVED)
        if not taken.update(state=Waiting.DONE) or not account_in_force(row.grant.account):
            raise InvalidGrantError("auth_req_id is used")


def _account_of(client: Client, parameters: dict[str, Any]) -> str:
    given = [name for name in _HINTS if parameters.get(name)]
    if len(given) != 1 or given == ["login_hint_token"]:
        raise InvalidRequestError("exactly one of login_hint and id_token_hint says who")
    sub = parameters[given[0]]
    if given == ["id_token_hint"]:
        claims = hints.claims_of(sub)
        if claims.get("aud") != client.client_id:
            raise InvalidRequestError("id_token_hint is for another client")
        sub = claims["sub"]
    account = account_of_subject(sub, client)
    if not account or not account_in_force(account):
        raise InvalidRequestError("nobody is known under this hint", error="unknown_user_id")
    return account


def _level_of(client: Client, parameters: dict[str, Any]) -> Level:
    for value in str(parameters.get("acr_values", "")).split():
        try:
            asked = level_of(value)
        except UnknownLevel:
            continue
        return Level(max(asked.ial, client.ial), max(asked.aal, client.aal))
    return Level(client.ial, client.aal)


def _notification(client: Client, parameters: dict[str, Any]) -> bytes:
    if not client.notification_uri:
        return b""
    token = parameters.get("client_notification_token", "")
    if not 22 <= len(token) <= 1024:  # 128 bits at least, section 7.1
        raise InvalidRequestError("client_notification_token is missing or too short")
    return seal(_USE, token.encode())


def _numbers() -> list[str]:
    """Return three different numbers of two digits."""
    return [str(10 + one) for one in secrets.SystemRandom().sample(range(90), 3)]


def _seconds(text: Any) -> int:
    if text in (None, ""):
        return int(APPROVAL.total_seconds())
    if not str(text).isdecimal() or not 0 < int(text) < 10**6:
        raise InvalidRequestError("requested_expiry is a whole number of seconds")
    return int(text)
