"""Whether what was found is an answer, something to choose from, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

ANSWER_AT = 0.29
"""How sure search must be before its first hit is an answer; below, choices are offered."""

NAMED, NAMED_AT = 0.9, 0.5
"""How sure it is that a thing is meant which is called by every word that was asked, where it is at
least so likely the right one among those found."""

CHOICES = 3
"""Most that are offered to choose from."""

_WORTH = 0.05
"""How likely right a hit must be to be offered at all."""

_TIED, _TIED_FROM = 0.75, 0.3
"""How near the second is to the first, and how likely right itself, for both to be answers."""


def offered(probabilities: Sequence[float]) -> int:
    """Return how many of the hits, best first, are worth offering.

    Examples
    --------
    >>> offered([0.2, 0.1, 0.01])
    2
    """
    worth = sum(1 for one in probabilities if one >= _WORTH)
    return min(worth, CHOICES)


def are_tied(first: float, second: float) -> bool:
    """Return whether two hits are so nearly alike that neither may stand alone.

    Examples
    --------
    >>> are_tied(0.45, 0.41), are_tied(0.9, 0.05)
    (True, False)
    """
    return second >= _TIED_FROM and second >= _TIED * first
