"""Control charts of shares: a baseline first, then signals by rules with a known false alarm rate.

Each week's count is set against the baseline's share by the binomial distribution itself, so that
few cases and shares near 0 or 1 are judged rightly; where the weeks of the baseline scatter more
than chance lets them, all are judged by the wider spread (Laney's p').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import NormalDist

from madang.cases.engine.proportions import binomial_cdf

BASELINE = 12  # weeks
LEAST = 8  # weeks without which there is no baseline
RUN = 8
WIDTH = 3.0
# one point beyond three sigma, or eight in a row on one side: while nothing changes, a false alarm
# comes after 152.73 points on average (Champ and Woodall 1987, table 1, rules C1 and C4)
MEAN_RUN = 152.73
FALSE_ALARM_RATE = 1 / MEAN_RUN
BEYOND, EIGHT = "beyond", "eight-in-a-row"
_SPREAD = 1.128  # mean moving range of two standard normal values (d2 of n = 2)
_NORMAL = NormalDist()
_FARTHEST = 8.0


@dataclass(frozen=True)
class Signal:
    """A point at which a rule fires; `side` is 1 above the baseline and -1 below it."""

    place: int
    rule: str
    side: int


@dataclass(frozen=True)
class ControlChart:
    """A chart of shares.

    centre : share of the baseline.
    spread : how much wider than chance its weeks scatter, 1 or more.
    low, high : limits of each point (0 to 1); None where it has no case.
    signals : after the baseline only. baseline : number of points in it; 0 where there are too few.
    """

    shares: tuple[float | None, ...]
    centre: float | None
    spread: float
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    signals: tuple[Signal, ...]
    baseline: int

    @property
    def state(self) -> str:
        """Return `stable`, `drifting`, or `undetermined` while there is no baseline."""
        if not self.baseline:
            return "undetermined"
        last = len(self.shares) - 1
        return "drifting" if any(one.place == last for one in self.signals) else "stable"


def control_chart(hits: Sequence[int], of: Sequence[int], baseline: int = BASELINE) -> ControlChart:
    """Return the control chart of a share over time.

    Parameters
    ----------
    hits, of : counts of each point, oldest first; points without a case are gaps.
    baseline : number of points with cases from which centre and spread are taken.

    Raises
    ------
    ValueError
        If there are more hits than cases.

    References
    ----------
    .. [1] D. B. Laney, "Improved control charts for attributes", Quality Engineering 14 (2002),
       531-537.
    .. [2] C. W. Champ and W. H. Woodall, "Exact results for Shewhart control charts with
       supplementary runs rules", Technometrics 29 (1987), 393-399.

    Examples
    --------
    >>> found = control_chart([50] * 12 + [80], [100] * 13)
    >>> found.centre, [(one.place, one.rule) for one in found.signals]
    (0.5, [(12, 'beyond')])
    """
    if any(not 0 <= h <= n for h, n in zip(hits, of, strict=True)):
        raise ValueError("a point has more hits than cases")
    shares = tuple(h / n if n else None for h, n in zip(hits, of, strict=True))
    places = [place for place, count in enumerate(of) if count]
    first = places[:baseline]
    if len(first) < min(LEAST, baseline) or len(places) < 2:
        nothing = (None,) * len(shares)
        return ControlChart(shares, None, 1.0, nothing, nothing, (), 0)
    total, cases = sum(hits[one] for one in first), sum(of[one] for one in first)
    centre = total / cases
    # where nothing, or everything, was a hit, the share that chance is reckoned with is Jeffreys'
    expected = (total + 0.5) / (cases + 1) if total in (0, cases) else centre
    scores = [_score(hits[one], of[one], expected) for one in places]
    spread = _spread(scores[: len(first)])
    low, high = _limits(of, centre, expected, spread)
    after = [
        (place, score / spread)
        for place, score in zip(places, scores, strict=True)
        if place > first[-1]
    ]
    return ControlChart(shares, centre, spread, low, high, tuple(_signals(after)), len(first))


def _score(hits: int, of: int, share: float) -> float:
    """Return where a count lies in its binomial distribution, as a normal score (mid-p)."""
    middle = (binomial_cdf(hits, of, share) + binomial_cdf(hits - 1, of, share)) / 2
    if not 1e-15 < middle < 1 - 1e-15:
        return -_FARTHEST if middle < 0.5 else _FARTHEST
    return _NORMAL.inv_cdf(middle)


def _spread(scores: Sequence[float]) -> float:
    ranges = [abs(one - before) for before, one in pairwise(scores)]
    return max(1.0, sum(ranges) / len(ranges) / _SPREAD)


def _limits(
    of: Sequence[int], centre: float, expected: float, spread: float
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    low: list[float | None] = []
    high: list[float | None] = []
    for count in of:
        half = WIDTH * spread * sqrt(expected * (1 - expected) / count) if count else 0.0
        low.append(max(0.0, centre - half) if count else None)
        high.append(min(1.0, centre + half) if count else None)
    return tuple(low), tuple(high)


def _signals(scores: Sequence[tuple[int, float]]) -> list[Signal]:
    found = []
    run = side_before = 0
    for place, score in scores:
        side = (score > 0) - (score < 0)
        run = run + 1 if side and side == side_before else abs(side)
        side_before = side
        if abs(score) > WIDTH:
            found.append(Signal(place, BEYOND, side))
        elif run >= RUN:
            found.append(Signal(place, EIGHT, side))
    return found
