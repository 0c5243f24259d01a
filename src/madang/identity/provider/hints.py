"""ID tokens that come back to us as hints: whose sign-in an application means."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError
from joserfc import jwt
from joserfc.errors import JoseError

from madang.identity.provider.addresses import issuer
from madang.identity.provider.asked import Asked
from madang.identity.provider.keys import ALGORITHMS, public_keys
from madang.identity.provider.subjects import subject_of


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of an ID token that we issued, however long ago.

    Raises
    ------
    InvalidRequestError
        If we did not.
    """
    try:
        claims = dict(jwt.decode(token, public_keys(), algorithms=list(ALGORITHMS)).claims)
    except (JoseError, ValueError):
        raise InvalidRequestError("id_token_hint is none of our tokens") from None
    if claims.get("iss") != issuer():
        raise InvalidRequestError("id_token_hint is none of our tokens")
    return claims


def check(asked: Asked) -> None:
    """Raise `InvalidRequestError` where the hint is none of our tokens for this client."""
    if not asked.id_token_hint:
        return
    try:
        claims = claims_of(asked.id_token_hint)
        if claims.get("aud") != asked.client.client_id:
            raise InvalidRequestError("id_token_hint is for another client")
    except InvalidRequestError as error:
        error.redirect_uri, error.state = asked.redirect_uri, asked.state
        raise


def is_for(asked: Asked, account: str) -> bool:
    """Return whether the hint, where there is one, means this account."""
    if not asked.id_token_hint:
        return True
    return bool(claims_of(asked.id_token_hint)["sub"] == subject_of(account, asked.client))
