"""A fee given back by hand: one officer asks, another person says the second yes, on a page."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.cases import case_hand_refunds as refunds
from madang.cases.case_errors import UnknownCase
from madang.cases.case_looking import payments_for
from madang.cases.models import Case
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.models import AuditEntry
from madang.records import api as records
from madang.records.models import PaymentIntent, Refund
from tests.cases.people import KIM, clerk, officer
from tests.cases.test_fees import opened
from tests.identity.residents import actor_of
from tests.looking import rows
from tests.records.conftest import books
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HAN, CHO = officer("han"), officer("cho")
HEAD = Actor("account:head", "head", frozenset({"department-head"}), aal=2, ial=2)


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Run what is to happen after the commit, at the end of the block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def number() -> str:
    """A case whose fee was paid at a counter."""
    made = opened("resident-registration-copy")
    case = rows(Case).get(number=made.number)
    records.paid_at_counter(case.intent, "R-1", by=clerk(), how="cash")
    return made.number


def asked(number: str, by: Actor = HAN, amount: str = "400", key: str = "k") -> str:
    intent = records.intents_of(number)[0].id
    refunds.ask(by, number, intent=intent, amount=amount, reason="두 번 냈습니다.", key=key)
    return rows(Refund).latest("asked_at").pk


def done(what: str) -> list[str]:
    return list(AuditEntry.objects.filter(verb=what).values_list("actor", flat=True))


def test_however_small_it_waits_for_somebody_else_who_confirms_it(number, sent):
    with sent():
        made = asked(number)
    assert rows(Refund).get().state == "waiting"
    assert records.intents_of(number)[0].refunded == 0
    assert [one.may_confirm for one in refunds.waiting(HAN)] == [False]
    with pytest.raises(Forbidden):
        refunds.answer(HAN, number, made, yes=True)
    [card] = refunds.waiting(CHO)
    assert (card.case, card.amount, card.may_confirm, card.is_own) == (number, "400원", True, False)
    with sent():
        refunds.answer(CHO, number, made, yes=True)
    assert records.intents_of(number)[0].refunded == 400
    assert refunds.of_case(HAN, number)[0].state == "done"
    assert (done("records.ask_refund"), done("records.approve_refund")) == ([HAN.id], [CHO.id])
    assert refunds.waiting(CHO) == []
    with pytest.raises(Conflict):
        refunds.answer(CHO, number, made, yes=True)


def test_what_waits_is_promised_to_nobody_and_what_is_confirmed_is(number, sent):
    made = asked(number)
    assert [one.refunded for one in payments_for(KIM, number)] == [0]
    refunds.answer(CHO, number, made, yes=True)
    assert [one.refunded for one in payments_for(KIM, number)] == [400]


def test_another_officer_says_no_and_nothing_goes_back(number):
    before = books()
    made = asked(number)
    refunds.answer(CHO, number, made, yes=False)
    assert rows(Refund).get().state == "refused"
    assert books() == before
    assert done("records.turn_down_refund") == [CHO.id]
    assert refunds.returnable(HAN, number)[0].left == 800


def test_whoever_asked_takes_it_back(number):
    refunds.answer(HAN, number, asked(number), yes=False)
    assert rows(Refund).get().state == "refused"


def test_above_the_city_s_limit_an_officer_is_not_enough(number, monkeypatch):
    made = asked(number, amount="800")
    from madang.records.payment_terms import PaymentTerms

    monkeypatch.setattr("madang.records.refunds.terms_in_effect",
                        lambda: PaymentTerms(second_yes_above=799))  # fmt: skip
    assert not refunds.waiting(CHO)[0].may_confirm
    with pytest.raises(Forbidden):
        refunds.answer(CHO, number, made, yes=True)
    with pytest.raises(Forbidden):
        refunds.answer(CHO, number, made, yes=False)
    assert refunds.waiting(HEAD)[0].may_confirm
    refunds.answer(HEAD, number, made, yes=True)
    assert rows(Refund).get().approved_by == HEAD.id


@pytest.mark.parametrize(
    ("fault", "field"),
    [({"amount": "0"}, "amount"), ({"amount": "많이"}, "amount"), ({"amount": "-5"}, "amount"),
     ({"amount": "1.5"}, "amount"), ({"reason": "  "}, "reason"), ({"intent": "x"}, "intent")],
)  # fmt: skip
def test_a_request_without_sense_is_named_field_by_field(number, fault, field):
    given = {"intent": records.intents_of(number)[0].id, "amount": "1,000원", "reason": "r"} | fault
    with pytest.raises(Invalid) as error:
        refunds.ask(HAN, number, **given, key="k")
    assert field in error.value.fields
    assert not rows(Refund).exists()


def test_no_more_than_was_paid_and_once_for_each_key(number):
    with pytest.raises(Conflict):
        asked(number, amount="801")
    asked(number, amount="800")
    asked(number, amount="800")
    assert len(rows(Refund)) == 1
    with pytest.raises(Conflict):
        asked(number, amount="1", key="other")


def test_only_who_works_on_the_case_sees_or_answers(number):
    made = asked(number)
    elsewhere = officer("park", departments=frozenset({"culture"}))
    own = officer("own", person=KIM.person)
    for who in (elsewhere, own, KIM):
        assert refunds.waiting(who) == []
        with pytest.raises(UnknownCase):
            refunds.answer(who, number, made, yes=True)
        with pytest.raises(UnknownCase):
            asked(number, by=who, key="z")
    other = opened("resident-registration-copy", key="other").number
    with pytest.raises(NotFound):
        refunds.answer(CHO, other, made, yes=True)


def text(answer) -> str:
    return answer.content.decode().split("<main")[1]


def test_on_the_pages_one_officer_asks_and_another_confirms(number, sent):
    han, cho = joined("han2", ["officer"]), joined("cho2", ["officer"])
    case, page = f"/casework/{number}/", f"/casework/{number}/refund/"
    assert page in text(han.get(case))
    form = text(han.get(page))
    assert "800원" in form
    wrong = han.post(page, {"do": "ask", "intent": intent_of(number), "amount": "x", "key": "1"})
    assert wrong.status_code == 422
    assert 'id="amount-error"' in text(wrong)
    given = {"do": "ask", "intent": intent_of(number), "amount": "300", "reason": "감면 대상",
             "key": "2"}  # fmt: skip
    with sent():
        assert han.post(page, given)["Location"] == page
    refund = rows(Refund).get()
    assert (refund.state, refund.asked_by) == ("waiting", actor_of(han).id)
    assert 'value="confirm"' not in text(han.get(page))
    assert "감면 대상" in text(cho.get("/casework/refunds/"))
    for language in ("ko", "en"):
        assert "감면 대상" in text(cho.get(f"{page}?lang={language}"))
    with sent():
        cho.post(page, {"do": "confirm", "refund": refund.pk})
    assert rows(Refund).get().state == "done"
    assert rows(PaymentIntent).get().refunded == 300
    assert "감면 대상" in text(cho.get(page))
    assert "감면 대상" not in text(cho.get("/casework/refunds/"))


def test_the_pages_are_for_officers(number, client: Client):
    assert joined("seo2", ["clerk"]).get(f"/casework/{number}/refund/").status_code == 403
    assert client.get("/casework/refunds/").status_code in (302, 401)


def intent_of(number: str) -> str:
    return records.intents_of(number)[0].id
