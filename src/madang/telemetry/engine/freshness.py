"""Which datastreams have fallen silent, by the wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.telemetry.engine.catalogue import REPLAYED, Catalogue


@dataclass(frozen=True, eq=False)
class Silence:
    """Datastreams and their silence: row (n,) int32, age_s and limit_s (n,) float64 [s]."""

    row: NDArray[np.int32]
    age_s: NDArray[np.float64]
    limit_s: NDArray[np.float64]


def stale(catalogue: Catalogue, live: NDArray[Any], now_ms: int) -> Silence:
    """Return the datastreams whose newest observation was received too long ago.

    The age runs from the server's time of receipt, so that a wrong device clock does not hide a
    silence. Off for replayed sources, for `freshness_s` 0, and before the first observation (there
    is nothing yet to be stale).

    Parameters
    ----------
    live : (n,) windows.LIVE. now_ms : server time [ms since 1970-01-01 UTC].
    """
    age_ms = now_ms - live["received"]
    watched = (catalogue.freshness_s > 0) & (catalogue.origin != REPLAYED) & (live["count"] > 0)
    rows = np.flatnonzero(watched & (age_ms > catalogue.freshness_s.astype(np.int64) * 1000))
    return Silence(
        rows.astype(np.int32), age_ms[rows] / 1000.0, catalogue.freshness_s[rows].astype(float)
    )
