"""Mandates: given and taken by both, as far as they go, ended at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from madang.identity import looked, mandates, people
from madang.identity.api import may_act
from madang.identity.errors import NoMandate, TooManyAttempts, UnknownPerson
from madang.identity.mandate_entry import Company, Evidence, enter, enter_company
from madang.identity.mandate_models import ActForOther, Mandate
from madang.identity.mandate_rules import VERBS, birthday, faults, is_of_age
from madang.identity.mandates import Wish
from madang.identity.session_models import Session
from madang.kernel import times
from madang.kernel.errors import Forbidden, Invalid
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows

db = [pytest.mark.data, pytest.mark.django_db]
ALL = tuple(VERBS)


@pytest.fixture
def kim(db):
    return resident("김하늘", number="510302-2345678", latin="KIM Haneul")


@pytest.fixture
def mother(db):
    return resident("이봄", number="300101-2345678", born=date(1950, 1, 1))


def given(giver, taker, *verbs: str) -> str:
    """Give and take a mandate; return its id."""
    code = mandates.offer(actor_of(client_of(giver)), Wish("parent", verbs or ALL))
    return mandates.accept(actor_of(client_of(taker)), code)


# --- rules


def test_majority_counts_the_day_of_birth():
    assert not is_of_age(date(2007, 11, 23), date(2026, 11, 22), 19)
    assert is_of_age(date(2007, 11, 22), date(2026, 11, 22), 19)
    assert birthday(date(2008, 2, 29), 19) == date(2027, 3, 1)


def test_a_professional_acts_for_a_year_at_most():
    now = times.now()
    assert "until" in faults("professional", ["view"], now, None)
    assert "until" in faults("professional", ["view"], now, now + timedelta(days=400))
    assert not faults("professional", ["view"], now, now + timedelta(days=365))
    assert faults("friend", ["borrow"], now, now).keys() == {"kind", "verbs", "until"}


# --- giving and taking


@pytest.mark.data
def test_a_resident_lets_a_parent_act_by_a_code(kim, mother):
    browser = client_of(kim)
    page = browser.post("/account/mandates/new/", {
        "key": "k-1", "kind": "parent", "verbs": ["view", "apply"]})  # fmt: skip
    code = page.context["code"]
    again = browser.post("/account/mandates/new/", {
        "key": "k-1", "kind": "parent", "verbs": ["view", "apply"]})  # fmt: skip
    assert again.context["code"] == code, "sent twice, offered once"
    hers = client_of(mother)
    shown = hers.post("/account/mandates/accept/", {"code": code.lower()})
    assert "김하늘" in shown.content.decode()
    assert hers.post("/account/mandates/accept/", {"code": code, "yes": "1"}).status_code == 302
    row = rows(Mandate).get()
    assert (row.grantor_id, row.grantee_id) == (kim.person_id, mother.person_id)
    assert "이봄" in browser.get("/account/mandates/?lang=ko").content.decode()
    with pytest.raises(NoMandate):  # a code works once
        mandates.accept(actor_of(client_of(resident("박별"))), code)


@pytest.mark.data
def test_the_code_is_kept_as_a_hash_and_sealed(kim):
    code = mandates.offer(actor_of(client_of(kim)), Wish("parent", ("view",)))
    row = rows(Mandate).get()
    assert code not in str(row.code)
    assert code.encode() not in bytes(row.code_sealed)


@pytest.mark.asvs("6.6.3")
@pytest.mark.data
def test_nobody_takes_their_own_offer_and_guessing_is_slowed_down(kim, mother):
    me = actor_of(client_of(kim))
    code = mandates.offer(me, Wish("parent", ("view",)))
    with pytest.raises(NoMandate):
        mandates.accept(me, code)
    guesser = actor_of(client_of(mother))
    for _n in range(10):
        with pytest.raises(NoMandate):
            mandates.offer_with(guesser, "ABCDE23456")
    with pytest.raises(TooManyAttempts):
        mandates.offer_with(guesser, code)


@pytest.mark.data
def test_an_offer_lapses_after_two_weeks(kim, mother):
    code = mandates.offer(actor_of(client_of(kim)), Wish("parent", ("view",)))
    with times.fixed_clock(times.now() + timedelta(days=14, seconds=1)):
        with pytest.raises(NoMandate):
            mandates.accept(actor_of(client_of(mother)), code)
        mandates.end_lapsed()
    assert rows(Mandate).get().ended_why == "lapsed"


@pytest.mark.data
def test_a_minor_gives_no_mandate_and_acts_for_nobody(kim):
    child = resident("김새싹", born=date(2015, 5, 5))
    with pytest.raises(NoMandate):
        mandates.offer(actor_of(client_of(child)), Wish("parent", ("view",)))
    code = mandates.offer(actor_of(client_of(kim)), Wish("child", ("view",)))
    with pytest.raises(NoMandate):
        mandates.accept(actor_of(client_of(child)), code)


@pytest.mark.data
def test_guardians_and_companies_are_entered_at_a_counter_only(kim):
    with pytest.raises(Invalid) as refused:
        mandates.offer(actor_of(client_of(kim)), Wish("guardian", ("view",)))
    assert "kind" in refused.value.fields


@pytest.mark.data
def test_a_court_order_is_kept_as_a_hash(kim, mother):
    wish = Wish("guardian", ALL)
    with pytest.raises(Invalid):
        enter(COUNTER, kim.person_id, mother.person_id, wish, Evidence("court-order"))
    order = Evidence("court-order", "2026느단1234")
    one = enter(COUNTER, kim.person_id, mother.person_id, wish, order)
    row = rows(Mandate).get(pk=one)
    assert row.reference
    assert "1234" not in row.reference
    with pytest.raises(Forbidden):  # who has a guardian does not end it on a page
        mandates.revoke(actor_of(client_of(kim)), one)
    mandates.revoke(actor_of(client_of(mother)), one)
    assert rows(Mandate).get(pk=one).ended


@pytest.mark.data
def test_parents_act_for_a_minor_until_majority(mother):
    child = resident("이새싹", born=date(2010, 3, 5))
    one = enter(COUNTER, child.person_id, mother.person_id, Wish("parent", ALL),
                Evidence("register"))  # fmt: skip
    row = rows(Mandate).get(pk=one)
    assert row.until_why == "majority"
    assert row.until.isoformat() == "2029-03-04T15:00:00+00:00"  # midnight in Seoul
    assert mandates.standing(one, mother.person_id)
    with times.fixed_clock(row.until):
        assert mandates.standing(one, mother.person_id) is None
        mandates.end_lapsed()
    assert rows(Mandate).get(pk=one).ended_why == "majority"


@pytest.mark.data
@pytest.mark.parametrize("who", ["grantor", "grantee"])
@pytest.mark.parametrize("state", ["dead", "emigrated"])
def test_with_a_death_on_either_side_a_mandate_ends(kim, mother, who, state):
    one = given(kim, mother)
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    ended = kim if who == "grantor" else mother
    people.end_person(ended.person_id, state, date(2026, 11, 1), by=COUNTER)
    assert rows(Mandate).get(pk=one).ended_why == state
    assert not actor_of(hers).on_behalf_of
    with pytest.raises(UnknownPerson):
        enter(COUNTER, kim.person_id, mother.person_id, Wish("parent", ALL),
              Evidence("register"))  # fmt: skip


# --- acting


@pytest.mark.data
def test_who_acts_for_another_says_so_on_every_page_and_switches_back(kim, mother):
    one = given(kim, mother)
    hers = client_of(mother)
    before = hers.cookies["madang"].value
    assert hers.post("/account/act-for/", {"mandate": one})["Location"] == "/my/"
    assert hers.cookies["madang"].value != before, "a new right, a new key"
    assert actor_of(hers).on_behalf_of == kim.person_id
    for path in ("/", "/privacy/", "/account/looks/"):
        assert "You act for KIM Haneul." in hers.get(f"{path}?lang=en").content.decode()
    hers.post("/account/act-for/")
    assert not actor_of(hers).on_behalf_of
    assert "You act for" not in hers.get("/?lang=en").content.decode()


@pytest.mark.asvs("8.3.2")
@pytest.mark.data
def test_a_revoked_mandate_stops_who_is_just_acting_before_anything_is_sent(kim, mother):
    one = given(kim, mother, "view", "sign")
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    assert client_of(kim).post(f"/account/mandates/{one}/end/").status_code == 302
    late = hers.post("/account/names/", {"form": "preferred", "full": "Wrong"})
    assert late["Location"] == "/account/act-for/over/"
    assert "Wrong" not in str(people.names_kept(mother.person_id, by=actor_of(hers)))


@pytest.mark.data
def test_a_form_written_for_another_is_never_handed_back_to_be_sent_as_oneself(kim, mother):
    one = given(kim, mother, "view", "sign")
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    Session.objects.update(expires=times.now() - timedelta(seconds=1))
    late = hers.post("/account/names/", {"form": "preferred", "full": "하늘이"})
    assert late["Location"].startswith("/sign-in/")
    assert "kept_form" not in hers.session


@pytest.mark.data
def test_a_mandate_goes_as_far_as_its_verbs_and_services(kim, mother):
    code = mandates.offer(actor_of(client_of(kim)), Wish("parent", ("view",), ("call-back",)))
    one = mandates.accept(actor_of(client_of(mother)), code)
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    actor = actor_of(hers)
    assert may_act(actor, "view", "call-back")
    assert not may_act(actor, "view", "tax")
    assert not may_act(actor, "pay", "call-back")
    assert not may_act(actor, "view"), "a right to one service is none to everything"
    assert hers.post("/account/names/", {"form": "preferred", "full": "X"}).status_code == 404


@pytest.mark.asvs("8.2.2")
@pytest.mark.data
def test_nobody_acts_by_anothers_mandate(kim, mother):
    one = given(kim, mother)
    stranger = client_of(resident("박별"))
    assert stranger.post("/account/act-for/", {"mandate": one}).status_code == 409
    assert stranger.get(f"/account/mandates/{one}/end/").status_code == 409
    assert not actor_of(stranger).on_behalf_of


@pytest.mark.data
def test_what_is_done_for_another_is_written_down_and_told(kim, mother):
    from madang.kernel.models import OutboxEntry

    one = given(kim, mother)
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    hers.post("/account/names/", {"form": "preferred", "full": "하늘이"})
    act = rows(ActForOther).get()
    assert (act.person_id, act.mandate, act.through) == (kim.person_id, one, "")
    mine = looked.acts(kim.person_id)
    assert mine[0].who in ("이봄",)
    told = OutboxEntry.objects.filter(name="identity.security_notice", payload__contains=kim.pk)
    assert any("acted-for-you" in entry.payload for entry in told)


@pytest.mark.data
def test_staff_who_act_for_a_relative_have_no_staff_roles_meanwhile(kim):
    account = staff("lee", "administrator")
    person = people.add_person(
        people.Particulars((people.NameForm("registered", "이봄"),), born=date(1970, 1, 1)),
        by=COUNTER,
    )
    people.link_account(account, person, by=COUNTER)
    account = rows(type(account)).get(pk=account.pk)
    one = enter(COUNTER, kim.person_id, person.pk, Wish("child", ALL),
                Evidence("counter"))  # fmt: skip
    browser = client_of(account)
    assert browser.get("/staff/").status_code == 200
    browser.post("/account/act-for/", {"mandate": one})
    assert browser.get("/staff/").status_code == 403
    shut = browser.get("/account/mandates/?lang=en")
    assert shut.status_code == 403, "own matters, as oneself"
    assert "This page is for your own matters" in shut.content.decode()


@pytest.mark.data
def test_a_company_is_acted_for_without_opening_anybodys_rows(mother):
    wish = Wish("company", ("view", "apply"))
    company, extract = Company("마당상사", "110-81-12345"), Evidence("register", "110111-1234567")
    one = enter_company(COUNTER, company, mother.person_id, wish, extract)
    hers = client_of(mother)
    hers.post("/account/act-for/", {"mandate": one})
    assert "마당상사" in hers.get("/?lang=ko").content.decode()
    assert "We cannot" in hers.get("/account/looks/?lang=en").content.decode()


@pytest.mark.asvs("7.5.3")
@pytest.mark.data
def test_giving_and_ending_ask_for_a_second_factor_just_now(kim, mother):
    one = given(kim, mother)
    weak = client_of(kim, "pop")
    for path in ("/account/mandates/new/", f"/account/mandates/{one}/end/"):
        assert "acr=urn" in weak.get(path)["Location"]
    strong = client_of(kim)
    with times.fixed_clock(times.now() + timedelta(minutes=6)):
        assert "max_age=300" in strong.post(f"/account/mandates/{one}/end/")["Location"]
    assert Client().get("/account/mandates/")["Location"].startswith("/sign-in/")
