"""Late answers of the KakaoTalk skill: once, in time, to Kakao only; overload and failures."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from madang.assistant.errors import TextTooLong
from madang.assistant.kakao import bubbles, callback
from madang.assistant.kakao.payload import read_payload
from madang.assistant.kakao.skill import Skill
from madang.kernel.config import Settings
from madang.kernel.errors import Forbidden
from tests.assistant.chat_server import answers, chat_server
from tests.assistant.test_kakao import HERE, SECRET, body, limits_hold


@pytest.mark.parametrize(
    "url",
    [
        "http://bot-api.kakao.com/x",
        "https://bot-api.kakao.com:8443/x",
        "https://kakao.com.evil.example/x",
        "https://evil.example/kakao.com",
        "https://user:secret@bot-api.kakao.com/x",
        "https://bot-api.kakao.com\\@evil.example/",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "file:///etc/passwd",
        "https://bot-api.kakao.com:x/",
        "https://evil.example#.kakao.com",
    ],
)
def test_a_late_answer_goes_to_kakao_only(url):
    callback.check_callback("https://bot-api.kakao.com/v1/callback/1", HERE)
    with pytest.raises(Forbidden):
        callback.check_callback(url, HERE)


def test_a_host_that_leads_inside_is_not_posted_to(monkeypatch):
    inside = [(2, 1, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(callback.socket, "getaddrinfo", lambda *_a, **_k: inside)
    assert callback.post("https://bot-api.kakao.com/x", {}, HERE) is False


def test_test_hosts_are_none_in_production():
    here = Settings(kakao_test_hosts="127.0.0.1:9", mode="production")
    with pytest.raises(Forbidden):
        callback.check_callback("http://127.0.0.1:9/x", here)


@pytest.fixture
def kakao():
    """Kakao's side of callbacks: keeps what is posted."""
    with chat_server() as server:
        server.behaviour = answers({"status": "SUCCESS"})
        yield server


@pytest.fixture
def here(kakao):
    return Settings(kakao_secret=SECRET, kakao_test_hosts=kakao.url.split("/")[2])


class Turns:
    """Answers when it is let to."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked = 0

    def __call__(self, request: Any, language: str) -> dict[str, Any]:
        self.asked += 1
        self.go.wait(10.0)
        return bubbles.response([bubbles.simple_text(f"{language}: {request.utterance}")])


def sorry(text: str) -> dict[str, Any]:
    return bubbles.response([bubbles.simple_text(text)])


@pytest.fixture
def turns():
    found = Turns()
    yield found
    found.go.set()


@pytest.fixture
def skill(turns, here):
    found = Skill(turns, sorry, here, at_once_s=0.1, without_callback_s=0.1)
    yield found
    turns.go.set()
    found.workers.shutdown()


def until(true) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def asked(**more: Any):
    return read_payload(body(**more))


def text_of(answer: dict[str, Any]) -> str:
    return str(answer["template"]["outputs"][0]["simpleText"]["text"])


def test_a_quick_answer_is_given_at_once_and_never_posted(skill, turns, kakao):
    turns.go.set()
    answer = skill.answer(asked(callbackUrl=f"{kakao.url}/cb/1"), "ko")
    assert text_of(answer) == "ko: 전입신고 어떻게 해요?"
    assert not kakao.asked


def test_a_late_answer_is_posted_once(skill, turns, kakao):
    answer = skill.answer(asked(callbackUrl=f"{kakao.url}/cb/1"), "ko")
    assert (answer["version"], answer["useCallback"]) == ("2.0", True)
    assert answer["data"]["text"]
    replayed = skill.answer(asked(callbackUrl=f"{kakao.url}/cb/1"), "ko")
    assert "useCallback" not in replayed
    turns.go.set()
    until(lambda: kakao.asked)
    skill.workers.shutdown()
    assert len(kakao.asked) == 1, "the replayed request is not posted to the same address"
    limits_hold(kakao.asked[0])


def test_an_answer_after_its_minute_is_not_posted(skill, turns, kakao, monkeypatch):
    monkeypatch.setattr(callback, "IN_TIME_S", 0.05)
    skill.answer(asked(callbackUrl=f"{kakao.url}/cb/1"), "ko")
    turns.go.set()
    skill.workers.shutdown()
    assert not kakao.asked


def test_a_redirect_of_the_callback_is_not_followed(kakao, here):
    kakao.behaviour = answers({}, 307, Location=f"{kakao.url}/inside")
    assert callback.post(f"{kakao.url}/cb/1", {}, here) is False
    assert len(kakao.asked) == 1


def test_without_a_callback_nobody_waits_for_ever(skill, kakao):
    begun = time.monotonic()
    answer = skill.answer(asked(), "en")
    assert time.monotonic() - begun < 2.0
    assert "longer" in text_of(answer)


def test_a_foreign_callback_is_refused_before_anything_is_done(skill, turns):
    with pytest.raises(Forbidden):
        skill.answer(asked(callbackUrl="https://evil.example/x"), "ko")
    assert turns.asked == 0


def test_what_fails_is_said_kindly(here):
    def fails(request: Any, language: str) -> dict[str, Any]:
        raise {"long": TextTooLong(9_000, 2_000)}.get(request.utterance, RuntimeError("secret"))

    skill = Skill(fails, sorry, here)
    assert "2,000" in text_of(skill.answer(asked(utterance="long"), "en"))
    said = text_of(skill.answer(asked(), "en"))
    assert "person" in said
    assert "secret" not in said
    skill.workers.shutdown()


def test_a_flood_is_answered_with_words(skill, monkeypatch):
    monkeypatch.setattr("madang.assistant.kakao.skill.MOST_WAITING", 2)
    with ThreadPoolExecutor(4) as many:
        said = [text_of(one) for one in many.map(lambda _n: skill.answer(asked(), "en"), range(4))]
    assert sum("Too many" in one for one in said) == 2
