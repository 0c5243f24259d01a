"""Bringing a version of a service into force, and taking it out of force.

A version is published whole, once: what cases pinned is there for ever. Going back is publishing
the earlier content under a higher version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec
from django.db import connection, transaction

from madang.access.api import Actor, require
from madang.kernel import audit
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import announce
from madang.kernel.times import now
from madang.services.entries import entry_of
from madang.services.errors import UnknownService
from madang.services.events import ServicePublished, ServiceWithdrawn
from madang.services.models import PublishedPackage, Withdrawal
from madang.services.packages.packing import house_digest
from madang.services.ready import Ready, prepared

STAFF = "role:officer,administrator"
# Every page of a service asks this; written out, it costs a tenth of building it each time.
_VERSIONS = """
    SELECT p.district, p.hash,
           EXISTS (SELECT 1 FROM services_withdrawal w WHERE w.package_id = p.id)
    FROM services_publishedpackage p
    WHERE p.id IN (
        SELECT MAX(id) FROM services_publishedpackage WHERE service = %s GROUP BY district
    )
"""


@dataclass(frozen=True)
class Published:
    """A published version; `is_new` is false where the same was in force already."""

    service: str
    version: str
    hash: str
    district: str
    published_at: datetime
    published_by: str
    is_new: bool = False


def publish(folder: Path, actor: Actor, bases: Path | None = None) -> Published:
    """Bring the package in a folder into force, unless just that is in force.

    Raises
    ------
    InvalidPackage
        If it cannot be published as it stands; names every file and line.
    Conflict
        If a higher version is in force, or the same version with other content.
    Forbidden
        If the actor is neither an officer nor one of our own processes.
    """
    require_staff(actor)
    return publish_ready(prepared(folder, bases), actor)


def publish_ready(ready: Ready, actor: Actor) -> Published:
    """Bring a package into force; see `publish`."""
    item, package = ready.packed, ready.package
    with transaction.atomic():
        before = _newest(package.id, package.district)
        if before is not None:
            if before.hash == item.hash:
                return _published(before)
            _require_higher(before, ready)
        entry = msgspec.structs.replace(entry_of(package), hash=item.hash)
        row = PublishedPackage.objects.create(
            service=package.id, district=package.district, version=item.version, hash=item.hash,
            sources=ready.sources, house=house_digest(), entry=msgspec.to_builtins(entry),
            body=item.body, key=item.key, signature=item.signature,
            published_at=now(), published_by=actor.id,
        )  # fmt: skip
        named = {"version": item.version, "hash": item.hash, "district": package.district}
        audit.record(actor.id, "services.publish", f"service:{package.id}", detail=named)
        announce(
            ServicePublished(
                service=package.id, version=item.version, hash=item.hash, district=package.district
            )
        )
    return replace(_published(row), is_new=True)


def withdraw(service: str, actor: Actor, reason: str, district: str = "") -> Published:
    """Take the newest version out of force, without one to follow; return it.

    Raises UnknownService, Invalid without a reason, Forbidden.
    """
    require_staff(actor)
    if not reason.strip():
        raise Invalid("say why", {"reason": "missing"})
    with transaction.atomic():
        row = current_row(service, district)
        if row is None or row.district != district:
            raise UnknownService(f"no service {service!r} is in force")
        Withdrawal.objects.create(
            package=row, withdrawn_at=now(), withdrawn_by=actor.id, reason=reason.strip()
        )
        named = {"version": row.version, "hash": row.hash, "reason": reason.strip()}
        audit.record(actor.id, "services.withdraw", f"service:{service}", detail=named)
        announce(
            ServiceWithdrawn(service=service, version=row.version, hash=row.hash, district=district)
        )
    return _published(row)


def current_row(service: str, district: str = "") -> PublishedPackage | None:
    """Return the version in force: the district's where it has one, else the city's."""
    found = current_hash(service, district)
    rows = PublishedPackage.objects.filter(hash=found).defer("body")
    return rows.first() if found else None


def current_hash(service: str, district: str = "") -> str | None:
    """Return the hash of the version in force, as `current_row`, by one small query."""
    found = in_force_by_place(service)
    return found.get(district) or found.get("")


def in_force_by_place(service: str) -> dict[str, str]:
    """Return the hash of the version in force of each district, and of the city (``""``)."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [service])
        return {place: hashed for place, hashed, is_over in cursor.fetchall() if not is_over}


def versions(service: str) -> list[Published]:
    """Return every version ever published of a service and its districts, newest first."""
    rows = PublishedPackage.objects.filter(service=service).defer("body").order_by("-id")
    return [_published(row) for row in rows]


def published_sources() -> set[tuple[str, str]]:
    """Return what was made of which files and which processes of the house."""
    return set(PublishedPackage.objects.values_list("sources", "house"))


def require_published(service: str) -> None:
    """Raise UnknownService where no version of a service was ever published."""
    if not PublishedPackage.objects.filter(service=service).exists():
        raise UnknownService(f"there is no service {service!r}")


def require_staff(actor: Actor) -> None:
    """Let officers through, and our own processes and commands."""
    if not actor.is_system:
        require(actor, STAFF)


def _newest(service: str, district: str) -> PublishedPackage | None:
    rows = PublishedPackage.objects.filter(service=service, district=district).defer("body")
    return rows.order_by("-id").first()


def _require_higher(before: PublishedPackage, ready: Ready) -> None:
    """A version says one thing only; the same files under newer processes of the house may pass."""
    old, new = number(before.version), number(ready.packed.version)
    if new > old or (new == old and before.sources == ready.sources):
        return
    what = "other content" if new == old else "a higher version"
    raise Conflict(
        f"{before.service} {before.version} is published with {what}; "
        f"raise the version in service.yaml above {before.version}"
    )


def number(version: str) -> tuple[int, ...]:
    """Return a semantic version as numbers that can be compared.

    >>> number("1.10.0") > number("1.9.3")
    True
    """
    return tuple(int(part) for part in version.split("."))


def _published(row: PublishedPackage) -> Published:
    names = [name for name in Published.__dataclass_fields__ if name != "is_new"]
    return Published(**{name: getattr(row, name) for name in names})
