"""Differences between groups of people: each against all others, in three states.

A difference is `met` where its whole interval lies within the allowed gap, `breached` where all of
it lies beyond, and `undetermined` where there are too few cases to say: a mean alone raises false
alarms with few cases, and misses what is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

from madang.cases.engine.proportions import Difference, Share, newcombe, wilson
from madang.cases.engine.sampling import BREACHED, MET, UNDETERMINED
from madang.cases.engine.suppression import SMALLEST, hidden

FOUR_FIFTHS = 0.8
POWER = 0.8
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Gap:
    """How a group does beside all others.

    cases, share, others, difference : None where the group is too small to be told of.
    needed : cases of the group with which a difference of none would be proven to lie within the
        gap four times out of five; None where the others are too few for any number.
    ratio : its share by the greatest share of a group; below 0.8 it is looked at (`screened`),
        which decides nothing.
    """

    group: str
    cases: int | None
    share: Share | None = None
    others: float | None = None
    difference: Difference | None = None
    state: str = UNDETERMINED
    needed: int | None = None
    ratio: float | None = None
    screened: bool = False

    @property
    def is_hidden(self) -> bool:
        """Return whether it is too small to be told of."""
        return self.cases is None


def gaps(
    counts: Mapping[str, tuple[int, int]],
    allowed: float,
    confidence: float = 0.95,
    *,
    smallest: int = SMALLEST,
    is_favourable: bool = True,
) -> list[Gap]:
    """Return how each group does beside all others, by name.

    Parameters
    ----------
    counts : (hits, cases) of each group.
    allowed : difference of shares that is borne (0.05 is five points).
    confidence : of all intervals together; each is widened for their number (Bonferroni).
    is_favourable : whether a hit is good for people; the four-fifths rule asks for that.

    Examples
    --------
    >>> found = gaps({"a": (900, 1000), "b": (880, 1000), "c": (300, 500), "d": (2, 3)}, 0.05)
    >>> [(one.group, one.state, one.is_hidden) for one in found]
    [('a', 'undetermined', False), ('b', 'undetermined', False), ('c', 'undetermined', True), \
('d', 'undetermined', True)]
    """
    names = sorted(counts)
    mask = hidden([counts[name][1] for name in names], smallest).tolist() if names else []
    told = [name for name, is_hidden in zip(names, mask, strict=True) if not is_hidden]
    all_hits = sum(hits for hits, _cases in counts.values())
    everybody = sum(cases for _hits, cases in counts.values())
    tests = max(1, len(told))
    each = 1 - (1 - confidence) / tests
    best = max((counts[name][0] / counts[name][1] for name in told if counts[name][1]), default=0)
    found = []
    for name in names:
        hits, cases = counts[name]
        if name not in told or not cases or cases == everybody:
            found.append(Gap(name, cases if name in told else None))
            continue
        rest = (all_hits - hits, everybody - cases)
        between = newcombe((hits, rest[0]), (cases, rest[1]), each)
        ratio = hits / cases / best if best and is_favourable else None
        found.append(
            Gap(
                group=name,
                cases=cases,
                share=wilson(hits, cases, each),
                others=rest[0] / rest[1],
                difference=between,
                state=state_of(between, allowed),
                needed=needed(rest[0] / rest[1], rest[1], allowed, each),
                ratio=ratio,
                screened=ratio is not None and ratio < FOUR_FIFTHS,
            )
        )
    return found


def state_of(difference: Difference, allowed: float) -> str:
    """Return what an interval says of the allowed gap, whichever side it lies on."""
    if -allowed <= difference.low and difference.high <= allowed:
        return MET
    if difference.low > allowed or difference.high < -allowed:
        return BREACHED
    return UNDETERMINED


def needed(share: float, others: int, allowed: float, confidence: float) -> int | None:
    """Return how many cases of a group prove that it differs by no more than is allowed.

    Where it truly does not differ, with a power of 0.8 (two one-sided tests; S. C. Chow, J. Shao
    and H. Wang, "Sample size calculations in clinical research", 2nd edition, section 4.2).

    >>> needed(0.9, 100_000, 0.05, 0.95)
    379
    """
    z = _NORMAL.inv_cdf(0.5 + confidence / 2) + _NORMAL.inv_cdf((1 + POWER) / 2)
    spread = max(share * (1 - share), 0.01)  # a share of 0 or 1 is never quite so
    left = (allowed / z) ** 2 - spread / others
    return ceil(spread / left) if left > 0 else None
