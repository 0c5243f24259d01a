"""What was granted, and the codes and tokens under it; each kept as a hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from madang.identity.provider import lifetimes
from madang.identity.provider.subjects import sid_of, subject_of
from madang.identity.provider_models import Client, Code, Grant, Token
from madang.identity.session_store import hashed
from madang.identity.sessions import SessionFacts
from madang.kernel import audit, times

OFFLINE = "offline_access"


@dataclass(frozen=True)
class Wanted:
    """What an application is let in for."""

    client: Client
    scopes: tuple[str, ...]
    claims: dict[str, list[str]]
    nonce: str = ""


def new_secret() -> str:
    """Return 256 random bits that nobody guesses, as text for addresses."""
    return secrets.token_urlsafe(32)


def grant(wanted: Wanted, facts: SessionFacts) -> Grant:
    """Keep that the one who is signed in lets an application in, as surely as they are now.

    The level is that of the session, whatever was asked for.
    """
    client, now = wanted.client, times.now()
    is_offline = OFFLINE in wanted.scopes
    return Grant.objects.create(
        client=client,
        account=facts.account,
        session=facts.id,
        sid=sid_of(facts.id, client),
        sub=subject_of(facts.account, client),
        scopes=list(wanted.scopes),
        claims=wanted.claims,
        acr=facts.level.acr,
        amr=list(facts.amr),
        auth_time=facts.authenticated_at,
        nonce=wanted.nonce,
        expires=now + lifetimes.OFFLINE if is_offline else facts.opened_at + lifetimes.ONLINE,
    )


def issue_code(granted: Grant, redirect_uri: str, challenge: str) -> str:
    """Return a fresh authorization code."""
    code = new_secret()
    Code.objects.create(
        id=hashed(code),
        grant=granted,
        redirect_uri=redirect_uri,
        challenge=challenge,
        expires=times.now() + lifetimes.CODE,
    )
    return code


def take_code(code: str, client: Client) -> Code | None:
    """Return a code of this client, taken now and never again; None where it is worth nothing.

    A code that comes twice was overheard: what the first one gave ends (RFC 6749, 4.1.2).
    """
    row = Code.objects.select_related("grant").filter(pk=hashed(code)).first()
    if row is None or not _is_of(row.grant, client):
        return None
    now = times.now()
    if not Code.objects.filter(pk=row.pk, used__isnull=True).update(used=now):
        end_grants(Grant.objects.filter(pk=row.grant_id), why="code used twice")
        return None
    if row.expires <= now or not row.grant.holds(now):
        return None
    return row


def issue_token(
    granted: Grant, kind: Token.Kind, scopes: Iterable[str], expires: datetime, token: str
) -> Token:
    """Keep a token as a hash; it never outlives what was granted."""
    return Token.objects.create(
        id=hashed(token),
        grant=granted,
        kind=kind,
        scopes=list(scopes),
        made=times.now(),
        expires=min(expires, granted.expires),
    )


def refresh_expires(granted: Grant, now: datetime) -> datetime:
    """Return until when a refresh token waits to be used."""
    idle = lifetimes.OFFLINE_IDLE if OFFLINE in granted.scopes else lifetimes.ONLINE
    return min(now + idle, granted.expires)


def find_token(token: str, asks: Client | None = None) -> Token | None:
    """Return the row of a token, good or not, with its grant and client.

    Parameters
    ----------
    asks : the client that shows the token, where it is loaded already; mostly it is its own.
    """
    with_grant = "grant" if asks else "grant__client"
    row = Token.objects.select_related(with_grant).filter(pk=hashed(token)).first()
    if row is not None and asks is not None:
        _is_of(row.grant, asks)
    return row


def _is_of(granted: Grant, asks: Client) -> bool:
    """Return whether a grant is this client's; then the client is not loaded once more."""
    if granted.client_id != asks.client_id:
        return False
    granted.client = asks
    return True


def is_good(token: Token) -> bool:
    """Return whether a token opens anything now."""
    now = times.now()
    return (
        token.revoked is None
        and token.used is None
        and token.expires > now
        and token.grant.holds(now)
        and token.grant.client.state == Client.State.APPROVED
    )


def end_grants(rows: QuerySet[Grant], *, why: str, by: str = "system:provider") -> list[Grant]:
    """End what was granted, with all codes and tokens; return what ended now."""
    ended = list(rows.filter(ended__isnull=True).select_related("client"))
    Grant.objects.filter(pk__in=[one.pk for one in ended]).update(ended=times.now(), ended_why=why)
    for one in ended:
        audit.record(by, "identity.end_grant", f"grant:{one.pk}",
                     detail={"client": one.client_id, "why": why})  # fmt: skip
    return ended


def forget_old() -> None:
    """Delete what ended long ago or was never used; by a schedule."""
    from madang.identity.provider_models import AuthorizationRequest
    from madang.identity.provider_request_models import (
        BackchannelRequest,
        Delivery,
        DeviceRequest,
        UsedAssertion,
    )

    now = times.now()
    for waiting in (AuthorizationRequest, UsedAssertion, Token, Code):
        waiting.objects.filter(expires__lt=now).delete()
    past = now - lifetimes.KEPT
    Delivery.objects.filter(made__lt=past).delete()
    for asked in (DeviceRequest, BackchannelRequest, Grant):
        asked.objects.filter(expires__lt=past).delete()
    Grant.objects.filter(ended__lt=past).delete()
