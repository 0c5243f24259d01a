"""Whether a change made things worse: the same questions asked before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, erfc, sqrt

from madang.assistant.engine.review_estimate import z_of

_EXACT_TO = 1000  # above this many changed answers the normal approximation is as good


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did to the share of questions that were resolved.

    Parameters
    ----------
    before, after : shares resolved.
    gained, lost : questions that only the after, only the before resolves.
    change : `after` less `before`, with its interval `low` to `high`.
    p_value : two-sided, of no change (McNemar).
    """

    n: int
    before: float
    after: float
    gained: int
    lost: int
    change: float
    low: float
    high: float
    p_value: float


def change(before: Sequence[bool], after: Sequence[bool], confidence: float = 0.95) -> Change:
    """Return what changed between two runs over the same questions.

    Parameters
    ----------
    before, after : whether each question was resolved; same order, not empty.

    Notes
    -----
    The interval of the difference is Wald's for paired shares with the correction of Bonett and
    Price: two of them are added to the questions, one to each way of changing [2]_. The test is
    McNemar's [1]_, exact up to 1,000 changed answers.

    References
    ----------
    .. [1] Q. McNemar, "Note on the sampling error of the difference between correlated proportions
       or percentages", Psychometrika 12 (1947), 153-157.
    .. [2] D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of
       binomial proportions based on paired data", J. Educational and Behavioral Statistics 37
       (2012), 479-488.

    Examples
    --------
    >>> found = change([True, True, True, False], [True, False, False, True])
    >>> found.gained, found.lost, found.change, found.p_value
    (1, 2, -0.25, 1.0)
    """
    n = len(before)
    if not n or n != len(after):
        raise ValueError("before and after are about the same questions, at least one")
    gained = sum(now and not then for then, now in zip(before, after, strict=True))
    lost = sum(then and not now for then, now in zip(before, after, strict=True))
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    middle = up - down
    half = z_of(confidence) * sqrt((up + down - middle**2) / (n + 2))
    return Change(
        n,
        sum(before) / n,
        sum(after) / n,
        gained,
        lost,
        (gained - lost) / n,
        max(-1.0, middle - half),
        min(1.0, middle + half),
        mcnemar(gained, lost),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Return the two-sided p-value that as many questions are gained as are lost.

    Examples
    --------
    >>> mcnemar(0, 0), mcnemar(5, 5), mcnemar(0, 5)
    (1.0, 1.0, 0.0625)
    """
    changed, fewer = gained + lost, min(gained, lost)
    if not changed:
        return 1.0
    if changed <= _EXACT_TO:
        tail = sum(comb(changed, each) for each in range(fewer + 1)) / 2.0**changed
        return min(1.0, 2 * tail)
    z = (abs(gained - lost) - 1) / sqrt(changed)
    return two_sided(max(0.0, z))


def two_sided(z: float) -> float:
    """Return the chance that a normal variable is as far from 0 as `z`.

    >>> round(two_sided(1.959964), 6)
    0.05
    """
    return erfc(abs(z) / sqrt(2))
