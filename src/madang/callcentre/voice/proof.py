"""What the telephone line claims, measured: sound on time, and what understanding speech costs.

The telephones are a process of their own; what is counted is the CPU of the line's.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from madang.callcentre.voice.errors import NoVoice
from madang.kernel import orm

_BEFORE_S = 2.0


@dataclass(frozen=True)
class Carried:
    """So many calls at once for some seconds.

    calls_per_cpu: calls that one core carries at this cost of a call.
    late: share of beats that came later than 20 ms; worst_ms: the latest.
    heard, said: packets of telephones that were heard, packets that telephones heard; shares.
    """

    calls: int
    calls_per_cpu: float
    late: float
    worst_ms: float
    heard: float
    said: float


class _Quiet:
    """A voice without sound, so that only the line is measured."""

    name = "none"

    async def speak(self, _text: str, _language: str) -> Any:
        return np.zeros(8000, np.int16)

    async def close(self) -> None:
        """Let go of nothing."""


class _Answers:
    name = "none"

    async def answer(self, *_given: Any) -> Any:
        """Answer nothing: nobody is understood."""
        raise NoVoice("nobody is understood here")


class _Hears:
    name, is_idle = "none", False

    async def warm(self) -> None:
        """Make nothing ready."""

    async def hear(self, *_given: Any) -> Any:
        """Understand nothing."""
        raise NoVoice("nobody is understood here")

    async def close(self) -> None:
        """Let go of nothing."""


def carried(calls: int, seconds: float = 8.0) -> Carried:
    """Return what so many calls at once cost, all speaking half of the time; without models.

    Raises
    ------
    NoVoice
        If the extra ``voice`` is not installed, or not all calls were answered.
    """
    try:
        from madang.callcentre.voice.sip import server  # noqa: F401 - is it installed?
    except ImportError as missing:
        raise NoVoice(f"the extra 'voice' is not installed: no {missing.name}") from missing
    orm.ready()  # the line's own sentences are translated
    return asyncio.run(_carried(calls, seconds))


async def _carried(calls: int, seconds: float) -> Carried:
    from madang.callcentre.voice.desk import JSONLines
    from madang.callcentre.voice.endpoint import Endpoint, Limits, Where
    from madang.callcentre.voice.talk import Manners, Parts

    parts = Parts(_Hears(), _Quiet(), _Answers(), JSONLines(None), Manners(patience=1_000_000))
    where = Where(port=0, rtp=range(30_000, 30_000 + 2 * calls + 2))
    endpoint = Endpoint(where, Limits(calls=calls, waiting=0), parts)
    await endpoint.open()
    wait = _BEFORE_S + calls / 200
    phones = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "madang.callcentre.voice.proof", str(endpoint.sip.here[1]),
        str(calls), str(wait + seconds + 2.0), stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        await asyncio.sleep(wait)
        for _ in range(200):
            if endpoint.live == calls:
                break
            await asyncio.sleep(0.05)
        else:
            raise NoVoice(f"{endpoint.live} of {calls} calls were answered")
        pacer = endpoint.pacer
        beats, late, pacer.worst_s = pacer.beats, pacer.late, 0.0
        begun, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        share = (time.process_time() - cpu) / (time.perf_counter() - begun)
        late_share = (pacer.late - late) / max(1, pacer.beats - beats)
        worst_ms = 1000 * pacer.worst_s
        counted = [call.line.count for call in endpoint._live if call.line is not None]
        out, _ = await phones.communicate()
    finally:
        if phones.returncode is None:
            phones.kill()
        await endpoint.close()
    theirs = json.loads(out)
    heard = sum(one.received for one in counted) / max(1, sum(one.expected for one in counted))
    said = theirs["received"] / max(1, theirs["expected"])
    return Carried(calls, calls / share, late_share, worst_ms, heard, said)


def calls_per_core() -> float:
    """Return the calls whose sound one core carries, measured at fifty; 0 where any is not on time.

    On time: 99 % of the packets both ways, 99 % of the beats within 20 ms.
    """
    found = carried(50)
    on_time = found.heard >= 0.99 and found.said >= 0.99 and found.late <= 0.01
    return found.calls_per_cpu if on_time else 0.0


def speech_cost() -> float:
    """Return the CPU seconds that a second of speech costs to understand, one thread.

    The speech is English by espeak-ng in six utterances of two to six seconds.
    """
    spoken, cost = 0.0, 0.0
    for seconds, cpu, _text in understood():
        spoken, cost = spoken + seconds, cost + cpu
    return cost / spoken


SENTENCES = (
    "Where do I register my new address?",
    "How much is the fee for a copy of the family register?",
    "My bicycle was stolen, what should I do now?",
    "Which papers do I need to register a business in the district?",
    "When is the library in Mapo open on Sundays and on holidays?",
    "I would like to know whether my mother can get the basic pension this year.",
)


def understood(sentences: Sequence[str] = SENTENCES) -> list[tuple[float, float, str]]:
    """Return (seconds, CPU seconds, text) of each sentence, spoken by espeak-ng.

    Raises
    ------
    NoVoice
        If model or espeak-ng are not installed.
    """
    from madang.callcentre.voice.speaking import EspeakNg
    from madang.callcentre.voice.whisper import Whisper, model_folder
    from madang.kernel.config import settings

    voice = EspeakNg()
    model = Whisper(model_folder(settings().data / "models"))

    async def spoken() -> list[Any]:
        return [await voice.speak(text, "en") for text in sentences]

    found = []
    model.hear(np.zeros(8000, np.int16), ["en"], "en")
    for samples in asyncio.run(spoken()):
        heard = model.hear(samples, ["ko", "en", "zh-Hans", "ja", "vi"])
        found.append((len(samples) / 8000, heard.cpu_s, heard.text))
    return found


class _Phones(asyncio.DatagramProtocol):
    """Many telephones behind one socket for SIP; each has one of its own for sound."""

    def __init__(self, server: tuple[str, int], calls: int) -> None:
        self.server, self.calls = server, calls
        self.to: dict[int, tuple[str, int]] = {}
        self.received = 0
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}

    def connection_made(self, transport: Any) -> None:
        self.sip = transport

    def datagram_received(self, data: bytes, _addr: Any) -> None:
        text = data.decode()
        if text.startswith("SIP/2.0 200") and "m=audio" in text:
            number = int(text.partition("Call-ID: ")[2].partition("\r")[0])
            port = int(text.partition("m=audio ")[2].partition(" ")[0])
            self.to[number] = (self.server[0], port)
            tag = text.partition("\r\nTo: ")[2].partition("\r")[0]
            self.sip.sendto(self.request("ACK", number, tag, ""), self.server)

    def request(self, method: str, number: int, to: str, body: str) -> bytes:
        """Return a request of one of the calls."""
        port = self.sip.get_extra_info("sockname")[1]
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} sip:120@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};rport;branch=z9hG4bK{method}{number}\r\n"
            f"From: <sip:{1000 + number}@127.0.0.1>;tag=t{number}\r\nTo: {to}\r\n"
            f"Call-ID: {number}\r\nCSeq: 1 {method}\r\n"
            f"Contact: <sip:p@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def hears(self, number: int, sequence: int) -> None:
        """Count a packet of sound."""
        self.received += 1
        self.first.setdefault(number, sequence)
        self.last[number] = sequence


class _Sound(asyncio.DatagramProtocol):
    def __init__(self, phones: _Phones, number: int) -> None:
        self._phones, self._number = phones, number

    def datagram_received(self, data: bytes, _addr: Any) -> None:
        self._phones.hears(self._number, int.from_bytes(data[2:4], "big"))


async def _call(port: int, calls: int, seconds: float) -> None:
    """Call so often, speak half of the time, and say what was heard."""
    from madang.callcentre.voice.engine import g711
    from madang.callcentre.voice.engine.rtp import packet

    loop = asyncio.get_running_loop()
    server = ("127.0.0.1", port)
    _, phones = await loop.create_datagram_endpoint(
        lambda: _Phones(server, calls), local_addr=("127.0.0.1", 0)
    )
    sounds = []
    for number in range(calls):
        sound, _ = await loop.create_datagram_endpoint(
            partial(_Sound, phones, number), local_addr=("127.0.0.1", 0)
        )
        sounds.append(sound)
        here = sound.get_extra_info("sockname")[1]
        body = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {here} RTP/AVP 0\r\n"
        )
        phones.sip.sendto(phones.request("INVITE", number, "<sip:120@127.0.0.1>", body), server)
        await asyncio.sleep(0.004)
    rng = np.random.default_rng(1)
    noise = [g711.mulaw(rng.normal(0, scale, 160).astype(np.int16)) for scale in (3, 6000)]
    until, beat = loop.time() + seconds, 0
    due = loop.time()
    while loop.time() < until:
        for number, to in phones.to.items():
            speaks = (beat // 150 + number) % 2  # three seconds of speech, three of quiet
            sounds[number].sendto(packet(0, beat, 160 * beat, number, noise[speaks]), to)
        beat += 1
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
    expected = sum(((phones.last[n] - phones.first[n]) & 0xFFFF) + 1 for n in phones.first)
    sys.stdout.write(json.dumps({"received": phones.received, "expected": expected}))


if __name__ == "__main__":
    asyncio.run(_call(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
