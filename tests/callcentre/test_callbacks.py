"""Calls that were promised: due when operators are there, tried again, the number forgotten."""

from __future__ import annotations

import pytest

from madang.callcentre import callbacks, contacts, operators, wrapping
from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid
from tests.callcentre.centre import NOON, later, operator, row

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def test_a_promise_made_at_night_comes_up_in_the_morning_and_ends_after_three_tries():
    with times.fixed_clock(later(9 * 3600)):  # 21:00 in Seoul: nobody speaks Vietnamese
        one = contacts.open_contact("phone", "vi")
        assert contacts.hand_over(one, "asked").state == "closed"
        assert callbacks.ask(one, "010-1234-5678") == later(21 * 3600)
        assert b"12345678" not in bytes(row(one).phone)
        kim = operator("kim", "vi")
        assert operators.take_next(kim) is None
    for tries in (1, 2, 3):
        with times.fixed_clock(later((20 + tries * 2) * 3600)):
            operators.be(kim, "available", languages=["vi"])
            assert operators.take_next(kim) == one
            assert callbacks.number(kim, row(one)).endswith("12345678")
            callbacks.not_reached(kim, one)
    kept = row(one)
    assert (kept.state, kept.outcome, bytes(kept.phone), kept.phone_end) == (
        "done", "not-reached", b"", ""
    )  # fmt: skip


def test_a_call_that_was_made_is_wrapped_up_and_its_number_forgotten():
    with times.fixed_clock(NOON):
        one = contacts.open_contact("chat", "ko")
        callbacks.ask(one, "+821012345678")
        kim = operator("kim")
        assert operators.take_next(kim) == one
        wrapping.confirm(kim, one, "other", "전입", [])
        assert (row(one).state, bytes(row(one).phone)) == ("done", b"")
        with pytest.raises(Conflict):
            callbacks.ask(one, "+821012345678")
        with pytest.raises(Invalid):
            callbacks.ask(contacts.open_contact("chat", "ko"), "12")
