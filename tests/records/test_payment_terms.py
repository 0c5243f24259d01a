"""How a city takes payments: its file, what is wrong with it, and what holds without one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.city.api import load_profile, profile
from madang.kernel.config import settings
from madang.records import api
from madang.records.payment_terms import PaymentTerms, faults_of_file
from tests.identity.residents import actor_of, client_of, resident
from tests.records.conftest import CASES, opened_intent


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gateway: sample\nopen_for: P3D\n", ""),
        ("open_for: soon\n", "no ISO 8601 duration"),
        ("open_for: PT0S\n", "open_for is longer"),
        ("second_yes_above: -1\n", "second_yes_above"),
        ("sample: {late_s: [9, 1]}\n", "late_s"),
        ("sample: {repeated: 1.5}\n", "shares"),
        ("sample: {fee_permille: 2000}\n", "fee_permille"),
        ("gatewey: sample\n", "gatewey"),
        ("open_for: [\n", "while parsing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, text, said):
    path = tmp_path / "payments.yaml"
    path.write_text(text, "utf-8")
    found = faults_of_file(path, profile())
    assert (not found) if not said else said in found[0][1]


def test_without_a_file_every_refund_needs_two_people():
    assert PaymentTerms().second_yes_above == 0
    assert PaymentTerms().open_span == timedelta(days=3)


def test_the_file_of_seoul_is_in_order():
    folder = load_profile("seoul").folder
    assert faults_of_file(folder / "payments.yaml", profile()) == []


@pytest.mark.data
@pytest.mark.django_db
def test_residents_list_their_own_payments():
    kim, lee = resident("김하늘"), resident("이봄")
    for who, amount in ((kim, 600), (kim, 700), (lee, 800)):
        api.open_intent(payer=who.person_id, amount=amount, title="x", case="C-1", service="s",
                        key=f"own-{amount}", by=CASES)  # fmt: skip
    actor = actor_of(client_of(kim))
    assert [one.amount for one in api.own_payments(actor)] == [700, 600]


@pytest.mark.data
@pytest.mark.django_db
def test_the_address_in_a_letter_is_whole_and_stays():
    intent = opened_intent()
    address = api.pay_page_url(intent.id)
    assert address == settings().public_origin + intent.pay_url
    assert api.intent(intent.id).pay_url == intent.pay_url
