"""Turns over what the rooms really offer: a search process, published services, the planner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import pytest
from django.test import Client

from madang.access.api import purpose
from madang.assistant import api, throttle
from madang.assistant.models import Conversation, Turn
from madang.assistant.purposes import ASSISTANT, CONVERSE
from tests.search.searching import swept_desk
from tests.services.publishing import COPY, publish

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the index of what the rooms offer."""
    return tmp_path_factory.mktemp("index") / "search"


@pytest.fixture
def searching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swept: Path):
    """A search process over what the rooms offer, with one service published."""
    throttle.TURNS.forget()
    publish()
    with swept_desk(tmp_path, monkeypatch, swept) as process:
        yield process


def say(client: Client, text: str = "", **more: str) -> dict:
    body = {"text": text, "language": "ko", **more}
    answer = client.post("/api/v1/assistant/turns", json.dumps(body), "application/json")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_a_question_is_answered_with_its_source(client: Client, searching):
    said = say(client, "등본 수수료가 얼마예요?")
    assert said["status"] == "answered"
    (passage,) = said["passages"]
    assert passage["section"] == "수수료"
    assert passage["source"]["key"] == f"services:{COPY}"
    assert passage["source"]["version"] == "1.0.0"
    assert passage["source"]["date"]
    assert said["sure"] >= 0.29


def test_a_turn_is_kept_masked_and_read_by_its_id_only(client: Client, searching):
    said = say(client, "제 번호는 010-1234-5678인데 등본 수수료가 얼마예요?")
    found = client.get(f"/api/v1/assistant/conversations/{said['conversation']}").json()
    assert "1234" not in json.dumps(found)
    assert found["said"][0]["answer"]["status"] == said["status"]
    assert client.get("/api/v1/assistant/conversations/nobody").status_code == 404
    with purpose(ASSISTANT, CONVERSE):
        assert "1234" not in json.dumps(Conversation.objects.get().state)
        assert "5678" not in Turn.objects.get().text


def test_what_follows_is_answered_from_the_same_source(client: Client, searching):
    first = say(client, "등본 떼고 싶어요")
    again = say(client, "서류는요?", conversation=first["conversation"])
    assert again["number"] == 2
    assert {p["source"]["key"] for p in again["passages"]} == {f"services:{COPY}"}


def test_nothing_is_answered_where_nothing_is_found(client: Client, searching):
    said = say(client, "슈뢰딩거 파동함수의 붕괴")
    assert said["status"] == "no_answer"
    assert not said["passages"]
    assert said["lines"][0]["number"] == "120"
    assert "person" in [one["key"] for one in said["choices"]]


def test_too_much_is_refused_in_words(client: Client):
    body = json.dumps({"text": "가" * 100_000})
    answer = client.post("/api/v1/assistant/turns", body, "application/json")
    assert answer.status_code == 422
    with pytest.raises(api.TextTooLong):
        api.answer("가" * 100_000, language="ko")


def test_without_storage_the_state_travels(searching):
    first = api.answer("등본 떼고 싶어요", language="ko")
    again = api.answer("얼마예요?", first.state, language="ko")
    assert again.status is api.AnswerStatus.ANSWERED
    with purpose(ASSISTANT, CONVERSE):
        assert not Turn.objects.exists()


@pytest.mark.parametrize(
    "secret",
    [
        "900101-1234567", "4111 1111 1111 1111", "010-9876-5432", "kim@example.com",
        "M12345678", "월드컵로 212", "1985년 3월 4일", "김철수입니다",
    ],
)  # fmt: skip
def test_what_names_a_person_is_not_kept(client: Client, secret: str):
    throttle.TURNS.forget()
    said = say(client, f"{secret} 2026년 12월 20일에 강남에서 마포로 이사해요")
    found = client.get(f"/api/v1/assistant/conversations/{said['conversation']}").content.decode()
    assert secret not in found
    assert "2026년 12월 20일" in json.loads(found)["said"][0]["text"]


def test_signs_and_mixed_scripts_are_answered_in_words(client: Client):
    throttle.TURNS.forget()
    assert say(client, "🏠🚚")["status"] == "unclear"
    assert say(client, "🏠 강남→마포 이사해요 moving 🚚")["status"] == "asked_fact"


def test_two_turns_that_fail_offer_a_person(client: Client, searching):
    first = say(client, "슈뢰딩거 파동함수의 붕괴")
    again = say(client, "플라톤의 동굴 비유", conversation=first["conversation"])
    assert "상담원에게 연결할까요?" in again["text"]
    taken = say(client, "네", conversation=first["conversation"])
    assert taken["status"] == "handed_over"
    assert taken["hand_over"]["lines"][0]["number"] == "120"


def test_search_that_is_away_is_said(client: Client, tmp_path, monkeypatch):
    from dataclasses import replace

    from madang.kernel.config import settings
    from madang.search import client as search_client

    throttle.TURNS.forget()
    monkeypatch.setattr(search_client, "settings", lambda: replace(settings(), data=tmp_path))
    search_client._here.cache_clear()
    said = say(client, "등본 수수료가 얼마예요?")
    search_client._here.cache_clear()
    assert said["status"] == "degraded_search"
    assert said["degraded"] == ["search"]
    assert "person" in [one["key"] for one in said["choices"]]


class Desk:
    """A desk that takes everybody."""

    asked: ClassVar[list] = []


def receive(request):
    from madang.kernel.hand_over import HandOverTicket

    Desk.asked.append(request)
    return HandOverTicket("T-1", 2, 90.0)


def position(ticket: str):
    from madang.kernel.hand_over import HandOverTicket

    return HandOverTicket(ticket, 1, 45.0)


def test_a_desk_takes_over_and_the_machine_is_silent(client: Client, monkeypatch):
    from madang.assistant import hand_over
    from madang.kernel.registry import HandOverDesk

    throttle.TURNS.forget()
    here = "tests.assistant.test_turns"
    monkeypatch.setattr(
        hand_over, "desk", lambda: HandOverDesk(f"{here}:receive", f"{here}:position")
    )
    first = say(client, "강남에서 마포로 이사해요")
    key = first["conversation"]
    taken = client.post(f"/api/v1/assistant/conversations/{key}/person").json()
    assert (taken["hand_over"]["ticket"], taken["hand_over"]["position"]) == ("T-1", 2)
    request = Desk.asked[-1]
    assert request.conversation == key
    assert {fact.name: fact.value for fact in request.facts} == {"from": "강남구", "to": "마포구"}
    quiet = say(client, "여보세요", conversation=key)
    assert quiet["status"] == "with_person"
    number = api.operator_says(key, "안녕하세요, 상담원입니다.", "account:7")
    found = api.transcript(key, after=number - 1)
    assert [(one.side, one.text) for one in found.said] == [
        ("operator", "안녕하세요, 상담원입니다.")
    ]
