"""A telephone in a few lines, and an endpoint whose models are fakes: for faults and edges."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np

from madang.callcentre.voice.answering import Spoken
from madang.callcentre.voice.desk import JSONLines
from madang.callcentre.voice.endpoint import Endpoint, Limits, Where
from madang.callcentre.voice.engine.rtp import packet, read_packet
from madang.callcentre.voice.errors import NoVoice
from madang.callcentre.voice.talk import Manners, Parts
from madang.callcentre.voice.whisper import Heard

T1 = 0.02
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP {formats}\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
)


class Wire(asyncio.DatagramProtocol):
    """A socket whose datagrams wait to be taken."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.came.put_nowait(data)


async def wire(host: str = "127.0.0.1") -> Wire:
    """Return a new socket."""
    loop = asyncio.get_running_loop()
    _, made = await loop.create_datagram_endpoint(Wire, local_addr=(host, 0))
    return made


class Handset:
    """Calls an endpoint, message by message."""

    def __init__(self, sip: Wire, sound: Wire, server: tuple[str, int], number: int) -> None:
        self.sip, self.sound, self.server = sip, sound, server
        self.call_id, self.cseq = f"call{number}@test", 0
        self.to, self.rtp_port, self._sequence = "<sip:120@127.0.0.1>", 0, 100
        self.seen: list[str] = []

    def send(self, text: str) -> None:
        self.sip.transport.sendto(text.encode(), self.server)

    def request(
        self, method: str, body: str = "", more: str = "", cseq: int = 0, branch: str = ""
    ) -> str:
        """Return a request of this call."""
        if not cseq:
            self.cseq += 1
        number = cseq or self.cseq
        kind = "Content-Type: application/sdp\r\n" if body.startswith("v=") else ""
        return (
            f"{method} sip:120@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.sip.port};rport;"
            f"branch=z9hG4bK{branch or f'{method}{number}{self.call_id}'}\r\n"
            f"From: <sip:01099998888@127.0.0.1>;tag=me\r\nTo: {self.to}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:me@127.0.0.1:{self.sip.port}>\r\nMax-Forwards: 70\r\n{more}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def sdp(self, formats: str = "0 8 101", direction: str = "sendrecv") -> str:
        return SDP.format(
            host="127.0.0.1", port=self.sound.port, formats=formats, direction=direction
        )

    async def next(self, starts: str, within_s: float = 5.0) -> str:
        """Return the next message that starts so; others are kept in `seen`."""
        async with asyncio.timeout(within_s):
            while True:
                text = (await self.sip.came.get()).decode()
                self.seen.append(text.partition("\r\n")[0])
                if text.startswith(starts):
                    return text

    async def call(self, formats: str = "0 8 101") -> str:
        """Call and be answered; return the answer."""
        self.send(self.request("INVITE", self.sdp(formats)))
        answer = await self.next("SIP/2.0 200")
        self.know(answer)
        self.ack()
        return answer

    def know(self, answer: str) -> None:
        self.to = header(answer, "To")
        self.rtp_port = int(re.search(r"m=audio (\d+)", answer).group(1))

    def ack(self) -> None:
        self.send(self.request("ACK", cseq=self.cseq))

    async def hang_up(self) -> None:
        self.send(self.request("BYE"))
        await self.next("SIP/2.0 200")

    def answer(self, request: str, status: str) -> None:
        """Answer a request of the endpoint."""
        names = ("Via", "From", "To", "Call-ID", "CSeq")
        lines = [f"{name}: {header(request, name)}" for name in names]
        self.send("\r\n".join([f"SIP/2.0 {status}", *lines, "Content-Length: 0", "", ""]))

    def speak(self, frames: int, level: int = 8000, law: int = 0, via: Wire | None = None) -> None:
        """Send so many packets of noise."""
        rng = np.random.default_rng(self._sequence)
        from madang.callcentre.voice.engine import g711

        for _ in range(frames):
            sound = rng.normal(0, level, 160).clip(-32768, 32767).astype(np.int16)
            payload = g711.mulaw(sound) if law == 0 else g711.alaw(sound)
            self._put(packet(law, self._sequence, 160 * self._sequence, 77, payload), via)

    def press(self, key: int) -> None:
        """Press a key: an event that is repeated, and ends three times over."""
        begun = 160 * self._sequence
        for flags in (10, 10, 138, 138, 138):
            self._put(packet(101, self._sequence, begun, 77, bytes([key, flags, 1, 64])), None)

    def _put(self, data: bytes, via: Wire | None) -> None:
        (via or self.sound).transport.sendto(data, ("127.0.0.1", self.rtp_port))
        self._sequence += 1

    async def until_asked(self, endpoint: Endpoint) -> None:
        """Wait until the machine has asked what one would like to know, and says no more."""
        async with asyncio.timeout(5):
            while "무엇이 궁금하십니까?" not in endpoint.parts.tts.said or any(
                call.line.is_talking for call in endpoint._live
            ):
                await asyncio.sleep(0.01)

    def heard(self) -> list[bytes]:
        """Return the sounds that came so far."""
        found = []
        while not self.sound.came.empty():
            read = read_packet(self.sound.came.get_nowait())
            if read is not None:
                found.append(read.payload)
        return found


def header(message: str, name: str) -> str:
    """Return the first header of that name."""
    return re.search(rf"^{name}: (.*?)\r?$", message, re.MULTILINE | re.IGNORECASE).group(1)


class Says:
    """Speech to text that says what it is told to, one after the other."""

    name = "fake"
    is_idle = False

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.asked = 0

    async def warm(self) -> None: ...

    async def hear(self, samples: Any, languages: Any, language: str = "") -> Heard:
        self.asked += 1
        if not self.texts:
            raise NoVoice("nothing more to say")
        return Heard(self.texts.pop(0), "ko", 1.0, 0.9, 0.1)

    async def close(self) -> None: ...


class Beeps:
    """A voice of 100 ms for each text; keeps what it said."""

    name = "fake"

    def __init__(self, seconds: float = 0.1) -> None:
        self.said: list[str] = []
        self._seconds = seconds

    async def speak(self, text: str, language: str) -> Any:
        self.said.append(text)
        return np.full(round(8000 * self._seconds), 5000, np.int16)

    async def close(self) -> None: ...


class Knows:
    """An answerer with one answer."""

    name = "fake"

    def __init__(self, answer: Spoken | None = None) -> None:
        self.asked: list[str] = []
        self._answer = answer or Spoken("열네 날 안에 합니다.", "ko", "answered", ("law:1",))

    async def answer(self, text: str, language: str, state: Any = None, choice: str = "") -> Spoken:
        self.asked.append(text or choice)
        return self._answer

    async def close(self) -> None: ...


class Scene:
    """An endpoint with its telephones and what was told of them."""

    def __init__(self, endpoint: Endpoint, told: list[dict[str, Any]]) -> None:
        self.endpoint, self.told = endpoint, told
        self._wires: list[Wire] = []

    async def handset(self) -> Handset:
        pair = [await wire(), await wire()]
        self._wires += pair
        return Handset(pair[0], pair[1], self.endpoint.sip.here, len(self._wires))

    def events(self, name: str) -> list[dict[str, Any]]:
        return [one for one in self.told if one["event"] == name]

    async def until(self, name: str, count: int = 1, within_s: float = 5.0) -> dict[str, Any]:
        """Wait for an event and return it."""
        return (await self.come(lambda: self.events(name)[count - 1 :], within_s))[0]

    async def come(self, found: Callable[[], Any], within_s: float = 5.0) -> Any:
        async with asyncio.timeout(within_s):
            while not (value := found()):
                await asyncio.sleep(0.01)
            return value


@asynccontextmanager
async def scene(
    *, stt: Any = None, tts: Any = None, answerer: Any = None, limits: Limits | None = None,
    operator: str = "", recordings: Any = None, out: Any = None, desk: Any = None, **manners: Any,
) -> AsyncIterator[Scene]:  # fmt: skip
    """Run an endpoint on any free ports."""
    told: list[dict[str, Any]] = []
    if desk is None:
        desk = JSONLines(out, operator)
        desk.watchers.append(told.append)
    given = {"city": "서울특별시", "silence_s": 3.0, "consent_s": 1.0, **manners}
    parts = Parts(stt or Says(), tts or Beeps(), answerer or Knows(), desk, Manners(**given))
    endpoint = Endpoint(
        Where(port=0, rtp=range(21000, 21400), t1=T1), limits or Limits(), parts, recordings
    )
    await endpoint.open()
    made = Scene(endpoint, told)
    try:
        yield made
    finally:
        await endpoint.close()
        await desk.close()
        for one in made._wires:
            one.transport.close()
        assert not endpoint.sip.counts["faults"]
        assert not endpoint.counts["failed"]
