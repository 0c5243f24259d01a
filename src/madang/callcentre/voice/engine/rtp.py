"""RTP packets read and written, put in order, and counted.

References
----------
.. [1] RFC 3550, sections 5.1 (header), 6.4.1 and appendix A.8 (jitter).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")
_VERSION = 2
# RFC 3550 appendix A.1: a jump beyond this is another stream, not loss
_MAX_DROPOUT = 3000


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `timestamp` counts samples of the sender's clock."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def read_packet(data: bytes) -> Packet | None:
    """Return the packet in a datagram; None where there is none in it (RTCP, STUN, junk)."""
    if len(data) < _HEADER.size or data[0] >> 6 != _VERSION:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    if 192 <= second <= 223:  # RFC 5761: RTCP
        return None
    start = _HEADER.size + 4 * (first & 0x0F)
    end = len(data)
    if first & 0x10:
        if end < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    if first & 0x20:
        end -= data[-1]
    if start > end:
        return None
    return Packet(second & 0x7F, second >= 0x80, sequence, timestamp, source, data[start:end])


def packet(
    payload_type: int, sequence: int, timestamp: int, source: int, payload: bytes, marker: int = 0
) -> bytes:
    """Return the datagram of a packet.

    >>> read_packet(packet(0, 7, 160, 42, b"x", 1))
    Packet(payload_type=0, marker=True, sequence=7, timestamp=160, source=42, payload=b'x')
    """
    second = payload_type | (0x80 if marker else 0)
    return (
        _HEADER.pack(0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source & 0xFFFFFFFF)
        + payload
    )


class Reception:
    """Counts one stream: received, expected, lost, late and twice; jitter as in RFC 3550.

    Parameters
    ----------
    rate : ticks of the sender's clock in a second [Hz].
    """

    def __init__(self, rate: int = 8000) -> None:
        self._rate = rate
        self._first: int | None = None
        self._highest = 0
        self._transit: float | None = None
        self._seen: set[int] = set()
        self.received = 0
        self.duplicates = 0
        self.restarts = 0
        self._lost_before = 0
        self._expected_before = 0
        self.jitter = 0.0
        """Mean deviation of the spacing [ticks]."""

    def take(self, sequence: int, timestamp: int, arrived_s: float) -> bool:
        """Count a packet that arrived; return whether it is new.

        Parameters
        ----------
        arrived_s : moment of arrival on any steady clock [s].
        """
        number = self._extended(sequence)
        if number in self._seen:
            self.duplicates += 1
            return False
        self._seen.add(number)
        if len(self._seen) > 512:
            self._seen = {n for n in self._seen if n > self._highest - 256}
        self.received += 1
        transit = arrived_s * self._rate - timestamp
        if self._transit is not None:
            apart = abs(transit - self._transit)
            if apart < self._rate:  # a timestamp that jumped says nothing about the network
                self.jitter += (apart - self.jitter) / 16.0
        self._transit = transit
        return True

    @property
    def expected(self) -> int:
        """Packets that the sender has sent, as far as the numbers tell."""
        here = 0 if self._first is None else self._highest - self._first + 1
        return self._expected_before + here

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return max(0, self.expected - self.received)

    @property
    def jitter_ms(self) -> float:
        """Jitter [ms]."""
        return 1000.0 * self.jitter / self._rate

    def _extended(self, sequence: int) -> int:
        """Return the number beyond sixteen bits that lies nearest to the highest one so far."""
        if self._first is None:
            self._first = self._highest = sequence
            return sequence
        apart = (sequence - self._highest) & 0xFFFF
        if apart >= 0x8000:
            apart -= 0x10000
        if abs(apart) > _MAX_DROPOUT:
            self._expected_before = self.expected
            self._first = self._highest = sequence
            self._seen.clear()
            self._transit = None
            self.restarts += 1
            return sequence
        number = self._highest + apart
        self._first = min(self._first, number)
        self._highest = max(self._highest, number)
        return number


class InOrder:
    """Hands payloads on in the order of their numbers; None stands for one that never came.

    Parameters
    ----------
    patience : packets that may overtake a missing one before it is given up.
    most_missing : a longer gap is a pause of the sender, and none of it is made up for.
    """

    def __init__(self, patience: int = 3, most_missing: int = 25) -> None:
        self._patience, self._most_missing = patience, most_missing
        self._next: int | None = None
        self._waiting: dict[int, bytes] = {}

    def put(self, sequence: int, payload: bytes) -> Iterator[bytes | None]:
        """Take a packet and yield what can be handed on."""
        if self._next is None:
            self._next = sequence
        ahead = (sequence - self._next) & 0xFFFF
        if ahead >= 0x8000:
            return  # too late: its place has been filled
        if ahead > self._most_missing:
            yield from self._rest()
            self._next, ahead = sequence, 0
        self._waiting[sequence] = payload
        while self._waiting:
            found = self._waiting.pop(self._next, None)
            if found is None and len(self._waiting) <= self._patience:
                return
            self._next = (self._next + 1) & 0xFFFF
            yield found

    def skip(self, sequence: int) -> None:
        """Say that a number was used for something that is no sound (RFC 4733 shares them)."""
        if self._next == sequence:
            self._next = (sequence + 1) & 0xFFFF

    def restart(self) -> None:
        """Forget everything: another stream begins."""
        self._next = None
        self._waiting.clear()

    def _rest(self) -> Iterator[bytes]:
        for number in sorted(self._waiting, key=lambda n: (n - (self._next or 0)) & 0xFFFF):
            yield self._waiting[number]
        self._waiting.clear()
