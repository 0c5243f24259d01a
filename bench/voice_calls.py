"""Calls of the telephone line: sound of many at once on time, and the cost of understanding.

faster-whisper, the usual wrapper of the same model, is run on the same speech by the Python that
`MADANG_BENCH_WHISPER` names.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path

import numpy as np

from bench.report import OURS, Bar, Report
from madang.callcentre.voice import proof
from madang.callcentre.voice.engine.error_rate import error_rate
from madang.callcentre.voice.errors import NoVoice

_SPEECH = "six English questions by espeak-ng, one thread"


def run(*, full: bool = False) -> Report:
    """Measure; `full` takes up to 300 calls at once, and twenty seconds of each."""
    report = Report(
        "voice_calls",
        "calls by SIP and RTP, and speech understood",
        bars=(
            Bar("50 calls at once", "calls_per_cpu_s", 100.0),
            Bar("50 calls at once", "late_percent", 1.0),
            Bar(_SPEECH, "cpu_s_of_a_second", 0.3),
        ),
    )
    try:
        for calls in (10, 50, 100, 200, 300) if full else (10, 50, 100):
            found = proof.carried(calls, 20.0 if full else 8.0)
            report.add(
                OURS, f"{calls} calls at once", calls_per_cpu_s=found.calls_per_cpu,
                late_percent=100 * found.late, worst_ms=found.worst_ms,
                lost_percent=100 * (1 - min(found.heard, found.said)),
            )  # fmt: skip
        _speech(report)
    except NoVoice as error:
        report.notes.append(error.message)
    report.notes += [
        "calls_per_cpu_s: calls that one core carries; each speaks half of the time, no models",
        "cpu_s_of_a_second: CPU seconds for a second of speech",
    ]
    return report


def _speech(report: Report) -> None:
    found = proof.understood()
    texts = list(zip(proof.SENTENCES, [text for _s, _c, text in found], strict=True))
    spoken = sum(seconds for seconds, _cpu, _text in found)
    report.add(
        OURS, _SPEECH, cpu_s_of_a_second=sum(cpu for _s, cpu, _t in found) / spoken,
        error_percent=100 * float(np.mean([error_rate(said, heard) for said, heard in texts])),
    )  # fmt: skip
    python = os.environ.get("MADANG_BENCH_WHISPER", "")
    if not python:
        report.notes.append("MADANG_BENCH_WHISPER names no Python that has faster-whisper")
        return
    from madang.callcentre.voice.speaking import EspeakNg
    from madang.callcentre.voice.whisper import doubled, model_folder
    from madang.kernel.config import settings

    voice = EspeakNg()
    sounds = [doubled(asyncio.run(voice.speak(text, "en"))) for text in proof.SENTENCES]
    asked = {
        "folder": str(model_folder(settings().data / "models")),
        "sounds": [sound.round(4).tolist() for sound in sounds],
    }
    script = Path(__file__).with_name("voice_calls_peer_load.py")
    done = subprocess.run(
        [python, str(script)], input=json.dumps(asked).encode(), check=True, stdout=subprocess.PIPE
    )
    theirs = json.loads(done.stdout.splitlines()[-1])
    report.add(
        "faster-whisper", _SPEECH, cpu_s_of_a_second=theirs["cpu_s"] / spoken,
        error_percent=100 * float(np.mean(
            [error_rate(*pair) for pair in zip(proof.SENTENCES, theirs["texts"], strict=True)]
        )),
    )  # fmt: skip
