"""Devices without keyboard or browser: they show a code, somebody types it elsewhere (RFC 8628)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, UnauthorizedClientError
from authlib.oauth2.rfc8628 import DeviceAuthorizationEndpoint, DeviceCodeGrant
from django.db.models import F

from madang.identity.provider import consents
from madang.identity.provider.addresses import address
from madang.identity.provider.claims import account_in_force
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.grants import Wanted, grant, new_secret
from madang.identity.provider.lifetimes import DEVICE, POLL_S
from madang.identity.provider.server import Request
from madang.identity.provider_models import Client, Grant
from madang.identity.provider_request_models import DeviceRequest, Waiting
from madang.identity.sealing import keyed_hash
from madang.identity.session_store import hashed
from madang.identity.sessions import SessionFacts
from madang.kernel import audit, times


class DeviceAuthorization(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    """Gives a device its codes."""

    CLIENT_AUTH_METHODS = AUTH_METHODS
    EXPIRES_IN = int(DEVICE.total_seconds())
    INTERVAL = POLL_S

    def authenticate_client(self, request: Request) -> Client:
        """Return a client that may sign in so."""
        client: Client = super().authenticate_client(request)
        if not client.check_grant_type(DeviceCodeGrant.GRANT_TYPE):
            raise UnauthorizedClientError("the client is not registered for devices")
        return client

    def generate_device_code(self) -> str:
        """Return a code that nobody guesses."""
        return new_secret()

    def get_verification_uri(self) -> str:
        """Return the page on which the short code is typed."""
        return address("device")

    def save_device_credential(self, client_id: str, scope: str, data: dict[str, Any]) -> None:
        """Keep hashes of both codes."""
        client = Client.objects.get(pk=client_id)
        DeviceRequest.objects.create(
            id=hashed(data["device_code"]),
            user_code=user_code_hash(data["user_code"]),
            client=client,
            scope=client.get_allowed_scope(scope),
            expires=times.now() + DEVICE,
            interval_s=POLL_S,
        )


class DeviceGrant(DeviceCodeGrant):  # type: ignore[misc]
    """The device asks again and again until somebody has decided."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def query_device_credential(self, device_code: str) -> Credential:
        """Return the request; raises `InvalidGrantError`."""
        row = DeviceRequest.objects.select_related("grant__client").filter(pk=hashed(device_code))
        found = row.first()
        if found is None or found.state == Waiting.DONE:
            raise InvalidGrantError("device_code is unknown or used")
        return Credential(found)

    def query_user_grant(self, user_code: DeviceRequest) -> tuple[Grant | None, bool] | None:
        """Return what was decided, once."""
        row = user_code
        if row.state == Waiting.REFUSED:
            return None, False
        if row.state != Waiting.APPROVED or row.grant is None:
            return None
        taken = DeviceRequest.objects.filter(pk=row.pk, state=Waiting.APPROVED)
        if not taken.update(state=Waiting.DONE) or not account_in_force(row.grant.account):
            raise InvalidGrantError("device_code is used")
        self.request.granted = row.grant
        return row.grant, True

    def should_slow_down(self, credential: Credential) -> bool:
        """Return whether it asked too soon; then it has to wait longer from now on."""
        return is_too_soon(credential.row)


class Credential:
    """A device's request as Authlib asks for it."""

    def __init__(self, row: DeviceRequest) -> None:
        self.row = row

    def get_client_id(self) -> str:
        """Return whose it is."""
        return str(self.row.client_id)

    def get_scope(self) -> str:
        """Return what it is for."""
        return self.row.scope

    def get_user_code(self) -> DeviceRequest:
        """Return the row itself, by which `query_user_grant` finds it."""
        return self.row

    def is_expired(self) -> bool:
        """Return whether its time is over."""
        return self.row.expires <= times.now()


def is_too_soon(row: Any) -> bool:
    """Note that somebody asked; return whether it was too soon. The interval then grows by 5 s."""
    now, model = times.now(), type(row)
    soon = row.polled is not None and now - row.polled < timedelta(seconds=row.interval_s)
    model.objects.filter(pk=row.pk).update(
        polled=now, interval_s=F("interval_s") + 5 if soon else F("interval_s")
    )
    return bool(soon)


def user_code_hash(code: str) -> str:
    """Return how a short code is kept: letters only, as they are typed in any way."""
    return keyed_hash("user-code", "".join(c for c in code.upper() if c.isalnum()))


def waiting_device(code: str) -> DeviceRequest | None:
    """Return the request that waits under a short code."""
    return (
        DeviceRequest.objects.select_related("client")
        .filter(user_code=user_code_hash(code), state=Waiting.ASKED, expires__gt=times.now())
        .filter(client__state=Client.State.APPROVED)
        .first()
    )


def decide(row: DeviceRequest, facts: SessionFacts, *, yes: bool) -> bool:
    """Let a device in, or not; False where it was decided meanwhile.

    Raises
    ------
    NeedsGuardian
        For a child where nobody agreed to it for them.
    """
    if yes:
        consents.require_for(facts.account, row.client, row.scope.split())
    waiting = DeviceRequest.objects.filter(pk=row.pk, state=Waiting.ASKED)
    if not waiting.update(state=Waiting.APPROVED if yes else Waiting.REFUSED):
        return False
    granted = None
    if yes:
        granted = grant(Wanted(row.client, tuple(row.scope.split()), {}), facts)
        DeviceRequest.objects.filter(pk=row.pk).update(grant=granted)
    verb = "identity.let_device_in" if yes else "identity.refuse_device"
    audit.record(f"account:{facts.account}", verb, f"client:{row.client_id}",
                 detail={"grant": granted.pk if granted else ""})  # fmt: skip
    return True
