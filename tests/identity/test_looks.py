"""Who looked: the person concerned sees it, asks, and is answered; emergencies are told at once."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from madang.access import guard
from madang.access.api import purpose
from madang.access.events import SubjectsLookedAt
from madang.access.models import Emergency
from madang.identity import looked, people, told
from madang.identity.events import SecurityNotice
from madang.identity.people import KEEP_PEOPLE
from madang.identity.person_models import Person
from madang.identity.staff_models import LookQuestion
from madang.kernel import times
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from tests.identity.residents import COUNTER, actor_of, client_of, resident, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def kim(db):
    return resident("김하늘", number="510302-2345678")


@pytest.fixture
def seen(kim):
    """Let a clerk look at the record of Kim; return the clerk."""
    clerk = staff("lee", "clerk")
    with purpose(actor_of(client_of(clerk)), KEEP_PEOPLE, case="C-2026-17"):
        Person.objects.get(pk=kim.person_id)
    return clerk


@pytest.mark.usefixtures("seen")
def test_a_resident_sees_who_when_why_which_data_and_case(kim):
    page = client_of(kim).get("/account/looks/?lang=en").content.decode()
    for part in ("1 look at your data", "Clerk", "Keep the record of people",
                 "Resident Registration Act", "Basic record", "C-2026-17"):  # fmt: skip
        assert part in page


@pytest.mark.usefixtures("seen")
def test_somebody_else_sees_nothing_of_it(kim):
    other = client_of(resident("박별"))
    assert "Nobody looked" in other.get("/account/looks/?lang=en").content.decode()
    decision = looked.looks(kim.person_id)[0].look.decision
    sent = other.post("/account/looks/ask/", {"decision": decision, "text": "Why?"})
    assert sent["Location"] == "/account/looks/"
    assert not rows(LookQuestion).exists()


def test_every_law_behind_a_look_and_every_page_of_an_act_is_named_in_korean():
    """What a policy rests on is cited as Korean law is; a page is told by title or address."""
    with translation.override("ko"):
        bases = {one.basis for one in guard.policies().policies if one.basis}
        assert "PIPA Art. 38" in bases
        assert not [
            basis for basis in bases if not re.search("[가-힣]", translation.gettext(basis))
        ]
        assert looked.act_title("names") == "“이름” 화면에서 보냄"
        assert "/account/act-for/" in looked.act_title("act-for")


def test_own_looks_are_no_looks(kim):
    browser = client_of(kim)
    browser.get("/account/names/")
    assert not looked.looks(kim.person_id)


def test_who_is_unknown_is_told_what_to_do():
    nobody = people.add_resident(None, by=COUNTER)
    page = client_of(nobody).get("/account/looks/?lang=en").content.decode()
    assert "come to a counter" in page


@pytest.mark.usefixtures("seen")
def test_looks_are_filtered_by_the_citys_year(kim):
    this = times.now().year
    browser = client_of(kim)
    assert looked.years(kim.person_id)[0] in (this, this + 1)
    assert len(looked.looks(kim.person_id, looked.years(kim.person_id)[0])) == 1
    assert "Nobody looked" in browser.get("/account/looks/?lang=en&year=1999").content.decode()
    assert browser.get("/account/looks/?year=-1%27").status_code == 200


@pytest.mark.usefixtures("seen")
def test_the_list_comes_as_a_table_without_formulas(kim):
    found = client_of(kim).get("/account/looks/?format=csv&lang=en")
    assert found["Content-Disposition"] == 'attachment; filename="looks.csv"'
    lines = list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))
    assert lines[0]["who"] == "Clerk"
    assert lines[0]["case"] == "C-2026-17"
    datetime.fromisoformat(lines[0]["time_utc"])
    from madang.identity.look_pages import _plain

    assert _plain("=1+1") == "'=1+1"


def test_a_question_is_answered_by_the_privacy_officer(kim, seen):
    browser = client_of(kim)
    decision = looked.looks(kim.person_id)[0].look.decision
    assert "Why" in browser.get(f"/account/looks/ask/?lang=en&decision={decision}").content.decode()
    assert browser.post("/account/looks/ask/", {"decision": decision}).status_code == 422
    for _twice in (1, 2):
        browser.post("/account/looks/ask/", {"decision": decision, "text": "Why this?"})
    row = rows(LookQuestion).get()
    assert client_of(seen).get("/privacy/questions/").status_code == 403
    desk = client_of(staff("park", "privacy-officer"))
    assert "Why this?" in desk.get("/privacy/questions/").content.decode()
    sent = {"question": row.pk, "answer": "For your move on 3 May."}
    assert desk.post("/privacy/questions/", sent).status_code == 302
    assert desk.post("/privacy/questions/", sent).status_code == 409
    assert "For your move" in browser.get("/account/looks/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_emergency_is_told_at_once_listed_and_reviewed(kim):
    officer = staff("park", "privacy-officer")
    clerk = client_of(staff("lee", "clerk"))
    short = clerk.post("/counter/emergency/", {"name": "김하늘", "reason": "because"})
    assert short.status_code == 422
    assert not Emergency.objects.exists()
    page = clerk.post("/counter/emergency/", {
        "name": "김하늘", "reason": "A fire in the house; is she registered there?"})  # fmt: skip
    text = page.content.decode()
    assert "김하늘" in text
    assert "510302" not in text
    assert "A fire in the house" in text, "the page says why it is open"
    assert Emergency.objects.count() >= 1
    event = OutboxEntry.objects.filter(name="access.emergency_opened").first()
    looked.tell_of_emergency(decode(event.name, event.payload))
    sent = OutboxEntry.objects.filter(name="identity.security_notice", payload__contains=officer.pk)
    assert any("emergency-opened" in entry.payload for entry in sent)
    mine = looked.looks(kim.person_id)
    assert any(one.look.is_emergency for one in mine)
    listed = client_of(officer).get("/privacy/emergencies/?lang=en").content.decode()
    assert "to review" in listed


def test_who_was_looked_up_at_a_counter_is_told(kim):
    other = resident("박별", number="600101-2345678")
    clerk = actor_of(client_of(staff("lee", "clerk")))
    with purpose(clerk, "assist-resident", case="C-2026-18"):
        Person.objects.get(pk=kim.person_id)
    entry = OutboxEntry.objects.get(name=SubjectsLookedAt.NAME)
    looked.tell_of_look(decode(entry.name, entry.payload))
    entries = OutboxEntry.objects.filter(name=SecurityNotice.NAME, payload__contains="looked-at")
    (notice,) = [decode(one.name, one.payload) for one in entries]
    assert (notice.account, notice.kind) == (kim.pk, told.LOOKED_AT)
    assert notice.values == {"purpose": "assist-resident", "case": "C-2026-18"}
    assert looked.looks(kim.person_id)[0].look.case == "C-2026-18"
    assert not looked.looks(other.person_id)


def test_an_emergency_needs_a_second_factor_just_now(kim):
    lee = staff("lee", "clerk")
    assert "acr=" in client_of(lee, "pwd").get("/counter/emergency/")["Location"]
    with times.fixed_clock(times.now() - timedelta(minutes=6)):
        stale = client_of(lee)
    assert "max_age=300" in stale.get("/counter/emergency/")["Location"]
