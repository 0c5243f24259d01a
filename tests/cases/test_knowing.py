"""Registers while questions are asked: one look a draft, what it opens, and what it fills in."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madang.access.api import looks_at, maintenance
from madang.cases import drafts
from madang.cases.models import Case, CaseFact, Draft, RegisterFact
from madang.cases.register_feed import Sent, take_in
from madang.identity.account_models import Account
from tests.cases.applying import COPY, answered, begun, changed, hidden, published, send
from tests.identity.residents import client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
VACCINE, CARD, VISIT = "vaccination-booking", "senior-transport-card", "senior-home-visit"
THEN = datetime(2026, 3, 2, 3, tzinfo=UTC)
HOME = {"lines": ["마포구 월드컵로 212", "101동 1203호"], "postal_code": "03936"}
HOME_LINE = "마포구 월드컵로 212, 101동 1203호, 03936"


def who(born: date) -> tuple[Account, Client]:
    account = resident("김하나", born=born)
    return account, client_of(account)


def flu_leads_to(client: Client, look: str = "yes") -> str:
    """Choose flu; return whether the page of vaccines is asked again, for pregnancy."""
    url = begun(client, VACCINE, look)
    return send(client, url, vaccine="flu")["Location"]


def content() -> drafts.Content:
    with maintenance("test"):
        row = Draft.objects.get()
        return drafts._content(row)


@pytest.mark.parametrize(
    ("born", "look", "asked"),
    [
        (date(1950, 1, 1), "yes", False),
        (date(1995, 1, 1), "yes", True),
        (date(1950, 1, 1), "no", True),  # nobody may look: asked, in doubt
    ],
)
def test_what_a_register_says_decides_which_questions_are_asked(born, look, asked):
    published(VACCINE)
    _account, client = who(born)
    again = flu_leads_to(client, look)
    assert again.endswith("/what/") is asked
    assert again.endswith("/safe/") is not asked


def test_a_guest_is_asked_what_a_register_would_have_told():
    published(VACCINE)
    assert flu_leads_to(Client()).endswith("/what/")


def test_the_register_is_looked_at_once_for_a_draft_and_the_look_is_told():
    published(VACCINE)
    account, client = who(date(1950, 1, 1))
    url = begun(client, VACCINE)
    look = content().looked
    with CaptureQueriesContext(connection) as asked:
        for fields in ({"vaccine": "flu"}, {"allergy": "no"}):
            url = send(client, url, **fields)["Location"]
    assert not [q["sql"] for q in asked.captured_queries if RegisterFact._meta.db_table in q["sql"]]
    assert content().looked == look
    told = [one for one in looks_at(account.person_id) if one.purpose == "look-up-register-facts"]
    assert told
    assert {one.case for one in told if one.case} == {f"draft:{rows(Draft).get().pk}"}


def test_whoever_says_no_at_the_end_leaves_nothing_of_the_look_behind():
    published()
    account, client = who(date(1980, 5, 1))
    take_in("welfare", [Sent(account.person_id, "basic_security", True, THEN)], "test")
    check = answered(client)
    assert content().known["welfare.basic_security"]["value"] is True
    send(client, check, look="no", do="later")
    assert (content().looked, content().known) == ({}, {})


def test_the_fee_before_sending_is_the_fee_of_the_case():
    published()
    account, client = who(date(1980, 5, 1))
    take_in("welfare", [Sent(account.person_id, "basic_security", True, THEN)], "test")
    page = client.get(answered(client)).content.decode()
    assert "800원" not in page
    send(client, f"/apply/{COPY}/check/")
    assert rows(Case).get().fee == 0


def test_the_api_asks_the_same_questions_as_the_pages():
    published(VACCINE)
    base = "/api/v1/applications"
    for born, ids in (
        (date(1950, 1, 1), ["vaccine"]),
        (date(1995, 1, 1), ["vaccine", "pregnant"]),
    ):
        _account, client = who(born)
        made = client.post(base, {"service": VACCINE, "may_look": True}, "application/json").json()
        url = f"{base}/{made['id']}/pages/what"
        after = client.put(url, {"answers": {"vaccine": "flu"}}, "application/json").json()
        assert [one["id"] for one in after["pages"][0]["questions"]] == ids


def sent_card(client: Client, **fields: str) -> str:
    url = send(client, begun(client, CARD), reissue="no")["Location"]
    page = client.get(url).content.decode()
    given = {"delivery": HOME_LINE} | fields
    check = send(client, url, **given)["Location"]
    seen = client.get(check).content.decode()
    answer = client.post(check, hidden(seen) | {"do": "send", "look": "yes"})
    assert answer["Location"].endswith("/done/"), answer.content.decode()
    return page + seen


def at_home(account: Account) -> None:
    take_in("residents", [
        Sent(account.person_id, "address", HOME, THEN),
        Sent(account.person_id, "is_registered", True, THEN),
    ], "test")  # fmt: skip


def test_an_address_is_filled_in_with_where_it_is_from_and_since_when():
    published(CARD)
    account, client = who(date(1950, 1, 1))
    at_home(account)
    pages = sent_card(client)
    assert f'value="{HOME_LINE}"' in pages
    assert "주민등록" in pages
    assert "2026년 3월 2일" in pages
    facts = list(rows(CaseFact).filter(fact="delivery").order_by("version"))
    assert [fact.source for fact in facts] == ["register:residents", "applicant"]
    assert rows(Case).get().decided_by == "system:rules"  # no conflict


def test_another_address_counts_and_the_office_sees_both():
    published(CARD)
    account, client = who(date(1950, 1, 1))
    at_home(account)
    pages = sent_card(client, delivery="용산구 한강대로 1")
    assert HOME_LINE in pages.split("용산구 한강대로 1")[-1]
    facts = list(rows(CaseFact).filter(fact="delivery").order_by("version"))
    assert [fact.value for fact in facts] == [HOME_LINE, "용산구 한강대로 1"]
    case = rows(Case).get()
    assert case.decided_by == ""
    assert case.outcome == ""


def test_nothing_is_filled_in_for_guests_and_those_who_say_no():
    published(CARD)
    account, client = who(date(1950, 1, 1))
    at_home(account)
    url = send(client, begun(client, CARD, "no"), reissue="no")["Location"]
    assert HOME_LINE not in client.get(url).content.decode()
    guest = Client()
    url = send(guest, begun(guest, CARD), reissue="no")["Location"]
    assert HOME_LINE not in guest.get(url).content.decode()


def test_a_fixed_answer_is_shown_and_cannot_be_changed(tmp_path):
    changed(
        tmp_path, ("pages.yaml", "prefill: residents.address\n",
                   "prefill: residents.address\n    fixed: true\n"), name=CARD,
    )  # fmt: skip
    account, client = who(date(1950, 1, 1))
    at_home(account)
    url = send(client, begun(client, CARD), reissue="no")["Location"]
    page = client.get(url).content.decode()
    assert 'name="delivery"' not in page
    assert f'<p class="fixed">{HOME_LINE}</p>' in page
    assert send(client, url, delivery="용산구 한강대로 1")["Location"].endswith("/check/")
    assert "delivery" not in content().answers
    key = rows(Draft).get().key
    put = client.put(f"/api/v1/applications/{key}/pages/where",
                     {"answers": {"delivery": "용산구"}}, "application/json")  # fmt: skip
    assert put.status_code == 422
    seen = client.get(f"/apply/{CARD}/check/").content.decode()
    client.post(f"/apply/{CARD}/check/", hidden(seen) | {"do": "send", "look": "yes"})
    values = rows(CaseFact).filter(fact="delivery").values_list("value", flat=True)
    assert set(values) == {HOME_LINE}


def test_an_earlier_answer_is_offered_the_next_time():
    published(VISIT)
    account, client = who(date(1940, 1, 1))
    take_in("residents", [Sent(account.person_id, "lives_alone", True, THEN)], "test")

    def apply(phone: str = "") -> str:
        url = send(client, begun(client, VISIT), help_wanted=["talk"])["Location"]
        page = client.get(url).content.decode()
        given = {"when_home": "any", "phone": phone or "010-1234-5678"}
        url = send(client, url, **given)["Location"]
        check = send(client, url, language="ko")["Location"]
        seen = client.get(check).content.decode()
        client.post(check, hidden(seen) | {"do": "send", "look": "yes"})
        return page

    assert "010-1234-5678" not in apply()
    page = apply("010-9999-0000")
    assert 'value="010-1234-5678"' in page
    last = rows(Case).order_by("-received_at").first()
    sources = rows(CaseFact).filter(case=last, fact="phone").values_list("source", flat=True)
    assert set(sources) == {"applicant"}  # an earlier answer is no register: no conflict


def test_a_paper_form_has_nothing_that_nobody_answered():
    published(CARD)
    account, client = who(date(1950, 1, 1))
    at_home(account)
    begun(client, CARD)
    from madang.cases import application_intake_pages as intake

    told = []
    real = intake.services.form_paper
    try:
        intake.services.form_paper = lambda *given: told.append(given) or real(*given)
        client.get(f"/apply/{CARD}/form.pdf")
    finally:
        intake.services.form_paper = real
    assert told[0][2] == {}
