"""What a stratified sample of judged answers says of all answers, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

FEW = 10


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum as it was judged.

    Parameters
    ----------
    population : answers that there were.
    judged : answers of them that were judged.
    asked : answers judged that the question is about, such as those that cite something.
    hits : answers of these for which it is true.
    """

    name: str
    population: int
    judged: int
    asked: int
    hits: int

    @property
    def weight(self) -> float:
        """Return how many answers each judged one stands for (the inverse of the rate)."""
        return self.population / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """A share of all answers with its two-sided interval.

    Parameters
    ----------
    share : None where nothing was judged; the interval then is from 0 to 1.
    error : standard error of the share.
    effective : size of a simple random sample that says as much.
    covered : share of all answers that are in strata of which at least one was judged.
    """

    share: float | None
    low: float
    high: float
    error: float
    effective: float
    covered: float


def z_of(confidence: float) -> float:
    """Return the half-width of a two-sided normal interval, in standard deviations.

    >>> round(z_of(0.95), 6)
    1.959964
    """
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def score_interval(share: float, count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share [1]_; from 0 to 1 where nothing was counted.

    Parameters
    ----------
    count : size of the sample; an effective size need not be whole.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       JASA 22 (1927), 209-212.

    Examples
    --------
    >>> low, high = score_interval(0.91, 2000)
    >>> round(low, 3), round(high, 3)
    (0.897, 0.922)
    """
    if count <= 0:
        return 0.0, 1.0
    z2 = z_of(confidence) ** 2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count**2))) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_stratum(stratum: Stratum, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of one stratum."""
    share = stratum.hits / stratum.asked if stratum.asked else 0.0
    return score_interval(share, stratum.asked, confidence)


def weighed(strata: Sequence[Stratum], confidence: float = 0.95) -> Weighed:
    """Return the share over all strata, each counted as large as it is.

    The share is the combined ratio of the weighted hits to the weighted answers asked about; where
    all are asked about it is the stratified mean. Its variance is that of the linearised ratio with
    the finite population counted in [1]_. The interval is Wilson's at the effective sample size,
    that of the variance. Where fewer than `FEW` were right, or wrong, the variance is not known
    well: then it is the smallest of this, of the number judged, and of that of the weights [2]_;
    so the interval holds where all or none were right, too [3]_. A stratum with one judged answer
    tells nothing of its variance, and takes that of a share of one half.

    References
    ----------
    .. [1] W. G. Cochran, "Sampling techniques", 3rd ed., Wiley 1977, sections 5.3, 5.10 and 6.11.
    .. [2] L. Kish, "Survey sampling", Wiley 1965, section 11.7.
    .. [3] E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected
       number of positive counts estimated from survey data", Survey Methodology 24 (1998), 193-201;
       here with Wilson's interval in the place of the exact one.

    Examples
    --------
    >>> found = weighed([Stratum("a", 9000, 300, 300, 285), Stratum("b", 1000, 200, 200, 120)])
    >>> round(found.share, 3)
    0.915
    """
    known = [one for one in strata if one.judged]
    everything = sum(one.population for one in strata)
    covered = sum(one.population for one in known) / everything if everything else 0.0
    asked = sum(one.weight * one.asked for one in known)
    if not asked:
        return Weighed(None, 0.0, 1.0, 0.0, 0.0, covered)
    share = sum(one.weight * one.hits for one in known) / asked
    variance = sum(_variance(one, share) for one in known) / asked**2
    effective = _effective(known, asked, share, variance)
    low, high = score_interval(share, effective, confidence)
    return Weighed(share, low, high, sqrt(variance), effective, covered)


def _variance(one: Stratum, share: float) -> float:
    """Return the variance of the weighted sum of (hit - share) over those asked about."""
    fraction = one.judged / one.population
    if one.judged == 1:
        spread = 0.25 if fraction < 1 else 0.0
    else:
        total = one.hits - share * one.asked
        squares = one.hits * (1 - share) ** 2 + (one.asked - one.hits) * share**2
        spread = (squares - total**2 / one.judged) / (one.judged - 1)
    return one.population**2 * (1 - fraction) * max(0.0, spread) / one.judged


def _effective(known: Sequence[Stratum], asked: float, share: float, variance: float) -> float:
    if all(one.judged == one.population for one in known):
        return float(sum(one.asked for one in known))
    count = float(sum(one.asked for one in known))
    hits = sum(one.hits for one in known)
    if min(hits, count - hits) >= FEW and variance > 0:
        return share * (1 - share) / variance
    kish = asked**2 / sum(one.asked * one.weight**2 for one in known if one.asked)
    by_variance = share * (1 - share) / variance if variance > 0 and 0 < share < 1 else count
    return min(count, kish, by_variance)
