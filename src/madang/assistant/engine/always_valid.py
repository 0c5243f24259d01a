"""Tests of an experiment that may be looked at every day, and stopped at any time.

A test for one look, looked at each day, finds differences where there are none: of A/A tests looked
at daily for a month at 5 %, about every fourth. These do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from madang.assistant.engine.arms import multinomial_evidence

ENOUGH = 50
"""Conversations that each arm needs before its rate is compared; below, normal is not near."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the conversations of an arm did something."""

    hits: int
    of: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The rate of an arm less that of the arm it is held against.

    Parameters
    ----------
    low, high : interval that holds at all looks at once; -1 to 1 while there is too little.
    p_value : that holds however often one looks.
    """

    difference: float
    low: float
    high: float
    p_value: float


def compared(new: Rate, now: Rate, *, alpha: float = 0.05, effect: float = 0.05) -> Compared:
    """Return a difference of two rates with its always-valid interval and p-value.

    The mixture sequential probability ratio test with a normal mixture around no difference [1]_;
    the interval holds those differences that the test does not refuse. Variances are those of
    Agresti and Caffo, one success and one failure added to each arm [2]_.

    Parameters
    ----------
    alpha : chance that the interval ever leaves out the true difference.
    effect : size of the differences that are looked for, the spread of the mixture; it decides
        how soon which differences are found, never how often none is taken for one.

    Notes
    -----
    Holds as far as the rates are normal: neither for fewer than `ENOUGH` conversations nor for
    events so rare that an arm saw fewer than about ten (use `rarer`).

    References
    ----------
    .. [1] R. Johari, P. Koomen, L. Pekelis and D. Walsh, "Always valid inference: continuous
       monitoring of A/B tests", Operations Research 70 (2022), 1806-1821, eq. 8 and section 5.
    .. [2] A. Agresti and B. Caffo, "Simple and effective confidence intervals for proportions and
       differences of proportions result from adding two successes and two failures", The American
       Statistician 54 (2000), 280-288.

    Examples
    --------
    >>> found = compared(Rate(200, 1000), Rate(100, 1000))
    >>> round(found.difference, 3), found.low > 0, found.p_value < 0.001
    (0.1, True, True)
    """
    if min(new.of, now.of) < ENOUGH:
        found = new.hits / new.of - now.hits / now.of if new.of and now.of else 0.0
        return Compared(found, -1.0, 1.0, 1.0)
    difference = new.hits / new.of - now.hits / now.of
    variance = _variance(new) + _variance(now)
    evidence = normal_evidence(difference, variance, effect**2)
    half = half_width(variance, effect**2, alpha)
    return Compared(
        difference,
        max(-1.0, difference - half),
        min(1.0, difference + half),
        min(1.0, exp(-max(0.0, evidence))),
    )


def normal_evidence(difference: float, variance: float, mixture: float) -> float:
    """Return the logarithm of the mixture likelihood ratio of a difference against none.

    Parameters
    ----------
    variance : of the difference, above 0.
    mixture : variance of the mixture.

    Examples
    --------
    >>> round(normal_evidence(0.0, 1.0, 1.0), 4)
    -0.3466
    """
    whole = variance + mixture
    return 0.5 * log(variance / whole) + mixture * difference**2 / (2 * variance * whole)


def half_width(variance: float, mixture: float, alpha: float) -> float:
    """Return how far a difference is from the ends of its always-valid interval."""
    whole = variance + mixture
    return sqrt(variance * whole / mixture * (2 * log(1 / alpha) + log(whole / variance)))


def _variance(rate: Rate) -> float:
    share = (rate.hits + 1) / (rate.of + 2)
    return share * (1 - share) / (rate.of + 2)


def rarer(new: Rate, now: Rate, weights: tuple[float, float]) -> float:
    """Return an always-valid p-value that a rare thing is as frequent in both arms.

    Where it is, each such conversation is in the first arm with that arm's share of all, whatever
    the rate is and however it changes from day to day; so the evidence is exact for any count
    (`arms.multinomial_evidence`, its Dirichlet as wide as a uniform distribution).

    Parameters
    ----------
    weights : of the two arms, as they were sent.

    Examples
    --------
    >>> rarer(Rate(0, 9), Rate(0, 9), (1, 1)), rarer(Rate(12, 99), Rate(0, 99), (1, 1)) < 0.01
    (1.0, True)
    """
    total = weights[0] + weights[1]
    shares = {"new": weights[0] / total, "now": weights[1] / total}
    found = multinomial_evidence({"new": new.hits, "now": now.hits}, shares, strength=2.0)
    return min(1.0, exp(-max(0.0, found)))
