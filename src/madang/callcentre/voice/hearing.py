"""Speech to text behind one port: Whisper in processes of its own here, or any server's.

A server is asked at ``/v1/audio/transcriptions`` as OpenAI's, vLLM's and whisper.cpp's are.
"""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

import numpy as np

from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.errors import NoVoice
from madang.callcentre.voice.whisper import Heard, Whisper, model_folder

_PATIENCE_S = 15.0
_MOST_WAITING = 8
"""Utterances that may wait for each worker; a caller rather hears that we are busy."""

_NAMES = {"korean": "ko", "english": "en", "chinese": "zh-Hans", "japanese": "ja",
          "vietnamese": "vi", "tagalog": "fil", "zh": "zh-Hans", "tl": "fil"}  # fmt: skip


class Stt(Protocol):
    """What turns speech into text."""

    name: str

    async def hear(self, samples: Samples, languages: Sequence[str], language: str = "") -> Heard:
        """Return what was said in (n,) samples at 8 kHz.

        Raises
        ------
        NoVoice
            If it does not answer, or too much waits for it.
        """
        ...

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for it, so that it may look ahead."""
        ...

    async def warm(self) -> None:
        """Make ready, so that the first caller does not wait; raises NoVoice."""
        ...

    async def close(self) -> None:
        """Let it go."""
        ...


class WhisperHere:
    """Whisper in worker processes, so that sound stays on time.

    Parameters
    ----------
    folder : of the model.
    workers : processes of one thread and about 300 MB each.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self._folder, self._workers = folder, workers
        self._waiting = 0
        self._pool = self._new_pool()
        self.name = f"{folder.name}, int8, here"

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers, get_context("spawn"), initializer=_load, initargs=(str(self._folder),)
        )

    async def warm(self) -> None:
        """Load the model now; raises NoVoice where it cannot be."""
        await self.hear(np.zeros(4000, np.int16), ["en"], "en", patience_s=60.0)

    @property
    def is_idle(self) -> bool:
        """See `Stt.is_idle`."""
        return self._waiting < self._workers

    async def hear(
        self,
        samples: Samples,
        languages: Sequence[str],
        language: str = "",
        *,
        patience_s: float = _PATIENCE_S,
    ) -> Heard:
        """See `Stt.hear`."""
        if self._waiting >= self._workers * (1 + _MOST_WAITING):
            raise NoVoice("too much speech waits to be understood")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            asked = loop.run_in_executor(
                self._pool, _hear, samples.tobytes(), tuple(languages), language
            )
            return await asyncio.wait_for(asked, patience_s)
        except BrokenProcessPool:
            self._pool = self._new_pool()
            raise NoVoice("the speech model ended and is started again") from None
        except TimeoutError:
            raise NoVoice(f"speech was not understood within {patience_s:g} s") from None
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """See `Stt.close`."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)


_loaded: list[Whisper] = []


def _load(folder: str) -> None:
    """Load the model in a worker; an interrupt from the keyboard is for the parent alone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _loaded.append(Whisper(Path(folder)))


def _hear(raw: bytes, languages: tuple[str, ...], language: str) -> Heard:
    return _loaded[0].hear(np.frombuffer(raw, np.int16), languages, language)


class ServedStt:
    """A model behind an OpenAI-compatible address.

    Parameters
    ----------
    url : up to and with ``/v1``.
    model : its name there.
    key : sent as a bearer token where given.
    """

    def __init__(
        self, url: str, model: str, *, key: str = "", seconds: float = _PATIENCE_S
    ) -> None:
        import httpx

        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(timeout=seconds, headers=headers)
        self._url, self._model = url.rstrip("/") + "/audio/transcriptions", model
        self._asked = 0
        self.name = f"{model}@{url}"

    async def warm(self) -> None:
        """See `Stt.warm`: a server is ready, or it is not."""

    @property
    def is_idle(self) -> bool:
        """See `Stt.is_idle`."""
        return self._asked == 0

    async def hear(self, samples: Samples, languages: Sequence[str], language: str = "") -> Heard:
        """See `Stt.hear`."""
        import httpx

        told = {"model": self._model, "response_format": "verbose_json"}
        if language:
            told["language"] = language.partition("-")[0]
        self._asked += 1
        try:
            sound = ("speech.wav", wav(samples), "audio/wav")
            reply = await self._client.post(self._url, data=told, files={"file": sound})
            reply.raise_for_status()
            answer = reply.json()
            text = str(answer["text"]).strip()
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise NoVoice(f"the speech model at {self._url} does not answer: {fault}") from fault
        finally:
            self._asked -= 1
        found = str(answer.get("language") or language).lower()
        code = _NAMES.get(found, found)
        return Heard(text, code if code in languages else language, 1.0, 1.0, 0.0)

    async def close(self) -> None:
        """See `Stt.close`."""
        await self._client.aclose()


def wav(samples: Samples, rate: int = 8000) -> bytes:
    """Return (n,) samples as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()


def stt_of(wish: str, cache_folder: Path, workers: int = 1, key: str = "") -> Stt | None:
    """Return what the settings name: empty for the model here, a folder, MODEL@URL; None for off.

    Raises
    ------
    NoVoice
        If it is not installed.
    """
    if wish == "off":
        return None
    name, at, url = wish.partition("@")
    if at and url.startswith(("http://", "https://")):
        return ServedStt(url, name, key=key)
    if wish:
        return WhisperHere(Path(wish), workers)
    return WhisperHere(model_folder(cache_folder), workers)
