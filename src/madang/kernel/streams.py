"""Feed consumers the messages of a stream, in order, once in effect.

A consumer's work and its position are one transaction. A message that fails is tried a few times
and then parked, in the same transaction that moves the position, so that it cannot hold up those
behind it. While the database or a part the consumer needs (`Unavailable`) is away, the consumer
waits for it: order matters more than haste.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from madang.kernel import times
from madang.kernel.bus.message import STREAMS, Message, Stream
from madang.kernel.dbthread import DatabaseThread
from madang.kernel.dispatch import DATABASE_AWAY, deliver
from madang.kernel.errors import Invalid, NotFound, Unavailable
from madang.kernel.logs import logger
from madang.kernel.metrics import counter
from madang.kernel.models import ParkedMessage, StreamPosition
from madang.kernel.registry import StreamConsumer, load, registry
from madang.kernel.tracing import span

if TYPE_CHECKING:
    from madang.kernel.bus.client import Bus

ATTEMPTS = 5
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
BATCH = 64
SHARE_S = 0.05  # one transaction takes about this long
LOOK_AT_STREAM_EVERY_S = 30.0
DISPATCHER = "event-dispatcher"

CONSUMED = counter(
    "madang_consumed_messages_total", "Bus messages consumed.", ["consumer", "result"]
)


@dataclass(frozen=True)
class Feed:
    """Where a consumer reads; `incarnation` tells a stream from one made anew."""

    consumer: str
    stream: str
    subject: str
    incarnation: str


@dataclass(frozen=True)
class Standing:
    """How far a consumer has come, for the pages of the operator."""

    consumer: str
    seq: int
    moved_at: datetime


def standings() -> list[Standing]:
    """Return how far each consumer has come, by name."""
    rows = StreamPosition.objects.order_by("consumer")
    return [Standing(row.consumer, row.seq, row.moved_at) for row in rows]


def stream_of(subject: str) -> Stream:
    """Return the stream that keeps messages of `subject`.

    Raises
    ------
    Invalid
        If no stream keeps them.
    """
    for stream in STREAMS:
        if any(subject.startswith(kept.removesuffix(">")) for kept in stream.subjects):
            return stream
    raise Invalid(f"no stream keeps {subject!r}; a StreamConsumer needs one")


async def feed(bus: Bus, offer: StreamConsumer, thread: DatabaseThread) -> None:
    """Feed `offer` its messages; return when the stream was made anew."""
    here = await _feed_of(bus, offer.name, offer.subject)
    position = await thread.run(position_of, here)
    async for batch in _batches(bus, here, position):
        waiting = batch
        while waiting:
            try:
                done = await thread.run(digest, offer, here, waiting)
                CONSUMED.labels(offer.name, "done").inc(done)
            except Exception:  # the patient way meets it again, and knows what to do
                await _digest_patiently(offer, here, waiting[0], thread)
                done = 1
            waiting = waiting[done:]


async def dispatch_events(bus: Bus, thread: DatabaseThread) -> None:
    """Bring events to their subscribers; return when the stream was made anew."""
    here = await _feed_of(bus, DISPATCHER, "madang.events.>")
    position = await thread.run(position_of, here)
    async for batch in _batches(bus, here, position):
        waiting = batch
        while waiting:
            waiting = waiting[await thread.run(deliver_some, here, waiting) :]


def deliver_some(here: Feed, messages: Sequence[Message]) -> int:
    """Bring the first of the events to their subscribers, as `digest` does; return how many."""

    def bring(message: Message) -> None:
        deliver(message)
        move(here, message.seq)

    return _share(bring, messages)


async def _feed_of(bus: Bus, consumer: str, subject: str) -> Feed:
    stream = stream_of(subject).name
    return Feed(consumer, stream, subject, await bus.incarnation(stream))


async def _batches(bus: Bus, here: Feed, position: int) -> AsyncIterator[Sequence[Message]]:
    """Yield batches behind `position` until the stream is another one."""
    batches = bus.consume(
        here.stream,
        here.subject,
        start_seq=position + 1,
        batch=BATCH,
        idle_s=LOOK_AT_STREAM_EVERY_S,
    )
    async for batch in batches:
        if batch:
            yield batch
        elif await bus.incarnation(here.stream) != here.incarnation:
            logger("streams").warning("the stream was made anew", stream=here.stream)
            return


def position_of(here: Feed) -> int:
    """Return the sequence number the consumer has come to; 0 in a stream it has not read."""
    row, _ = StreamPosition.objects.get_or_create(
        consumer=here.consumer,
        defaults={"incarnation": here.incarnation, "moved_at": times.now()},
    )
    return row.seq if row.incarnation == here.incarnation else 0


def move(here: Feed, seq: int) -> bool:
    """Move the consumer to `seq` in the caller's transaction; False if it is there already.

    The row stays locked until the transaction ends, so that of two workers one does the work.
    """
    with transaction.atomic():
        row = StreamPosition.objects.select_for_update().get(consumer=here.consumer)
        if row.incarnation == here.incarnation and row.seq >= seq:
            return False
        row.incarnation, row.seq, row.moved_at = here.incarnation, seq, times.now()
        row.save()
    return True


def digest(offer: StreamConsumer, here: Feed, messages: Sequence[Message]) -> int:
    """Do the consumer's work on the first of `messages` and move its position; return on how many.

    Work and position are one transaction. It takes as many messages as fit into `SHARE_S`: one
    commit for many, yet others who write the database need not wait long.
    """

    def take(message: Message) -> None:
        if move(here, message.seq):
            _call(offer, message)

    return _share(take, messages)


def _share(work: Callable[[Message], None], messages: Sequence[Message]) -> int:
    until, done = time.monotonic() + SHARE_S, 0
    with transaction.atomic():
        for message in messages:
            if done and time.monotonic() > until:
                break
            work(message)
            done += 1
    return done


def _call(offer: StreamConsumer, message: Message) -> None:
    target: Callable[[Message], None] = load(offer.target)
    with span("message", subject=message.subject, consumer=offer.name):
        target(message)


async def _digest_patiently(
    offer: StreamConsumer, here: Feed, message: Message, thread: DatabaseThread
) -> None:
    failures, pause_s = 0, FIRST_PAUSE_S
    while True:
        try:
            await thread.run(digest, offer, here, [message])
        except (*DATABASE_AWAY, Unavailable) as error:
            logger("streams").warning("waiting", consumer=offer.name, reason=str(error))
        except Exception as error:
            failures += 1
            if failures >= ATTEMPTS:
                await thread.run(park, here, message, failures, error)
                return
        else:
            CONSUMED.labels(offer.name, "done").inc()
            return
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def park(here: Feed, message: Message, attempts: int, error: Exception) -> None:
    """Keep a message that cannot be digested for the operator and move past it."""
    with transaction.atomic():
        if not move(here, message.seq):
            return
        ParkedMessage.objects.create(
            consumer=here.consumer,
            subject=message.subject,
            seq=message.seq,
            headers=dict(message.headers),
            data=message.data,
            attempts=attempts,
            error="".join(traceback.format_exception(error)),
            parked_at=times.now(),
        )
    CONSUMED.labels(here.consumer, "parked").inc()
    logger("streams").error(
        "a message is parked", consumer=here.consumer, subject=message.subject, exc_info=error
    )


def retry_message(pk: int) -> None:
    """Digest a parked message now; where it fails again it stays parked.

    Raises
    ------
    NotFound
        If there is no such message, or no such consumer any more.
    """
    with transaction.atomic():
        row = ParkedMessage.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            raise NotFound(f"nothing parked has the id 'message-{pk}'")
        offer = next((o for o in registry().offers(StreamConsumer) if o.name == row.consumer), None)
        if offer is None:
            raise NotFound(f"no consumer is called {row.consumer!r} any more")
        _call(offer, Message(row.subject, bytes(row.data), row.headers, row.seq))
        row.delete()
