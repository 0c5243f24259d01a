"""Jobs of notices: each takes one slice and asks for the next; other jobs have their turn."""

from __future__ import annotations

from datetime import timedelta

from madang.kernel import jobs
from madang.kernel.times import now


@jobs.task()
def spread(notice_id: int) -> None:
    """Make deliveries of a notice for about two seconds; the rest is another job."""
    from madang.notices.spread import spread as work

    if work(notice_id):
        spread.enqueue(notice_id)


@jobs.task()
def deliver(channel: str) -> None:
    """Hand over one slice of a channel's deliveries; ask for the next where there is one."""
    from madang.notices import lanes
    from madang.notices.channels import setup
    from madang.notices.deliver import deliver_slice

    due = deliver_slice(channel)
    if due is None or due - now() > timedelta(minutes=1):
        if setup.is_offered(channel):
            setup.channel(channel).close()
        return  # the schedule asks again when it is due
    lanes.ask(channel, at=due)


def wake_lanes() -> None:
    """Ask for every lane with something due, and go on with notices left half spread (schedule)."""
    from madang.notices import lanes
    from madang.notices.models import Delivery, Notice

    soon = now() + timedelta(minutes=1)
    waiting = Delivery.objects.filter(state__in=("queued", "held", "sending"), due__lte=soon)
    for channel in sorted(set(waiting.order_by().values_list("channel", flat=True).distinct())):
        lanes.ask(channel)
    left = now() - timedelta(minutes=2)
    for notice in Notice.objects.filter(spread_at__isnull=True, created__lt=left):
        spread.enqueue(notice.pk)


def forget_old() -> None:
    """Forget what nobody needs: unconfirmed sign-ups, old messages, calls done (schedule)."""
    from madang.notices.retention import forget

    forget()
