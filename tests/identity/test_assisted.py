"""Assisted sessions: with consent, for minutes, seen by the resident; money needs a second yes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from madang.identity import assisted, looked, pending, people
from madang.identity.assisted_models import AssistedSession, PendingAct
from madang.identity.errors import NoMandate, ProofFailed
from madang.identity.mandate_models import ActForOther
from madang.identity.mandates import may_act
from madang.kernel import times
from madang.kernel.errors import Forbidden
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
HASH = "ab" * 32
FORM = {"number": "510302-2345678", "service": "names", "minutes": "15", "channel": "counter"}


@pytest.fixture
def kim(db):
    return resident("김하늘", number="510302-2345678")


@pytest.fixture
def clerk(db):
    return staff("lee", "clerk")


def begun(clerk, **more: str):
    """Return the clerk's browser in an assisted session by signature."""
    browser = client_of(clerk)
    form = FORM | {"consent": "signature", "reference": HASH, "key": "k-1"} | more
    wait = browser.post("/counter/assist/", form)["Location"]
    page = {"names": "/account/names/", "looks": "/account/looks/"}[form["service"]]
    assert browser.post(wait)["Location"] == page
    return browser


def test_a_resident_agrees_on_their_own_device_by_the_number_read_to_them(kim, clerk):
    browser, own = client_of(clerk), client_of(kim)
    wait = browser.post("/counter/assist/", FORM | {"consent": "own-device"})["Location"]
    row = rows(AssistedSession).get()
    page = browser.get(wait)
    assert page["Refresh"] == "5"
    assert row.number in page.content.decode()
    assert browser.post(wait).status_code == 409, "not before they agreed"
    assert row.number in assisted.choices_of(row)
    assert len(set(assisted.choices_of(row))) == 3
    own.post("/account/assistance/answer/", {"session": row.pk, "number": row.number})
    browser.post(wait)
    actor = actor_of(browser)
    assert (actor.on_behalf_of, actor.through) == (kim.person_id, f"account:{clerk.pk}")
    assert not actor.roles
    assert not actor.person


def test_a_wrong_number_voids_the_request(kim, clerk):
    client_of(clerk).post("/counter/assist/", FORM | {"consent": "own-device"})
    row = rows(AssistedSession).get()
    wrong = next(one for one in assisted.choices_of(row) if one != row.number)
    me = actor_of(client_of(kim))
    with pytest.raises(ProofFailed):
        assisted.agree(me, row.pk, wrong)
    with pytest.raises(NoMandate):
        assisted.agree(me, row.pk, row.number)


def test_nobody_else_agrees(kim, clerk):
    client_of(clerk).post("/counter/assist/", FORM | {"consent": "own-device"})
    row = rows(AssistedSession).get()
    for other in (clerk, resident("박별")):
        with pytest.raises(NoMandate):
            assisted.agree(actor_of(client_of(other)), row.pk, row.number)


@pytest.mark.asvs("7.3.2")
def test_the_banner_counts_down_and_the_time_ends_it(kim, clerk):
    browser = begun(clerk)
    assert "15 minutes left" in browser.get("/?lang=en").content.decode()
    assert browser.get("/counter/assist/").status_code == 403, "one's own roles rest meanwhile"
    row = rows(AssistedSession).get()
    with times.fixed_clock(row.until - timedelta(seconds=30)):
        assert "1 minute left" in browser.get("/?lang=en").content.decode()
    with times.fixed_clock(row.until):
        late = browser.post("/account/names/", {"form": "preferred", "full": "Wrong"})
        assert late["Location"] == "/account/act-for/over/"
        assert not rows(PendingAct).exists()
        assisted.end_over()
    assert rows(AssistedSession).get().ended_why == "time"


def test_either_side_ends_it_at_once(kim, clerk):
    browser = begun(clerk)
    row = rows(AssistedSession).get()
    client_of(kim).post("/account/assistance/answer/", {"session": row.pk})
    assert browser.get("/account/looks/")["Location"] == "/account/act-for/over/"
    browser = begun(clerk, key="k-2")
    browser.post("/account/act-for/")
    assert actor_of(browser).roles == {"clerk"}
    assert not rows(AssistedSession).filter(ended__isnull=True).exists()


def test_the_resident_sees_who_looked_and_who_acted_by_department_not_by_name(kim, clerk):
    browser = begun(clerk)
    browser.get("/account/names/")
    browser.post("/account/names/", {"form": "preferred", "full": "하늘이"})
    browser.post("/account/act-for/")
    shown = client_of(kim).get("/account/looks/?lang=en").content.decode()
    assert "Clerk" in shown
    assert "lee" not in shown
    assert "Find your record to help you" in shown
    found = looked.looks(kim.person_id)
    assert {one.look.dataset for one in found} >= {"identity.person", "identity.name"}
    assert f"account:{clerk.pk}" in {one.look.through for one in found}


def test_every_act_is_noted_once_even_where_the_page_notes_nothing(kim, clerk):
    browser = begun(clerk, service="looks")
    decision = looked.looks(kim.person_id)[0].look.decision
    sent = {"decision": decision, "text": "Why was this?"}
    assert browser.post("/account/looks/ask/", sent).status_code == 302
    act = rows(ActForOther).get()
    assert (act.what, act.through) == ("look-question", f"account:{clerk.pk}")


@pytest.mark.asvs("7.5.3")
@pytest.mark.parametrize("who", ["resident", "second officer"])
def test_identity_changes_wait_for_the_resident_or_a_second_officer(kim, clerk, who):
    browser = begun(clerk)
    form = {"form": "preferred", "full": "하늘이", "key": "p-1"}
    for _twice in (1, 2):
        assert browser.post("/account/names/", form).status_code == 302
    row = rows(PendingAct).get()
    assert "하늘이" not in str(bytes(row.payload))
    browser.post("/account/act-for/")
    assert (
        client_of(clerk)
        .post("/counter/confirmations/", {"pending": row.pk, "answer": "yes"})
        .status_code
        == 403
    ), "who asked does not confirm"
    if who == "resident":
        second, page = client_of(kim), "/account/confirmations/"
    else:
        second, page = client_of(staff("park", "department-head")), "/counter/confirmations/"
    assert "하늘이" in second.get(page).content.decode()
    assert second.post(page, {"pending": row.pk, "answer": "yes"}).status_code == 302
    kept = people.names_kept(kim.person_id, by=actor_of(client_of(kim)))
    assert kept["preferred"] == "하늘이"


def test_what_is_refused_or_lapsed_is_never_done(kim, clerk):
    browser = begun(clerk)
    browser.post("/account/names/", {"form": "preferred", "full": "하늘이", "key": "p-1"})
    me = actor_of(client_of(kim))
    pending.decide(me, "p-1", yes=False)
    with pytest.raises(NoMandate):
        pending.decide(me, "p-1", yes=True)
    browser.post("/account/names/", {"form": "preferred", "full": "하늘이", "key": "p-2"})
    with times.fixed_clock(times.now() + timedelta(days=8)), pytest.raises(NoMandate):
        pending.decide(me, "p-2", yes=True)
    assert "preferred" not in people.names_kept(kim.person_id, by=me)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": "31"}, "minutes"), ({"minutes": "0"}, "minutes"), ({"service": ""}, "service"),
        ({"service": "moon"}, "service"),
        ({"consent": "signature", "reference": "not a hash"}, "reference"),
        ({"consent": "signature", "channel": "phone", "reference": HASH}, "consent"),
        ({"consent": "phrase", "reference": ""}, "reference"),
        ({"consent": "trust me"}, "consent"), ({"channel": "street"}, "channel"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("kim")
def test_what_is_asked_wrongly_is_said_by_field(clerk, change, field):
    page = client_of(clerk).post("/counter/assist/", FORM | {"consent": "own-device"} | change)
    assert page.status_code == 422
    assert list(page.context["errors"]) == [field]
    assert not rows(AssistedSession).exists()


def test_nobody_is_found_by_half_a_name_and_nobody_assists_themselves(kim, clerk):
    me = actor_of(client_of(clerk))
    for wrong in ({"name": "김하늘"}, {"number": "1"}, {}):
        page = client_of(clerk).post("/counter/assist/", FORM | {"number": ""} | wrong)
        assert page.status_code == 422
    assert assisted.resident_with(me, number="5103022345678").person == kim.person_id
    born = date(1980, 5, 1)
    assert assisted.resident_with(me, name=" 김하늘 ", born=born).person == kim.person_id
    people.link_account(clerk, people.person_with(kim.person_id, by=me), by=me)
    own = client_of(rows(type(clerk)).get(pk=clerk.pk))
    wish = assisted.Request(kim.person_id, "names", 5, "counter", "own-device")
    with pytest.raises(Forbidden):
        assisted.ask(actor_of(own), wish)


def test_a_session_is_begun_only_by_whom_it_was_asked(kim, clerk):
    browser = client_of(clerk)
    form = FORM | {"consent": "phrase", "reference": "phrase-2026-001"}
    wait = browser.post("/counter/assist/", form)["Location"]
    other = client_of(staff("park", "clerk"))
    assert other.post(wait).status_code == 409
    assert browser.post(wait).status_code == 302


def test_with_the_death_of_the_resident_all_of_it_ends(kim, clerk):
    browser = begun(clerk)
    browser.post("/account/names/", {"form": "preferred", "full": "하늘이", "key": "p-1"})
    people.end_person(kim.person_id, "dead", date(2026, 11, 1), by=COUNTER)
    assert browser.get("/account/looks/")["Location"] == "/account/act-for/over/"
    assert rows(AssistedSession).get().ended_why == "person"
    second = actor_of(client_of(staff("park", "department-head")))
    with pytest.raises(NoMandate):
        pending.decide(second, "p-1", yes=True)
    assert client_of(clerk).post("/counter/assist/", FORM).status_code == 422


def test_an_assisted_session_reaches_its_own_service_only(kim, clerk):
    browser = begun(clerk, service="looks")
    assert browser.get("/account/looks/").status_code == 200
    sent = browser.post("/account/names/", {"form": "preferred", "full": "하늘이"})
    assert sent.status_code == 404
    assert not rows(PendingAct).exists()
    assert "looks" not in begun(clerk, key="k-2").get("/account/looks/").context
    assert not may_act(actor_of(browser), "view"), "it is never a right to everything"


def test_the_emergency_door_is_closed_in_an_assisted_session(kim, clerk):
    assert begun(clerk).get("/counter/emergency/").status_code == 403
