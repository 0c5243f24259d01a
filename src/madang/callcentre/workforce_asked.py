"""What the form of the staffing page asks."""

from __future__ import annotations

from dataclasses import dataclass

MOST_CALLS = 200_000


@dataclass(frozen=True)
class Asked:
    """What the form says: calls of the day, handling time [s], target, shrinkage [%]."""

    calls: float = 25_000.0
    aht: float = 252.0
    percent: float = 80.0
    within: float = 20.0
    shrinkage: float = 30.0


# smallest and largest value of each field
SPANS = {
    "calls": (1.0, float(MOST_CALLS)),
    "aht": (10.0, 3600.0),
    "percent": (1.0, 99.0),
    "within": (0.0, 600.0),
    "shrinkage": (0.0, 60.0),
}
