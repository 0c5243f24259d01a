"""The KakaoTalk skill: payloads as Kakao sends them, bubbles within its limits, late answers."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from madang.assistant.engine.dialogue import (
    Answered,
    AnswerStatus,
    AskedFact,
    Choice,
    HandOver,
    KnownFact,
    Line,
    Passage,
    PlanCard,
    PlannedStep,
    Side,
    Source,
)
from madang.assistant.kakao import cards, gate
from madang.assistant.kakao.payload import LARGEST, language_of, read_payload
from madang.assistant.kakao.skill import person_key
from madang.assistant.kakao.standalone import App
from madang.city.api import load_profile
from madang.kernel.config import Settings
from madang.kernel.errors import Forbidden, Invalid

SECRET = "0123456789abcdef0123"
HERE = Settings(kakao_secret=SECRET)
ORIGIN = "https://city.example"


def posted(utterance: str = "전입신고 어떻게 해요?", **asked: Any) -> dict[str, Any]:
    """A payload with all that Kakao sends along."""
    return {
        "intent": {"id": "5a1b", "name": "폴백 블록"},
        "userRequest": {
            "timezone": "Asia/Seoul", "params": {"surface": "Kakaotalk.plusfriend"},
            "block": {"id": "5a1b", "name": "폴백 블록"}, "utterance": utterance, "lang": "kr",
            "user": {"id": "u-37", "type": "botUserKey", "properties": {"plusfriendUserKey": "x"}},
            **asked,
        },
        "bot": {"id": "5f0e", "name": "서울"},
        "action": {"name": "madang", "clientExtra": None, "params": {}, "id": "5a2c",
                   "detailParams": {}},
        "contexts": [], "flow": {"trigger": {"type": "TEXT_INPUT"}},
    }  # fmt: skip


def body(**asked: Any) -> bytes:
    return json.dumps(posted(**asked)).encode()


def test_a_payload_is_read_whatever_else_stands_in_it():
    found = read_payload(body(callbackUrl="https://bot-api.kakao.com/x", new_member={"a": [1]}))
    assert (found.utterance, found.user, found.bot) == ("전입신고 어떻게 해요?", "u-37", "5f0e")
    assert found.callback_url == "https://bot-api.kakao.com/x"
    with_choice = posted()
    with_choice["action"]["clientExtra"] = {"choice": "event:move"}
    assert read_payload(json.dumps(with_choice).encode()).choice == "event:move"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "body"),
        (b"[1]", "body"),
        (b"\xff\xfe", "body"),
        (b"[" * 50_000, "body"),
        (b" " * (LARGEST + 1), "body"),
        (b"{}", "userRequest"),
        (b'{"userRequest": []}', "userRequest"),
        (b'{"userRequest": {"utterance": "a"}}', "userRequest.user"),
        (b'{"userRequest": {"utterance": 5, "user": {"id": "u"}}}', "userRequest.utterance"),
        (b'{"userRequest": {"utterance": " ", "user": {"id": "u"}}}', "userRequest.utterance"),
        (b'{"userRequest": {"utterance": "a", "user": {"id": 1}}}', "userRequest.user.id"),
        (b'{"userRequest": {"utterance": "a", "user": {"id": "u"}, "callbackUrl": 1}}',
         "userRequest.callbackUrl"),
        (b'{"userRequest": {"utterance": "a", "user": {"id": "u"}}, "bot": 3}', "bot"),
    ],
)  # fmt: skip
def test_a_payload_that_is_none_is_refused_by_name(content, field):
    with pytest.raises(Invalid) as fault:
        read_payload(content)
    assert field in fault.value.fields


def test_the_language_is_that_of_the_payload():
    known = {"ko": "ko", "en": "en", "ja": "ja", "zh-hans": "zh-Hans", "vi": "vi"}
    asked = [("kr", "전입신고"), ("ko", "전입신고 help"), ("en", "hi"), ("jp", "x"), ("cn", "x"),
             ("vi", "x"), ("xx", "여권"), ("kr", "How do I move in?"), ("kr", "OK")]  # fmt: skip
    assert [language_of(lang, said, known, "ko") for lang, said in asked] == [
        "ko", "ko", "en", "ja", "zh-Hans", "vi", "ko", "en", "ko",
    ]  # fmt: skip


def step(number: int) -> PlannedStep:
    return PlannedStep(f"s{number}", f"{number}번째로 할 일 " + "가" * 60, "2026-12-20",
                       "12월 20일", "마포구 합정동 주민센터", "/apply/move/")  # fmt: skip


def whole(steps: int = 3, **more: Any) -> Answered:
    source = Source("services:a", "전입신고", "/services/a/", "1.0.0", "2026-11-01", "민원과")
    options = tuple(Choice(f"fact:x={n}", f"{n}번 답") for n in range(14))
    return Answered(
        AnswerStatus.ASKED_FACT, "긴 말 " * 900,
        passages=(Passage("기한", ("14일",), source),),
        choices=(Choice("", "신청하기", "/apply/a/"), Choice("person", "상담원")),
        facts=(KnownFact("to", "어디로", "마포구", "마포구", "said"),
               KnownFact("date", "언제", "2026-12-20", "12월 20일", "inferred")),
        question=AskedFact("x", "몇 명?", "choice", options),
        plan=PlanCard("move", "이사", "/plan/move/", "/plan/move/calendar/", (),
                      tuple(step(n) for n in range(steps))) if steps else None, **more,
    )  # fmt: skip


def limits_hold(answer: dict[str, Any]) -> None:
    """Check an answer against what Kakao's documentation allows."""
    assert answer["version"] == "2.0"
    template = answer["template"]
    assert 1 <= len(template["outputs"]) <= 3
    replies = template.get("quickReplies", [])
    assert len(replies) <= 10
    assert all(len(one["label"]) <= 14 and one["messageText"] for one in replies)
    for output in template["outputs"]:
        ((kind, inside),) = output.items()
        if kind == "simpleText":
            assert 1 <= len(inside["text"]) <= 1000
        elif kind == "listCard":
            assert len(inside["header"]["title"]) <= 15
            assert 1 <= len(inside["items"]) <= 5
            assert all(len(one["title"]) <= 36 for one in inside["items"])
            buttons_hold(inside, 2)
        else:
            inner = inside["items"] if kind == "carousel" else [inside]
            assert kind in ("basicCard", "carousel")
            assert 1 <= len(inner) <= 10
            for card in inner:
                assert len(card.get("title", "")) <= 50
                assert 1 <= len(card["description"]) <= 230
                buttons_hold(card, 3)


def buttons_hold(card: dict[str, Any], most: int) -> None:
    buttons = card.get("buttons", [])
    assert len(buttons) <= most
    needed = {"webLink": "webLinkUrl", "phone": "phoneNumber", "message": "messageText"}
    assert all(one[needed[one["action"]]] and len(one["label"]) <= 14 for one in buttons)


@pytest.mark.parametrize("steps", [0, 1, 5, 6, 10, 11, 30])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_answer_keeps_to_the_limits(steps, language):
    with translation.override(language):
        answer = cards.skill_response(
            whole(steps), ORIGIN, ["상담원이에요", "무엇을 도와드릴까요?"]
        )
        limits_hold(answer)
        limits_hold(cards.skill_response(whole(steps), ORIGIN))


def test_a_plan_has_its_steps_with_day_office_and_page():
    with translation.override("ko"):
        answer = cards.skill_response(whole(3), ORIGIN)
        many = cards.skill_response(whole(12), ORIGIN)
    card = answer["template"]["outputs"][1]["listCard"]
    assert card["items"][0]["description"] == "12월 20일 · 마포구 합정동 주민센터"
    assert card["items"][0]["link"] == {"web": f"{ORIGIN}/apply/move/"}
    assert card["buttons"][0]["webLinkUrl"] == f"{ORIGIN}/plan/move/"
    assert "어디로: 마포구" in answer["template"]["outputs"][2]["basicCard"]["description"]
    last = many["template"]["outputs"][1]["carousel"]["items"][-1]
    assert "3" in last["description"], "9 are shown, 3 are said to be left"


def test_sides_sources_and_numbers_have_their_bubbles():
    source = Source("services:a", "주차", "/services/a/")
    sides = tuple(Side(gu, (Passage("", (f"{gu} 요금",), source),)) for gu in ("마포구", "강남구"))
    beside = cards.skill_response(replace(whole(0), sides=sides), ORIGIN)
    items = beside["template"]["outputs"][1]["carousel"]["items"]
    assert [one["title"] for one in items] == ["마포구", "강남구"]
    quoted = cards.skill_response(whole(0), ORIGIN)["template"]["outputs"][1]["listCard"]
    assert "1.0.0" in quoted["items"][0]["description"]
    lines = (Line("120", "다산콜센터", "24시간"),)
    over = Answered(AnswerStatus.HANDED_OVER, "상담원", hand_over=HandOver(lines=lines))
    card = cards.skill_response(over, ORIGIN)["template"]["outputs"][1]["basicCard"]
    assert card["buttons"][0]["phoneNumber"] == "120"


def test_the_words_of_a_button_lead_back_to_its_choice():
    offered = cards.offered(whole(0))
    replies = cards.skill_response(whole(0), ORIGIN)["template"]["quickReplies"]
    assert [offered[one["messageText"]] for one in replies] == [f"fact:x={n}" for n in range(10)]


def test_only_who_has_the_secret_is_admitted():
    gate.admit(SECRET, "203.0.113.9", HERE)
    for secret in ("", "wrong", SECRET + "x", SECRET[:-1], "비밀"):
        with pytest.raises(Forbidden):
            gate.admit(secret, "203.0.113.9", HERE)
    for off in ("", "short"):
        with pytest.raises(Forbidden):
            gate.admit(off, "203.0.113.9", Settings(kakao_secret=off))


def test_only_networks_that_are_named_are_admitted():
    here = Settings(kakao_secret=SECRET, kakao_networks="203.0.113.0/24 2001:db8::/32")
    gate.admit(SECRET, "203.0.113.9", here)
    gate.admit(SECRET, "2001:db8::1", here)
    for address in ("198.51.100.1", "", "no address"):
        with pytest.raises(Forbidden):
            gate.admit(SECRET, address, here)
    with pytest.raises(Invalid):
        gate.is_in_networks("203.0.113.9", "203.0.113.0/99")


def test_a_person_is_known_by_a_keyed_hash(settings):
    one = person_key(read_payload(body()))
    assert "u-37" not in one
    assert one == person_key(read_payload(body(utterance="다른 말")))
    other = posted()
    other["bot"]["id"] = "another"
    assert one != person_key(read_payload(json.dumps(other).encode()))
    settings.SECRET_KEY = "another key"
    assert one != person_key(read_payload(body()))


@pytest.fixture(scope="module")
def app():
    return App(load_profile("seoul"), HERE)


def call(app: App, content: bytes, path: str = "/kakao", secret: str = SECRET) -> tuple[int, Any]:
    status: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "HTTP_X_SKILL_SECRET": secret,
        "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
    }  # fmt: skip
    answer = b"".join(app(environ, lambda line, _headers: status.append(line)))
    return int(status[0].split()[0]), json.loads(answer)


def test_the_skill_alone_answers_refuses_and_names_what_is_wrong(app, monkeypatch, tmp_path):
    status, answer = call(app, body(utterance="상담원과 이야기하고 싶어요"))
    assert status == 200
    limits_hold(answer)
    assert call(app, body(), secret="wrong")[0] == 403
    assert call(app, body(), path="/other")[0] == 404
    assert call(app, b"{")[0] == 422
    status, fault = call(app, b'{"userRequest": {"user": 1}}')
    assert (status, "userRequest.user" in fault["fields"]) == (422, True)
    assert call(app, b"a" * (LARGEST * 4))[0] == 422
