"""Officers find cases, keep filters, and do one thing to many."""

from __future__ import annotations

import json

import pytest

from madang.access.api import Actor
from madang.cases import api, case_search, queues
from madang.cases.api import Asked
from madang.cases.case_events import CaseMoved
from madang.cases.models import Case, CaseDocument, CaseTerm, KeptFilter
from madang.kernel.errors import Forbidden, Invalid
from madang.kernel.models import AuditEntry
from tests.cases.packages import lent
from tests.cases.people import KIM, LEE, clerk, officer
from tests.identity.residents import resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FACTS = {"place": "마포대로 12", "fault": "dark", "phone": "010-1234-5678"}


def opened(actor: Actor = KIM, key: str = "k", **facts) -> str:
    number = api.open_case(
        package_hash=lent("streetlight-report").hash, subject=actor.person,
        facts=FACTS | facts, actor=actor, channel="web", key=key,
    ).number  # fmt: skip
    case_search.learn(CaseMoved(number=number, service="s", kind="submit", state="received"))
    return number


def numbers(actor: Actor, text: str) -> list[str]:
    return [hit.number for hit in case_search.find(actor, text, "contact").hits]


def test_a_case_is_found_by_number_phone_name_and_document():
    account = resident("김하늘", latin="KIM Haneul")
    actor = Actor(f"account:{account.pk}", "김하늘", person=account.person_id, ial=2, aal=2)
    number = opened(actor)
    opened(LEE, "k2", phone="02-700-1234")
    case = rows(Case).get(number=number)
    rows(CaseDocument).create(case=case, subject=case.subject, document="x", code="ABCD-1234-EF")
    for text in (
        number,
        "010 1234 5678",
        "+82 10-1234-5678",
        "김하늘",
        "KIM Haneul",
        "abcd-1234-ef",
    ):
        assert numbers(officer(), text) == [number], text
    for text in ("김하", "ㄱㅎㄴ", "010-1234-5679", "ABCD-1234-EG", "2026-0000000-0"):
        assert numbers(officer(), text) == [], text


def test_only_where_one_works_and_only_officers_find():
    number = opened()
    rows(Case).filter(number=number).update(district="11440")
    assert numbers(officer(districts=frozenset({"11680"})), number) == []
    assert numbers(officer(districts=frozenset({"11440"})), "01012345678") == [number]
    for actor in (KIM, clerk()):
        with pytest.raises(Forbidden):
            case_search.find(actor, number, "contact")


def test_a_search_says_why_and_is_written_down_without_its_words():
    number = opened()
    with pytest.raises(Invalid, match="찾는 이유"):
        case_search.find(officer(), number, "")
    assert numbers(officer(), "010-1234-5678") == [number]
    entry = AuditEntry.objects.filter(verb="cases.search").latest("pk")
    assert (entry.object, entry.actor) == ("search:phone", "account:han")
    assert "1234" not in entry.detail
    assert "01012345678" not in str(list(rows(CaseTerm).values()))


@pytest.mark.parametrize("text", ["", "김", "   ", "1234", "12 34 가나"])
def test_what_is_nothing_to_search_by_is_refused(text):
    with pytest.raises(Invalid):
        case_search.find(officer(), text, "contact")


def test_the_page_finds_by_post_and_keeps_what_was_typed():
    client = joined("han", ["officer"])
    number = opened()
    wrong = client.post("/casework/find/", {"text": "010-1234-5678"})
    assert wrong.status_code == 422
    assert 'value="010-1234-5678"' in wrong.content.decode()
    good = client.post("/casework/find/", {"text": "010-1234-5678", "why": "contact"})
    assert f"/casework/{number}/" in good.content.decode()
    sent = json.dumps({"text": number, "why": "paper"})
    by_api = client.post("/api/v1/casework/search", sent, content_type="application/json")
    assert [hit["number"] for hit in by_api.json()["hits"]] == [number]


def test_many_are_asked_by_one_text_and_each_clock_stops():
    one, two, late = opened(key="1"), opened(LEE, "2"), opened(key="3")
    api.act(late, "assign", officer("cho"), Asked(target="me"))
    client = joined("han", ["officer"])
    seen = {f"version-{number}": "1" for number in (one, two, late)}
    sent = {"case": [one, two, late], "act": "ask", "reasons": "어느 쪽 등입니까?"}
    page = client.post("/casework/", sent | seen).content.decode()
    assert api.case_of(one).due is api.case_of(two).due is None
    assert api.case_of(late).due is not None, "somebody had changed it"
    assert "account:cho" in page
    assert f'value="{late}" aria-label="{late}" checked' in page, "what failed stays chosen"
    assert f'value="{one}" aria-label="{one}" checked' not in page
    assert api.events_for(KIM, one)[-1].content["reasons"] == "어느 쪽 등입니까?"


def test_many_are_forwarded_and_closed_with_reasons_and_none_is_refused():
    one, two = opened(key="1"), opened(LEE, "2")
    with pytest.raises(Invalid):
        queues.bulk(officer(), [one], "complete", Asked())
    with pytest.raises(Invalid):
        queues.bulk(officer(), [one], "refuse", Asked(reasons="all"))
    with pytest.raises(Invalid):
        queues.bulk(officer(), [f"{n}" for n in range(101)], "assign", Asked(target="me"))
    gone = Asked(reasons="도로 담당", target="department:transport")
    assert [bool(r.problem) for r in queues.bulk(officer(), [one], "forward", gone)] == [False]
    taken = queues.bulk(officer(), [one, two], "assign", Asked(target="me"))
    assert not any(result.problem for result in taken)
    done = queues.bulk(officer(), [one, two], "complete", Asked(reasons="고쳤습니다"))
    assert not any(result.problem for result in done)
    assert [api.case_of(number).outcome for number in (one, two)] == ["done", "done"]


def test_closing_many_leaves_the_case_in_which_it_would_be_a_refusal():
    from msgspec.structs import replace

    process = lent().process
    states = tuple(
        replace(one, outcome="refused") if one.id == "moved" else one for one in process.states
    )
    verbs = tuple(
        replace(one, kind="close", to="moved") if one.id == "duplicate" else one
        for one in process.verbs
    )  # fmt: skip
    found = lent(states=states, verbs=verbs)
    number = api.open_case(
        package_hash=found.hash, subject=KIM.person, actor=KIM, channel="web", key="x",
        facts={"copy_kind": "household", "copies": 2, "show_numbers": False},
    ).number  # fmt: skip
    (result,) = queues.bulk(officer(), [number], "close", Asked(reasons="기간이 지났습니다"))
    assert "그 민원의 화면에서" in result.problem
    assert api.case_of(number).is_open


def test_many_over_http_say_how_each_went():
    one = opened()
    client = joined("han", ["officer"])
    sent = {
        "kind": "assign",
        "target": "me",
        "cases": [{"number": one, "version": 1}, {"number": "x"}],
    }
    done = client.post("/api/v1/casework/bulk", json.dumps(sent), content_type="application/json")
    assert [bool(item["problem"]) for item in done.json()] == [False, True]


def test_a_filter_is_kept_by_name_for_its_officer_only():
    client, other = joined("han", ["officer"]), joined("cho", ["officer"])
    url = "/casework/?list=mine&service=streetlight-report"
    assert client.post(url, {"do": "keep", "title": "내 가로등"}).status_code == 302
    page = client.get("/casework/").content.decode()
    assert "?list=mine&amp;service=streetlight-report" in page
    assert "내 가로등" not in other.get("/casework/").content.decode()
    kept = KeptFilter.objects.get()
    other.post("/casework/", {"do": "drop", "filter": str(kept.pk)})
    assert KeptFilter.objects.exists(), "another's filter stays"
    assert client.post(url, {"do": "keep", "title": " "}).status_code == 422
    client.post("/casework/", {"do": "drop", "filter": str(kept.pk)})
    assert not KeptFilter.objects.exists()
