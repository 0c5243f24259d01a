"""The nightly job that forgets what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Max

from madang.kernel import dispatch, heartbeat, idempotency, relay, runner, times
from madang.kernel.logs import logger
from madang.kernel.models import ScheduledRun

RUNS_KEPT = timedelta(days=30)


def clean_up() -> None:
    """Remove old outbox entries, inbox rows, kept answers, jobs, runs and signs of life."""
    logger("cleanup").info(
        "old rows removed",
        outbox=relay.forget_old(),
        inbox=dispatch.forget_old(),
        answers=idempotency.forget_old(),
        jobs=runner.forget_old(),
        runs=_forget_old_runs(),
        workers=heartbeat.forget_silent("worker"),
    )


def _forget_old_runs() -> int:
    """Remove old runs; the last of each schedule stays, it says what is due next."""
    last = ScheduledRun.objects.values("schedule").annotate(last=Max("pk")).values("last")
    old = ScheduledRun.objects.filter(due_at__lt=times.now() - RUNS_KEPT)
    return old.exclude(pk__in=list(last.values_list("last", flat=True))).delete()[0]
