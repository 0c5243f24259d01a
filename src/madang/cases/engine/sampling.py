"""Stratified random samples that anybody can draw again, and what they say of all cases.

Within a stratum cases are ordered by SHA-256 of the seed and their id, and the first are taken: the
same seed draws the same cases on any machine, in any order of the rows, whatever its libraries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from madang.cases.engine.proportions import Share, exact, lower_bound, upper_bound

MET, BREACHED, UNDETERMINED = "met", "breached", "undetermined"


@dataclass(frozen=True)
class Stratum:
    """A stratum of a sample.

    population, drawn: cases in it, and cases checked; wrong: those found wrong.
    """

    name: str
    population: int
    drawn: int
    wrong: int

    @property
    def weight(self) -> float:
        """Return how many cases each drawn one stands for (Horvitz-Thompson)."""
        return self.population / self.drawn if self.drawn else 0.0


@dataclass(frozen=True)
class Estimate:
    """A share of errors over all strata.

    share, low, high : weighted share and two-sided interval.
    bound : one-sided upper bound at the same confidence, which an aim is held against.
    effective : size of a simple random sample that says as much.
    covered : share of the population in strata from which at least one case was checked.
    state : against the aim: `met`, `breached` or `undetermined`.
    """

    share: float | None
    low: float
    high: float
    bound: float
    effective: float
    covered: float
    state: str


def allocation(sizes: Mapping[str, int], total: int, least: int = 1) -> dict[str, int]:
    """Return how many cases are drawn of each stratum: in proportion, `least` of each first.

    Parameters
    ----------
    sizes : cases of each stratum.
    total : cases wanted; where strata are more than these, `least` of each comes first.

    Examples
    --------
    >>> allocation({"a": 900, "b": 90, "c": 10}, 100)
    {'a': 88, 'b': 10, 'c': 2}
    """
    found = {name: min(least, size) for name, size in sizes.items()}
    left = {name: sizes[name] - found[name] for name in sizes}
    free = max(0, min(total, sum(sizes.values())) - sum(found.values()))
    all_left = sum(left.values())
    if not free or not all_left:
        return found
    shares = {name: free * count / all_left for name, count in left.items()}
    for name, share in shares.items():
        found[name] += int(share)
    rest = free - sum(int(share) for share in shares.values())
    by_remainder = sorted(shares, key=lambda name: (int(shares[name]) - shares[name], name))
    for name in by_remainder[:rest]:
        found[name] += 1
    return found


def drawn(members: Mapping[str, Sequence[str]], take: Mapping[str, int], seed: str) -> list[str]:
    """Return the ids that a seed draws: stratum by stratum, in order of their hashes.

    >>> drawn({"a": ["1", "2", "3"]}, {"a": 2}, "x") == drawn({"a": ["3", "1", "2"]}, {"a": 2}, "x")
    True
    """
    found: list[str] = []
    for name in sorted(members):
        found += sorted(members[name], key=lambda one: rank(seed, one))[: take.get(name, 0)]
    return found


def rank(seed: str, one: str) -> str:
    """Return by what cases are ordered: SHA-256 of seed, line feed and id, in hexadecimal."""
    return sha256(f"{seed}\n{one}".encode()).hexdigest()


def of_stratum(stratum: Stratum, confidence: float = 0.95) -> Share | None:
    """Return the exact interval of one stratum; None where nothing was checked."""
    return exact(stratum.wrong, stratum.drawn, confidence) if stratum.drawn else None


def estimate(strata: Sequence[Stratum], aim: float, confidence: float = 0.95) -> Estimate:
    """Return the share of errors over all strata, each weighted by its population.

    The interval is Korn and Graubard's: Clopper-Pearson's at the effective sample size, here the
    smallest of the number checked, Kish's of the weights, and that of the estimated variance: it
    holds also where no or few errors were found [1]_ [2]_. The finite population is not counted in,
    which errs on the wide side. A stratum from which nothing was checked is left out; `covered`
    says how much is left.

    References
    ----------
    .. [1] E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected
       number of positive counts estimated from survey data", Survey Methodology 24 (1998), 193-201.
    .. [2] L. Kish, "Survey sampling", Wiley 1965, section 11.7.

    Examples
    --------
    >>> found = estimate([Stratum("all", 100_000, 299, 0)], aim=0.01)
    >>> round(found.bound, 5), found.state
    (0.00997, 'met')
    """
    known = [one for one in strata if one.drawn]
    everybody = sum(one.population for one in strata)
    population = sum(one.population for one in known)
    if not known or not population:
        return Estimate(None, 0.0, 1.0, 1.0, 0.0, 0.0, UNDETERMINED)
    share = sum(one.population * one.wrong / one.drawn for one in known) / population
    effective = _effective(known, population, share)
    hits = share * effective
    interval = exact(hits, effective, confidence)
    bound = upper_bound(hits, effective, confidence)
    if bound <= aim:
        state = MET
    else:
        floor = lower_bound(hits, effective, confidence)
        state = BREACHED if floor > aim else UNDETERMINED
    return Estimate(
        share, interval.low, interval.high, bound, effective, population / everybody, state
    )


def _effective(known: Sequence[Stratum], population: int, share: float) -> float:
    count = sum(one.drawn for one in known)
    kish = population**2 / sum(one.drawn * one.weight**2 for one in known)
    variance = 0.0
    for one in known:
        part = one.wrong / one.drawn
        variance += (one.population / population) ** 2 * part * (1 - part) / max(1, one.drawn - 1)
    by_variance = share * (1 - share) / variance if variance > 0 else float(count)
    return min(float(count), kish, by_variance)
