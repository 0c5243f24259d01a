"""Refresh tokens: used once, each replaced by the next; one that comes twice ends them all."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from madang.identity.events import SecurityNotice
from madang.identity.provider.claims import account_in_force
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.grants import end_grants, find_token, is_good
from madang.identity.provider_models import Client, Grant, Token
from madang.identity.told import REFRESH_STOLEN
from madang.kernel import audit, times
from madang.kernel.events import announce


class KnownToken:
    """A token as Authlib asks for it."""

    def __init__(self, row: Token) -> None:
        self.row = row

    def check_client(self, client: Client) -> bool:
        """Return whether it was issued to this client."""
        return bool(self.row.grant.client_id == client.client_id)

    def get_scope(self) -> str:
        """Return its scopes."""
        return " ".join(self.row.scopes)

    def is_expired(self) -> bool:
        """Return whether its time is over."""
        return bool(self.row.expires <= times.now())

    def is_revoked(self) -> bool:
        """Return whether it opens nothing, for whatever reason."""
        return not is_good(self.row)

    def get_client(self) -> Client:
        """Return the client it was issued to."""
        return self.row.grant.client


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """A refresh token for new tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> KnownToken | None:
        """Return the token; where it was used before, nothing that came of it holds any longer."""
        row = find_token(refresh_token, self.request.client)
        if row is None or row.kind != Token.Kind.REFRESH:
            return None
        known = KnownToken(row)
        if not known.check_client(self.request.client):
            return None
        if row.used is not None:
            _stolen(row.grant)
            return None
        return known if is_good(row) else None

    def authenticate_user(self, refresh_token: KnownToken) -> Grant | None:
        """Return the grant, as long as its account is in force."""
        granted = refresh_token.row.grant
        self.request.granted = granted
        return granted if account_in_force(granted.account) else None

    def issue_token(self, user: Grant, refresh_token: KnownToken) -> dict[str, Any]:
        """Take the token, then issue its successors: of two at once one wins, and both end."""
        row = refresh_token.row
        if not Token.objects.filter(pk=row.pk, used__isnull=True).update(used=times.now()):
            _stolen(row.grant)
            raise InvalidGrantError()
        return dict(super().issue_token(user, refresh_token))

    def revoke_old_credential(self, refresh_token: KnownToken) -> None:
        """Taken in `issue_token` already."""


def _stolen(granted: Grant) -> None:
    """End a grant of which a refresh token came twice; tell its owner."""
    if not end_grants(Grant.objects.filter(pk=granted.pk), why="refresh token used twice"):
        return
    audit.record("system:provider", "identity.refuse_refresh", f"grant:{granted.pk}",
                 detail={"client": granted.client_id})  # fmt: skip
    announce(
        SecurityNotice(
            account=granted.account,
            kind=REFRESH_STOLEN,
            values={"application": granted.client.name},
        )
    )
