"""Free ports for an instance of its own: measurements and tests run beside what is there."""

from __future__ import annotations

import os
import socket

from madang.kernel.errors import Unavailable

_BASES = (8000, 8088, 1883, *range(18010, 18020))  # of `config.Settings`
_FIRST, _OFFSETS, _STEP = 1700, 13_000, 13  # 18,019 + 14,699 < 32,768


def is_free(host: str, port: int) -> bool:
    """Return whether we could listen at the address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_offset() -> int:
    """Return a port offset at which every port of an instance is free.

    Each process looks in a region of its own, so that two at once do not meet while one of their
    instances is being started again. The ports stay below 32,768, where systems begin to give them
    to outgoing connections: one of those could take a port between two starts.

    Raises
    ------
    Unavailable
        If there is none.
    """
    first = os.getpid() % 100 * 130
    for step in range(0, _OFFSETS, _STEP):
        offset = _FIRST + (first + step) % _OFFSETS
        if all(is_free("127.0.0.1", base + offset) for base in _BASES):
            return offset
    raise Unavailable("no free ports for an instance of its own")
