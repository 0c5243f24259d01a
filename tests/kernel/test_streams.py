from __future__ import annotations

import pytest

from madang.kernel import audit, dispatch, streams
from madang.kernel.bus.message import Message
from madang.kernel.errors import Invalid
from madang.kernel.models import AuditEntry
from madang.kernel.registry import StreamConsumer
from madang.kernel.streams import Feed

from .offers import offer

pytestmark = [pytest.mark.data, pytest.mark.django_db]

HOURS = StreamConsumer("drill-hours", "madang.hours.>", f"{__name__}:take")
HERE = Feed("drill-hours", "HOURS", "madang.hours.>", "2026-03-01")


def take(message: Message) -> None:
    audit.record("system", "drill.took", f"hour:{message.seq}")
    if message.data == b"poison":
        raise ValueError("cannot digest")


@pytest.fixture(autouse=True)
def house(monkeypatch):
    offer(monkeypatch, HOURS)
    streams.position_of(HERE)


def message(seq: int, data: bytes = b"") -> Message:
    return Message("madang.hours.pm25", data, {"wall": "1"}, seq)


def taken() -> list[str]:
    return list(AuditEntry.objects.order_by("at", "id").values_list("object", flat=True))


def test_each_message_is_taken_once_and_the_position_follows():
    for seq in (1, 2, 2, 1, 5):
        streams.digest(HOURS, HERE, [message(seq)])
    assert taken() == ["hour:1", "hour:2", "hour:5"]
    assert streams.position_of(HERE) == 5


def test_many_messages_share_one_transaction(monkeypatch):
    monkeypatch.setattr(streams, "SHARE_S", 60.0)
    assert streams.digest(HOURS, HERE, [message(seq) for seq in range(1, 9)]) == 8
    assert streams.position_of(HERE) == 8


def test_a_slow_consumer_gives_the_database_back_after_its_share(monkeypatch):
    monkeypatch.setattr(streams, "SHARE_S", 0.0)
    assert streams.digest(HOURS, HERE, [message(1), message(2)]) == 1
    assert streams.position_of(HERE) == 1


def test_a_message_that_fails_moves_nothing_and_leaves_nothing(monkeypatch):
    monkeypatch.setattr(streams, "SHARE_S", 60.0)
    streams.digest(HOURS, HERE, [message(1)])
    with pytest.raises(ValueError, match="digest"):
        streams.digest(HOURS, HERE, [message(2), message(3, b"poison")])
    assert (streams.position_of(HERE), taken()) == (1, ["hour:1"])


def test_a_parked_message_is_kept_whole_and_moved_past():
    streams.park(HERE, message(2, b"poison"), 5, ValueError("cannot digest"))
    streams.park(HERE, message(2, b"poison"), 5, ValueError("cannot digest"))
    [parked] = dispatch.parked()
    assert (parked.receiver, parked.subject) == ("drill-hours", "madang.hours.pm25")
    assert "cannot digest" in parked.error
    assert streams.position_of(HERE) == 2


def test_a_parked_message_is_digested_at_the_operators_retry():
    streams.park(HERE, message(2, b"good now"), 5, ValueError("was broken"))
    dispatch.retry(dispatch.parked()[0].id)
    assert taken() == ["hour:2"]
    assert dispatch.parked_count() == 0


def test_a_parked_message_that_fails_again_stays_parked():
    streams.park(HERE, message(2, b"poison"), 5, ValueError("cannot digest"))
    with pytest.raises(ValueError, match="digest"):
        dispatch.retry(dispatch.parked()[0].id)
    assert (dispatch.parked_count(), taken()) == (1, [])


def test_a_stream_made_anew_is_read_from_its_start():
    streams.digest(HOURS, HERE, [message(500)])
    anew = Feed("drill-hours", "HOURS", "madang.hours.>", "2026-04-01")
    assert streams.position_of(anew) == 0
    streams.digest(HOURS, anew, [message(1)])
    assert streams.position_of(anew) == 1


def test_a_subject_that_no_stream_keeps_is_refused():
    assert streams.stream_of("madang.hours.pm25").name == "HOURS"
    with pytest.raises(Invalid, match="no stream keeps"):
        streams.stream_of("madang.live.obs")
