"""Credentials of which the holder shows what is needed and no more: SD-JWT (RFC 9901).

A credential is a signed list of hashes, and beside it the facts themselves, each with its salt. Who
shows it leaves out facts; what is left still matches the list. The form for credentials is SD-JWT
VC [1]_: a type (``vct``), an issuer, a place in a status list.

References
----------
.. [1] draft-ietf-oauth-sd-jwt-vc-13 (``typ`` is ``dc+sd-jwt``); RFC 9901, sections 4 and 7.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

TYPE, KEY_BINDING = "dc+sd-jwt", "kb+jwt"
LARGEST_B = 256 * 1024
_SALT_B = 16  # RFC 9901, section 9.3: 128 bits
_RESERVED = frozenset({"_sd", "_sd_alg", "...", "iss", "iat", "nbf", "exp", "cnf", "vct", "status"})


class CredentialRefused(ValueError):
    """A credential is not what its issuer signed, or is not good now; the text says why."""


@dataclass(frozen=True)
class Shown:
    """What a credential that was checked says.

    Parameters
    ----------
    claims : what its issuer always shows: ``iss``, ``vct``, times, ``status``.
    facts : what its holder shows of it.
    hidden : how many facts were left out.
    binding : what the holder signed with the key in ``cnf``; None without.
    """

    claims: Mapping[str, Any]
    facts: Mapping[str, Any]
    hidden: int
    binding: Mapping[str, Any] | None = None


def issued(
    claims: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    kid: str,
    sign: Callable[[bytes], bytes],
    salt: Callable[[int], bytes],
) -> str:
    """Return a credential with all its facts, ``<JWT>~<fact>~<fact>~``.

    Parameters
    ----------
    claims : what is always shown; ``iss``, ``vct`` and ``iat`` belong there.
    sign : returns an ES256 signature, r and s.
    salt : returns so many random bytes.
    """
    if wrong := _RESERVED & set(facts):
        raise CredentialRefused(f"no fact can be called {', '.join(sorted(wrong))}")
    disclosures = [_encoded([_b64(salt(_SALT_B)), name, value]) for name, value in facts.items()]
    digests = sorted(_digest(one) for one in disclosures)  # the order says nothing of the facts
    payload = {**claims, "_sd": digests, "_sd_alg": "sha-256"}
    head = {"alg": "ES256", "typ": TYPE, "kid": kid}
    body = f"{_encoded(head)}.{_encoded(payload)}"
    token = f"{body}.{_b64(sign(body.encode()))}"
    return "~".join([token, *disclosures, ""])


def shown(credential: str, names: Collection[str]) -> str:
    """Return the credential with these facts only."""
    token, *disclosures = credential.split("~")
    kept = [one for one in disclosures if one and _parsed(one)[1] in names]
    return "~".join([token, *kept, ""])


def checked(
    credential: str, key_of: Callable[[str, str], Mapping[str, Any] | None], now: datetime
) -> Shown:
    """Return what a credential says, where its issuer signed it and it is in force.

    Parameters
    ----------
    key_of : returns the public key (JWK) of an issuer by its ``iss`` and ``kid``, None if unknown.

    Raises
    ------
    CredentialRefused
    """
    if len(credential) > LARGEST_B:
        raise CredentialRefused("it is too large")
    token, *rest = credential.strip().split("~")
    if not rest:
        raise CredentialRefused("it is no SD-JWT: it has no '~'")
    binding_token = rest.pop()
    claims = checked_token(token, TYPE, key_of)
    if claims.get("_sd_alg", "sha-256") != "sha-256":
        raise CredentialRefused("it uses another hash than SHA-256")
    _require_in_force(claims, now)
    facts = _facts(rest, claims)
    binding = _bound(binding_token, credential, claims) if binding_token else None
    kept = {name: value for name, value in claims.items() if name not in ("_sd", "_sd_alg")}
    return Shown(kept, facts, len(claims.get("_sd", ())) - len(facts), binding)


def checked_token(
    token: str, typ: str, key_of: Callable[[str, str], Mapping[str, Any] | None]
) -> dict[str, Any]:
    """Return the claims of a token of this type that its issuer signed.

    Raises
    ------
    CredentialRefused
    """
    if len(token) > LARGEST_B:
        raise CredentialRefused("it is too large")
    try:
        parts = token.strip().split(".")
        head, said = json.loads(_decoded(parts[0])), json.loads(_decoded(parts[1]))
        kid, issuer = str(head.get("kid", "")), str(said.get("iss", ""))
    except (ValueError, IndexError, AttributeError, RecursionError):
        raise CredentialRefused("it is no signed token") from None
    if head.get("typ") != typ:
        raise CredentialRefused(f"its type is {head.get('typ')!r}, not {typ!r}")
    jwk = key_of(issuer, kid)
    if jwk is None:
        raise CredentialRefused(f"nobody here knows the key {kid!r} of {issuer!r}")
    return _verified(token.strip(), jwk)


def _verified(token: str, jwk: Mapping[str, Any]) -> dict[str, Any]:
    try:
        key = ECKey.import_key({name: str(value) for name, value in jwk.items()})
        found = jws.deserialize_compact(token, key, algorithms=["ES256"])
        claims = json.loads(found.payload)
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise CredentialRefused("its signature does not fit: it was changed") from None
    if not isinstance(claims, dict):
        raise CredentialRefused("it makes no claims")
    return claims


def _require_in_force(claims: Mapping[str, Any], now: datetime) -> None:
    moment = now.timestamp()
    ends, begins = claims.get("exp"), claims.get("nbf")
    if ends is not None and (not isinstance(ends, int | float) or moment >= ends):
        raise CredentialRefused("it has expired")
    if begins is not None and (not isinstance(begins, int | float) or moment < begins):
        raise CredentialRefused("it is not in force yet")


def _facts(disclosures: list[str], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts shown; each must be on the signed list, once (RFC 9901, section 7.1)."""
    listed = claims.get("_sd", [])
    if not isinstance(listed, list) or len(set(listed)) != len(listed):
        raise CredentialRefused("its list of facts is malformed")
    facts: dict[str, Any] = {}
    for one in disclosures:
        _salt, name, value = _parsed(one)
        if _digest(one) not in listed:
            raise CredentialRefused(f"the fact {name!r} is not what the issuer signed")
        if name in facts or name in claims or name in _RESERVED:
            raise CredentialRefused(f"the fact {name!r} is there twice")
        facts[name] = value
    return facts


def _parsed(disclosure: str) -> tuple[str, str, Any]:
    try:
        salt, name, value = json.loads(_decoded(disclosure))
    except (ValueError, TypeError, RecursionError):
        raise CredentialRefused("a fact is malformed") from None
    if not isinstance(name, str):
        raise CredentialRefused("a fact has no name")
    return str(salt), name, value


def _bound(token: str, credential: str, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the holder's key signed; the caller compares ``aud`` and ``nonce``."""
    confirmed = claims.get("cnf")
    jwk = confirmed.get("jwk") if isinstance(confirmed, dict) else None
    if not isinstance(jwk, dict):
        raise CredentialRefused("it is bound to no key of its holder")
    try:
        typ = json.loads(_decoded(token.split(".", maxsplit=1)[0])).get("typ")
    except (ValueError, AttributeError):
        raise CredentialRefused("the holder's signature is malformed") from None
    if typ != KEY_BINDING:
        raise CredentialRefused(f"the holder's signature is no {KEY_BINDING}")
    said = _verified(token, jwk)
    before = credential.strip()[: -len(token)]
    if said.get("sd_hash") != _digest(before):
        raise CredentialRefused("the holder signed another selection of facts")
    return said


def public_jwk(x: int, y: int) -> dict[str, str]:
    """Return a point on P-256 as JWK; ``kid`` is its thumbprint (RFC 7638)."""
    point = {
        "crv": "P-256",
        "kty": "EC",
        "x": _b64(x.to_bytes(32, "big")),
        "y": _b64(y.to_bytes(32, "big")),
    }
    thumb = hashlib.sha256(json.dumps(point, separators=(",", ":")).encode()).digest()
    return {**point, "use": "sig", "alg": "ES256", "kid": _b64(thumb)}


def token(
    head: Mapping[str, Any], claims: Mapping[str, Any], sign: Callable[[bytes], bytes]
) -> str:
    """Return a JWT signed with ES256."""
    body = f"{_encoded({'alg': 'ES256', **head})}.{_encoded(claims)}"
    return f"{body}.{_b64(sign(body.encode()))}"


def _encoded(value: Any) -> str:
    return _b64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _digest(text: str) -> str:
    return _b64(hashlib.sha256(text.encode()).digest())


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
