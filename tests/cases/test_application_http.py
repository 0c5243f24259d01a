"""Applying over HTTP: the same checks, versions, and one case however often it is sent."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.cases.models import Case
from tests.cases.applying import COPY, published
from tests.identity.residents import client_of, resident
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BASE = "/api/v1/applications"


@pytest.fixture
def kim() -> Client:
    published()
    return client_of(resident("김하나"))


def begin(client: Client) -> dict:
    answer = client.post(BASE, {"service": COPY, "may_look": True}, "application/json")
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == f"{BASE}/{answer.json()['id']}"
    return answer.json()


def put(client: Client, key: str, page: str, answers: dict, **headers: str):
    url = f"{BASE}/{key}/pages/{page}"
    return client.put(url, {"answers": answers}, "application/json", headers=headers)


def test_begin_answer_send(kim):
    made = begin(kim)
    assert [page["id"] for page in made["pages"]] == ["kind", "numbers", "copies"]
    assert made["next_page"] == "kind"
    put(kim, made["id"], "kind", {"copy_kind": "household"})
    put(kim, made["id"], "numbers", {"show_numbers": False})
    last = put(kim, made["id"], "copies", {"copies": 2}).json()
    assert (last["next_page"], last["fee"], last["version"]) == (None, 800, 3)
    url = f"{BASE}/{made['id']}/submit"
    headers = {"Idempotency-Key": "once"}
    sent = kim.post(url, {"consents": True}, "application/json", headers=headers)
    assert sent.status_code == 201, sent.content
    again = kim.post(url, {"consents": True}, "application/json", headers=headers)
    other = kim.post(url, {"consents": True}, "application/json")
    numbers = {one.json()["case"] for one in (sent, again, other)}
    assert numbers == {rows(Case).get().number}


def test_faults_are_a_problem_document_with_fields(kim):
    key = begin(kim)["id"]
    wrong = put(kim, key, "copies", {"copies": 11})
    assert wrong.status_code == 422
    assert wrong["Content-Type"] == "application/problem+json"
    assert "copies" in str(wrong.json())
    assert put(kim, key, "copies", {"colour": "red"}).status_code == 422
    assert put(kim, key, "nowhere", {}).status_code == 404
    assert kim.get(f"{BASE}/{key}").json()["version"] == 0


def test_open_questions_keep_it_from_being_sent(kim):
    key = begin(kim)["id"]
    refused = kim.post(f"{BASE}/{key}/submit", {"consents": True}, "application/json")
    assert refused.status_code == 422
    assert "copy_kind" in str(refused.json())
    assert not rows(Case).exists()


def test_a_change_of_an_older_version_is_refused(kim):
    made = begin(kim)
    tag = kim.get(f"{BASE}/{made['id']}")["ETag"]
    page = ("kind", {"copy_kind": "household"})
    assert put(kim, made["id"], *page, **{"If-Match": tag}).status_code == 200
    assert put(kim, made["id"], *page, **{"If-Match": tag}).status_code == 409
    fresh = kim.get(f"{BASE}/{made['id']}")["ETag"]
    unchanged = kim.get(f"{BASE}/{made['id']}", headers={"If-None-Match": fresh})
    assert unchanged.status_code == 304


def test_nobody_reads_the_application_of_another(kim):
    key = begin(kim)["id"]
    lee = client_of(resident("이둘"))
    assert lee.get(f"{BASE}/{key}").status_code == 404
    assert Client().get(f"{BASE}/{key}").status_code == 404
    assert kim.get(f"{BASE}/nothing").status_code == 404


def test_a_guest_signs_in_before_it_is_sent():
    published()
    guest = Client()
    key = begin(guest)["id"]
    for page, answers in (("kind", {"copy_kind": "household"}), ("numbers", {"show_numbers": True}),
                          ("copies", {"copies": 1})):  # fmt: skip
        assert put(guest, key, page, answers).status_code == 200
    refused = guest.post(f"{BASE}/{key}/submit", {"consents": True}, "application/json")
    assert refused.status_code == 401
