"""Whether what was found is an answer, something to choose from, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

ANSWER_AT = 0.29
"""How sure search must be before its first hit is an answer; below, choices are offered."""

CHOICES = 3
"""Most that are offered to choose from."""

_WORTH = 0.05
"""How likely right a hit must be to be offered at all."""


def offered(probabilities: Sequence[float]) -> int:
    """Return how many of the hits, best first, are worth offering.

    Examples
    --------
    >>> offered([0.2, 0.1, 0.01])
    2
    """
    worth = sum(1 for one in probabilities if one >= _WORTH)
    return min(worth, CHOICES)
