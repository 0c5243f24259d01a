"""How far notices have come: counts by state, lanes, what was recorded. For operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from madang.kernel.times import now
from madang.notices.actions import CONFIRM_KIND
from madang.notices.models import (
    Contact,
    Delivery,
    Lane,
    Notice,
    NoticeText,
    RecordedMessage,
    Subscriber,
)
from madang.notices.texts import wording

WAITING = ("queued", "held", "sending")
LOST = ("failed", "gave-up")


@dataclass(frozen=True)
class NoticeProgress:
    """One notice: how many of its deliveries came to each state, how long it took so far [s]."""

    id: int
    kind: str
    subject: str
    place: str
    origin: str
    title: str
    version: str
    created: datetime
    is_spread: bool
    total: int
    states: Mapping[str, int]
    per_s: float

    @property
    def done(self) -> int:
        """How many need nothing more."""
        return sum(n for state, n in self.states.items() if state not in WAITING)

    @property
    def lost(self) -> int:
        """How many could not be delivered."""
        return sum(self.states.get(state, 0) for state in LOST)


@dataclass(frozen=True)
class LaneState:
    """One channel: what waits, and whether it rests because it did not answer."""

    channel: str
    waiting: int
    sent_last_hour: int
    is_recorded: bool
    rests_until: datetime | None
    error: str


@dataclass(frozen=True)
class Overview:
    """All of it."""

    notices: Sequence[NoticeProgress]
    lanes: Sequence[LaneState]
    subscribers: int
    unheard: int = 0
    contacts: Mapping[str, int] = field(default_factory=dict)


def overview(language: str, limit: int = 20) -> Overview:
    """Return the newest notices that somebody wanted, in a language, and how the channels are."""
    nobody = Q(total=0, spread_at__isnull=False)
    told = Notice.objects.exclude(kind=CONFIRM_KIND)
    shown = told.exclude(nobody)
    unheard = told.filter(nobody, created__gt=now() - timedelta(days=1))
    return Overview(
        notices=[_progress(row, language) for row in shown[:limit]],
        unheard=unheard.count(),
        lanes=_lanes(),
        subscribers=Subscriber.objects.count(),
        contacts=dict(Contact.objects.order_by().values_list("channel").annotate(n=Count("pk"))),
    )


def _progress(row: Notice, language: str) -> NoticeProgress:
    states = row.deliveries.order_by().values_list("state").annotate(n=Count("pk"))
    times = row.deliveries.filter(state="sent").aggregate(
        first=Min("sent_at"), last=Max("sent_at"), n=Count("pk")
    )
    span_s = (times["last"] - times["first"]).total_seconds() if times["n"] else 0.0
    text = NoticeText.objects.filter(notice=row).order_by("id").first()
    return NoticeProgress(
        id=row.pk, kind=row.kind, subject=row.subject, place=row.place, origin=row.origin,
        title=wording(row.template, row.values, language, origin=row.origin).title,
        version=text.version if text else "",
        created=row.created, is_spread=row.spread_at is not None, total=row.total,
        states=dict(states), per_s=times["n"] / span_s if span_s > 1 else 0.0,
    )  # fmt: skip


def _lanes() -> list[LaneState]:
    from madang.notices.channels import setup

    moment = now()
    waiting = dict(
        Delivery.objects.filter(state__in=WAITING).order_by().values_list("channel")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    recent = Delivery.objects.filter(state="sent", sent_at__gt=moment - timedelta(hours=1))
    sent = dict(recent.order_by().values_list("channel").annotate(n=Count("pk")))
    rows = {lane.channel: lane for lane in Lane.objects.all()}
    found = []
    for name in setup.offered():
        lane = rows.get(name)
        rests = lane.free_at if lane and lane.free_at and lane.free_at > moment else None
        found.append(
            LaneState(
                channel=name, waiting=waiting.get(name, 0), sent_last_hour=sent.get(name, 0),
                is_recorded=setup.is_recorded(name), rests_until=rests,
                error=lane.error if lane and rests else "",
            )
        )  # fmt: skip
    return found


def recorded(limit: int = 100) -> list[RecordedMessage]:
    """Return the newest messages that were recorded instead of sent."""
    return list(RecordedMessage.objects.all()[:limit])
