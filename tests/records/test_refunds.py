"""Money given back: whole, in parts, by one person or two, through gateways that fail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.access.api import Actor
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.notices.models import DeskAlert
from madang.records import api, ledger, payment_jobs, refunds
from madang.records.errors import (
    GatewayDown,
    GatewayRefused,
    KeyUsed,
    NotRefundable,
    SecondPersonNeeded,
)  # fmt: skip
from madang.records.gateways import sample
from madang.records.models import Refund
from tests.looking import rows
from tests.records.conftest import CASES, OFFICER, TREASURER, balance, books, hear, paid

pytestmark = [pytest.mark.data, pytest.mark.django_db]
HEAD = Actor("account:head", "park", frozenset({"department-head"}), aal=2, ial=2)


def give_back(intent: api.Intent, amount: int, sent, key: str = "r", by: Actor = OFFICER):
    with sent():
        api.refund(intent.id, amount, "issued twice", by=by, key=key)
    return api.intent(intent.id)


def told() -> list[str]:
    events = OutboxEntry.objects.filter(name="records.payment_refunded").order_by("id")
    return [row.payload for row in events]


def test_parts_and_then_the_rest(sent):
    intent = paid()
    part = give_back(intent, 4_000, sent, "one")
    assert (part.state, part.refunded, part.is_paid) == ("partly-refunded", 4_000, True)
    whole = give_back(intent, 6_000, sent, "two")
    assert (whole.state, whole.refunded, whole.is_paid) == ("refunded", 10_000, False)
    assert books() == {}
    assert ['"is_whole":true' in text for text in told()] == [False, True]


def test_a_key_gives_back_once(sent):
    intent = paid()
    for _ in range(3):
        assert give_back(intent, 4_000, sent).refunded == 4_000
    with pytest.raises(KeyUsed):
        give_back(intent, 5_000, sent)


@pytest.mark.parametrize("amounts", [(10_001,), (6_000, 4_001), (10_000, 1)])
def test_no_more_goes_back_than_came(sent, amounts):
    intent = paid()
    for number, amount in enumerate(amounts[:-1]):
        give_back(intent, amount, sent, f"r{number}")
    with pytest.raises(NotRefundable):
        give_back(intent, amounts[-1], sent, "last")


def test_what_waits_counts_too(sent):
    intent = paid(700_000)
    give_back(intent, 400_000, sent, "one")
    with pytest.raises(NotRefundable):
        give_back(intent, 400_000, sent, "two")


@pytest.mark.parametrize("fault", [{"amount": 0}, {"amount": -1}, {"reason": " "}, {"key": ""}])
def test_a_refund_without_sense_is_refused(fault):
    asked = {"amount": 1, "reason": "x", "key": "k", **fault}
    with pytest.raises(Invalid) as error:
        api.refund(paid().id, asked.pop("amount"), asked.pop("reason"), by=OFFICER, **asked)
    assert list(fault) == list(error.value.fields)


@pytest.mark.parametrize("roles", [(), ("clerk",), ("operator",)])
def test_not_everybody_gives_money_back(roles):
    who = Actor("account:x", "x", frozenset(roles), aal=2, ial=2)
    with pytest.raises(Forbidden):
        api.refund(paid().id, 1, "x", by=who, key="k")


def test_a_large_refund_waits_for_a_second_person(sent):
    intent = paid(400_000)
    assert give_back(intent, 400_000, sent).state == "captured"
    (made,) = rows(Refund)
    assert (made.state, balance("refunds-payable")) == ("waiting", -400_000)
    assert DeskAlert.objects.get(cleared_at=None).kind == "records.refund-waits"
    with pytest.raises(SecondPersonNeeded):
        both = Actor(OFFICER.id, "kim", frozenset({"officer", "treasurer"}), aal=2, ial=2)
        refunds.approve(made.id, by=both)
    with pytest.raises(Forbidden):
        refunds.approve(made.id, by=OFFICER)
    with sent():
        refunds.approve(made.id, by=HEAD)
    assert (api.intent(intent.id).state, books()) == ("refunded", {})
    assert not DeskAlert.objects.filter(cleared_at=None).exists()
    with pytest.raises(Conflict):
        refunds.approve(made.id, by=TREASURER)
    verbs = set(AuditEntry.objects.values_list("actor", "verb"))
    assert {(OFFICER.id, "records.ask_refund"), (HEAD.id, "records.approve_refund")} <= verbs


def test_a_refund_turned_down_is_owed_no_more(sent):
    intent = paid(400_000)
    give_back(intent, 400_000, sent)
    made = refunds.turn_down(rows(Refund)[0].id, by=TREASURER)
    assert (made.state, balance("refunds-payable")) == ("refused", 0)
    assert give_back(intent, 1_000, sent, "less").refunded == 1_000
    with pytest.raises(NotFound):
        refunds.turn_down("nothing", by=TREASURER)


def test_a_gateway_that_is_down_gets_it_later(sent, monkeypatch):
    intent = paid()

    def down(*_args, **_more):
        raise GatewayDown("no answer")

    with monkeypatch.context() as broken:
        broken.setattr(sample.SampleGateway, "give_back", down)
        assert give_back(intent, 10_000, sent).state == "captured"
        assert refunds.send_due() == 0
    with times.fixed_clock(times.now() + timedelta(minutes=1)):
        payment_jobs.tend()
    assert (api.intent(intent.id).state, books()) == ("refunded", {})


def test_dying_after_the_gateways_answer_gives_back_once(sent, monkeypatch):
    """The gateway has done it, we have not heard: the same key is sent again."""
    intent = paid()
    with monkeypatch.context() as broken:
        broken.setattr("madang.records.refunds.take", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            api.refund(intent.id, 10_000, "x", by=OFFICER, key="r")
            refunds.send(rows(Refund)[0].id)
    assert api.intent(intent.id).state == "captured"
    with times.fixed_clock(times.now() + timedelta(minutes=1)):
        payment_jobs.tend()
    assert (api.intent(intent.id).refunded, books()) == (10_000, {})
    assert sample.SampleMovement.objects.filter(kind="refund").count() == 1


def test_a_callback_before_the_answer_is_the_same_refund(sent):
    intent = paid()
    api.refund(intent.id, 10_000, "x", by=OFFICER, key="r")  # not sent yet
    made = rows(Refund)[0]
    hear("refunded", intent, refund=made.id, movement="mov-1")
    refunds.send(made.id)
    assert (api.intent(intent.id).refunded, len(told())) == (10_000, 1)


def test_what_the_gateway_refuses_is_on_the_desk_and_not_owed(sent, monkeypatch):
    intent = paid()

    def no(*_args, **_more):
        raise GatewayRefused("account closed")

    with monkeypatch.context() as broken:
        broken.setattr(sample.SampleGateway, "give_back", no)
        give_back(intent, 10_000, sent)
    assert (rows(Refund)[0].state, balance("refunds-payable")) == ("refused", 0)
    assert DeskAlert.objects.get(cleared_at=None).kind == "records.refund-refused"
    hear("refunded", intent, refund=rows(Refund)[0].id, movement="m")  # it went out after all
    assert (api.intent(intent.id).state, books()) == ("refunded", {})


def test_money_that_left_unasked_is_in_suspense(sent):
    intent = paid()
    assert hear("refunded", intent, 3_000, movement="console-1") == "suspense"
    assert hear("refunded", intent, 3_000, movement="console-1") == "nothing"
    assert (api.intent(intent.id).refunded, balance("suspense:sample")) == (0, 3_000)
    assert ledger.check().faults == ()


def test_a_chargeback_is_told_once(sent):
    intent = paid()
    give_back(intent, 2_000, sent)
    moved = sample.dispute(intent.id)
    assert (moved.amount, sample.SampleCallback.objects.count() > 0) == (8_000, True)
    for _ in range(2):
        payment_jobs.ask_gateway(intent.id)
        hear("charged-back", intent, 8_000, movement=moved.id)
    now = api.intent(intent.id)
    assert (now.state, now.charged_back) == ("charged-back", 8_000)
    assert balance("disputed:resident-register-copy") == 8_000
    assert ['"why":"chargeback"' in text for text in told()] == [False, True]
    with pytest.raises(NotRefundable):
        api.refund(intent.id, 1, "x", by=CASES, key="late")
