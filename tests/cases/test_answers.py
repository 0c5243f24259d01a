"""What an officer asks becomes a form of the resident; the answers become facts."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madang.access.api import Actor
from madang.cases import api
from madang.cases.api import Asked
from madang.cases.case_errors import NotPossible
from madang.kernel.errors import Invalid
from tests.cases.applying import hidden
from tests.cases.packages import lent
from tests.cases.people import KIM, officer
from tests.identity.residents import client_of, resident
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
CALL = {"wheelchair": "none", "companion": False, "phone": "010-1234-5678"}
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def home():
    """A resident in a browser, and as an actor."""
    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    return client_of(account), actor


def opened(actor: Actor, name: str = "disability-transport", **facts) -> str:
    return api.open_case(
        package_hash=lent(name).hash, subject=actor.person, facts=CALL | facts, actor=actor,
        channel="web", key="k",
    ).number  # fmt: skip


def test_the_resident_is_asked_what_the_officer_ticked_and_the_answer_becomes_a_fact(home):
    client, actor = home
    number = opened(actor)
    worker = joined("han", ["officer"])
    page = worker.get(f"/casework/{number}/").content.decode()
    assert 'name="missing" value="companion"' in page
    version = str(api.case_of(number).version)
    sent = {
        "verb": "ask",
        "reasons": "누가 함께 타십니까?",
        "missing": ["companion"],
        "version": version,
    }
    assert worker.post(f"/casework/{number}/", sent).status_code == 302
    assert f"/cases/{number}/answer/" in client.get(f"/cases/{number}/").content.decode()
    form = client.get(f"/cases/{number}/answer/").content.decode()
    assert "누가 함께 타십니까?" in form
    assert 'name="companion"' in form
    assert 'name="wheelchair"' not in form, "only what is asked stands there"
    url = f"/cases/{number}/answer/"
    given = hidden(form) | {"companion": "yes"}
    assert client.post(url, given)["Location"] == f"/cases/{number}/"
    facts = [f for f in api.facts_for(officer(), number) if f.name == "companion"]
    assert [(f.version, f.value, f.source) for f in facts] == [
        (1, False, "applicant"), (2, True, "applicant"),
    ]  # fmt: skip
    assert facts[1].as_of > facts[0].as_of
    event = api.events_for(officer(), number)[-1]
    assert (event.kind, event.content["rules"]) == ("answer", ["refer", "refer"])
    assert "rules" not in api.events_for(actor, number)[-1].content, "no proposal before a decision"
    assert api.case_of(number).is_open, "a person goes on"
    assert client.post(url, given).status_code == 302, "sent twice, noted once"
    assert len(api.events_for(officer(), number)) == event.position
    assert client.get(url).status_code == 302, "nothing is asked any more"


def test_an_answer_opens_a_question_and_a_paper_and_nothing_typed_is_lost(home):
    client, actor = home
    number = opened(actor)
    asked = ("wheelchair", "evidence.doctors-note")
    api.act(number, "ask", officer(), Asked(reasons="휠체어를 쓰십니까?", missing=asked))
    url = f"/cases/{number}/answer/"
    given = hidden(client.get(url).content.decode())
    first = client.post(url, given | {"wheelchair": "manual", "words": "석 달 동안입니다"})
    text = first.content.decode()
    assert first.status_code == 422
    assert 'name="temporary"' in text, "the answer opened one more"
    assert "석 달 동안입니다" in text
    assert 'value="manual" checked' in text
    paper = SimpleUploadedFile("note.pdf", PDF, "application/pdf")
    whole = given | {"wheelchair": "manual", "temporary": "yes", "doctors-note": paper}
    assert client.post(url, whole).status_code == 302
    values = {f.name: f.value for f in api.facts_for(officer(), number)}
    assert (values["wheelchair"], values["temporary"]) == ("manual", True)
    assert [name for _id, _what, name, _size in api.files_for(officer(), number)] == ["note.pdf"]


def test_a_fact_that_is_no_longer_asked_loses_its_value(home):
    client, actor = home
    number = opened(actor, wheelchair="manual", temporary=True)
    api.act(number, "ask", officer(), Asked(reasons="?", missing=("wheelchair",)))
    url = f"/cases/{number}/answer/"
    given = hidden(client.get(url).content.decode())
    assert client.post(url, given | {"wheelchair": "none"}).status_code == 302
    values = {f.name: f.value for f in api.facts_for(officer(), number)}
    assert (values["wheelchair"], values["temporary"]) == ("none", None)


def test_who_cannot_give_all_says_so_and_the_clock_runs_again(home):
    client, actor = home
    number = opened(actor)
    asked = ("phone", "evidence.doctors-note")
    api.act(number, "ask", officer(), Asked(reasons="?", missing=asked))
    url = f"/cases/{number}/answer/"
    given = hidden(client.get(url).content.decode())
    wrong = client.post(url, given | {"phone": "abc", "partly": "yes"})
    assert wrong.status_code == 422, "what is written has to fit all the same"
    assert client.post(url, given | {"phone": ""}).status_code == 422
    done = client.post(url, given | {"phone": "", "partly": "yes", "words": "병원이 닫았습니다"})
    assert done.status_code == 302
    assert api.case_of(number).due is not None
    assert api.events_for(actor, number)[-1].content["reasons"] == "병원이 닫았습니다"


def test_a_file_that_cannot_be_taken_is_named_and_the_case_waits_on(home):
    client, actor = home
    number = opened(actor)
    api.act(number, "ask", officer(), Asked(reasons="?", missing=("evidence.doctors-note",)))
    url = f"/cases/{number}/answer/"
    given = hidden(client.get(url).content.decode())
    bad = SimpleUploadedFile("note.pdf", PDF.replace(b"/Catalog", b"/JavaScript"))
    answer = client.post(url, given | {"doctors-note": bad})
    assert answer.status_code == 422
    assert 'id="doctors-note-error"' in answer.content.decode()
    assert api.case_of(number).state_kind == "waiting"


def test_an_officer_asks_only_what_the_service_asks_and_strangers_see_no_questions(home):
    client, _actor = home
    number = opened(KIM)
    with pytest.raises(Invalid) as error:
        api.act(number, "ask", officer(), Asked(reasons="?", missing=("salary", "evidence.x")))
    assert set(error.value.fields) == {"salary", "evidence.x"}
    api.act(number, "ask", officer(), Asked(reasons="?", missing=("phone",)))
    assert client.get(f"/cases/{number}/answer/").status_code == 404


def test_an_officer_writes_down_what_was_said_by_phone_and_no_rule_refuses():
    number = opened(KIM)
    api.act(number, "ask", officer(), Asked(reasons="?", missing=("companion",)))
    worker = joined("han", ["officer"])
    url = f"/cases/{number}/answer/"
    given = hidden(worker.get(url).content.decode()) | {"companion": "no"}
    assert worker.post(url, given)["Location"] == f"/casework/{number}/"
    event = api.events_for(officer(), number)[-1]
    assert (event.kind, event.actor.startswith("account:")) == ("answer", True)
    assert api.case_of(number).is_open
    with pytest.raises(NotPossible):
        api.act(number, "answer", KIM, Asked(reasons="once more"))
