"""When a fee is asked for, when no longer, and when anew."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from madang.access.api import Actor
from madang.cases import api, case_money
from madang.cases.api import Asked
from madang.cases.case_collecting import collect, to_collect
from madang.cases.case_errors import NotPossible, UnknownCase
from madang.cases.models import Case
from madang.kernel import times
from madang.kernel.errors import Conflict
from madang.kernel.models import AuditEntry
from madang.records import api as records
from madang.records import payment_jobs
from madang.records.errors import NotPayable
from madang.records.events import PaymentCaptured
from madang.records.models import Refund
from tests.cases.every_way import best_test, plain
from tests.cases.packages import lent
from tests.cases.people import KIM, clerk, officer
from tests.looking import rows
from tests.records.conftest import books
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
COPY, PARKING = "resident-registration-copy", "resident-parking-permit"


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Run what is to happen after the commit, at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def opened(service: str, actor: Actor = KIM, subject: str = KIM.person, key: str = "k"):
    """Open a case of a service that costs something, as its first good test says."""
    found = lent(service)
    facts = best_test(found.package).facts
    answers = {name: plain(facts[name]) for name in facts if name in found.package.questions}
    channel = "web" if actor is KIM else "counter"
    return api.open_case(
        package_hash=found.hash, subject=subject, facts=answers, actor=actor, channel=channel,
        key=key, wants_person=True,
    )  # fmt: skip


def row(number: str) -> Case:
    return rows(Case).get(number=number)


def refused(number: str, by: str = "han") -> None:
    verb = next(v for v in lent_of(number).process.verbs if v.kind == "refuse")
    api.act(number, verb.id, officer(by), Asked(reasons="법 제3조에 따라 거부합니다."))


def lent_of(number: str):
    from madang.cases.case_packages import pinned

    return pinned(row(number).package)


def paid(intent: str, receipt: str = "R-1") -> None:
    records.paid_at_counter(intent, receipt, by=clerk())
    case_money.missed_payments()


def test_a_refused_case_asks_for_its_fee_no_longer():
    made = opened(COPY)
    assert made.pay_url
    intent = row(made.number).intent
    refused(made.number)
    assert (api.case_of(made.number).pay_url, row(made.number).intent) == ("", "")
    assert records.intent(intent).state == "cancelled"
    with pytest.raises(NotPayable):
        records.paid_at_counter(intent, "R-1", by=clerk())
    assert books() == {}


def test_after_an_appeal_the_fee_is_asked_for_anew_and_then_it_can_be_granted():
    made = opened(COPY)
    first = row(made.number).intent
    refused(made.number)
    api.act(made.number, "appeal", KIM, Asked(reasons="사진이 규격에 맞습니다."))
    again = row(made.number).intent
    assert again
    assert again != first
    assert api.case_of(made.number).pay_url
    grant = Asked(reasons="사진이 맞습니다.")
    with pytest.raises(NotPossible) as error:
        api.act(made.number, "grant", officer("cho"), grant)
    assert error.value.why == (("needs", "payment"),)
    paid(again)
    assert api.case_of(made.number).paid == made.fee
    api.act(made.number, "grant", officer("cho"), grant)
    assert api.case_of(made.number).outcome == "granted"


def test_a_withdrawn_case_that_is_opened_again_can_be_paid():
    made = opened(COPY)
    for receipt in ("R-1", "R-2"):
        api.act(made.number, "withdraw", KIM, Asked())
        assert api.case_of(made.number).pay_url == ""
        api.act(made.number, "reopen", officer(), Asked(reasons="전화로 되돌려 달라고 했습니다."))
        assert api.case_of(made.number).pay_url, receipt
    assert len(records.intents_of(made.number)) == 3
    paid(row(made.number).intent)
    assert api.case_of(made.number).paid == made.fee


def test_money_that_arrives_in_the_moment_of_the_refusal_comes_back(sent):
    made = opened(COPY)
    intent = row(made.number).intent
    records.paid_at_counter(intent, "R-1", by=clerk())  # its event is not worked off yet
    refused(made.number)
    assert row(made.number).intent == intent
    event = PaymentCaptured(
        intent=intent, case=made.number, service="x", amount=made.fee, currency="KRW"
    )
    with sent():
        for _ in range(2):
            case_money.captured(event)
    assert (api.case_of(made.number).paid, books()) == (0, {})
    assert len(rows(Refund)) == 1


def test_a_fee_for_looking_stays_on_a_refusal_and_is_not_asked_for_twice(sent):
    made = opened(COPY)
    paid(row(made.number).intent)
    with sent():
        refused(made.number)
    found = api.case_of(made.number)
    assert (found.outcome, found.paid, found.pay_url) == ("refused", made.fee, "")
    api.act(made.number, "appeal", KIM, Asked(reasons="사진이 규격에 맞습니다."))
    assert api.case_of(made.number).pay_url == ""
    assert len(records.intents_of(made.number)) == 1


def test_a_fee_that_is_due_at_the_grant_is_asked_for_then_by_what_is_known_then():
    made = opened(PARKING)
    assert (made.fee, made.pay_url) == (0, ""), "no register knew the car"
    facts = {name: plain(value) for name, value in best_test(lent(PARKING).package).facts.items()}
    told = {name: facts[name] for name in facts if name not in lent(PARKING).package.questions}
    api.act(made.number, "correct", officer(), Asked(reasons="등록증을 보았습니다.", facts=told))
    found = api.case_of(made.number)
    assert found.fee > 0
    assert (found.pay_url, row(made.number).intent) == ("", "")
    api.act(made.number, "grant", officer(), Asked(reasons="자리가 있습니다."))
    assert api.case_of(made.number).pay_url
    paid(row(made.number).intent)
    found = api.case_of(made.number)
    assert (found.outcome, found.paid, found.pay_url) == ("granted", found.fee, "")


def test_a_fee_that_changes_with_the_facts_is_asked_for_anew_while_it_is_not_paid():
    made = opened(COPY)
    first = row(made.number).intent
    more = Asked(reasons="전화로 바꾸었습니다.", facts={"copies": 5})
    api.act(made.number, "correct", officer(), more)
    found, second = api.case_of(made.number), row(made.number).intent
    assert found.fee == 5 * (made.fee // best_test(lent(COPY).package).facts["copies"])
    assert records.intent(first).state == "cancelled"
    assert records.intent(second).amount == found.fee
    paid(second)
    api.act(made.number, "correct", officer(), Asked(reasons="다시", facts={"copies": 1}))
    assert api.case_of(made.number).paid == api.case_of(made.number).fee == found.fee


def test_a_refusal_before_the_grant_never_asks_for_what_is_due_at_it():
    made = opened(PARKING)
    refused(made.number)
    assert records.intents_of(made.number) == []


def test_a_case_without_a_name_is_asked_for_its_fee_too():
    made = opened(COPY, clerk(), "")
    assert made.pay_url
    intent = records.intent(row(made.number).intent)
    assert (intent.payer, intent.amount) == (f"case:{made.number}", made.fee)
    assert records.own_payments(KIM) == []
    paid(intent.id)
    assert api.case_of(made.number).paid == made.fee
    with_name = opened(COPY, key="k2")
    assert records.intent(row(with_name.number).intent).payer == KIM.person


def test_an_officer_takes_the_fee_of_a_nameless_case_and_who_and_how_is_written_down():
    made = opened(COPY, clerk(), "")
    told = to_collect(officer(), made.number)
    assert told is not None
    assert told.nobody
    assert to_collect(KIM, opened(COPY, key="k2").number) is None
    collect(officer(), made.number, "R-9", "card")
    assert api.case_of(made.number).paid == made.fee
    assert to_collect(officer(), made.number) is None
    entry = AuditEntry.objects.get(verb="records.take_at_counter")
    detail = json.loads(entry.detail)
    assert (entry.actor, detail["how"], detail["receipt"]) == (officer().id, "card", "R-9")
    with pytest.raises(Conflict):
        collect(officer(), made.number, "R-10", "cash")
    for who in (KIM, officer("far", departments=frozenset({"no-such"}))):
        with pytest.raises(UnknownCase):
            collect(who, made.number, "R-11", "cash")


def test_a_payment_whose_time_is_over_is_asked_for_anew(clock):
    made = opened(COPY)
    first = row(made.number).intent
    clock(times.now() + timedelta(days=400))
    payment_jobs.tend()
    assert records.intent(first).state == "expired"
    case_money.missed_payments()
    second = row(made.number).intent
    assert second != first
    assert records.intent(second).state == "created"
    collect(officer(), made.number, "R-1", "cash")
    assert api.case_of(made.number).paid == made.fee


def test_an_officer_notes_the_payment_on_the_page_and_finds_the_receipt_there():
    made = opened(COPY, clerk(), "")
    client = joined("han", ["officer"])
    url = f"/casework/{made.number}/"
    assert "받을 금액: 800원" in client.get(url).content.decode()
    wrong = client.post(url, {"collect": "yes", "how": "cash", "receipt": ""})
    assert wrong.status_code == 422
    done = client.post(url, {"collect": "yes", "how": "cash", "receipt": "R-5"})
    assert done.status_code == 302
    page = client.get(url).content.decode()
    assert "받을 금액" not in page
    assert "/done/" in page or "/pay/" in page
