from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.db import transaction

from madang.kernel import events, relay
from madang.kernel.errors import Invalid, NotFound, Unavailable
from madang.kernel.events import Event, announce
from madang.kernel.models import OutboxEntry


class Declared(Event, frozen=True, kw_only=True):
    NAME: ClassVar[str] = "drill.declared"
    measure: int


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(events, "event_classes", lambda: {Declared.NAME: Declared})


def test_an_event_comes_back_from_its_json_as_it_was():
    event = Declared(measure=7, at=datetime(2026, 3, 1, 8, tzinfo=UTC))
    assert events.decode("drill.declared", events.encode(event)) == event


def test_two_events_have_two_ids_and_later_ones_sort_later():
    first, second = Declared(measure=1), Declared(measure=1)
    assert first.id < second.id


@pytest.mark.parametrize("payload", [b"{", b'{"measure": "x"}', b"\xff\xfe", b"[]"])
def test_a_payload_that_does_not_fit_is_refused(payload):
    with pytest.raises(Invalid, match="malformed payload"):
        events.decode("drill.declared", payload)


def test_an_event_nobody_announces_is_refused():
    with pytest.raises(NotFound):
        events.decode("drill.unheard_of", b"{}")


class FakeBus:
    """Keeps what is published; `away` makes it refuse."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str]] = []
        self.away = False

    async def publish_many(self, messages):
        if self.away:
            raise Unavailable("the bus does not answer")
        self.published += [(message.subject, message.msg_id) for message in messages]


class InCaller:
    """Stands in for `DatabaseThread`: the test's own transaction sees what it does."""

    async def run(self, call, *args):
        return call(*args)


@pytest.fixture
def bus():
    return FakeBus()


def relayed(bus: FakeBus) -> int:
    """Run the relay once; nothing in it waits here, so it needs no event loop."""
    try:
        relay.publish_due(bus, InCaller()).send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the relay waited for something")


@pytest.mark.data
@pytest.mark.django_db
def test_what_is_announced_is_published_in_order_under_its_own_id_and_once(bus):
    ids = []
    for number in range(3):
        event = Declared(measure=number)
        announce(event)
        ids.append(event.id)
    assert relayed(bus) == 3
    assert relayed(bus) == 0
    assert bus.published == [("madang.events.drill.declared", event_id) for event_id in ids]


@pytest.mark.data
@pytest.mark.django_db
def test_an_event_of_an_undone_transaction_is_never_published(bus):
    with pytest.raises(RuntimeError), transaction.atomic():
        announce(Declared(measure=1))
        raise RuntimeError
    assert relayed(bus) == 0


@pytest.mark.data
@pytest.mark.django_db
def test_while_the_bus_is_away_events_wait(bus):
    announce(Declared(measure=1))
    bus.away = True
    with pytest.raises(Unavailable):
        relayed(bus)
    assert OutboxEntry.objects.filter(published_at__isnull=True).count() == 1
    bus.away = False
    assert relayed(bus) == 1


@pytest.mark.data
@pytest.mark.django_db
def test_a_crash_before_marking_publishes_again_under_the_same_id(bus, monkeypatch):
    announce(Declared(measure=1))
    with monkeypatch.context() as crash:
        crash.setattr(relay, "mark", lambda entries: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            relayed(bus)
    relayed(bus)
    assert len(bus.published) == 2
    assert bus.published[0] == bus.published[1]


@pytest.mark.data
@pytest.mark.django_db
def test_an_event_too_large_for_the_bus_is_refused_where_it_is_announced():
    class Large(Event, frozen=True, kw_only=True):
        NAME: ClassVar[str] = "drill.large"
        text: str

    with pytest.raises(Invalid, match="at most"):
        announce(Large(text="x" * (2 << 20)))
