"""Use cases of applications: entered by an administrator, or asked for and then decided."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.discovery import GRANT_TYPES
from madang.identity.provider.grants import end_grants, new_secret
from madang.identity.provider.keys import ALGORITHMS
from madang.identity.provider.scopes import SCOPES
from madang.identity.provider_models import Client, Grant
from madang.identity.session_store import hashed
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid, NotFound

LONGEST_ADDRESS = 500
MOST_ADDRESSES = 20


@dataclass(frozen=True)
class Application:
    """What is said of an application when it is entered. See `provider_models.Client`."""

    name: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile")
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    auth_method: str = "client_secret_basic"
    sector: str = ""
    purpose: str = ""
    legal_basis: str = ""
    asks_consent: bool = True
    jwks: dict[str, Any] = field(default_factory=dict)
    id_token_alg: str = "ES256"  # noqa: S105 -- an algorithm
    backchannel_logout_uri: str = ""
    notification_uri: str = ""
    exchange_for: tuple[str, ...] = ()
    requires_par: bool = False
    ial: int = 1
    aal: int = 1
    contacts: tuple[str, ...] = ()


def add_client(
    application: Application, *, by: str, state: Client.State = Client.State.APPROVED
) -> tuple[Client, str]:
    """Enter an application; return it and its secret, which is kept as a hash only.

    Raises
    ------
    Invalid
        Field by field.
    """
    said = replace(application, sector=application.sector or _sector(application))
    _check(said)
    secret = new_secret() if said.auth_method.startswith("client_secret") else ""
    columns = {name: list(value) if isinstance(value, tuple) else value
               for name, value in vars(said).items()}  # fmt: skip
    with transaction.atomic():
        client = Client.objects.create(
            **columns,
            secret=hashed(secret) if secret else "",
            state=state,
            made_by=by,
            decided=times.now() if state == Client.State.APPROVED else None,
            decided_by=by if state == Client.State.APPROVED else "",
        )
        audit.record(by, "identity.add_client", f"client:{client.client_id}",
                     detail={"name": client.name, "state": state})  # fmt: skip
    return client, secret


def decide(client_id: str, state: Client.State, *, by: str) -> Client:
    """Approve, refuse or suspend an application; unless approved, its tokens end at once.

    Raises
    ------
    NotFound
        If there is no such client.
    Conflict
        If it is in this state already.
    """
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(pk=client_id).first()
        if client is None:
            raise NotFound(f"there is no client {client_id!r}")
        if client.state == state:
            raise Conflict(f"this application is {state} already")
        client.state, client.decided, client.decided_by = state, times.now(), by
        client.save(update_fields=["state", "decided", "decided_by"])
        if state != Client.State.APPROVED:
            end_grants(Grant.objects.filter(client=client), why=f"client {state}", by=by)
        audit.record(by, "identity.decide_client", f"client:{client_id}", detail={"state": state})
    return client


def new_client_secret(client_id: str, *, by: str) -> str:
    """Give an application a new secret; the old one is worth nothing from now on.

    Raises
    ------
    NotFound
        If there is no such client, or it shows who it is without a secret.
    """
    secret = new_secret()
    rows = Client.objects.filter(pk=client_id, auth_method__startswith="client_secret")
    if not rows.update(secret=hashed(secret)):
        raise NotFound(f"there is no client {client_id!r} with a secret")
    audit.record(by, "identity.renew_client_secret", f"client:{client_id}")
    return secret


def clients() -> list[Client]:
    """Return all applications: those to be decided first, then by name."""
    rows = list(Client.objects.order_by("name"))
    return sorted(rows, key=lambda row: row.state != Client.State.PENDING)


def is_allowed_redirect(uri: str) -> bool:
    """Return whether an address can be sent codes: TLS, this machine, or an app's own scheme.

    RFC 8252, sections 7.1 and 7.3; never a fragment or a pattern.

    >>> is_allowed_redirect("https://a.example/cb"), is_allowed_redirect("http://a.example/cb")
    (True, False)
    >>> is_allowed_redirect("kr.go.district.app:/cb"), is_allowed_redirect("javascript:alert(1)")
    (True, False)
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not uri.isascii() or not uri.isprintable() or set(uri) & set(' *"<>\\^`{|}') or "#" in uri:
        return False
    if parts.username or parts.password or len(uri) > LONGEST_ADDRESS:
        return False
    if parts.scheme == "https":
        return bool(host)
    if parts.scheme == "http":
        return _is_this_machine(host)
    return "." in parts.scheme and not parts.netloc


def _check(said: Application) -> None:
    faults: dict[str, str] = {}
    if not 1 <= len(said.name.strip()) <= 100:
        faults["name"] = "1 to 100 characters"
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        uris = getattr(said, name)
        wrong = [uri for uri in uris if not is_allowed_redirect(uri)]
        if wrong or len(uris) > MOST_ADDRESSES:
            faults[name] = f"{wrong[0]!r} cannot be sent codes" if wrong else "too many"
    for name in ("backchannel_logout_uri", "notification_uri"):
        uri = getattr(said, name)
        if uri and (not is_allowed_redirect(uri) or urlsplit(uri).scheme not in ("http", "https")):
            faults[name] = "an https address"
    if "authorization_code" in said.grant_types and not said.redirect_uris:
        faults["redirect_uris"] = "at least one"
    faults |= _unknown(said)
    if said.auth_method == "private_key_jwt" and not _holds_keys(said.jwks):
        faults["jwks"] = "a key set with public keys"
    if said.auth_method == "none" and not set(said.grant_types) <= set(GRANT_TYPES[:3]):
        faults["grant_types"] = "a public client signs in by code or device only"
    if faults:
        raise Invalid("; ".join(f"{name}: {why}" for name, why in faults.items()), faults)


def _unknown(said: Application) -> dict[str, str]:
    faults = {}
    for name, values, known in (
        ("scopes", said.scopes, SCOPES),
        ("grant_types", said.grant_types, GRANT_TYPES),
        ("auth_method", (said.auth_method,), AUTH_METHODS),
        ("id_token_alg", (said.id_token_alg,), ALGORITHMS),
        ("ial", (said.ial,), (1, 2, 3)),
        ("aal", (said.aal,), (1, 2, 3)),
    ):
        wrong = [value for value in values if value not in known]
        if wrong:
            faults[name] = f"{wrong[0]!r}; there are {', '.join(map(str, known))}"
    return faults


def _sector(said: Application) -> str:
    """Return the host of the addresses, which have to agree (OpenID Connect Core, 8.1)."""
    hosts = {urlsplit(uri).hostname or urlsplit(uri).scheme for uri in _ascii(said.redirect_uris)}
    if len(hosts) > 1:
        raise Invalid("the addresses are on several hosts: name a sector", {"sector": "name one"})
    return next(iter(hosts), "") or f"name:{said.name}"


def _ascii(uris: Iterable[str]) -> list[str]:
    return [uri for uri in uris if is_allowed_redirect(uri)]


def _holds_keys(jwks: dict[str, Any]) -> bool:
    try:
        keys = KeySet.import_key_set(jwks)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return bool(keys.keys) and all(
        key.key_type != "oct" and not key.is_private for key in keys.keys
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
