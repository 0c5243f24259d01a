"""Use cases of gateways: make one, rotate its key, switch it off, find the one behind a key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from madang.kernel import audit
from madang.kernel.bus.access import INTERNAL_USER
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from madang.telemetry import keys, models
from madang.telemetry.changes import note_change

CONSOLE = "system:console"  # whoever holds the machine; people act through pages
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


@dataclass(frozen=True)
class Gateway:
    """Whoever sends readings; `quota` is in points per second."""

    id: int
    name: str
    description: str
    key_prefix: str
    origin: str
    scopes: tuple[str, ...]
    quota: int
    enabled: bool
    created: datetime


def gateways() -> list[Gateway]:
    """Return all gateways, oldest first."""
    return [_gateway(row) for row in models.Gateway.objects.all()]


@transaction.atomic
def create_gateway(
    name: str,
    origin: str,
    scopes: Sequence[str] = ("observe",),
    quota: int = 10_000,
    *,
    description: str = "",
    by: str = CONSOLE,
) -> tuple[Gateway, str]:
    """Return a new gateway and its key; the key is shown this once and not kept.

    Parameters
    ----------
    by : id of the actor, for the audit log.

    Raises
    ------
    Invalid
        If name, origin, a scope or the quota (points per second) is wrong.
    Conflict
        If the name is taken.
    """
    _check(name, origin, scopes, quota)
    fresh = keys.new_key()
    try:
        with transaction.atomic():
            row = models.Gateway.objects.create(
                name=name,
                description=description,
                key_hash=fresh.key_hash,
                key_prefix=fresh.key_prefix,
                bus_hash=fresh.bus_hash,
                origin=origin,
                scopes=sorted(set(scopes)),
                quota_points_per_s=quota,
            )
    except IntegrityError:
        raise Conflict(f"a gateway named {name!r} exists; choose another name") from None
    note_change()
    detail = {"origin": origin, "scopes": sorted(set(scopes)), "quota": quota}
    audit.record(by, "telemetry.add_gateway", f"gateway:{name}", detail=detail)
    return _gateway(row), fresh.key


def _check(name: str, origin: str, scopes: Sequence[str], quota: int) -> None:
    wrong = {}
    if not _NAME.match(name) or name == INTERNAL_USER:
        wrong["name"] = f"small letters, digits and '-', at most 64, and not {INTERNAL_USER!r}"
    if origin not in models.ORIGINS:
        wrong["origin"] = f"one of {', '.join(models.ORIGINS)}"
    if not scopes or set(scopes) - set(models.SCOPES):
        wrong["scopes"] = f"one or more of {', '.join(models.SCOPES)}"
    if quota < 1:
        wrong["quota"] = "at least 1 point per second"
    if wrong:
        raise Invalid("; ".join(f"{field} must be {rule}" for field, rule in wrong.items()), wrong)


@transaction.atomic
def rotate_key(name: str, *, by: str = CONSOLE) -> str:
    """Return a new key of the gateway; the old one stops working with this call's commit."""
    fresh = keys.new_key()
    found = models.Gateway.objects.filter(name=name).update(
        key_hash=fresh.key_hash, key_prefix=fresh.key_prefix, bus_hash=fresh.bus_hash
    )
    _require_found(found, name)
    audit.record(by, "telemetry.rotate_key", f"gateway:{name}")
    return fresh.key


@transaction.atomic
def enable_gateway(name: str, *, enabled: bool, by: str = CONSOLE) -> None:
    """Let the gateway in, or keep it out from now on."""
    _require_found(models.Gateway.objects.filter(name=name).update(enabled=enabled), name)
    verb = "telemetry.enable_gateway" if enabled else "telemetry.disable_gateway"
    audit.record(by, verb, f"gateway:{name}")


def _require_found(changed: int, name: str) -> None:
    if not changed:
        raise NotFound(f"no gateway is named {name!r}; 'madang telemetry gateway list' shows them")
    note_change()


def gateway_of(presented: keys.Credentials | None) -> Gateway:
    """Return the gateway whose key was presented.

    Raises
    ------
    Unauthenticated
        If nothing was presented, or the key is unknown.
    Forbidden
        If the gateway is switched off.
    """
    if presented is None:
        raise Unauthenticated("a gateway key is needed: Basic (name and key) or Bearer (key)")
    row = models.Gateway.objects.filter(key_hash=keys.key_hash(presented.key)).first()
    if row is None or not keys.opens(presented.key, row.key_hash):
        raise Unauthenticated("the gateway key is unknown")
    if presented.name is not None and presented.name != row.name:
        raise Unauthenticated("the gateway key is unknown")
    if not row.enabled:
        raise Forbidden(f"gateway {row.name!r} is switched off")
    return _gateway(row)


def _gateway(row: models.Gateway) -> Gateway:
    return Gateway(
        id=row.pk,
        name=row.name,
        description=row.description,
        key_prefix=row.key_prefix,
        origin=row.origin,
        scopes=tuple(row.scopes),
        quota=row.quota_points_per_s,
        enabled=row.enabled,
        created=row.created,
    )
