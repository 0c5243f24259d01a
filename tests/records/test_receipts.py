"""Receipts of payments and refunds: signed papers of what the books say, by the signed address."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.kernel.models import AuditEntry
from madang.records import api, receipts
from madang.records.document_models import IssuedDocument
from madang.records.engine.signature_words import Finding
from madang.records.errors import UnknownPayment
from madang.records.payment_values import pay_path
from madang.records.payments import refunds_of
from tests.looking import rows
from tests.records.conftest import OFFICER, PERSON, opened_intent, paid
from tests.records.papers import needs_fonts, root_of, text_of

pytestmark = [pytest.mark.data, pytest.mark.django_db, needs_fonts]
CLERK = Actor("account:clerk", "choi", frozenset({"clerk"}), aal=2, ial=2)


def test_a_receipt_says_number_amount_day_and_way_and_is_signed():
    intent = paid(60_000)
    found = receipts.of_payment(intent.id, "ko", by=OFFICER)
    text = text_of(found.pdf)
    for said in ("60,000원", "주민등록표 등본", "온라인 결제", "C-2026-17", intent.id[:8]):
        assert said in text, said
    assert "영수증" in text.replace(" ", "")
    assert "돌려드린" not in text
    assert found.document.code in text, "the number that is checked"
    assert 'pdfuaid:part="1"' in root_of(found.pdf)["/Metadata"].data.decode()
    assert api.check_file(found.pdf).finding is Finding.GENUINE
    assert api.check(found.document.code).is_valid
    assert rows(IssuedDocument).get().subject == PERSON
    assert AuditEntry.objects.filter(verb="records.read").count() == 1


def test_it_is_in_the_readers_language_and_made_once_for_each():
    intent = paid(60_000)
    english = receipts.of_payment(intent.id, "en", by=OFFICER)
    text = text_of(english.pdf)
    assert "Receipt" in text
    assert "₩60,000" in text
    both = receipts.of_payment(intent.id, "vi", by=OFFICER)
    assert "영수증" in text_of(both.pdf).replace(" ", "")
    assert "Receipt" in text_of(both.pdf)
    assert receipts.of_payment(intent.id, "en", by=OFFICER) == english
    assert rows(IssuedDocument).count() == 2


def test_when_money_goes_back_a_newer_receipt_says_what_stays_and_the_old_one_is_replaced(sent):
    intent = paid(60_000)
    before = receipts.of_payment(intent.id, "ko", by=OFFICER)
    with sent():
        api.refund(intent.id, 20_000, "half", by=OFFICER, key="r")
    after = receipts.of_payment(intent.id, "ko", by=OFFICER)
    text = text_of(after.pdf)
    for said in ("60,000원", "20,000원", "40,000원", "남은 금액"):
        assert said in text, said
    assert api.check(before.document.code).state == "superseded"
    assert api.check(after.document.code).is_valid
    (made,) = refunds_of(intent.id)
    back = receipts.of_refund(made.id, "ko", by=OFFICER)
    text = text_of(back.pdf)
    for said in ("20,000원", "60,000원", made.id[:8]):
        assert said in text, said
    assert "환급확인서" in text.replace(" ", "")
    assert receipts.of_refund(made.id, "ko", by=OFFICER).document == back.document


def test_a_receipt_of_the_counter_says_how_it_was_paid_and_who_took_it_is_kept():
    intent = opened_intent(payer="case:2026-0000001-2")
    api.paid_at_counter(intent.id, "R-77", by=CLERK, how="cash")
    found = receipts.of_payment(intent.id, "ko", by=CLERK)
    text = text_of(found.pdf)
    assert "창구, 현금" in text
    assert "R-77" in text
    assert rows(IssuedDocument).get().subject == "", "nobody's own"
    entry = AuditEntry.objects.get(verb="records.take_at_counter")
    detail = json.loads(entry.detail)
    assert (entry.actor, detail["how"], detail["receipt"]) == (CLERK.id, "cash", "R-77")


def test_nothing_paid_is_no_receipt():
    with pytest.raises(UnknownPayment):
        receipts.of_payment(opened_intent().id, "ko", by=OFFICER)
    with pytest.raises(UnknownPayment):
        receipts.of_refund("no-such", "ko", by=OFFICER)


def test_who_has_the_address_takes_the_receipts_of_this_payment_only(sent):
    intent, other = paid(60_000), paid(30_000)
    with sent():
        api.refund(intent.id, 20_000, "half", by=OFFICER, key="r")
    client, address = Client(), pay_path(intent.id)
    page = client.get(f"{address}done/").content.decode()
    assert f"{address}receipt.pdf" in page
    (made,) = refunds_of(intent.id)
    assert f"{address}refunds/{made.id}/receipt.pdf" in page
    for path in (f"{address}receipt.pdf", f"{address}refunds/{made.id}/receipt.pdf"):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")
        assert answer["Cache-Control"].find("no-store") >= 0
    assert client.get(f"{pay_path(other.id)}refunds/{made.id}/receipt.pdf").status_code == 404
    assert client.get(f"{address[:-3]}x/receipt.pdf").status_code == 404
    unpaid = opened_intent()
    assert client.get(f"{pay_path(unpaid.id)}receipt.pdf").status_code == 404
    assert "receipt.pdf" not in client.get(f"{pay_path(unpaid.id)}done/").content.decode()
