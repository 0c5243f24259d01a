"""Pages and HTTP of cases: an officer works, a resident follows, and nobody sees another's."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from madang.access.api import Actor
from madang.cases import api, queues
from madang.cases.api import Asked
from madang.cases.models import Case
from madang.cases.register_feed import new_key
from madang.kernel.errors import Invalid
from tests.cases.packages import lent
from tests.cases.people import KIM, officer
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}


@pytest.fixture
def home():
    """A resident in a browser, and as an actor."""
    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    return client_of(account), actor


def opened(actor: Actor = KIM, key: str = "k") -> str:
    return api.open_case(
        package_hash=lent().hash, subject=actor.person, facts=FACTS, actor=actor, channel="web",
        key=key,
    ).number  # fmt: skip


def test_a_resident_sees_where_the_case_stands_and_withdraws_it(home):
    client, actor = home
    number = opened(actor)
    listed = client.get("/cases/").content.decode()
    assert number in listed
    page = client.get(f"/cases/{number}/").content.decode()
    assert "주민등록표 등본·초본 발급: 접수됨" in page
    assert "등본" in page
    version = str(api.case_of(number).version)
    answer = client.post(f"/cases/{number}/", {"verb": "withdraw", "version": version})
    assert answer.status_code == 302
    assert api.case_of(number).outcome == "withdrawn"
    assert "취하" in client.get(f"/cases/{number}/").content.decode()


def test_a_resident_sees_no_case_of_another_and_no_account_of_staff(home):
    client, actor = home
    assert client.get(f"/cases/{opened()}/").status_code == 404
    number = opened(actor, "k2")
    api.act(number, "refuse", officer("han"), Asked(reasons="등록이 없습니다"))
    page = client.get(f"/cases/{number}/").content.decode()
    assert "등록이 없습니다" in page
    assert "account:han" not in page


def test_an_officer_finds_opens_and_refuses_a_case_and_always_says_why():
    client = joined("han", ["officer"])
    number = opened()
    assert number in client.get("/casework/?list=unassigned").content.decode()
    page = client.get(f"/casework/{number}/").content.decode()
    assert ">copies" not in page
    assert "통수" in page
    sent = {"verb": "refuse", "version": str(api.case_of(number).version), "reasons": ""}
    wrong = client.post(f"/casework/{number}/", sent)
    assert wrong.status_code == 422
    assert "이유를 적으세요" in wrong.content.decode()
    assert client.post(f"/casework/{number}/", sent | {"reasons": "등록 없음"}).status_code == 302
    assert api.case_of(number).outcome == "refused"


def test_of_two_officers_on_one_page_the_second_is_told_what_happened():
    client = joined("han", ["officer"])
    number = opened()
    version = str(api.case_of(number).version)
    api.act(number, "assign", officer("cho"), Asked(target="me"))
    sent = {"verb": "refuse", "version": version, "reasons": "등록 없음"}
    late = client.post(f"/casework/{number}/", sent)
    assert late.status_code == 422
    assert "account:cho" in late.content.decode()
    assert "등록 없음" in late.content.decode(), "what was typed is kept"
    assert api.case_of(number).is_open


def test_many_are_taken_on_at_once_and_each_says_how_it_went():
    one, two = opened(key="1"), opened(key="2")
    api.act(two, "refuse", officer(), Asked(reasons="x"))
    done = queues.bulk(officer(), [one, two, "2026-0000000-0"], "assign", Asked(target="me"))
    assert [bool(result.problem) for result in done] == [False, True, True]
    assert [row.number for row in queues.queue(officer(), "mine")] == [one]
    with pytest.raises(Invalid):
        queues.bulk(officer(), [one], "refuse", Asked(reasons="all of them"))


def test_an_officer_sees_only_where_they_work():
    number = opened()
    rows(Case).filter(number=number).update(district="11440")
    there = officer("a", districts=frozenset({"11440"}))
    elsewhere = officer("b", districts=frozenset({"11680"}))
    other_work = officer("c", departments=frozenset({"transport"}))
    assert [row.number for row in queues.queue(there)] == [number]
    assert queues.queue(elsewhere) == queues.queue(other_work) == []
    assert queues.queue(elsewhere, number=number) == []


def test_a_late_case_comes_first_and_lists_count():
    first, second = opened(key="1"), opened(key="2")
    api.act(second, "ask", officer(), Asked(reasons="?"))
    assert queues.counts(officer()) == {
        "mine": 0, "unassigned": 1, "overdue": 0, "waiting": 1, "all": 2,
    }  # fmt: skip
    assert {one.number: one.lateness for one in queues.queue(officer())}[second] == "paused"
    assert queues.queue(officer(), "unassigned")[0].number == first


def test_over_http_a_case_is_opened_once_followed_and_withdrawn(home):
    client, _actor = home
    sent = {"service": "x", "package": lent().hash, "facts": FACTS, "consent": True}
    headers = {"Idempotency-Key": "http-1"}
    missing = client.post("/api/v1/cases", sent, content_type="application/json")
    assert missing.status_code == 422
    one, again = (
        client.post("/api/v1/cases", sent, content_type="application/json", headers=headers)
        for _ in range(2)
    )
    assert (one.status_code, one.json()["number"]) == (201, again.json()["number"])
    number = one.json()["number"]
    shown = client.get(f"/api/v1/cases/{number}")
    assert (shown.json()["state"], shown["ETag"]) == ("received", '"1"')
    url = f"/api/v1/cases/{number}/verbs/withdraw"
    stale = client.post(
        url, {}, content_type="application/json",
        headers={"Idempotency-Key": "w", "If-Match": '"7"'},
    )  # fmt: skip
    assert (stale.status_code, stale.json()["version"]) == (409, 1)
    done = client.post(
        url, {}, content_type="application/json",
        headers={"Idempotency-Key": "w", "If-Match": '"1"'},
    )  # fmt: skip
    assert done.json()["outcome"] == "withdrawn"
    kinds = [event["kind"] for event in client.get(f"/api/v1/cases/{number}/events").json()]
    assert kinds == ["submit", "withdraw"]


def test_a_resident_objects_to_a_decision_over_http(home):
    client, actor = home
    number = opened(actor)
    api.act(number, "refuse", officer(), Asked(reasons="등록 없음"))
    said = client.get(f"/api/v1/cases/{number}/explanation").json()["decision"]
    sent = client.post(
        f"/api/v1/decisions/{said['id']}/appeals", {"reasons": "어제 전입했습니다"},
        content_type="application/json", headers={"Idempotency-Key": "a"},
    )  # fmt: skip
    assert (sent.status_code, sent.json()["state"]) == (201, "appealed")


def test_a_register_sends_facts_with_its_key_only():
    key = new_key("residents", "population office", by="account:x")
    fact = {
        "subject": "p",
        "field": "is_registered",
        "value": True,
        "as_of": "2026-01-05T00:00:00Z",
    }
    url, body = "/api/v1/registers/residents/facts", json.dumps({"facts": [fact]})
    assert Client().post(url, body, content_type="application/json").status_code == 401
    sent = [
        Client().post(
            url, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
        ).json()
        for _ in range(2)
    ]  # fmt: skip
    assert sent == [{"newer": 1}, {"newer": 0}]
