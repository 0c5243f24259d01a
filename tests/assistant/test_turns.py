"""Turns over what the rooms really offer: a search process, published services, the planner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from madang.access.api import purpose
from madang.assistant import api, throttle
from madang.assistant.models import Conversation, Turn
from madang.assistant.purposes import ASSISTANT, CONVERSE
from tests.search.searching import desk_of
from tests.services.publishing import COPY, publish

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def searching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A search process over what the rooms offer, with one service published."""
    throttle.TURNS.forget()
    publish()
    with desk_of(tmp_path, monkeypatch) as process:
        process.keeping.sweep()
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
