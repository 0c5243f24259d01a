"""Statements that an application signs with its own key: who it is, what it asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from django.db import IntegrityError, transaction
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from madang.identity.provider.addresses import address, issuer
from madang.identity.provider.lifetimes import ASSERTION, SKEW_S
from madang.identity.provider_models import Client
from madang.identity.provider_request_models import UsedAssertion
from madang.identity.session_store import hashed
from madang.kernel import times

SIGNED_BY = ["ES256", "RS256", "PS256", "EdDSA"]


class ClientAssertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """``private_key_jwt``: a statement for us, signed, short-lived, taken once (RFC 7523)."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def get_audiences(self) -> list[str]:
        """Return how a client may name us."""
        return [issuer(), address("oauth-token")]

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """Return the claims of a good statement; raises `InvalidClientError`."""
        try:
            claims = dict(jwt.decode(assertion, resolve_key, algorithms=SIGNED_BY).claims)
            self.verify_claims(claims)
        except (JoseError, ValueError):
            raise InvalidClientError("the client assertion is not in order") from None
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """Raise unless the client itself said this, to us, for now, for the first time."""
        registry = jwt.JWTClaimsRegistry(
            now=int(times.now().timestamp()),
            leeway=SKEW_S,
            iss={"essential": True, "value": claims.get("sub", "")},
            aud={"essential": True, "values": self.get_audiences()},
            exp={"essential": True},
        )
        registry.validate(claims)
        if not self.validate_jti(claims, claims.get("jti")):
            raise InvalidClientError("the client assertion came before or lasts too long")

    def validate_jti(self, claims: dict[str, Any], jti: Any) -> bool:
        """Return whether this statement was never taken before, and take it."""
        return isinstance(jti, str) and take_once(claims["sub"], jti, claims["exp"])

    def resolve_client_public_key(self, client: Client) -> KeySet:
        """Return the keys that the client registered."""
        return keys_of(client)


def keys_of(client: Client) -> KeySet:
    """Return a client's public keys.

    Raises
    ------
    InvalidClientError
        If it has none.
    """
    if not client.jwks.get("keys"):
        raise InvalidClientError("the client has no keys")
    return KeySet.import_key_set(client.jwks)


def take_once(client: str, jti: str, exp: Any) -> bool:
    """Return whether this is the first time; a statement good for too long is not taken at all."""
    now = times.now()
    if not isinstance(exp, int | float):
        return False
    expires = datetime.fromtimestamp(min(exp, 4e9), UTC)
    if expires > now + ASSERTION:
        return False
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(id=hashed(f"{client}\n{jti}"), expires=expires + ASSERTION)
    except IntegrityError:
        return False
    return True


def request_object(text: str, client: Client) -> dict[str, Any]:
    """Return the parameters in a signed request object (RFC 9101).

    Raises
    ------
    InvalidRequestError
        With the error ``invalid_request_object``, unless it is signed by the client, for us,
        and in force.
    """
    try:
        claims = dict(jwt.decode(text, keys_of(client), algorithms=SIGNED_BY).claims)
        registry = jwt.JWTClaimsRegistry(
            now=int(times.now().timestamp()),
            leeway=SKEW_S,
            iss={"essential": True, "value": client.client_id},
            aud={"essential": True, "value": issuer()},
            exp={"essential": True},
            client_id={"essential": True, "value": client.client_id},
        )
        registry.validate(claims)
    except (JoseError, ValueError, InvalidClientError):
        raise InvalidRequestError(
            "the request object is not in order", error="invalid_request_object"
        ) from None
    if "request" in claims or "request_uri" in claims:
        raise InvalidRequestError("a request object holds no other", error="invalid_request_object")
    if "jti" in claims and not take_once(client.client_id, str(claims["jti"]), claims["exp"]):
        raise InvalidRequestError("the request object came before", error="invalid_request_object")
    return {name: value for name, value in claims.items() if name not in ("iss", "aud", "exp")}
