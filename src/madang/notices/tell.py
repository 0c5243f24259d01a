"""A room tells people something: the notice is kept in its transaction, and spread by a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from madang.kernel.config import settings
from madang.kernel.wake import wake
from madang.notices import kinds, rules
from madang.notices.models import Notice as Row
from madang.notices.texts import version_of
from madang.notices.values import Value


@dataclass(frozen=True)
class Notice:
    """Something to tell those who asked for it.

    Parameters
    ----------
    key : makes it one notice however often it is told.
    kind, subject, level, place : what it is about (`AlertKind`), and the unit's code.
    earlier_level : level before, where it fell: those who heard of the worse hear of the better.
    thread : what it is news of; a newer notice of a thread replaces an older one not yet sent.
    template, values : its words (`texts`, `values`).
    path : page of the portal that says more.
    origin : ``real``, ``simulated`` or ``replayed``.
    expires : when it is no news any more.
    """

    key: str
    kind: str
    subject: str
    level: str
    place: str
    template: str
    thread: str
    values: Mapping[str, Value] = field(default_factory=dict)
    earlier_level: str = ""
    path: str = ""
    origin: str = "real"
    expires: datetime | None = None


@transaction.atomic
def tell(notice: Notice) -> bool:
    """Keep the notice in the caller's transaction; a job brings it to people.

    In production only what is real is told. Returns whether it is told, and new.

    Raises
    ------
    UnknownKind, Invalid
        If the kind, its subject or level, or the template does not exist.
    """
    from madang.notices.tasks import spread

    of = kinds.kind(notice.kind)
    kinds.subject_title(of, notice.subject)
    version_of(notice.template)
    level = kinds.level_number(of, notice.level)
    earlier = kinds.level_number(of, notice.earlier_level) if notice.earlier_level else level
    if settings().is_production and notice.origin != "real":
        return False
    is_critical = bool(of.critical_from) and level >= kinds.level_number(of, of.critical_from)
    row, is_new = Row.objects.get_or_create(
        key=notice.key,
        defaults={
            "kind": notice.kind, "subject": notice.subject, "place": notice.place,
            "reach": max(level, earlier), "critical": is_critical,
            "priority": rules.CRITICAL if is_critical else rules.ALERT,
            "thread": f"{notice.thread}:{notice.origin}"[:100], "origin": notice.origin,
            "template": notice.template, "values": dict(notice.values), "path": notice.path,
            "expires": notice.expires,
        },
    )  # fmt: skip
    if is_new:
        spread.enqueue(row.pk)
        transaction.on_commit(lambda: wake("jobs"))
    return is_new
