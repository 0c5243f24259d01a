"""The relay: publishes what was announced, in order, and marks it once the bus has it on disk.

A crash between the two publishes again; the event id is the message id, so the stream keeps it
once, and where its memory of ids (an hour) is over, the subscribers' inboxes do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection

from madang.kernel import times
from madang.kernel.bus.message import Outgoing
from madang.kernel.dbthread import DatabaseThread
from madang.kernel.errors import LimitReached, Unavailable
from madang.kernel.events import subject_of
from madang.kernel.logs import logger
from madang.kernel.models import OutboxEntry
from madang.kernel.wake import Alarm

if TYPE_CHECKING:
    from madang.kernel.bus.client import Bus

LOOK_EVERY_S = 0.1
BATCH = 200
_RETRY_S = 1.0
KEPT = timedelta(days=1)


async def relay(bus: Bus, thread: DatabaseThread) -> None:
    """Publish the outbox until cancelled."""
    alarm = Alarm("relay")
    try:
        while True:
            try:
                published = await publish_due(bus, thread)
            except (Unavailable, LimitReached) as error:
                logger("relay").warning("the bus does not take events", reason=error.message)
                await asyncio.sleep(_RETRY_S)
                continue
            if published < BATCH:
                await alarm.sleep(LOOK_EVERY_S)
    finally:
        alarm.close()


async def publish_due(bus: Bus, thread: DatabaseThread) -> int:
    """Publish up to `BATCH` entries of the outbox and mark them; return how many.

    Raises
    ------
    Unavailable, LimitReached
        If the bus does not take them; nothing is marked.
    """
    entries = await thread.run(due)
    if not entries:
        return 0
    await bus.publish_many(
        Outgoing(subject_of(entry.name), entry.payload.encode(), msg_id=entry.event_id)
        for entry in entries
    )
    await thread.run(mark, entries)
    return len(entries)


def due() -> list[OutboxEntry]:
    """Return the oldest entries that are not published."""
    with connection.cursor() as cursor:  # ten times a second: plain SQL costs a fifth of the ORM
        cursor.execute("SELECT 1 FROM kernel_outboxentry WHERE published_at IS NULL LIMIT 1")
        if cursor.fetchone() is None:
            return []
    return list(OutboxEntry.objects.filter(published_at__isnull=True).order_by("id")[:BATCH])


def mark(entries: Sequence[OutboxEntry]) -> None:
    """Note that the bus has these entries."""
    ids = [entry.pk for entry in entries]
    OutboxEntry.objects.filter(pk__in=ids).update(published_at=times.now())


def forget_old() -> int:
    """Remove entries published more than a day ago; return how many."""
    return OutboxEntry.objects.filter(published_at__lt=times.now() - KEPT).delete()[0]
