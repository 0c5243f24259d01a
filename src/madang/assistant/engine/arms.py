"""Which arm of an experiment a conversation is in, and whether as many came as were sent."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import erfc, exp, lgamma, log, pi, sqrt


def arm_of(key: bytes, experiment: str, conversation: str, arms: Mapping[str, float]) -> str:
    """Return the arm of a conversation: always the same one, and none that can be guessed.

    HMAC-SHA-256 of experiment and conversation gives a number from 0 to 1; the arms lie side by
    side there, in the order of their names, as wide as their weights. Another experiment's arms are
    independent of this one's.

    Parameters
    ----------
    arms : weight of each arm, above 0; their sum need not be 1.

    Examples
    --------
    >>> arm_of(b"key", "gate", "c1", {"now": 1, "new": 1}) in {"now", "new"}
    True
    """
    told = hmac.new(key, f"{experiment}\n{conversation}".encode(), sha256).digest()
    place = int.from_bytes(told[:8]) / 2**64 * sum(arms.values())
    names = sorted(arms)
    for name in names:
        place -= arms[name]
        if place < 0:
            return name
    return names[-1]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Whether arms got the share of conversations that they were to get.

    Parameters
    ----------
    p_value : of Pearson's test, for one look at the end.
    always_valid : p-value that holds however often one looks.
    """

    p_value: float
    always_valid: float


def mismatch(counts: Mapping[str, int], arms: Mapping[str, float]) -> Mismatch:
    """Return how well the numbers of conversations agree with the weights of the arms.

    Experiments in which they do not are wrong for a reason that is to be found, however good their
    figures [1]_. Which share came to which arm is a multinomial; its mixture over a Dirichlet
    distribution around the weights grows only by chance, so that one may look each day [2]_.

    References
    ----------
    .. [1] A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments",
       KDD 2019, 2156-2164.
    .. [2] M. Lindon and A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 35
       (2022), 2817-2831, eq. 6.

    Examples
    --------
    >>> round(mismatch({"a": 821_588, "b": 815_482}, {"a": 1, "b": 1}).p_value, 7)
    1.8e-06
    """
    total, weight = sum(counts.values()), sum(arms.values())
    if not total:
        return Mismatch(1.0, 1.0)
    shares = {name: each / weight for name, each in arms.items()}
    seen = {name: counts.get(name, 0) for name in arms}
    square = sum((seen[name] - total * p) ** 2 / (total * p) for name, p in shares.items())
    evidence = multinomial_evidence(seen, shares)
    return Mismatch(chi_square_tail(square, len(arms) - 1), min(1.0, exp(-max(evidence, 0.0))))


def multinomial_evidence(
    counts: Mapping[str, int], shares: Mapping[str, float], strength: float = 100.0
) -> float:
    """Return the logarithm of the evidence against the shares (an e-process).

    Under the shares, its exponential is above 1/alpha at any time with a chance of at most alpha.

    Parameters
    ----------
    counts, shares : by the same names; shares add up to 1.
    strength : sum of the Dirichlet parameters; large finds small deviations, late.

    Examples
    --------
    >>> multinomial_evidence({"a": 50, "b": 50}, {"a": 0.5, "b": 0.5}) < 0
    True
    """
    total = sum(counts[name] for name in shares)
    found = lgamma(strength) - lgamma(strength + total)
    for name, share in shares.items():
        prior = strength * share
        found += lgamma(prior + counts[name]) - lgamma(prior) - counts[name] * log(share)
    return found


def chi_square_tail(value: float, freedom: int) -> float:
    """Return the chance that a chi-squared variable is above `value`.

    Parameters
    ----------
    freedom : degrees of freedom, whole; the series is exact (Abramowitz and Stegun 26.4.4-5).

    Examples
    --------
    >>> round(chi_square_tail(3.841459, 1), 6), round(chi_square_tail(5.991465, 2), 6)
    (0.05, 0.05)
    """
    if freedom <= 0 or value <= 0:
        return 1.0
    half = value / 2
    if freedom % 2:
        found, term = erfc(sqrt(half)), sqrt(half) * exp(-half) * 2 / sqrt(pi)
        steps = [1.5 + n for n in range((freedom - 1) // 2)]
    else:
        found, term = 0.0, exp(-half)
        steps = [1.0 + n for n in range(freedom // 2)]
    for step in steps:
        found += term
        term *= half / step
    return min(1.0, found)
