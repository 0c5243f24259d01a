"""The sound of one call: packets in, put in order and made samples; samples out, on time."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.callcentre.voice.engine import g711
from madang.callcentre.voice.engine.digits import Digits
from madang.callcentre.voice.engine.g711 import Samples
from madang.callcentre.voice.engine.rtp import InOrder, Packet, Reception, packet, read_packet
from madang.callcentre.voice.engine.voice_activity import FRAME
from madang.callcentre.voice.sip.description import MULAW, Offer
from madang.kernel.errors import Unavailable

log = logging.getLogger(__name__)

Address = tuple[str, int]
_SILENCE = {False: bytes([0xD5]) * FRAME, True: bytes([0xFF]) * FRAME}
_LONGEST = 1500  # octets; more is no telephone's packet


@dataclass(frozen=True, slots=True)
class LineCount:
    """What went over a line.

    sent, received, expected, lost, twice: packets; expected as the sender's numbers tell.
    strangers: packets from anywhere but the telephone, not listened to.
    junk: datagrams that are no packet of ours.
    jitter_ms: as RFC 3550 counts it.
    """

    sent: int
    received: int
    expected: int
    lost: int
    twice: int
    strangers: int
    junk: int
    jitter_ms: float


class Line(asyncio.DatagramProtocol):
    """One end of the sound.

    Parameters
    ----------
    hears : is given each frame of 20 ms, (160,) samples.
    presses : is given each digit.
    """

    def __init__(self, hears: Callable[[Samples], None], presses: Callable[[str], None]) -> None:
        self._hears, self._presses = hears, presses
        self._transport: asyncio.DatagramTransport | None = None
        self._loop = asyncio.get_running_loop()
        self._offer: Offer | None = None
        self._peer: Address | None = None
        self._moved: Address | None = None
        self._source: int | None = None
        self._reception, self._order, self._digits = Reception(), InOrder(), Digits()
        self._rest = np.empty(0, np.int16)
        self._out: deque[bytes] = deque()
        self._sequence, self._timestamp = secrets.randbits(16), secrets.randbits(32)
        self._ssrc = secrets.randbits(32)
        self._sent = self._strangers = self._junk = 0
        self._was_talking = False
        self.heard_at = self._loop.time()
        self.port = 0
        self.taps: list[Callable[[bool, bytes, bool], None]] = []
        """Told of each frame: whether it is ours, its octets, whether they are mu-law."""

    def open(self, host: str, ports: range) -> None:
        """Take the first free even port.

        Raises
        ------
        Unavailable
            If there is none.
        """
        for port in ports[::2]:
            taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET,
                                  socket.SOCK_DGRAM)  # fmt: skip
            taken.setblocking(False)
            try:
                taken.bind((host, port))
            except OSError:
                taken.close()
                continue
            self.port = port
            self._socket = taken
            return
        raise Unavailable(f"no free port for sound in {ports.start}-{ports.stop - 1}")

    async def listen(self) -> None:
        """Begin to hear."""
        self._transport, _ = await self._loop.create_datagram_endpoint(
            lambda: self, sock=self._socket
        )

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
        else:
            self._socket.close()

    def speak_to(self, offer: Offer) -> None:
        """Talk to the telephone of an offer from now on."""
        if offer.address is not None and offer.address != self._peer:
            self._peer, self._moved, self._source = offer.address, None, None
        self._offer = offer
        self.heard_at = self._loop.time()

    @property
    def is_held(self) -> bool:
        """Whether the telephone says nothing on purpose."""
        return self._offer is None or self._offer.is_held

    @property
    def is_talking(self) -> bool:
        """Whether there is something of ours that the telephone has not heard yet."""
        return bool(self._out)

    @property
    def untold_s(self) -> float:
        """Seconds of ours that are still to be heard."""
        return len(self._out) * FRAME / 8000

    @property
    def count(self) -> LineCount:
        """What went over the line so far."""
        r = self._reception
        return LineCount(
            self._sent, r.received, r.expected, r.lost, r.duplicates,
            self._strangers, self._junk, round(r.jitter_ms, 2),
        )  # fmt: skip

    def say(self, samples: Samples) -> None:
        """Put (n,) samples behind what is being said."""
        missing = -len(samples) % FRAME
        whole = np.concatenate([samples, np.zeros(missing, np.int16)]) if missing else samples
        octets = self._coded(whole)
        self._out.extend(octets[at : at + FRAME] for at in range(0, len(octets), FRAME))

    def hush(self) -> float:
        """Stop talking; return the seconds that were not said."""
        unsaid = self.untold_s
        self._out.clear()
        return unsaid

    def tick(self) -> None:
        """Send the next 20 ms: what is being said, or silence."""
        offer = self._offer
        self._timestamp += FRAME
        if offer is None or self._transport is None or not offer.may_hear:
            return
        to = self._moved or self._peer
        if to is None:
            return
        payload = self._out.popleft() if self._out else _SILENCE[self._is_mulaw]
        talks = bool(self._out)
        begins = talks and not self._was_talking
        self._was_talking = talks
        self._transport.sendto(
            packet(
                offer.payload_type, self._sequence, self._timestamp, self._ssrc, payload, begins
            ),
            to,
        )
        self._sequence += 1
        self._sent += 1
        for tap in self.taps:
            tap(True, payload, self._is_mulaw)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take a packet; one from anywhere but the telephone is counted and left."""
        source = (addr[0], addr[1])
        if source not in (self._peer, self._moved) and not self._follow(source):
            self._strangers += 1
            return
        found = read_packet(data) if len(data) <= _LONGEST else None
        offer = self._offer
        if found is None or offer is None:
            self._junk += 1
            return
        try:
            self._take(found, offer)
        except Exception:
            self._junk += 1
            log.exception("rtp: a packet was not understood")

    def error_received(self, exc: Exception) -> None:
        """The telephone's port is closed: silence will end the call."""

    @property
    def _is_mulaw(self) -> bool:
        return self._offer is None or self._offer.law == MULAW

    def _coded(self, samples: Samples) -> bytes:
        return g711.mulaw(samples) if self._is_mulaw else g711.alaw(samples)

    def _follow(self, source: Address) -> bool:
        """Return whether this is the telephone behind another port: once, from the same host."""
        if self._peer is None or source[0] != self._peer[0]:
            return False
        if self._moved is not None or self._reception.received:
            return False
        self._moved = source
        return True

    def _take(self, found: Packet, offer: Offer) -> None:
        now = self._loop.time()
        if found.source != self._source:
            self._source = found.source
            self._order.restart()
        if not self._reception.take(found.sequence, found.timestamp, now):
            return
        self.heard_at = now
        if found.payload_type == offer.digits_type:
            self._order.skip(found.sequence)
            for digit in self._digits.take(found.timestamp, found.payload):
                self._presses(digit)
            return
        if found.payload_type != offer.payload_type or not found.payload:
            self._junk += 1
            return
        for digit in self._digits.flush():
            self._presses(digit)
        for payload in self._order.put(found.sequence, found.payload):
            self._hear(payload if payload is not None else _SILENCE[self._is_mulaw])

    def _hear(self, payload: bytes) -> None:
        for tap in self.taps:
            tap(False, payload, self._is_mulaw)
        expand = g711.mulaw_samples if self._is_mulaw else g711.alaw_samples
        samples = expand(payload)
        if len(samples) == FRAME and not len(self._rest):
            self._hears(samples)
            return
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) - len(samples) % FRAME
        for at in range(0, whole, FRAME):
            self._hears(samples[at : at + FRAME])
        self._rest = samples[whole:]
