"""A server's clock that is put back or forward under open cases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.cases import api, case_jobs, case_shown
from madang.cases.api import Asked
from madang.cases.models import Case
from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.kernel.models import OutboxEntry
from tests.cases.packages import lent
from tests.cases.people import KIM, clerk, officer
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}
BACK = timedelta(hours=-2)


def opened(key: str = "k", **more):
    given = {"package_hash": lent().hash, "subject": KIM.person, "facts": FACTS, "actor": KIM,
             "channel": "web", "key": key}  # fmt: skip
    return api.open_case(**given | more)


def at(shift: timedelta):
    return times.fixed_clock(times.now() + shift)


def test_put_back_what_happened_keeps_its_order_and_the_deadline_its_day():
    made = opened()
    with at(BACK):
        api.act(made.number, "ask", officer(), Asked(reasons="?", missing=("copies",)))
    with at(2 * BACK):
        api.act(made.number, "answer", KIM, Asked(facts={"copies": 3}))
    assert api.verify().faults == ()
    events = api.events_for(KIM, made.number)
    assert [event.position for event in events] == [1, 2, 3]
    assert [line.text for line in case_shown.lines(KIM, made.number)][-1] == "시에서 접수했습니다"
    due = rows(Case).get(number=made.number).due
    assert due is not None
    assert made.due is not None
    assert abs(due - made.due) <= timedelta(hours=3), "a clock is no reason for a later answer"


def test_put_forward_and_back_nobody_is_told_twice_that_a_case_is_late():
    opened()
    for shift in (timedelta(days=20), timedelta(0), timedelta(days=21)):
        with at(shift):
            case_jobs.clock()
    assert OutboxEntry.objects.filter(name="cases.overdue").count() == 1


def test_a_receipt_that_lies_ahead_is_refused():
    ahead = times.now() + timedelta(minutes=10)
    with pytest.raises(Invalid) as error:
        opened(actor=clerk(), channel="post", received_at=ahead)
    assert "received_at" in error.value.fields
