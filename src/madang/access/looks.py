"""Who looked at whose data, when, for what: for the person concerned, and for the reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from madang.access import guard, models
from madang.kernel.times import now

MOST = 500


@dataclass(frozen=True)
class Look:
    """One look at a person's data.

    Parameters
    ----------
    purpose : id; `purpose_title` its message id, as the room that declares it wrote it.
    columns : classes of columns that were open; ``*`` for all.
    decision : id of the entry in the audit log.
    of_everybody : a job of ours went through the whole data set, this person's rows among it.
    """

    at: datetime
    actor: str
    through: str
    purpose: str
    purpose_title: str
    legal_basis: str
    case: str
    dataset: str
    columns: tuple[str, ...]
    decision: str
    is_emergency: bool
    of_everybody: bool


def looks_at(
    person: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = MOST,
) -> list[Look]:
    """Return the looks at a person's data, newest first.

    Parameters
    ----------
    person : id in the register.
    since : when the person's data came to us, so that older jobs over everybody are left out.
    """
    own = Q(people__subject=person) | Q(of_everybody=True)
    rows = models.Look.objects.filter(own, at__lte=until or now())
    if since is not None:
        rows = rows.filter(at__gte=since)
    return [_told(row) for row in rows.distinct()[:limit]]


def _told(row: models.Look) -> Look:
    declared = guard.purposes().get(row.purpose)
    return Look(
        at=row.at,
        actor=row.actor,
        through=row.through,
        purpose=row.purpose,
        purpose_title=declared.title if declared else row.purpose,
        legal_basis=row.legal_basis or (declared.legal_basis if declared else ""),
        case=row.case,
        dataset=row.dataset,
        columns=tuple(one for one in row.columns.split(",") if one),
        decision=row.decision,
        is_emergency=row.is_emergency,
        of_everybody=row.of_everybody,
    )
