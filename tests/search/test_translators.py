"""Questions in other languages said in the city's own, by a server that may be slow or wrong."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from madang.kernel.config import settings
from madang.kernel.errors import Invalid, Unavailable
from madang.search import translators
from madang.search.analysers import analyser
from madang.search.finder import Finder
from madang.search.holding import opened
from madang.search.listing import Wish
from madang.search.reading import Reader
from madang.search.server import translating_of
from madang.search.translators import LibreTranslate, Translating
from tests.search.searching import SPOKEN, source_of, town

KNOWN = {("vi", "ko", "đăng ký tạm trú ở đâu"): "전입신고는 어디서 하나요"}


class Server:
    """A LibreTranslate with one sentence, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.answer: bytes | None = None
        self.waits = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.asked.append({"path": self.path, **told})
                time.sleep(outer.waits)
                said = KNOWN.get((told["source"], told["target"], told["q"]), "")
                body = outer.answer or json.dumps({"translatedText": said}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *told: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


def asking(tmp_path, translate) -> Finder:
    holding = opened(tmp_path, Reader(analyser(), None, translate))
    holding.refresh(source_of(town()))
    made = Finder(holding, SPOKEN)
    made.learn([])
    return made


def test_a_question_is_found_by_its_translation(tmp_path, server):
    (asked,) = {q for _, _, q in KNOWN}
    wish = Wish(asked, "vi")
    assert asking(tmp_path / "without", None).find(wish).total == 0
    found = asking(tmp_path / "with", Translating(LibreTranslate(server.url), "ko")).find(wish)
    assert "전입" in "".join(piece.text for piece in found.hits[0].title)
    assert (found.language, found.asked) == ("vi", asked), "the question stays the reader's own"


def test_the_citys_own_language_is_not_sent(server):
    say = Translating(LibreTranslate(server.url), "ko")
    assert say("전입신고", "ko") == ""
    assert server.asked == []


def test_a_question_is_sent_once_and_without_personal_data(server):
    say = Translating(LibreTranslate(server.url.replace("//", "//:a%20key@")), "ko")
    for _ in range(2):
        say("tôi là nguyen@example.org 010-1234-5678", "zh-hant")
    (asked,) = server.asked
    assert asked["path"] == "/translate"
    assert (asked["source"], asked["target"], asked["api_key"]) == ("zh-Hant", "ko", "a key")
    assert "nguyen" not in asked["q"]
    assert "1234" not in asked["q"]


@pytest.mark.parametrize("answer", [b"{", b"[]", b'{"translatedText": 5}', b'{"error": "x"}'])
def test_nonsense_is_no_translation(server, answer):
    server.answer = answer
    with pytest.raises(Unavailable, match="did not answer"):
        LibreTranslate(server.url).translate("x", "en", "ko")


def test_a_slow_server_is_left_alone_for_a_while(server, monkeypatch):
    server.waits = 0.5
    say = Translating(LibreTranslate(server.url, seconds=0.1), "ko")
    assert say("where", "en") == ""
    assert say.is_resting
    server.waits = 0.0
    assert say("where else", "en") == ""
    assert len(server.asked) == 1
    monkeypatch.setattr(say, "_rests_until", 0.0)
    say("where else", "en")
    assert len(server.asked) == 2


def test_what_is_kept_is_bounded(server, monkeypatch):
    monkeypatch.setattr(translators, "_KEPT", 2)
    say = Translating(LibreTranslate(server.url), "ko")
    for text in ("a", "b", "a", "c", "a", "b"):
        say(text, "en")
    assert [one["q"] for one in server.asked] == ["a", "b", "c", "b"]


def test_settings_name_the_server_and_show_no_key():
    from dataclasses import replace

    assert translating_of(settings(), "ko") is None
    here = replace(settings(), search_translator="http://:secret@127.0.0.1:5000/")
    named = translating_of(here, "ko")
    assert named is not None
    assert named.name == "http://127.0.0.1:5000"
    wrong = replace(settings(), search_translator="ftp://:secret@host")
    with pytest.raises(Invalid, match="MADANG_SEARCH_TRANSLATOR") as fault:
        translating_of(wrong, "ko")
    assert "secret" not in str(fault.value)
