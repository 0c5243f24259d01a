"""Tasks of the departments in charge: what a monitor or a person found, until somebody answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.audit.models import AuditTask
from madang.cases.case_errors import UnknownAudit
from madang.cases.rules import is_officer
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid

LONGEST = 4000
PAGE = 100


@dataclass(frozen=True)
class Task:
    """A task as a department sees it; `values` belong to its kind."""

    id: int
    kind: str
    service: str
    department: str
    values: Mapping[str, Any]
    opened_at: datetime
    done_at: datetime | None
    said: str


def open_task(
    kind: str,
    service: str,
    department: str,
    values: Mapping[str, Any],
    *,
    about: str,
    mark: str = "",
) -> bool:
    """Open a task; return whether it is a new one.

    Parameters
    ----------
    about : what the trouble is, beside kind and service: while its task is open there is no other.
    mark : the occasion (a week); a task of the same occasion that is done is not opened again.
    """
    key = f"{kind}:{service}:{about}"
    known = Q(done_at=None) | Q(values__mark=mark) if mark else Q(done_at=None)
    if AuditTask.objects.filter(known, key=key).exists():
        return False
    AuditTask.objects.create(
        key=key, kind=kind, service=service, department=department,
        values=dict(values) | ({"mark": mark} if mark else {}),
    )  # fmt: skip
    return True


def tasks(actor: Actor | None = None) -> list[Task]:
    """Return open tasks, the oldest first: all, or those of an officer's departments."""
    rows = AuditTask.objects.filter(done_at=None).order_by("opened_at", "pk")
    if actor is not None and actor.departments:
        rows = rows.filter(department__in=["", *sorted(actor.departments)])
    return [_shown(row) for row in rows[:PAGE]]


def close_task(actor: Actor, task_id: int, said: str) -> None:
    """Say what came of a task.

    Raises
    ------
    Forbidden
        If the actor is no officer, or of another department.
    Invalid
        If nothing is said.
    """
    if not is_officer(actor):
        raise Forbidden(_("Officers who are signed in with two proofs answer tasks."))
    if not 0 < len(said.strip()) <= LONGEST:
        raise Invalid(_("Say what came of it."), {"said": _("Say what came of it.")})
    row = AuditTask.objects.filter(pk=task_id).first()
    if row is None:
        raise UnknownAudit(_("There is no such task."))
    if actor.departments and row.department and row.department not in actor.departments:
        raise Forbidden(_("This task is another department's."))
    done = AuditTask.objects.filter(pk=task_id, done_at=None).update(
        done_at=times.now(), done_by=actor.id, said=said.strip()
    )
    if not done:
        raise Conflict(_("Somebody answered this already."))
    audit.record(actor.id, "cases.close_task", f"task:{task_id}", detail={"kind": row.kind})


def _shown(row: AuditTask) -> Task:
    return Task(
        row.pk, row.kind, row.service, row.department, row.values, row.opened_at, row.done_at,
        row.said,
    )  # fmt: skip
