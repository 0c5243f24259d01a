"""How good a ranking is: rank of the right entry, recall among the first, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured share or mean with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def share(hits: int, of: int) -> Estimate:
    """Return a share with its Wilson score interval [1]_; NaN of nothing.

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
       JASA 22 (1927), 209-212.

    Examples
    --------
    >>> found = share(10, 100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0552, 0.1744)
    """
    if not of:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    p, z2 = hits / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), of)


def recall_at(ranks: Sequence[int | None], k: int) -> Estimate:
    """Return the share of questions whose right entry is among the first `k`.

    Parameters
    ----------
    ranks : from 1; None where the right entry was not found at all.

    Examples
    --------
    >>> recall_at([1, 4, None, 2], 3).value
    0.5
    """
    return share(sum(1 for r in ranks if r is not None and r <= k), len(ranks))


def mean_reciprocal_rank(ranks: Sequence[int | None]) -> Estimate:
    """Return the mean of 1/rank, 0 where nothing was found, with a normal interval.

    Examples
    --------
    >>> round(mean_reciprocal_rank([1, 2, None]).value, 3)
    0.5
    """
    if not ranks:
        return share(0, 0)
    values = np.array([0.0 if r is None else 1.0 / r for r in ranks])
    mean = float(values.mean())
    half = _Z * float(values.std(ddof=1)) / sqrt(len(values)) if len(values) > 1 else 1.0
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half), len(values))
