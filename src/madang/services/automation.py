"""Stopping the machine: from one moment to the next, people decide every case of a service.

PIPA art. 37-2 lets people refuse automated decisions; this is the office's own brake, pulled when a
rule or its facts are doubted. The history of stops is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madang.access.api import Actor
from madang.kernel import audit
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import announce
from madang.kernel.times import now
from madang.services.events import AutomationChanged
from madang.services.models import AutomationStop
from madang.services.publishing import require_published, require_staff

LONGEST_REASON = 2000


@dataclass(frozen=True)
class Stop:
    """Who stopped the machine, when and why; `lifted_at` is None while it stands."""

    service: str
    stopped_at: datetime
    stopped_by: str
    reason: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifted_because: str = ""


def automation_is_on(service: str) -> bool:
    """Return whether nobody has stopped automatic decisions of a service."""
    return not AutomationStop.objects.filter(service=service, lifted_at=None).exists()


def stopped(services: Iterable[str] | None = None) -> dict[str, Stop]:
    """Return the stops that stand, by service."""
    rows = AutomationStop.objects.filter(lifted_at=None)
    if services is not None:
        rows = rows.filter(service__in=list(services))
    return {row.service: _stop(row) for row in rows}


def stops_of(service: str) -> list[Stop]:
    """Return all stops of a service, newest first."""
    return [_stop(row) for row in AutomationStop.objects.filter(service=service)]


def stop_automation(service: str, actor: Actor, reason: str) -> Stop:
    """Let people decide every case of a service from now on.

    Raises Conflict where that is so already, UnknownService, Forbidden.
    """
    require_staff(actor)
    require_published(service)
    why = _reason(reason)
    with transaction.atomic():
        if not automation_is_on(service):
            raise Conflict(f"automatic decisions of {service!r} are stopped already")
        row = AutomationStop.objects.create(
            service=service, stopped_at=now(), stopped_by=actor.id, reason=why
        )
        _told(actor, "services.stop_automation", service, why, is_on=False)
    return _stop(row)


def resume_automation(service: str, actor: Actor, reason: str) -> Stop:
    """Let the machine decide again what the law lets it; return the stop that is over.

    Raises Conflict where nothing is stopped, Forbidden.
    """
    require_staff(actor)
    why = _reason(reason)
    with transaction.atomic():
        rows = AutomationStop.objects.select_for_update().filter(service=service, lifted_at=None)
        row = rows.first()
        if row is None:
            raise Conflict(f"automatic decisions of {service!r} are not stopped")
        row.lifted_at, row.lifted_by, row.lifted_because = now(), actor.id, why
        row.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
        _told(actor, "services.resume_automation", service, why, is_on=True)
    return _stop(row)


def _told(actor: Actor, verb: str, service: str, reason: str, *, is_on: bool) -> None:
    audit.record(actor.id, verb, f"service:{service}", detail={"reason": reason})
    announce(AutomationChanged(service=service, is_on=is_on))


def _reason(text: str) -> str:
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(f"say why, in at most {LONGEST_REASON:,} characters", {"reason": "length"})
    return reason


def _stop(row: AutomationStop) -> Stop:
    return Stop(**{name: getattr(row, name) for name in Stop.__dataclass_fields__})
