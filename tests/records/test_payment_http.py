"""Payments over HTTP: who may, what is done once, which callbacks are believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest
from django.test import Client

from madang.kernel import times
from madang.records import api, payments
from madang.records.gateways import sample, signatures
from madang.records.gateways.sample_callbacks import MOST, send_due
from madang.records.gateways.sample_models import SampleCallback
from madang.records.models import GatewayMessage
from tests.identity.residents import client_of, resident
from tests.records.conftest import CASES, NOISY, PERSON, opened_intent, paid, said
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
INTENTS = "/api/v1/payments/intents"
DOOR = "/api/v1/payments/webhooks/sample"
BODY = {"payer": PERSON, "amount": 600, "title": {"ko": "등본"}, "service": "copy", "case": "C-1"}


@pytest.fixture
def clerk() -> Client:
    return joined("kim", ["clerk"])


def post(client: Client, path: str, body: Mapping[str, object], key: str | None = "k"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def test_a_clerk_opens_a_payment_once_for_a_key(clerk):
    first, again = (post(clerk, INTENTS, BODY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["state"] == "created"
    assert len(api.intents_of("C-1")) == 1
    other = post(clerk, INTENTS, BODY | {"amount": 700})
    assert (other.status_code, other.json()["code"]) == (409, "key-used")
    assert other["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"amount": 0}, "amount"), ({"amount": "much"}, "amount"), ({"payer": ""}, "payer"),
     ({"title": {}}, "title"), ({"return_to": "https://x.example"}, "return_to")],
)  # fmt: skip
def test_what_is_wrong_is_said_field_by_field(clerk, change, field):
    answer = post(clerk, INTENTS, BODY | change)
    assert answer.status_code == 422
    assert any(one["field"].endswith(field) for one in answer.json()["errors"])


def test_a_request_without_a_key_is_refused(clerk):
    assert post(clerk, INTENTS, BODY, key=None).status_code == 422
    assert api.intents_of("C-1") == []


def test_residents_see_their_own_payments_and_no_others(clerk):
    kim, lee = resident("김하늘"), resident("이봄")
    intent = api.open_intent(payer=kim.person_id, amount=600, title="x", case="C-9", service="s",
                             key="own", by=CASES)  # fmt: skip
    path = f"{INTENTS}/{intent.id}"
    assert client_of(kim).get(path).json()["amount"] == 600
    assert client_of(lee).get(path).status_code == 404
    assert Client().get(path).status_code == 401
    assert clerk.get(path).status_code == 404
    assert clerk.get(f"{path}?case=C-8").status_code == 404
    assert clerk.get(f"{path}?case=C-9").status_code == 200
    assert "payer" not in client_of(kim).get(path).json()


@pytest.mark.parametrize(("role", "status"), [("officer", 201), ("treasurer", 201), ("clerk", 403)])
def test_officers_give_money_back(role, status, sent):
    intent = paid()
    with sent():
        answer = post(joined("lee", [role]), f"{INTENTS}/{intent.id}/refunds",
                      {"amount": 4_000, "reason": "issued twice"})  # fmt: skip
    assert answer.status_code == status
    assert api.intent(intent.id).refunded == (4_000 if status == 201 else 0)


def call_back(client: Client, word, *, at=None, headers=None, key=None):
    body = msgspec.json.encode(word)
    signed = signatures.signed(key or sample.callback_key(), word.message, at or times.now(), body)
    return client.post(DOOR, body, content_type="application/json", headers=headers or signed)


def test_a_signed_callback_is_taken_in_once(client):
    word = said("captured", opened_intent())
    assert call_back(client, word).json() == {"taken": ["applied"]}
    assert call_back(client, word).json() == {"taken": ["repeated"]}


def test_callbacks_that_are_not_believed(client):
    word = said("captured", opened_intent())
    good = signatures.signed(sample.callback_key(), word.message, times.now(),
                             msgspec.json.encode(word))  # fmt: skip
    bad = [
        {},
        good | {signatures.SIGNATURE: "v1,AAAA"},
        good | {signatures.SIGNATURE: "v1,ÄÄ"},
        good | {signatures.ID: "another"},
        good | {signatures.TIMESTAMP: "soon"},
        {k: v for k, v in good.items() if k != signatures.TIMESTAMP},
    ]
    for headers in bad:
        answer = call_back(client, word, headers=headers or {"X": "y"})
        assert (answer.status_code, answer.json()["code"]) == (403, "invalid-signature")
    for age in (timedelta(minutes=6), timedelta(minutes=-6)):
        assert call_back(client, word, at=times.now() - age).status_code == 403
    assert call_back(client, word, key=b"other").status_code == 403
    assert client.post("/api/v1/payments/webhooks/unknown", {}).status_code == 403
    assert not GatewayMessage.objects.exists()


def test_a_signed_callback_of_nonsense_is_refused(client):
    body = b'{"message": "m"}'
    headers = signatures.signed(sample.callback_key(), "m", times.now(), body)
    answer = client.post(DOOR, body, content_type="application/json", headers=headers)
    assert answer.status_code == 403
    assert call_back(client, said("captured", "x", amount=-5)).status_code == 422


def through(client: Client):
    def post(headers, body):
        return client.post(DOOR, body, content_type="application/json", headers=headers).status_code

    return post


@pytest.mark.parametrize("seed", range(4))
def test_late_repeated_and_reordered_callbacks_end_paid_once(seed, client, terms):
    terms(NOISY)
    intent = opened_intent()
    charge = payments.begin(intent.id, "ko").strip("/").rpartition("/")[2]
    sample.decline(charge)
    sample.pay(charge)
    assert SampleCallback.objects.count() == 6
    for minute in range(5):
        with times.fixed_clock(times.now() + timedelta(minutes=minute)):
            send_due(through(client))
    assert api.intent(intent.id).state == "captured"
    assert not SampleCallback.objects.filter(sent_at=None).exists()
    assert [posted.kind for posted in api.statement("C-2026-17")] == ["owed", "capture"]


def test_a_callback_that_is_not_heard_is_sent_again(client):
    sample.pay(payments.begin(opened_intent().id, "ko").strip("/").rpartition("/")[2])
    clock = times.now()
    for _ in range(MOST + 2):
        clock += timedelta(days=1)
        with times.fixed_clock(clock):
            assert send_due(lambda *_: 503) == 0
    assert set(SampleCallback.objects.values_list("attempts", flat=True)) == {MOST}
