"""From the conversation to the closed contact: an operator's pages, the wall, the editors' list."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.access.api import purpose
from madang.assistant import api as assistant
from madang.assistant.api import Answered, AnswerStatus, KnownFact, Passage, Source, State
from madang.callcentre import contacts, copilot, taking_over
from madang.callcentre.operator_models import KnowledgeNote, OperatorState, Suggestion, WrapUp
from madang.callcentre.purposes import CENTRE, KEEP
from madang.cases import api as cases
from tests.callcentre.centre import row, waiting
from tests.cases.packages import lent
from tests.cases.test_cases import FACTS
from tests.identity.residents import actor_of, client_of, resident
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
DESK = "/operations/contacts/"
EN = {"accept-language": "en"}


@pytest.fixture
def clerk(db) -> Client:
    browser = joined("kim", ["clerk"])
    browser.post(DESK, {"do": "be", "state": "available", "languages": ["ko", "en"],
                        "at_once": "2", "address": "sip:203@desk.example"})  # fmt: skip
    return browser


@pytest.fixture
def known(monkeypatch):
    """The assistant knows one answer."""
    source = Source("services:move-in", "전입신고", "/services/move-in/", "3", "2026-11-01")
    found = Answered(
        AnswerStatus.ANSWERED, "전입신고는 14일 안에 합니다.", sure=0.9,
        passages=(Passage("기한", ("이사한 날부터 14일",), source),),
    )  # fmt: skip
    monkeypatch.setattr(assistant, "answer", lambda *_a, **_k: found, raising=False)
    return found


def opened() -> str:
    """Return the number of a case."""
    account = resident("김하늘")
    case = cases.open_case(
        package_hash=lent().hash, subject=str(account.person_id), facts=FACTS,
        actor=actor_of(client_of(account)), channel="web", key="a",
    )  # fmt: skip
    return case.number


def open_rows(model):
    with purpose(CENTRE, KEEP):
        return list(model.objects.all())


def test_who_is_no_operator_sees_no_contact(db):
    assert Client().get(DESK).status_code == 302
    assert joined("lee", ["officer"]).get(DESK).status_code == 403


def test_a_suggestion_is_read_sent_and_logged_and_the_contact_is_wrapped_up(clerk, known):
    case = opened()
    one = waiting("ko")
    contacts.line(one, "resident", "이사 후 전입신고는 언제까지 하나요", 0, 0)
    assert clerk.get(DESK, headers=EN).context["heading"] == "1 resident waits"
    found = clerk.post(DESK, {"do": "next"})
    assert found["Location"] == f"{DESK}one/{one}/"
    page = clerk.get(found["Location"], headers=EN)
    text = page.content.decode()
    assert "전입신고는 언제까지" in text
    assert "/services/move-in/" in text
    assert "/apply/move-in/key-in/" in text
    (made,) = open_rows(Suggestion)
    clerk.get(found["Location"])
    assert len(open_rows(Suggestion)) == 1, "a line is suggested for once"
    sent = {
        "do": "say",
        "suggestion": made.pk,
        "text": made.text + " 감사합니다. 연락드리겠습니다.",
    }
    assert clerk.post(found["Location"], sent).status_code == 302
    (made,) = open_rows(Suggestion)
    assert (made.state, bool(made.sent)) == ("edited", True)
    clerk.post(found["Location"], {"do": "mend", "kind": "missing", "said": "수수료"})
    clerk.post(found["Location"], {"do": "finish"})
    page = clerk.get(found["Location"], headers=EN)
    assert page.context["reason"] == "moving"
    assert "연락드리겠습니다" in page.context["promised"]
    wrap = {"do": "wrap", "reason": "moving", "summary": "전입신고 기한", "promised": "연락",
            "case": "26-1"}  # fmt: skip
    assert clerk.post(found["Location"], wrap).status_code == 422
    unknown = clerk.post(found["Location"], wrap | {"case": "2026-7654321-0"}, headers=EN)
    assert "There is no such case" in unknown.content.decode()
    done = clerk.post(found["Location"], wrap | {"case": case})
    assert done["Location"] == DESK
    kept = row(one)
    assert (kept.state, kept.case, kept.phone) == ("done", case, b"")
    assert set(kept.marks) == {"greeting", "verification", "disclosure"}
    assert kept.score == 25
    (wrapped,) = open_rows(WrapUp)
    assert wrapped.promised == ["연락"]
    again = waiting("ko")
    contacts.line(again, "resident", "전입신고 기한이 언제인가요", 0, 0)
    operator = OperatorState.objects.get()
    assert row(again).operator == operator.pk
    assert clerk.post(f"{DESK}one/{one}/", {"do": "say", "text": "x"})["Location"] == DESK


def test_what_is_sent_unchanged_is_accepted_and_what_is_left_is_ignored(clerk, known):
    one = waiting("ko")
    page = f"{DESK}one/{one}/"
    contacts.line(one, "resident", "전입신고", 0, 0)
    clerk.post(DESK, {"do": "accept", "contact": one})
    clerk.get(page)
    first = open_rows(Suggestion)[-1]
    clerk.post(page, {"do": "say", "suggestion": first.pk, "text": first.text})
    contacts.line(one, "resident", "수수료는요", 0, 0)
    clerk.get(page)
    second = open_rows(Suggestion)[-1]
    clerk.post(page, {"do": "ignore", "suggestion": second.pk})
    assert [each.state for each in open_rows(Suggestion)] == ["accepted", "ignored"]


def test_another_operator_gets_neither_page_nor_lines(clerk):
    one = waiting("ko")
    clerk.post(DESK, {"do": "accept", "contact": one})
    lines = f"/api/v1/callcentre/contacts/{one}/lines"
    contacts.line(one, "resident", "안녕하세요", 0, 0)
    assert [each["text"] for each in clerk.get(lines).json()] == ["안녕하세요"]
    other = joined("lee", ["clerk"])
    assert other.get(f"{DESK}one/{one}/")["Location"] == DESK
    assert other.get(lines).status_code == 409
    assert Client().get(lines).status_code == 401


def test_a_conversation_is_taken_over_answered_in_and_given_back(clerk, monkeypatch):
    given_up = Answered(
        AnswerStatus.HANDED_OVER, "모릅니다", language="ko", topic="failed",
        facts=(KnownFact("gu", "구", "11440", "마포구", "said"),), state=State(language="ko"),
    )  # fmt: skip
    monkeypatch.setattr("madang.assistant.answering.answer", lambda *_a, **_k: given_up)
    first = assistant.turn(None, "우리 동네 축제 예산은 누가 정하나요", language="ko")
    talk, ticket = first.conversation, first.hand_over.ticket
    assert first.hand_over.position == 0
    one = f"{DESK}one/{ticket}/"
    assert clerk.post(DESK, {"do": "next"})["Location"] == one
    text = clerk.get(one).content.decode()
    assert "축제 예산" in text
    assert "마포구" in text
    again = assistant.turn(talk, "주민도 낼 수 있나요", language="ko")
    assert again.status is AnswerStatus.WITH_PERSON
    assert "주민도 낼 수 있나요" in clerk.get(one).content.decode()
    clerk.post(one, {"do": "say", "text": "구의회가 정합니다."})
    assert assistant.transcript(talk).said[-1].text == "구의회가 정합니다."
    assert taking_over.position(ticket).state == "with-person"
    clerk.post(one, {"do": "finish"})
    clerk.post(one, {"do": "wrap", "reason": "other", "summary": "축제"})
    assert assistant.transcript(talk).ticket == ""
    assert taking_over.position(ticket).state == "ended"


def test_the_assistant_that_does_not_answer_leaves_the_operator_alone(clerk, monkeypatch):
    from madang.kernel.errors import Unavailable

    def away(*_args, **_named):
        raise Unavailable("search is away")

    monkeypatch.setattr(assistant, "answer", away, raising=False)
    one = waiting("ko")
    contacts.line(one, "resident", "전입신고", 0, 0)
    clerk.post(DESK, {"do": "accept", "contact": one})
    assert clerk.get(f"{DESK}one/{one}/").status_code == 200
    assert copilot.suggestion_for(row(one)) is None


def test_the_wall_tells_times_and_moods_and_not_a_word(clerk):
    one = waiting("ko")
    clerk.post(DESK, {"do": "accept", "contact": one})
    contacts.line(one, "resident", "정말 최악이네요 짜증나요", 0, 0)
    waiting("en")
    waiting("vi")
    page = joined("head", ["department-head"]).get(f"{DESK}wall/", headers=EN)
    assert page.status_code == 200
    assert page.context["heading"] == "100 % answered within 20 seconds today"
    wall = page.context["wall"]
    assert len(wall.alerts) == 1
    assert wall.states == {"available": 0, "busy": 1, "break": 0, "away": 0}
    assert "최악" not in page.content.decode()
    assert clerk.get(f"{DESK}wall/").status_code == 403


def test_editors_see_what_to_mend_and_say_when_it_is(clerk):
    one = waiting("ko", asked="수수료가 얼마인가요")
    clerk.post(DESK, {"do": "accept", "contact": one})
    clerk.post(f"{DESK}one/{one}/", {"do": "mend", "kind": "missing", "said": "수수료가 없음"})
    editor = joined("editor", ["officer"])
    page = editor.get(f"{DESK}notes/", headers=EN)
    assert "수수료가 얼마인가요" in page.content.decode()
    (note,) = open_rows(KnowledgeNote)
    editor.post(f"{DESK}notes/", {"note": note.pk})
    assert editor.get(f"{DESK}notes/", headers=EN).context["heading"] == "No answer to mend"
