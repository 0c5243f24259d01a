"""Shares with their intervals: exact, Wilson's, differences of two, and how many cases prove one.

Quantiles of the beta distribution are worked out here, from its continued fraction, to twelve
digits: SciPy is no dependency of this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300
_STEPS = 400  # of the continued fraction; it needs about the square root of the larger parameter
_HALVINGS = 60


@dataclass(frozen=True)
class Share:
    """A share of a group with its two-sided interval (all 0 to 1)."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A difference of two shares with its two-sided interval (-1 to 1)."""

    difference: float
    low: float
    high: float


def z_of(confidence: float) -> float:
    """Return the half-width of a two-sided normal interval, in standard deviations.

    >>> round(z_of(0.95), 6)
    1.959964
    """
    return _NORMAL.inv_cdf(0.5 + confidence / 2)


def wilson(hits: float, of: float, confidence: float = 0.95) -> Share:
    """Return a share with its Wilson score interval.

    Parameters
    ----------
    hits, of : counts, `of` above 0.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       JASA 22 (1927), 209-212.

    Examples
    --------
    >>> found = wilson(10, 100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0552, 0.1744)
    """
    z, share = z_of(confidence), hits / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))


def exact(hits: float, of: float, confidence: float = 0.95) -> Share:
    """Return a share with its Clopper-Pearson interval, which covers at least `confidence`.

    Parameters
    ----------
    hits, of : counts, `of` above 0; an effective sample size need not be whole.

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in
       the case of the binomial", Biometrika 26 (1934), 404-413.

    Examples
    --------
    >>> found = exact(10, 100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.049, 0.1762)
    """
    tail = (1 - confidence) / 2
    return Share(hits / of, lower_bound(hits, of, 1 - tail), upper_bound(hits, of, 1 - tail))


def upper_bound(hits: float, of: float, confidence: float = 0.95) -> float:
    """Return the exact one-sided bound below which a share lies.

    >>> round(upper_bound(0, 299), 5), round(upper_bound(0, 298), 5)
    (0.00997, 0.01)
    """
    return 1.0 if hits >= of else beta_quantile(confidence, hits + 1, of - hits)


def lower_bound(hits: float, of: float, confidence: float = 0.95) -> float:
    """Return the exact one-sided bound above which a share lies."""
    return 0.0 if hits <= 0 else beta_quantile(1 - confidence, hits, of - hits + 1)


def newcombe(
    hits: tuple[float, float], of: tuple[float, float], confidence: float = 0.95
) -> Difference:
    """Return the first share less the second, with Newcombe's hybrid score interval (method 10).

    References
    ----------
    .. [1] R. G. Newcombe, "Interval estimation for the difference between independent proportions:
       comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890, table II.

    Examples
    --------
    >>> found = newcombe((56, 48), (70, 80))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    one, two = (wilson(h, n, confidence) for h, n in zip(hits, of, strict=True))
    gap = one.share - two.share
    low = gap - sqrt((one.share - one.low) ** 2 + (two.high - two.share) ** 2)
    high = gap + sqrt((one.high - one.share) ** 2 + (two.share - two.low) ** 2)
    return Difference(gap, max(-1.0, low), min(1.0, high))


def cases_without_error(rate: float, confidence: float = 0.95, population: int = 0) -> int:
    """Return how many random cases, all without error, show that the error rate is below `rate`.

    Parameters
    ----------
    rate : share of errors (0 to 1, both excluded) that is to be ruled out.
    population : number of cases they are drawn from; 0 is very many. Of few, fewer are needed.

    Examples
    --------
    >>> [cases_without_error(rate) for rate in (0.01, 0.005, 0.001)]
    [299, 598, 2995]
    >>> cases_without_error(0.01, population=1000)
    258
    """
    if not 0 < rate < 1 or not 0 < confidence < 1:
        raise ValueError("a rate and a confidence lie between 0 and 1")
    needed = ceil(log(1 - confidence) / log1p(-rate) - 1e-9)
    if not population:
        return needed
    wrong = ceil(rate * population - 1e-9)  # the least number that is not below the rate
    low, high = 1, population - wrong + 1
    while low < high:  # the chance to see none falls with each case
        middle = (low + high) // 2
        if _none_of(wrong, population, middle) <= log(1 - confidence) + 1e-12:
            high = middle
        else:
            low = middle + 1
    return low


def binomial_cdf(hits: int, of: int, share: float) -> float:
    """Return the chance of at most `hits` among `of`."""
    if hits < 0:
        return 0.0
    return 1.0 if hits >= of else beta_cdf(1 - share, of - hits, hits + 1)


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function (DLMF 8.17.22, modified Lentz)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def beta_quantile(chance: float, a: float, b: float) -> float:
    """Return the value below which a beta variable lies with `chance`."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            found *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return found


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def _none_of(wrong: int, population: int, drawn: int) -> float:
    """Return the logarithm of the chance that none of the wrong ones is drawn."""
    if drawn > population - wrong:
        return -float("inf")
    left, right = population - wrong, population - drawn
    return lgamma(left + 1) - lgamma(left - drawn + 1) + lgamma(right + 1) - lgamma(population + 1)
