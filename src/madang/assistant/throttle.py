"""How many turns one address may take: a token bucket in each web process."""

from __future__ import annotations

from madang.kernel.throttle import Throttle

A_SECOND = 2.0
"""Turns a second for long: an office behind one address."""

BURST = 40.0

TURNS = Throttle(A_SECOND, BURST, "too many turns from one address; wait a second")


def within_limit(address: str) -> None:
    """Take a turn of an address into account; raises LimitReached where it writes too fast."""
    TURNS.take(address)
