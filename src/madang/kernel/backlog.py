"""How much waits in the kernel's tables, for metrics and for the operator's pages."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django_tasks_db.models import DBTaskResult

from madang.kernel import dispatch
from madang.kernel.metrics import gauge
from madang.kernel.models import AuditEntry, Delivery, OutboxEntry

WAITING = gauge("madang_waiting", "Rows that wait for the worker, or for the operator.", ["what"])


@dataclass(frozen=True)
class Backlog:
    """What waits: each is a number of rows."""

    events: int
    retries: int
    parked: int
    jobs: int
    unsealed: int


def backlog() -> Backlog:
    """Count what waits now."""
    return Backlog(
        events=OutboxEntry.objects.filter(published_at__isnull=True).count(),
        retries=Delivery.objects.filter(state=Delivery.State.WAITING).count(),
        parked=dispatch.parked_count(),
        jobs=DBTaskResult.objects.ready().count(),
        unsealed=AuditEntry.objects.filter(seal__isnull=True).count(),
    )


def measure() -> Backlog:
    """Count what waits and set the gauges."""
    found = backlog()
    for what, count in asdict(found).items():
        WAITING.labels(what).set(count)
    return found
