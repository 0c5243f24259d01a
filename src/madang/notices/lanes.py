"""Lanes: each channel lets one slice out at a time, and no more than its rate.

A lane is a row: who has it and until when, how many messages it may let out, and until when the
channel rests because it did not answer. So the limits hold over any number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from madang.kernel.times import now
from madang.kernel.wake import wake
from madang.notices import rules
from madang.notices.models import Lane, new_key

LEASE = timedelta(seconds=30)
_ASKED_AGAIN = timedelta(seconds=60)  # a job that has not come by then is asked for again


@dataclass(frozen=True)
class Turn:
    """One slice's time in a lane: its name, and how many messages it may let out."""

    channel: str
    holder: str
    allowed: int


def ask(channel: str, *, at: datetime | None = None) -> None:
    """Have the lane run soon, or at that time; once, however often it is asked for."""
    from madang.notices.tasks import deliver

    Lane.objects.get_or_create(channel=channel, defaults={"tokens": rules.BURST})
    moment = now()
    unasked = Q(asked_at__isnull=True) | Q(asked_at__lt=moment - _ASKED_AGAIN)
    if not Lane.objects.filter(unasked, channel=channel).update(asked_at=at or moment):
        return
    if at is not None and at > moment:
        deliver.using(run_after=at).enqueue(channel)
    else:
        deliver.enqueue(channel)
        transaction.on_commit(lambda: wake("jobs"))


@transaction.atomic
def take(channel: str, rate_per_s: float, wanted: int) -> Turn | None:
    """Take the lane; None where another slice has it or the channel rests."""
    Lane.objects.get_or_create(channel=channel, defaults={"tokens": rules.BURST})
    lane = Lane.objects.select_for_update().get(pk=channel)
    moment = now()
    lane.asked_at = None
    if lane.leased_until and lane.leased_until > moment and lane.holder:
        lane.save(update_fields=["asked_at"])
        return None
    if lane.free_at and lane.free_at > moment:
        lane.save(update_fields=["asked_at"])
        return None
    idle_s = (moment - lane.filled_at).total_seconds() if lane.filled_at else 0.0
    tokens = rules.tokens_now(lane.tokens, idle_s, rate_per_s)
    allowed = min(wanted, int(tokens))
    lane.tokens, lane.filled_at = tokens - allowed, moment
    lane.holder, lane.leased_until = new_key(), moment + LEASE
    lane.save()
    return Turn(channel, lane.holder, allowed)


def keep(turn: Turn) -> bool:
    """Keep the lane for another while; return whether it is still ours."""
    held = Lane.objects.filter(pk=turn.channel, holder=turn.holder)
    return bool(held.update(leased_until=now() + LEASE))


def leave(turn: Turn, *, unused: int = 0, trouble: str = "") -> None:
    """Give the lane back; `trouble` says why the channel did not answer, and lets it rest."""
    with transaction.atomic():
        lane = Lane.objects.select_for_update().get(pk=turn.channel)
        if lane.holder != turn.holder:
            return
        lane.holder, lane.leased_until = "", None
        lane.tokens += unused
        if trouble:
            lane.failures += 1
            lane.free_at = now() + rules.pause_after(lane.failures)
            lane.error = trouble[:300]
        elif turn.allowed > unused:
            lane.failures, lane.free_at, lane.error = 0, None, ""
        lane.save()
