"""A chat server that is slow, broken, huge or malicious keeps nobody waiting and breaks nothing."""

from __future__ import annotations

import gzip
import json
import threading
import time

import pytest

from madang.assistant.errors import LLMUnavailable, LLMUnusable
from madang.assistant.llm.breaker import Breaker
from madang.assistant.llm.client import LARGEST, ChatClient, in_a_hurry
from tests.assistant.chat_server import ChatServer, answers, chat_server, drips, floods, says

SCHEMA = {"type": "object"}
HELLO = [{"role": "user", "content": "hello"}]


@pytest.fixture
def server():
    with chat_server() as found:
        yield found


def client(server: ChatServer, **options: object) -> ChatClient:
    options.setdefault("seconds", 3.0)
    return ChatClient(server.url, "small", **options)  # type: ignore[arg-type]


def reply(here: ChatClient) -> str:
    return here.reply(HELLO, schema=SCHEMA, name="test", most_tokens=20)


def test_it_asks_at_temperature_0_with_a_schema_a_cap_and_no_tools(server):
    server.behaviour = says({"a": 1})
    assert json.loads(reply(client(server, key="k-123"))) == {"a": 1}
    asked = server.asked[0]
    assert (asked["temperature"], asked["max_tokens"], asked["stream"]) == (0, 20, False)
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert "tools" not in asked
    assert server.headers[0]["Authorization"] == "Bearer k-123"


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html>busy</html>"),
        answers(b"[" * 100_000),
        answers({}),
        answers({"choices": []}),
        answers({"choices": [{"message": {"content": None, "tool_calls": [{"x": 1}]}}]}),
        answers([1, 2]),
        says("half an ans", finish="length"),
        says("a" * 9_000),
        answers(b" " * (LARGEST + 1)),
        answers(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"),
    ],
    ids=["html", "deep", "empty", "no-choice", "tools", "list", "cut", "long", "huge", "bomb"],
)
def test_a_reply_that_is_none_cannot_be_used(server, behaviour):
    server.behaviour = behaviour
    with pytest.raises(LLMUnusable):
        reply(client(server))


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_an_error_of_the_server_is_unavailable(server, status):
    server.behaviour = answers({"error": "no"}, status)
    with pytest.raises(LLMUnavailable, match=str(status)):
        reply(client(server))


@pytest.mark.parametrize("headers", [False, True])
def test_a_server_that_drips_is_left_at_the_deadline(server, headers):
    server.behaviour = drips(server, headers)
    begun = time.monotonic()
    with pytest.raises(LLMUnavailable, match="within"):
        reply(client(server, seconds=0.5))
    assert time.monotonic() - begun < 2.0


def test_a_flood_is_cut_off(server):
    server.behaviour = floods
    begun = time.monotonic()
    with pytest.raises((LLMUnusable, LLMUnavailable)):
        reply(client(server, seconds=5.0))
    assert time.monotonic() - begun < 5.0


def test_it_is_not_led_to_another_host(server):
    server.behaviour = answers({}, 307, Location="http://169.254.169.254/latest/")
    with pytest.raises(LLMUnavailable):
        reply(client(server))


def test_nobody_there_is_unavailable():
    with pytest.raises(LLMUnavailable):
        reply(ChatClient("http://127.0.0.1:9/v1", "small", seconds=1.0))


def test_after_failures_nobody_waits_until_one_try_succeeds(server):
    now = [0.0]
    here = client(server, breaker=Breaker(2, 30.0, lambda: now[0]))
    server.behaviour = answers({}, 500)
    for _try in range(4):
        with pytest.raises(LLMUnavailable):
            reply(here)
    assert len(server.asked) == 2, "the third and fourth did not go out"
    assert here.breaker.is_open
    server.behaviour = says({})
    now[0] = 31.0
    reply(here)
    reply(here)
    assert len(server.asked) == 4


def test_of_many_after_a_pause_one_tries():
    now = [0.0]
    breaker = Breaker(1, 30.0, lambda: now[0])
    breaker.failed()
    assert not breaker.allows()
    now[0] = 30.0
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_calls_at_once_are_bounded(server):
    waiting = threading.Event()

    def slow(here, asked):
        waiting.wait(5.0)
        says({})(here, asked)

    server.behaviour = slow
    here = client(server, at_once=1, seconds=5.0)
    first = threading.Thread(target=reply, args=(here,))
    first.start()
    while not server.asked:
        time.sleep(0.01)
    with pytest.raises(LLMUnavailable, match="too many"):
        reply(here)
    waiting.set()
    first.join()
    assert not here.breaker.is_open, "to be busy is no failure"
    reply(here)


def test_who_cannot_wait_does_without_and_it_is_no_failure(server):
    server.behaviour = drips(server)
    here = client(server, seconds=5.0, breaker=Breaker(1))
    begun = time.monotonic()
    with in_a_hurry(0.3), in_a_hurry(9.0):
        for _question in range(2):
            with pytest.raises(LLMUnavailable):
                reply(here)
    assert time.monotonic() - begun < 2.0
    assert not here.breaker.is_open
    server.behaviour = says({})
    reply(here)
