"""Jobs of notices: each takes one slice and asks for the next; other jobs have their turn."""

from __future__ import annotations

from datetime import timedelta

from madang.kernel import jobs
from madang.kernel.times import now
from madang.notices.purposes import DELIVER, opened


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


@jobs.task()
def bring(name: str, payload: str, left: list[int] | None = None, tries: int = 0) -> None:
    """Bring out what identity tells the owner of an account; what fails is tried again, later."""
    from madang.notices import account_messages

    still = account_messages.bring(name, payload, left)
    if still and tries < account_messages.MOST_TRIES:
        due = now() + account_messages.pause(tries)
        bring.using(run_after=due).enqueue(name, payload, still, tries + 1)


@jobs.task()
def bring_to_person(message: str, tries: int = 0) -> None:
    """Bring a message to one person; ways that fail are tried again, and given up at last."""
    from madang.notices import person

    if not person.bring(message):
        return
    if tries >= person.MOST_TRIES:
        person.give_up(message)
        return
    due = now() + person.pause(tries)
    bring_to_person.using(run_after=due).enqueue(message, tries + 1)


@opened(DELIVER)
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
