"""What comes back of a paid fee: by the rule of the package, once, told before, the rest stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum

from madang.access.api import purpose
from madang.cases import api, case_money
from madang.cases.api import Asked
from madang.cases.case_dossier import Dossier
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.case_refunds import coming_back
from madang.cases.case_refunds_told import refunds_told
from madang.cases.models import Case, CaseEvent
from madang.cases.register_feed import Sent, take_in
from madang.kernel import times
from madang.records import api as records
from madang.records.models import Entry, Refund
from tests.cases.packages import lent
from tests.cases.people import KIM, LEE, clerk, officer
from tests.identity.residents import actor_of, client_of, resident
from tests.looking import rows
from tests.records.conftest import books

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"facility": "gym", "day": "2026-09-12", "start": 14, "hours": 2, "purpose": "sport"}
PAID = 60_000
NOON = datetime(2026, 9, 1, 12, tzinfo=ZoneInfo("Asia/Seoul"))


def at(day: int):
    """Return noon of a day of September 2026."""
    return NOON + timedelta(days=day - 1)


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Run what is to happen after the commit, at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def booked(clock):
    """Return the number of a gym for two hours on 12 September, paid and booked on the first."""
    clock(at(1))
    found = lent("facility-booking")
    take_in("buildings", [Sent(KIM.person, "slot_free", True, times.now())], "test")
    take_in("welfare", [Sent(KIM.person, "half_price_entitled", False, times.now())], "test")
    made = api.open_case(
        package_hash=found.hash, subject=KIM.person, facts=FACTS, actor=KIM, channel="web", key="k"
    )
    assert (made.fee, made.state) == (PAID, "received")
    paid(made.number)
    assert api.case_of(made.number).state == "booked"
    return made.number


def paid(number: str, receipt: str = "R-1") -> str:
    """Pay what a case asks for at a counter; return the payment."""
    intent = rows(Case).get(number=number).intent
    records.paid_at_counter(intent, receipt, by=clerk())
    assert case_money.missed_payments() == 1
    return intent


@pytest.mark.parametrize(
    ("day", "share", "back"),
    [(1, 100, PAID), (9, 100, PAID), (10, 50, PAID // 2), (12, 50, PAID // 2), (13, 0, 0)],
)
def test_who_cancels_gets_back_what_the_rule_says_and_was_told_it_before(
    booked, clock, day, share, back, sent
):
    clock(at(day))
    (told,) = refunds_told(KIM, booked)
    assert (told.verb, told.paid, told.amount, told.share) == ("withdraw", PAID, back, share)
    assert told.because
    assert "지방자치법" in told.law
    with sent():
        api.act(booked, "withdraw", KIM, Asked(key="w"))
    found = api.case_of(booked)
    assert (found.outcome, found.paid, found.pay_url) == ("withdrawn", PAID - back, "")
    kept = {"gateway:counter": PAID - back, "revenue:facility-booking": back - PAID}
    assert books() == ({} if back == PAID else kept)
    event = next(one for one in api.events_for(KIM, booked) if one.kind == "withdraw")
    assert event.content["refund"]["amount"] == back
    assert event.content["refund"]["share_percent"] == str(share)
    assert api.verify(booked).faults == ()


def test_sent_twice_it_comes_back_once(booked, clock, sent):
    clock(at(10))
    with sent():
        first = api.act(booked, "withdraw", KIM, Asked(key="w"))
        again = api.act(booked, "withdraw", KIM, Asked(key="w"))
    assert (again.is_replay, again.version) == (True, first.version)
    assert [one.amount for one in rows(Refund)] == [PAID // 2]
    assert Entry.objects.aggregate(n=Sum("amount"))["n"] == 0


def test_the_city_gives_everything_back_when_it_closes_the_place(booked, clock, sent):
    clock(at(11))
    (mine,) = refunds_told(KIM, booked)
    assert mine.share == Decimal(50)
    verbs = {one.verb: one.amount for one in refunds_told(officer(), booked)}
    assert verbs == {"withdraw": PAID // 2, "cancel": PAID}
    with sent():
        api.act(booked, "cancel", officer(), Asked(reasons="천장에서 물이 샙니다."))
    assert (api.case_of(booked).paid, books()) == (0, {})


def test_a_booking_opened_again_asks_for_what_is_missing_and_gives_back_from_both(
    booked, clock, sent
):
    clock(at(10))
    with sent():
        api.act(booked, "withdraw", KIM, Asked())
    api.act(booked, "reopen", officer(), Asked(reasons="전화로 되돌려 달라고 했습니다."))
    case = rows(Case).get(number=booked)
    assert records.intent(case.intent).amount == PAID // 2
    assert api.case_of(booked).pay_url
    paid(booked, "R-2")
    assert api.case_of(booked).paid == PAID
    with sent():
        api.act(booked, "cancel", officer(), Asked(reasons="천장에서 물이 샙니다."))
    assert (api.case_of(booked).paid, books()) == (0, {})
    assert sorted(one.amount for one in rows(Refund)) == [PAID // 2] * 3


def test_what_the_treasurer_gave_back_by_hand_does_not_go_back_twice(booked, clock, sent):
    intent = rows(Case).get(number=booked).intent
    with sent():
        records.refund(intent, 50_000, "goodwill", by=officer(), key="by-hand")
        api.act(booked, "withdraw", KIM, Asked())
    assert (api.case_of(booked).outcome, books()) == ("withdrawn", {})


def test_where_a_fact_is_missing_the_rule_gives_back_everything(booked, clock, sent):
    with purpose(CASES, KEEP):
        dossier = Dossier.of(Case.objects.get(number=booked))
    verb = dossier.pinned.verb("withdraw")
    del dossier.facts["day"]
    back = coming_back(dossier, verb, at(20))
    assert (back.amount, back.share) == (PAID, 100)
    assert back.doubts


def test_a_strangers_case_tells_nothing(booked):
    from madang.cases.case_errors import UnknownCase

    with pytest.raises(UnknownCase):
        refunds_told(LEE, booked)


def test_without_a_rule_a_withdrawal_gives_all_back_and_a_refusal_keeps_what_was_for_looking():
    from madang.services.packages.refunds import without_rule

    package = lent().package
    verbs = {verb.id: verb for verb in package.process.verbs}
    assert without_rule(package, verbs["withdraw"]) == 100
    assert without_rule(package, verbs["refuse"]) == 0
    on_grant = lent("resident-parking-permit").package
    refuse = next(verb for verb in on_grant.process.verbs if verb.kind == "refuse")
    assert without_rule(on_grant, refuse) == 100


def test_every_row_is_an_event_of_the_chain(booked, clock, sent):
    clock(at(13))
    with sent():
        api.act(booked, "withdraw", KIM, Asked())
    event = rows(CaseEvent).get(case__number=booked, kind="withdraw")
    assert b'"rows":["refund.over"]' in bytes(event.content.encode())


def test_the_page_and_the_api_say_before_withdrawing_what_comes_back(booked, clock, sent):
    clock(at(10))
    client = client_of(resident("김하늘"))
    assert client.get(f"/api/v1/cases/{booked}/refunds").status_code == 404
    person = actor_of(client).person
    with purpose(CASES, KEEP):
        Case.objects.filter(number=booked).update(subject=person)
    (told,) = client.get(f"/api/v1/cases/{booked}/refunds").json()
    assert told.pop("because") == "쓰는 날 사흘 전이 지났으므로 절반을 돌려드립니다."
    assert told == {
        "verb": "withdraw", "paid": PAID, "amount": PAID // 2, "share_percent": 50.0,
        "law": "지방자치법 제156조",
    }  # fmt: skip
    page = client.get(f"/cases/{booked}/").content.decode()
    assert "60,000원 가운데 30,000원을 돌려드립니다." in page
    assert "지방자치법 제156조" in page
    english = client.get(f"/cases/{booked}/", headers={"Accept-Language": "en"}).content.decode()
    assert "half comes back" in english
    with sent():
        client.post(f"/cases/{booked}/", {"verb": "withdraw"})
    after = client.get(f"/cases/{booked}/").content.decode()
    assert "30,000원을 돌려" in after
    assert client.get(f"/api/v1/cases/{booked}/refunds").json() == []


def test_what_is_on_its_way_back_is_told_and_reasons_name_no_parameter_of_the_refund(booked, clock):
    from madang.cases.case_explaining import explanation
    from madang.cases.case_looking import payments_for

    said = explanation(KIM, booked)
    assert [one.title for one in said.parameters] == ["한 시간 요금(체육관·회의실·운동장)"]
    clock(at(10))
    api.act(booked, "withdraw", KIM, Asked())  # nothing is sent: no commit in this test
    (one,) = payments_for(KIM, booked)
    assert (one.amount, one.refunded) == (PAID, PAID // 2)
