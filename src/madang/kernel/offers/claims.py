"""What a room claims of itself, to be measured."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class Anchor:
    """A published figure to compare a claim with."""

    who: str
    value: float
    source: str


@dataclass(frozen=True)
class Claim:
    """What a room claims and `madang prove` measures; the target returns a float in `unit`.

    `takes_s` is how long measuring takes at most on two cores that are not otherwise at work.
    """

    id: str
    what: str
    unit: str
    goal: float
    better: str  # "higher" or "lower"
    target: Target
    anchors: tuple[Anchor, ...] = ()
    takes_s: float = 30.0
