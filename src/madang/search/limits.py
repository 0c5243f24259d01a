"""How many questions one address may ask: a token bucket in each web process."""

from __future__ import annotations

from madang.kernel.throttle import Throttle

A_SECOND = 10.0
"""Questions a second for long; typing asks for suggestions at most four times a second."""

BURST = 60.0

QUESTIONS = Throttle(A_SECOND, BURST, "too many questions from one address")


def within_limit(address: str) -> None:
    """Take a question of an address into account; raises LimitReached where it asks too fast."""
    QUESTIONS.take(address)
