"""What becomes of tokens: asked for by whom they are for (introspection), ended (revocation)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from madang.identity.provider.addresses import issuer
from madang.identity.provider.claims import account_in_force
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.grants import end_grants, find_token
from madang.identity.provider.refresh_grant import KnownToken
from madang.identity.provider.server import Request
from madang.identity.provider.subjects import subject_of
from madang.identity.provider_models import Client, Grant, Token
from madang.kernel import times


class Bearer(BearerTokenValidator):  # type: ignore[misc]
    """An access token of ours in the request."""

    def authenticate_token(self, token_string: str) -> KnownToken | None:
        """Return the access token, good or not; of a closed account none."""
        row = find_token(token_string)
        if row is None or row.kind != Token.Kind.ACCESS:
            return None
        return KnownToken(row) if account_in_force(row.grant.account) else None


def protector() -> ResourceProtector:
    """Return what checks the tokens of a request."""
    made = ResourceProtector()
    made.register_token_validator(Bearer())
    return made


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """An application ends its own tokens (RFC 7009)."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:
        """Return the token."""
        row = find_token(token_string)
        return KnownToken(row) if row else None

    def revoke_token(self, token: KnownToken, request: Request) -> None:
        """End an access token; with a refresh token end all that came of it."""
        row = token.row
        if row.kind == Token.Kind.REFRESH:
            rows = Grant.objects.filter(pk=row.grant_id)
            end_grants(rows, why="revoked", by=f"client:{row.grant.client_id}")
        else:
            Token.objects.filter(pk=row.pk).update(revoked=times.now())


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Whoever a token is for asks what it is worth (RFC 7662); nobody else learns anything."""

    CLIENT_AUTH_METHODS = AUTH_METHODS[:-1]

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:
        """Return the token."""
        row = find_token(token_string)
        return KnownToken(row) if row else None

    def check_permission(self, token: KnownToken, client: Client, request: Request) -> bool:
        """Return whether the token was issued to, or is for, the one who asks."""
        granted = token.row.grant
        return client.client_id in (granted.client_id, granted.audience)

    def introspect_token(self, token: KnownToken) -> dict[str, Any]:
        """Return what a token is worth; its `sub` is the one that the asking sector knows."""
        row, granted = token.row, token.row.grant
        if not account_in_force(granted.account):
            return {"active": False}
        audience = Client.objects.get(pk=granted.audience) if granted.audience else granted.client
        claims = {
            "client_id": granted.client_id,
            "token_type": "Bearer",
            "scope": token.get_scope(),
            "sub": subject_of(granted.account, audience),
            "aud": audience.client_id,
            "iss": issuer(),
            "iat": int(row.made.timestamp()),
            "exp": int(row.expires.timestamp()),
            "auth_time": int(granted.auth_time.timestamp()),
            "acr": granted.acr,
        }
        return claims | ({"act": granted.act} if granted.act else {})
