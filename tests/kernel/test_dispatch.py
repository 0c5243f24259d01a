from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import OperationalError

from madang.kernel import audit, dispatch, events
from madang.kernel.bus.message import Message
from madang.kernel.errors import NotFound
from madang.kernel.events import Event
from madang.kernel.models import AuditEntry, Delivery
from madang.kernel.registry import Subscriber

from .offers import offer

pytestmark = [pytest.mark.data, pytest.mark.django_db]


class Declared(Event, frozen=True, kw_only=True):
    NAME: ClassVar[str] = "drill.declared"
    measure: int


broken: set[str] = set()


def count(event: Declared) -> None:
    audit.record("system", "drill.counted", f"measure:{event.measure}")
    if "count" in broken:
        raise ValueError("the subscriber is broken")


def notify(event: Declared) -> None:
    audit.record("system", "drill.notified", f"measure:{event.measure}")
    if "database" in broken:
        raise OperationalError("database is locked")


@pytest.fixture(autouse=True)
def house(monkeypatch):
    broken.clear()
    monkeypatch.setattr(events, "event_classes", lambda: {Declared.NAME: Declared})
    offer(
        monkeypatch,
        Subscriber("drill.declared", "counter", f"{__name__}:count"),
        Subscriber("drill.declared", "notifier", f"{__name__}:notify"),
    )


def message(measure: int = 1, data: bytes | None = None) -> Message:
    event = Declared(measure=measure)
    headers = {events.MESSAGE_ID: event.id}
    return Message("madang.events.drill.declared", data or events.encode(event), headers, 1)


def effects(verb: str) -> int:
    return AuditEntry.objects.filter(verb=f"drill.{verb}").count()


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_each_subscriber_sees_an_event_once_however_often_it_arrives():
    arrival = message()
    for _ in range(3):
        dispatch.deliver(arrival)
    assert (effects("counted"), effects("notified")) == (1, 1)


def test_a_broken_subscriber_leaves_nothing_behind_and_holds_up_nobody():
    broken.add("count")
    dispatch.deliver(message(1))
    dispatch.deliver(message(2))
    assert (effects("counted"), effects("notified")) == (0, 2)


def test_a_mended_subscriber_gets_the_event_at_its_retry_and_only_then():
    broken.add("count")
    arrival = message()
    dispatch.deliver(arrival)
    broken.clear()
    assert dispatch.retry_due(later(0.5)) == 0
    assert dispatch.retry_due(later(1.5)) == 1
    assert dispatch.retry_due(later(100)) == 0
    dispatch.deliver(arrival)
    assert effects("counted") == 1


def test_pauses_grow_and_what_never_works_is_parked_with_its_traceback():
    broken.add("count")
    dispatch.deliver(message())
    pauses = []
    for _ in range(dispatch.ATTEMPTS - 1):
        row = Delivery.objects.get(subscriber="counter")
        pauses.append(round((row.due_at - row.changed_at).total_seconds()))
        dispatch.retry_due(row.due_at)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    [parked] = dispatch.parked()
    assert (parked.receiver, parked.attempts) == ("counter", dispatch.ATTEMPTS)
    assert "ValueError: the subscriber is broken" in parked.error
    assert "in count" in parked.error
    assert dispatch.parked_count() == 1


def test_a_parked_event_is_delivered_after_the_operators_retry():
    broken.add("count")
    dispatch.deliver(message(data=b"{"))
    dispatch.deliver(message())
    row = Delivery.objects.get(subscriber="counter", state=Delivery.State.WAITING)
    Delivery.objects.filter(pk=row.pk).update(state=Delivery.State.PARKED, due_at=None)
    broken.clear()
    dispatch.retry(f"event-{row.pk}")
    dispatch.retry_due(later(1))
    assert effects("counted") == 1


def test_a_malformed_event_is_parked_at_once_at_each_subscriber():
    dispatch.deliver(message(data=b'{"measure": '))
    assert {item.receiver for item in dispatch.parked()} == {"counter", "notifier"}
    assert all("malformed payload" in item.error for item in dispatch.parked())


def test_nothing_is_marked_while_the_database_is_away():
    broken.add("database")
    arrival = message()
    with pytest.raises(OperationalError):
        dispatch.deliver(arrival)
    broken.clear()
    dispatch.deliver(arrival)
    assert (effects("counted"), effects("notified")) == (1, 1)


@pytest.mark.parametrize("name", ["event-999", "message-999", "event-x", "nonsense"])
def test_an_unknown_parked_id_is_said_to_be_unknown(name):
    with pytest.raises(NotFound):
        dispatch.retry(name)


def test_inbox_rows_stay_as_long_as_the_stream_could_repeat_an_event():
    dispatch.deliver(message())
    Delivery.objects.filter(subscriber="counter").update(changed_at=later(-9 * 86400))
    assert dispatch.forget_old() == 1
