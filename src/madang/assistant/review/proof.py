"""What the evaluation room claims: its tests and intervals hold what they say."""

from __future__ import annotations

import numpy as np

from madang.assistant.engine.always_valid import Rate, compared
from madang.assistant.engine.review_estimate import Stratum, weighed

_SEED = 20261123
_MONTHS = 2000
_TESTS = 2000


def daily_looks() -> float:
    """Return the percentage of A/A tests in which a daily look finds a difference at 5 %."""
    rng = np.random.default_rng(_SEED)
    a_day, days, found = 80, 28, 0
    for _ in range(_TESTS):
        new, now = np.cumsum(rng.binomial(a_day, 0.15, (2, days)), axis=1)
        found += any(
            compared(Rate(int(a), a_day * day), Rate(int(b), a_day * day)).p_value <= 0.05
            for day, (a, b) in enumerate(zip(new, now, strict=True), start=1)
        )
    return 100.0 * found / _TESTS


def coverage() -> float:
    """Return the percentage of drawn months whose interval holds the month's true share."""
    rng = np.random.default_rng(_SEED)
    sizes, shares, take = (60_000, 20_000, 4_000), (0.93, 0.85, 0.7), (1300, 550, 150)
    right = [int(n * share) for n, share in zip(sizes, shares, strict=True)]
    truth = sum(right) / sum(sizes)
    inside = 0
    for _ in range(_MONTHS):
        hits = [
            int(rng.hypergeometric(good, n - good, k))
            for good, n, k in zip(right, sizes, take, strict=True)
        ]
        found = weighed(
            [Stratum("", n, k, k, h) for n, k, h in zip(sizes, take, hits, strict=True)]
        )
        inside += found.low <= truth <= found.high
    return 100.0 * inside / _MONTHS
