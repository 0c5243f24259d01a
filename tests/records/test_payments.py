"""Payments from opening to money, whatever the gateway says, and however often."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.models import OutboxEntry
from madang.notices.models import DeskAlert
from madang.records import api, ledger, payment_jobs, payments, suspense
from madang.records.errors import GatewayDown, KeyUsed, NotPayable
from madang.records.gateway_words import take
from madang.records.gateways import sample
from madang.records.models import GatewayMessage, Journal, PaymentIntent, SuspenseItem
from tests.looking import rows
from tests.records.conftest import (
    CASES,
    PERSON,
    TREASURER,
    balance,
    books,
    hear,
    opened_intent,
    paid,
    said,
)  # fmt: skip

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def announced(name: str) -> int:
    return OutboxEntry.objects.filter(name=f"records.{name}").count()


def test_opening_books_what_is_owed():
    intent = opened_intent(600)
    assert (intent.state, intent.amount, intent.currency) == ("created", 600, "KRW")
    service = "resident-register-copy"
    assert books() == {f"receivable:{service}": 600, f"revenue:{service}": -600}


def test_a_key_opens_one_payment():
    first = opened_intent(key="fee:C-1")
    assert opened_intent(key="fee:C-1").id == first.id
    assert len(rows(PaymentIntent)) == Journal.objects.count() == 1
    with pytest.raises(KeyUsed):
        opened_intent(20_000, key="fee:C-1")


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", 0), ("amount", -5), ("amount", True), ("payer", ""), ("service", "a:b"),
     ("return_to", "https://elsewhere.example/"), ("return_to", "//elsewhere.example"),
     ("return_to", "/\\elsewhere.example"), ("title", {}), ("key", ""), ("amount", 10**16)],
)  # fmt: skip
def test_what_cannot_be_paid_is_not_opened(field, value):
    wish = {"payer": PERSON, "amount": 100, "title": "x", "case": "", "service": "s", "key": "k"}
    with pytest.raises(Invalid) as error:
        api.open_intent(**{**wish, field: value}, by=CASES)
    assert field in error.value.fields
    assert not Journal.objects.exists()


@pytest.mark.parametrize("order", list(permutations(["authorised", "captured", "failed"])))
def test_words_in_any_order_and_twice_end_paid_and_booked_once(order):
    intent = opened_intent()
    begun = times.now()
    moments = {"failed": 0, "authorised": 1, "captured": 2}
    words = [said(k, intent, at=begun + timedelta(seconds=moments[k])) for k in order]
    for word in (*words, *words, *reversed(words)):
        take("sample", word)
    assert api.intent(intent.id).state == "captured"
    assert (balance("gateway:sample"), announced("payment_captured")) == (10_000, 1)
    assert GatewayMessage.objects.count() == 3


def test_a_failure_older_than_the_authorisation_changes_nothing():
    intent = opened_intent()
    hear("authorised", intent)
    assert hear("failed", intent, at=times.now() - timedelta(minutes=1)) == "nothing"
    assert (api.intent(intent.id).state, announced("payment_failed")) == ("authorised", 0)


def test_a_late_failure_does_not_undo_a_capture():
    intent = opened_intent()
    hear("captured", intent)
    assert hear("failed", intent) == "nothing"
    assert api.intent(intent.id).state == "captured"


def test_a_declined_payment_may_be_tried_again():
    intent = opened_intent()
    hear("failed", intent, reason="declined")
    assert (api.intent(intent.id).state, announced("payment_failed")) == ("failed", 1)
    hear("captured", intent)
    assert api.intent(intent.id).state == "captured"


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [(9_000, "KRW", "amount-differs"), (11_000, "KRW", "amount-differs"),
     (10_000, "USD", "currency-differs")],
)  # fmt: skip
def test_a_wrong_amount_goes_to_suspense_and_onto_the_desk(amount, currency, why):
    intent = opened_intent()
    assert hear("captured", intent, amount, currency=currency) == "suspense"
    assert api.intent(intent.id).state == "created"
    item = SuspenseItem.objects.get()
    assert (item.why, item.amount, item.currency, item.expected) == (why, amount, currency, 10_000)
    assert DeskAlert.objects.get(cleared_at=None).kind == "records.suspense"
    tail = "" if currency == "KRW" else ":USD"
    assert books()[f"suspense:sample{tail}"] == -amount
    assert ledger.check().faults == ()


def test_money_for_nobody_goes_to_suspense_once():
    word = said("captured", "no-such-payment", charge="ch-9")
    again = said("captured", "no-such-payment", charge="ch-9")
    assert [take("sample", word), take("sample", again)] == ["suspense", "nothing"]
    assert [item.why for item in suspense.in_suspense()] == ["unknown-payment"]


def test_another_charge_for_a_paid_intent_is_paid_twice():
    intent = opened_intent()
    hear("captured", intent)
    assert hear("captured", intent, charge="ch-other") == "suspense"
    assert suspense.in_suspense()[0].why == "paid-twice"
    assert balance("gateway:sample") == 20_000


def test_money_after_a_withdrawal_waits_in_suspense():
    intent = opened_intent()
    assert api.withdraw(intent.id, "fee waived", by=CASES).state == "cancelled"
    assert api.withdraw(intent.id, "fee waived", by=CASES).state == "cancelled"
    assert books() == {}
    assert (hear("captured", intent), announced("payment_failed")) == ("suspense", 1)
    assert suspense.in_suspense()[0].why == "paid-after-cancel"


def test_money_after_the_time_is_over_is_taken():
    intent = opened_intent()
    with times.fixed_clock(times.now() + timedelta(days=4)):
        assert payment_jobs.expire_due() == 1
        assert (api.intent(intent.id).state, books()) == ("expired", {})
        assert hear("captured", intent) == "applied"
    assert api.intent(intent.id).state == "captured"
    assert books() == {"gateway:sample": 10_000, "revenue:resident-register-copy": -10_000}


def test_a_paid_payment_is_not_withdrawn():
    with pytest.raises(NotPayable):
        api.withdraw(paid().id, "too late", by=CASES)


@pytest.mark.parametrize("fault", [{"amount": 0}, {"amount": -1}, {"currency": "won"},
                                   {"kind": "stolen"}, {"message": ""}])  # fmt: skip
def test_a_word_that_is_none_is_refused(fault):
    word = said(fault.pop("kind", "captured"), "x", fault.pop("amount", 1), **fault)
    with pytest.raises(Invalid):
        take("sample", word)
    assert not GatewayMessage.objects.exists()


def test_a_lost_callback_is_made_good_by_asking():
    intent = opened_intent()
    page = payments.begin(intent.id, "ko")
    sample.pay(page.strip("/").rpartition("/")[2])  # its callbacks never arrive
    with times.fixed_clock(times.now() + timedelta(minutes=5)):
        payment_jobs.tend()
    assert api.intent(intent.id).state == "captured"


def test_a_gateway_that_is_down_is_asked_before_anything_expires(monkeypatch):
    intent = opened_intent()
    payments.begin(intent.id, "ko")

    def down(_self, _reference):
        raise GatewayDown("no answer")

    with times.fixed_clock(times.now() + timedelta(days=4)):
        with monkeypatch.context() as broken:
            broken.setattr(sample.SampleGateway, "said", down)
            payment_jobs.tend()
        assert api.intent(intent.id).state == "created"
        payment_jobs.tend()
    assert api.intent(intent.id).state == "expired"


def test_nothing_is_asked_of_a_gateway_where_nobody_went(monkeypatch):
    opened_intent()
    monkeypatch.setattr(sample.SampleGateway, "said", lambda *_: pytest.fail("asked"))
    with times.fixed_clock(times.now() + timedelta(minutes=30)):
        payment_jobs.tend()


def test_a_fault_in_between_leaves_nothing_behind(monkeypatch):
    """State, journal, message and event are one transaction."""
    intent = opened_intent()
    before = books()
    word = said("captured", intent)
    with monkeypatch.context() as broken:
        broken.setattr("madang.records.gateway_words.announce", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take("sample", word)
    assert (api.intent(intent.id).state, books()) == ("created", before)
    assert take("sample", word) == "applied"


def test_the_statement_of_a_case_tells_the_whole_story():
    intent = paid(case="C-7")
    kinds = [posted.kind for posted in api.statement("C-7")]
    assert kinds == ["owed", "capture"]
    assert api.intents_of("C-7") == [api.intent(intent.id)]
    assert api.intents_of("") == []


KEPT = {"miscellaneous-revenue": -10_000, "gateway:sample": 10_000}


@pytest.mark.parametrize(("how", "left"), [("returned", {}), ("kept", KEPT)])
def test_suspense_is_cleared_up_once(how, left):
    intent = opened_intent()
    charge = payments.begin(intent.id, "ko").strip("/").rpartition("/")[2]
    api.withdraw(intent.id, "waived", by=CASES)
    sample.pay(charge)
    payment_jobs.ask_gateway(intent.id)
    (item,) = suspense.in_suspense()
    suspense.clear(item.id, how, by=TREASURER)
    payment_jobs.ask_gateway(intent.id)  # the gateway tells of the refund: nothing new
    assert (books(), suspense.in_suspense()) == (left, [])
    assert not DeskAlert.objects.filter(cleared_at=None).exists()
    with pytest.raises(Conflict):
        suspense.clear(item.id, how, by=TREASURER)
