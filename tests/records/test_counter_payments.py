"""Fees paid at a counter: the same books, the same refunds, and never twice."""

from __future__ import annotations

import json

import pytest

from madang.access.api import Actor
from madang.kernel.errors import Forbidden, Invalid
from madang.records import api, payment_jobs, payments, suspense
from madang.records.errors import KeyUsed, NotPayable
from madang.records.gateways import sample
from tests.records.conftest import CASES, OFFICER, books, hear, opened_intent
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
CLERK = Actor("account:clerk", "choi", frozenset({"clerk"}), aal=2, ial=2)


def test_a_receipt_pays_a_fee_once():
    intent = opened_intent()
    for _ in range(2):
        assert api.paid_at_counter(intent.id, "R-1", by=CLERK).state == "captured"
    assert books() == {"gateway:counter": 10_000, "revenue:resident-register-copy": -10_000}
    with pytest.raises(NotPayable):
        api.paid_at_counter(intent.id, "R-2", by=CLERK)
    with pytest.raises(KeyUsed):
        api.paid_at_counter(opened_intent().id, "R-1", by=CLERK)


@pytest.mark.parametrize("who", [CASES, Actor("account:x", "x"), Actor()])
def test_only_staff_take_money_at_counters(who):
    with pytest.raises(Forbidden):
        api.paid_at_counter(opened_intent().id, "R-1", by=who)


def test_a_receipt_has_a_number():
    with pytest.raises(Invalid):
        api.paid_at_counter(opened_intent().id, "", by=CLERK)


def test_it_goes_back_over_the_counter(sent):
    intent = opened_intent()
    api.paid_at_counter(intent.id, "R-1", by=CLERK)
    with sent():
        api.refund(intent.id, 10_000, "issued twice", by=OFFICER, key="r")
    assert (api.intent(intent.id).state, books()) == ("refunded", {})


def test_who_has_paid_online_does_not_pay_at_the_counter():
    intent = opened_intent()
    sample.pay(payments.begin(intent.id, "ko").strip("/").rpartition("/")[2])
    with pytest.raises(NotPayable):
        api.paid_at_counter(intent.id, "R-1", by=CLERK)
    assert api.intent(intent.id).state == "captured"


def test_money_that_comes_online_after_the_counter_is_given_back():
    intent = opened_intent()
    charge = payments.begin(intent.id, "ko").strip("/").rpartition("/")[2]
    api.paid_at_counter(intent.id, "R-1", by=CLERK)
    sample.pay(charge)
    hear("captured", intent, charge=charge)
    (item,) = suspense.in_suspense()
    assert item.why == "paid-twice"
    treasurer = Actor("account:t", "t", frozenset({"treasurer"}), aal=2)
    suspense.clear(item.id, "returned", by=treasurer)
    payment_jobs.tend()
    assert books()["gateway:counter"] == 10_000
    assert "suspense:sample" not in books()


def test_a_clerk_notes_it_over_http():
    intent = opened_intent()
    client = joined("choi", ["clerk"])
    path = f"/api/v1/payments/intents/{intent.id}/counter-payment"
    answer = client.post(path, json.dumps({"receipt": "R-9"}), content_type="application/json")
    assert answer.json()["state"] == "captured"
    empty = client.post(path, json.dumps({"receipt": ""}), content_type="application/json")
    assert empty.status_code == 422


def test_the_treasurer_takes_what_no_account_is_asked_for_on_the_desk():
    intent = opened_intent(payer="case:2026-0000001-2")
    opened_intent(key="somebodys")
    client = joined("lee", ["treasurer"])
    page = client.get("/operations/payments/").content.decode()
    assert page.count('value="collect:') == 1
    sent = {"what": f"collect:{intent.id}", "how": "transfer", "receipt": ""}
    assert client.post("/operations/payments/", sent).status_code == 409
    assert client.post("/operations/payments/", sent | {"receipt": "T-1"}).status_code == 302
    assert api.intent(intent.id).state == "captured"
    assert 'value="collect:' not in client.get("/operations/payments/").content.decode()


def test_a_way_to_pay_that_nobody_knows_is_refused():
    with pytest.raises(Invalid):
        api.paid_at_counter(opened_intent().id, "R-1", by=CLERK, how="shells")
