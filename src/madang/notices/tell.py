"""A room tells people something: the notice is kept in its transaction, and spread by a job."""

from __future__ import annotations

from django.db import transaction

from madang.kernel.config import settings
from madang.kernel.times import now
from madang.kernel.wake import wake
from madang.notices import kinds, rules
from madang.notices.models import Notice as Row
from madang.notices.notice import Notice
from madang.notices.texts import version_of


@transaction.atomic
def tell(notice: Notice) -> bool:
    """Keep the notice and have a job spread it; see `notices.api.tell`."""
    from madang.notices.tasks import spread

    of = kinds.kind(notice.kind)
    kinds.subject_title(of, notice.subject)
    version_of(notice.template)
    level = kinds.level_number(of, notice.level)
    earlier = kinds.level_number(of, notice.earlier_level) if notice.earlier_level else level
    if settings().is_production and notice.origin != "real":
        return False
    if notice.expires is not None and notice.expires <= now():
        return False  # history that comes in late is no news
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
