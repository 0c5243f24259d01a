"""How well callers were served: service level, waits, those who gave up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Served:
    """What became of contacts that asked for a person.

    level : percent answered within the limit, of those answered and those who gave up later [%].
    mean_wait_s : of those answered. abandoned : percent who gave up after the limit [%].
    None where there is nobody to count.
    """

    count: int
    answered: int
    level: float | None
    mean_wait_s: float | None
    longest_wait_s: float
    abandoned: float | None


def served(waits: Sequence[float], given_up: Sequence[float], within_s: float) -> Served:
    """Return how well contacts were served.

    Who gave up within the limit counts neither way: they gave nobody time to answer. That is one
    of several usages; a report names the one it took.

    Parameters
    ----------
    waits : of those who were answered [s]. given_up : of those who were not [s].

    Examples
    --------
    >>> served([5, 10, 40, 100], [3, 60], 20)
    Served(count=6, answered=4, level=40.0, mean_wait_s=38.75, longest_wait_s=100, abandoned=20.0)
    """
    late = sum(wait > within_s for wait in given_up)
    total = len(waits) + late
    in_time = sum(wait <= within_s for wait in waits)
    return Served(
        count=len(waits) + len(given_up),
        answered=len(waits),
        level=100 * in_time / total if total else None,
        mean_wait_s=sum(waits) / len(waits) if waits else None,
        longest_wait_s=max([*waits, *given_up], default=0.0),
        abandoned=100 * late / total if total else None,
    )
