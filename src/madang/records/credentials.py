"""Documents as credentials for a wallet: issued with the city's key, checked with it alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import NotFound
from madang.records import seals
from madang.records.document_models import RevokedPlace, StatusList
from madang.records.engine import sd_jwt, status_list
from madang.records.signing_keys import signing_key

LISTS_LAST = timedelta(days=1)
FRESH = timedelta(minutes=5)


def credential(
    *,
    kind: str,
    code: str,
    facts: Mapping[str, Any],
    issued: datetime,
    expires: date | None,
    place: tuple[int, int],
    holder_key: Mapping[str, str] | None = None,
) -> str:
    """Return an SD-JWT VC of a document; each fact can be shown alone.

    Parameters
    ----------
    expires : last day on which it is good.
    place : number of the status list and place in it.
    holder_key : public key (JWK) of the holder's wallet, which then has to sign when it is shown.
    """
    key, number = signing_key(), place[0]
    claims: dict[str, Any] = {
        "iss": issuer(),
        "vct": credential_type(kind),
        "iat": int(issued.timestamp()),
        "document": code,
        "status": {"status_list": {"idx": place[1], "uri": list_address(number)}},
    }
    if expires is not None:
        claims["exp"] = int(_end_of(expires).timestamp())
    if holder_key is not None:
        claims["cnf"] = {"jwk": dict(holder_key)}
    own = seals.public_key(key.certificate)
    return sd_jwt.issued(claims, facts, kid=own["kid"], sign=key.es256, salt=os.urandom)


def issuer() -> str:
    """Return the issuer as credentials name it: the public origin."""
    return settings().public_origin


def credential_type(kind: str) -> str:
    """Return the type (``vct``) of credentials of a kind of document."""
    return f"{issuer()}/credentials/types/{kind}"


def list_address(number: int) -> str:
    """Return where a status list is published."""
    return f"{issuer()}/credentials/status/{number}"


def metadata() -> dict[str, Any]:
    """Return the issuer's metadata (draft-ietf-oauth-sd-jwt-vc, section 5).

    The key that signs now stands first; keys that signed before stay, for what they signed.
    """
    return {"issuer": issuer(), "jwks": {"keys": seals.public_keys()}}


def key_of(issuer_named: str, kid: str) -> Mapping[str, Any] | None:
    """Return this city's key, of now or before, where a credential names it."""
    return seals.key_of(kid) if issuer_named == issuer() else None


# --- status lists -------------------------------------------------------------------------------


def next_place() -> tuple[int, int]:
    """Return a free place: number of its list and place in it; inside a transaction."""
    newest = StatusList.objects.select_for_update().order_by("-number").first()
    if newest is None or newest.used >= status_list.SIZE:
        number = newest.number + 1 if newest else 1
        # another process may begin the same list at this moment
        StatusList.objects.get_or_create(number=number, defaults={"changed": times.now()})
        newest = StatusList.objects.select_for_update().get(pk=number)
    place = status_list.scattered(newest.used)
    newest.used += 1
    newest.save(update_fields=["used"])
    return newest.number, place


def revoke_place(number: int, place: int) -> None:
    """Set a bit; it is published with the next reading of the list."""
    with transaction.atomic():
        RevokedPlace.objects.get_or_create(status_list_id=number, place=place)
        StatusList.objects.filter(pk=number).update(changed=times.now())


def published_list(number: int) -> tuple[str, str]:
    """Return a status list as signed token, and its ETag.

    Raises
    ------
    NotFound
    """
    row = StatusList.objects.filter(pk=number).first()
    if row is None:
        raise NotFound(f"there is no status list {number}")
    now = times.now()
    slot = int(now.timestamp() // FRESH.total_seconds())
    token = _token(number, row.changed, slot, list_address(number), public_key_id())
    return token, f'"{number}-{row.changed.timestamp():.6f}-{slot}"'


def public_key_id() -> str:
    """Return the id of the key that signs now."""
    return seals.public_key(signing_key().certificate)["kid"]


@lru_cache(maxsize=16)
def _token(number: int, _changed: datetime, slot: int, address: str, kid: str) -> str:
    """Return the list signed anew each five minutes, or when a bit was set."""
    revoked = RevokedPlace.objects.filter(status_list_id=number).values_list("place", flat=True)
    at = int(slot * FRESH.total_seconds())
    claims = {
        "sub": address,
        "iss": issuer(),
        "iat": at,
        "exp": at + int(LISTS_LAST.total_seconds()),
        "ttl": int(FRESH.total_seconds()),
        "status_list": status_list.written(revoked),
    }
    return sd_jwt.token({"typ": status_list.TYPE, "kid": kid}, claims, signing_key().es256)


def _end_of(day: date) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=profile().timezone)
