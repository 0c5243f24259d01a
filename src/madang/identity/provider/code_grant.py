"""The code: asked for in the browser, with PKCE, and exchanged once for tokens."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants.code import OpenIDToken
from authlib.oidc.core.grants.util import create_half_hash

from madang.identity.provider.addresses import issuer
from madang.identity.provider.claims import account_in_force, told
from madang.identity.provider.grants import take_code
from madang.identity.provider.keys import signed
from madang.identity.provider.lifetimes import ID_TOKEN
from madang.identity.provider.server import Request
from madang.identity.provider_models import Client, Code, Grant
from madang.kernel import times

AUTH_METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Code for tokens. The code itself is issued by the pages (`authorize_pages`)."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def validate_requested_scope(self) -> None:
        """Pass over scopes we do not know (OpenID Connect Core, 3.1.2.1); some must be left."""

    @staticmethod
    def validate_authorization_redirect_uri(request: Request, client: Client) -> str:
        """Return the address to go back to, where it is exactly one that was registered."""
        asked = request.payload.redirect_uri
        if not asked or not client.check_redirect_uri(asked):
            raise InvalidRequestError("redirect_uri is not registered for this client")
        return str(asked)

    def query_authorization_code(self, code: str, client: Client) -> KnownCode | None:
        """Return the code, taken now: whoever comes with it again gets nothing."""
        row = take_code(code, client)
        return KnownCode(row) if row else None

    def authenticate_user(self, authorization_code: KnownCode) -> Grant | None:
        """Return the grant, as long as its account is in force."""
        granted = authorization_code.row.grant
        self.request.granted = granted
        return granted if account_in_force(granted.account) else None

    def delete_authorization_code(self, authorization_code: KnownCode) -> None:
        """Keep it: a code that comes again is told apart from one we never saw."""


class KnownCode:
    """A code as Authlib asks for it."""

    def __init__(self, row: Code) -> None:
        self.row = row
        self.code_challenge = row.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        """Return the address it was sent to; the same has to be named again."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return what was granted."""
        return " ".join(self.row.grant.scopes)


class SecureChallenge(CodeChallenge):  # type: ignore[misc]
    """PKCE from everybody, S256 only (RFC 9700, section 2.1.1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Raise `InvalidRequestError` unless there is a challenge by S256."""
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("'code_challenge_method' has to be S256")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: CodeGrant, result: Any) -> None:
        """Raise unless the verifier belongs to the challenge."""
        if not grant.request.form.get("code_verifier"):
            raise InvalidGrantError("Missing 'code_verifier'")
        super().validate_code_verifier(grant, result)


class IDToken(OpenIDToken):  # type: ignore[misc]
    """The ID token: who signed in, how surely, when; and no more of them than was asked for."""

    def encode_id_token(self, token: dict[str, Any], request: Request) -> str:
        """Return the signed token."""
        granted = request.granted
        assert granted is not None
        claims = id_token_claims(granted)
        alg = granted.client.id_token_alg
        half = create_half_hash(token["access_token"], alg)
        claims["at_hash"] = half.decode() if isinstance(half, bytes) else half
        if granted.nonce and request.payload.grant_type == CodeGrant.GRANT_TYPE:
            claims["nonce"] = granted.nonce
        return signed(claims, alg)


def id_token_claims(granted: Grant) -> dict[str, Any]:
    """Return the claims of an ID token of this grant, issued now."""
    now = int(times.now().timestamp())
    claims: dict[str, Any] = {
        "iss": issuer(),
        "sub": granted.sub,
        "aud": granted.client_id,
        "azp": granted.client_id,
        "iat": now,
        "exp": now + int(ID_TOKEN.total_seconds()),
        "auth_time": int(granted.auth_time.timestamp()),
        "acr": granted.acr,
        "amr": granted.amr,
    }
    if granted.sid:
        claims["sid"] = granted.sid
    if granted.act:
        claims["act"] = granted.act
    return claims | told(granted, granted.claims.get("id_token", ()))
