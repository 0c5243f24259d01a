"""The published workload: 50,000 datastreams that report every five minutes, four rules on each.

Rounds of one observation per datastream in the order of arrival; gateways of 50 sensors come in
any order within a round. Values are normal around 50 with a deviation of 10, in steps of 0.1: they
cross thresholds more often than air does, so that the detectors have work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.telemetry.engine.catalogue import Catalogue, Limits
from madang.telemetry.engine.detectors import Rule

SENSORS = 50_000
STEP_MS = 300_000
START = 1_699_999_200_000  # 2023-11-14 22:00 UTC, a full hour
LIMITS = Limits((0.0, 1000.0), (0.0, 500.0), 60.0, 1.0, 3600, 0.05)
KINDS = {
    "threshold": {"above": 75.0, "clear": 60.0, "points": 2},
    "hourly_run": {"above": 52.0, "hours": 4},
    "zscore": {"limit": 4.0, "alpha": 0.05},
    "stuck": {"seconds": 1800.0},
}
_PROPERTIES = ("pm25", "pm10", "o3", "no2", "co", "so2")
_GATEWAY = 50  # sensors


@dataclass(frozen=True, eq=False)
class Rows:
    """Observations in order of arrival: ds uint32, t int64 [ms], v float64, each of shape (n,)."""

    ds: NDArray[np.uint32]
    t: NDArray[np.int64]
    v: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ds)


def catalogue() -> Catalogue:
    """Return 50,000 datastreams of six properties with limits for every quality test."""
    return Catalogue(
        ids=np.arange(1, SENSORS + 1, dtype=np.uint32),
        property=(np.arange(SENSORS) % len(_PROPERTIES)).astype(np.uint8),
        properties=_PROPERTIES,
        resolution=np.full(SENSORS, 0.1),
        period_s=np.full(SENSORS, STEP_MS // 1000, np.int32),
        freshness_s=np.full(SENSORS, 900, np.int32),
        gateway=np.ones(SENSORS, np.uint32),
        origin=np.zeros(SENSORS, np.uint8),
        limits=dict.fromkeys(_PROPERTIES, LIMITS),
    )


def rules() -> list[Rule]:
    """Return four rules on every property."""
    return [
        Rule(f"{name}-{kind}", name, kind, parameters)
        for name in _PROPERTIES
        for kind, parameters in KINDS.items()
    ]


def rows(points: int, per_lot: int = 10 * SENSORS) -> Iterator[Rows]:
    """Yield the observations in lots; the same for the same arguments."""
    random = np.random.default_rng(7)
    order = np.arange(SENSORS).reshape(-1, _GATEWAY)
    for begin in range(0, points, per_lot):
        place = np.arange(begin, min(begin + per_lot, points))
        turn = place // SENSORS
        ds = np.empty(len(place), np.uint32)
        for one in np.unique(turn).tolist():
            mixed = np.random.default_rng(one).permutation(order).ravel()
            here = turn == one
            ds[here] = mixed[place[here] % SENSORS] + 1
        t = START + (turn + 1) * STEP_MS
        yield Rows(ds, t, np.round(50 + random.normal(0, 10, len(place)), 1))
