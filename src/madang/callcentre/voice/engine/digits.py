"""Digits of a telephone's keypad, put together from the packets that tell of them.

References
----------
.. [1] RFC 4733, sections 2.3 (payload) and 2.5 (an event is repeated, and ends three times over).
"""

from __future__ import annotations

import struct

_EVENT = struct.Struct("!BBH")
KEYS = "0123456789*#ABCD"
"""Digit of each event code, table 3 of the RFC."""


class Digits:
    """Assembles one stream of telephone events."""

    def __init__(self) -> None:
        self._begun: tuple[int, int] | None = None
        self._told: tuple[int, int] | None = None

    def take(self, timestamp: int, payload: bytes) -> str:
        """Return the digits that this packet completes: none, one, or two after lost ends.

        Parameters
        ----------
        timestamp : of the packet: the moment its key went down; the same for all of one key.

        >>> keys = Digits()
        >>> [keys.take(8000, bytes([5, end, 1, 64])) for end in (10, 10, 138, 138, 138)]
        ['', '', '5', '', '']
        """
        if len(payload) < _EVENT.size:
            return ""
        event, flags, _duration = _EVENT.unpack_from(payload)
        if event >= len(KEYS):
            return ""
        key, found = (timestamp, event), ""
        if self._begun is not None and self._begun != key:
            found += self._tell(self._begun)
        self._begun = key
        if flags & 0x80:
            found += self._tell(key)
            self._begun = None
        return found

    def flush(self) -> str:
        """Return the digit whose end never came, when sound has come again or nothing more."""
        found = "" if self._begun is None else self._tell(self._begun)
        self._begun = None
        return found

    def _tell(self, key: tuple[int, int]) -> str:
        if key == self._told:
            return ""
        self._told = key
        return KEYS[key[1]]
