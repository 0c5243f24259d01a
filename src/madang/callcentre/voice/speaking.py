"""Text to speech behind one port: espeak-ng as a program beside us, or any server's voice.

A server is asked at ``/v1/audio/speech`` as OpenAI's is, for a WAV file. espeak-ng is GPL: it is
called as a process and never linked. It is quick and speaks most of our languages; its Korean is
understood by people who listen closely, no more. For residents, plug a voice in.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import wave
from collections import OrderedDict
from math import gcd
from typing import Protocol

import numpy as np

from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.errors import WHAT_IS_LEFT, NoVoice
from madang.kernel.errors import Invalid

_RATE = 8000
_KEPT = 256
_LONGEST = 1200
"""Characters spoken at once; nobody listens to more."""

_VOICES = {"zh-Hans": "cmn", "zh-Hant": "cmn", "en": "en-us"}
_MUTE = frozenset({"mn", "fil", "km", "lo"})
"""Languages that espeak-ng 1.51 has no voice for."""


class Tts(Protocol):
    """What speaks."""

    name: str

    async def speak(self, text: str, language: str) -> Samples:
        """Return (n,) samples at 8 kHz.

        Raises
        ------
        NoVoice
            If it does not answer, or has no voice for the language.
        """
        ...

    async def close(self) -> None:
        """Let it go."""
        ...


class Kept:
    """Keeps what was spoken before: announcements are the same in every call."""

    def __init__(self, inner: Tts) -> None:
        self._inner, self.name = inner, inner.name
        self._held: OrderedDict[tuple[str, str], Samples] = OrderedDict()

    async def speak(self, text: str, language: str) -> Samples:
        """See `Tts.speak`."""
        key = (text, language)
        if key not in self._held:
            self._held[key] = await self._inner.speak(text[:_LONGEST], language)
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]

    async def close(self) -> None:
        """See `Tts.close`."""
        await self._inner.close()


class EspeakNg:
    """The program espeak-ng.

    Raises
    ------
    NoVoice
        If it is not installed.
    """

    name = "espeak-ng"

    def __init__(self, speed: int = 170) -> None:
        program = shutil.which("espeak-ng")
        if program is None:
            raise NoVoice(
                "no voice: the program espeak-ng is not installed (or --tts MODEL@URL); "
                + WHAT_IS_LEFT
            )
        self._program, self._speed = program, speed

    async def speak(self, text: str, language: str) -> Samples:
        """See `Tts.speak`."""
        if language in _MUTE:
            raise NoVoice(f"espeak-ng has no voice for {language}")
        voice = _VOICES.get(language, language)
        process = await asyncio.create_subprocess_exec(
            self._program, "-v", voice, "-s", str(self._speed), "--stdin", "--stdout",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            said, fault = await asyncio.wait_for(process.communicate(text.encode()), 10.0)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise NoVoice("espeak-ng did not speak within 10 s") from None
        if process.returncode or len(said) <= 44:
            raise NoVoice(f"espeak-ng: {fault.decode(errors='replace').strip() or 'no sound'}")
        return await asyncio.to_thread(telephone_samples, said)

    async def close(self) -> None:
        """See `Tts.close`."""


class ServedTts:
    """A voice behind an OpenAI-compatible address.

    Parameters
    ----------
    url : up to and with ``/v1``.
    model, voice : their names there.
    """

    def __init__(
        self, url: str, model: str, *, voice: str = "alloy", key: str = "", seconds: float = 10.0
    ) -> None:
        import httpx

        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(timeout=seconds, headers=headers)
        self._url, self._model, self._voice = url.rstrip("/") + "/audio/speech", model, voice
        self.name = f"{model}@{url}"

    async def speak(self, text: str, language: str) -> Samples:
        """See `Tts.speak`."""
        import httpx

        told = {"model": self._model, "voice": self._voice, "input": text,
                "response_format": "wav"}  # fmt: skip
        try:
            reply = await self._client.post(self._url, json=told)
            reply.raise_for_status()
            return await asyncio.to_thread(telephone_samples, reply.content)
        except (httpx.HTTPError, ValueError) as fault:
            raise NoVoice(f"the voice at {self._url} does not answer: {fault}") from fault

    async def close(self) -> None:
        """See `Tts.close`."""
        await self._client.aclose()


def telephone_samples(file: bytes) -> Samples:
    """Return (n,) samples at 8 kHz of a WAV file of sixteen bits; raises ValueError for others."""
    from scipy.signal import resample_poly

    try:
        with wave.open(io.BytesIO(file)) as reader:
            rate, channels, width = (
                reader.getframerate(), reader.getnchannels(), reader.getsampwidth(),
            )  # fmt: skip
            raw = reader.readframes(1 << 30)
    except (wave.Error, EOFError) as fault:
        raise ValueError(f"no WAV file: {fault}") from fault
    if width != 2 or not 1000 <= rate <= 192_000:
        raise ValueError(f"a WAV file of {8 * width} bits at {rate} Hz")
    samples = np.frombuffer(raw[: len(raw) // (2 * channels) * 2 * channels], "<i2")
    sound = samples.reshape(-1, channels).mean(axis=1)
    common = gcd(rate, _RATE)
    heard = resample_poly(sound, _RATE // common, rate // common)
    said: Samples = np.clip(np.round(heard), -32768, 32767).astype(np.int16)
    return said


def tts_of(wish: str, key: str = "") -> Tts | None:
    """Return what the settings name: empty for espeak-ng, MODEL[:VOICE]@URL; None for off.

    Raises
    ------
    NoVoice
        If espeak-ng is not installed.
    Invalid
        If the wish names nothing.
    """
    if wish == "off":
        return None
    name, at, url = wish.partition("@")
    if at and url.startswith(("http://", "https://")):
        model, _, voice = name.partition(":")
        return Kept(ServedTts(url, model, voice=voice or "alloy", key=key))
    if wish not in ("", "espeak-ng"):
        raise Invalid(f"--tts: {wish!r} is not off, espeak-ng or MODEL[:VOICE]@http://host/v1")
    return Kept(EspeakNg())
