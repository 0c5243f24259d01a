"""How long notices keep what: personal data as short as its purpose lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from madang.kernel.logs import logger
from madang.kernel.times import now
from madang.notices.models import Attempt, CallBack, Notice, RecordedMessage, SignUp
from madang.notices.purposes import FORGET, opened

UNCONFIRMED = timedelta(hours=48)
NOTICES = timedelta(days=90)
RECORDED = timedelta(days=7)
ATTEMPTS = timedelta(days=1)
CALLS_DONE = timedelta(days=30)
CALLS_OPEN = timedelta(days=90)


@opened(FORGET)
def forget() -> None:
    """Remove what is past its time."""
    moment = now()
    old_calls = Q(closed__lt=moment - CALLS_DONE) | Q(created__lt=moment - CALLS_OPEN)
    logger("notices").info(
        "old rows removed",
        sign_ups=_count(SignUp.objects.filter(created__lt=moment - UNCONFIRMED)),
        notices=_count(_past_notices(moment - NOTICES)),
        recorded=_count(RecordedMessage.objects.filter(at__lt=moment - RECORDED)),
        attempts=_count(Attempt.objects.filter(at__lt=moment - ATTEMPTS)),
        calls=_count(CallBack.objects.filter(old_calls)),
    )


def _past_notices(before: datetime) -> QuerySet[Notice]:
    from madang.notices.actions import CONFIRM_KIND

    return Notice.objects.filter(created__lt=before, spread_at__isnull=False).exclude(
        kind=CONFIRM_KIND
    )


def _count(rows: QuerySet[Any]) -> int:
    return int(rows.delete()[0])
