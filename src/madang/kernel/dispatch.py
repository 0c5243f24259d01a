"""Bring each event to its subscribers, once in effect.

A subscriber's work and its inbox row (`Delivery`, state ``done``) are one transaction. Work that
fails leaves a ``waiting`` row and is tried again, later and later; after `ATTEMPTS` it is parked
with its traceback until an operator retries it. Nothing holds up the stream. An event that failed
once may therefore come after later ones.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from madang.kernel import times
from madang.kernel.bus.message import Message
from madang.kernel.errors import Invalid, NotFound
from madang.kernel.events import MESSAGE_ID, decode, name_of
from madang.kernel.logs import logger
from madang.kernel.metrics import counter
from madang.kernel.models import Delivery, ParkedMessage
from madang.kernel.registry import Subscriber, load, registry
from madang.kernel.tracing import span

ATTEMPTS = 10
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
KEPT = timedelta(days=8)  # a day longer than the stream could deliver an event again
DATABASE_AWAY = (OperationalError, InterfaceError)

DELIVERIES = counter(
    "madang_event_deliveries_total",
    "Deliveries of events to subscribers.",
    ["subscriber", "result"],
)


@dataclass(frozen=True)
class Parked:
    """Something that failed for good, as the operator sees it. `id` is for `retry`."""

    id: str
    receiver: str
    subject: str
    attempts: int
    error: str
    parked_at: datetime


def subscribers_of(name: str) -> list[Subscriber]:
    """Return who subscribed to events called `name`."""
    return [offer for offer in registry().offers(Subscriber) if offer.event == name]


def deliver(message: Message) -> None:
    """Bring the event in `message` to each of its subscribers.

    Raises
    ------
    django.db.OperationalError, django.db.InterfaceError
        If the database is away; the message is to be delivered again.
    """
    name = name_of(message.subject)
    event_id = message.headers.get(MESSAGE_ID) or f"seq-{message.seq}"
    payload = message.data.decode("utf-8", "replace")
    for subscriber in subscribers_of(name):
        _first_attempt(subscriber, event_id, name, payload)


def _first_attempt(subscriber: Subscriber, event_id: str, name: str, payload: str) -> None:
    try:
        with transaction.atomic():
            row, created = _row(subscriber.name, event_id, name, Delivery.State.DONE)
            if not created:
                return
            _call(subscriber, name, payload)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        with transaction.atomic():
            row, created = _row(subscriber.name, event_id, name, Delivery.State.WAITING)
            if created:
                row.payload = payload
                _note_failure(row, error)
        return
    DELIVERIES.labels(subscriber.name, "done").inc()


def _row(subscriber: str, event_id: str, name: str, state: str) -> tuple[Delivery, bool]:
    return Delivery.objects.get_or_create(
        subscriber=subscriber,
        event_id=event_id,
        defaults={"name": name, "state": state, "changed_at": times.now()},
    )


def _call(subscriber: Subscriber, name: str, payload: str) -> None:
    target: Callable[[object], None] = load(subscriber.target)
    with span("event", event=name, subscriber=subscriber.name):
        target(decode(name, payload))


def _note_failure(row: Delivery, error: Exception) -> None:
    row.attempts += 1
    row.error = "".join(traceback.format_exception(error))
    row.changed_at = times.now()
    hopeless = isinstance(error, Invalid | NotFound)  # the payload will not get better by waiting
    if hopeless or row.attempts >= ATTEMPTS:
        row.state, row.due_at = Delivery.State.PARKED, None
    else:
        pause_s = min(FIRST_PAUSE_S * 2 ** (row.attempts - 1), LONGEST_PAUSE_S)
        row.state, row.due_at = Delivery.State.WAITING, row.changed_at + timedelta(seconds=pause_s)
    row.save()
    DELIVERIES.labels(row.subscriber, row.state).inc()
    logger("dispatch").warning(
        "an event failed at a subscriber",
        subscriber=row.subscriber,
        event_name=row.name,
        event_id=row.event_id,
        attempts=row.attempts,
        state=row.state,
        reason=f"{type(error).__name__}: {error}",
    )


def retry_due(now: datetime | None = None) -> int:
    """Try again what is due; return how many were tried."""
    moment = now or times.now()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, due_at__lte=moment)
    tried = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:100]:
        tried += _try_again(pk)
    return tried


def _try_again(pk: int) -> bool:
    try:
        with transaction.atomic():
            row = _taken(pk)
            if row is None:
                return False
            _call(_subscriber(row.subscriber), row.name, row.payload)
            row.state, row.due_at, row.payload = Delivery.State.DONE, None, ""
            row.attempts += 1
            row.changed_at = times.now()
            row.save()
    except DATABASE_AWAY:
        raise
    except Exception as error:
        with transaction.atomic():
            row = _taken(pk)
            if row is not None:
                _note_failure(row, error)
        return True
    DELIVERIES.labels(row.subscriber, "done").inc()
    return True


def _taken(pk: int) -> Delivery | None:
    """Return the waiting row, locked; None where another worker has it or is done with it."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = Delivery.objects.select_for_update(skip_locked=skip)
    return rows.filter(pk=pk, state=Delivery.State.WAITING).first()


def _subscriber(name: str) -> Subscriber:
    for offer in registry().offers(Subscriber):
        if offer.name == name:
            return offer
    raise NotFound(f"no subscriber is called {name!r} any more")


def parked() -> Sequence[Parked]:
    """Return all that failed for good, newest first."""
    events = Delivery.objects.filter(state=Delivery.State.PARKED)
    found = [
        Parked(f"event-{row.pk}", row.subscriber, row.name, row.attempts, row.error, row.changed_at)
        for row in events
    ] + [
        Parked(
            f"message-{row.pk}", row.consumer, row.subject, row.attempts, row.error, row.parked_at
        )
        for row in ParkedMessage.objects.defer("data")
    ]
    return sorted(found, key=lambda item: item.parked_at, reverse=True)


def parked_count() -> int:
    """Return how many events and messages are parked."""
    events = Delivery.objects.filter(state=Delivery.State.PARKED).count()
    return events + ParkedMessage.objects.count()


def retry(parked_id: str) -> None:
    """Try something parked again: an event soon, by the worker; a message at once, here.

    Raises
    ------
    NotFound
        If nothing of that id is parked.
    """
    kind, _, number = parked_id.partition("-")
    if kind == "message" and number.isdigit():
        from madang.kernel.streams import retry_message

        retry_message(int(number))
        return
    moment = times.now()
    changed = (
        kind == "event"
        and number.isdigit()
        and Delivery.objects.filter(pk=int(number), state=Delivery.State.PARKED).update(
            state=Delivery.State.WAITING, attempts=0, due_at=moment, changed_at=moment
        )
    )
    if not changed:
        raise NotFound(f"nothing parked has the id {parked_id!r}")


def forget_old() -> int:
    """Remove inbox rows of events that can no longer arrive; return how many."""
    oldest = times.now() - KEPT
    return Delivery.objects.filter(state=Delivery.State.DONE, changed_at__lt=oldest).delete()[0]
