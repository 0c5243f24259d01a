"""The review of emergencies: who opened personal data out of turn, and whether it was justified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access import models
from madang.access.actors import Actor, require
from madang.access.events import EmergencyReviewed
from madang.kernel import audit
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.events import announce
from madang.kernel.times import now

REVIEWER = "role:privacy-officer"
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Emergency:
    """One opening out of turn, and how many people's rows it showed."""

    id: int
    decision: str
    opened_at: datetime
    actor: str
    dataset: str
    case: str
    reason: str
    due_at: datetime
    is_overdue: bool
    people: int
    finding: str
    note: str
    reviewed_at: datetime | None
    reviewed_by: str


def emergencies(actor: Actor, *, is_open: bool = True, limit: int = 200) -> list[Emergency]:
    """Return the emergencies that wait for a review, most urgent first; or those reviewed."""
    require(actor, REVIEWER)
    rows = models.Emergency.objects.filter(reviewed_at__isnull=is_open)
    return [_told(row) for row in rows.order_by("due_at" if is_open else "-reviewed_at")[:limit]]


def emergency(actor: Actor, number: int) -> Emergency:
    """Return one; raises `NotFound`."""
    require(actor, REVIEWER)
    return _told(_row(number))


def review(actor: Actor, number: int, finding: str, note: str) -> None:
    """Note what the review found.

    Raises
    ------
    Invalid
        Without a finding, or without a word on it.
    Forbidden
        To whoever opened it.
    Conflict
        If it is reviewed already.
    """
    require(actor, REVIEWER)
    if finding not in models.Emergency.Finding.values:
        raise Invalid(_("Say whether it was justified."), {"finding": _("Choose one.")})
    if len(note.strip()) < 3:
        raise Invalid(_("Say what you found."), {"note": _("Say what you found.")})
    with transaction.atomic():
        row = _row(number, locked=True)
        if row.reviewed_at is not None:
            raise Conflict(_("This look is reviewed already."))
        if row.actor == actor.id:
            raise Forbidden(_("Nobody reviews a look of their own."))
        row.finding, row.note = finding, note.strip()[:LONGEST_NOTE]
        row.reviewed_at, row.reviewed_by = now(), actor.id
        row.save()
        audit.record(
            actor.id,
            "access.review",
            f"emergency:{number}",
            detail={"finding": finding, "decision": row.decision},
        )
        announce(
            EmergencyReviewed(decision=row.decision, actor=row.actor, finding=finding, by=actor.id)
        )


def _row(number: int, *, locked: bool = False) -> models.Emergency:
    rows = models.Emergency.objects
    found = (rows.select_for_update() if locked else rows.all()).filter(pk=number).first()
    if found is None:
        raise NotFound(_("There is no such look."))
    return found


def _told(row: models.Emergency) -> Emergency:
    looks = models.Look.objects.filter(decision=row.decision)
    return Emergency(
        id=row.pk,
        decision=row.decision,
        opened_at=row.opened_at,
        actor=row.actor,
        dataset=row.dataset,
        case=row.case,
        reason=row.reason,
        due_at=row.due_at,
        is_overdue=row.reviewed_at is None and row.due_at < now(),
        people=sum(looks.values_list("subjects", flat=True)),
        finding=row.finding,
        note=row.note,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
    )
