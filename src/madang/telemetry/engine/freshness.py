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


def stale(catalogue: Catalogue, live: NDArray[Any], now_ms: int, since_ms: int = 0) -> Silence:
    """Return the datastreams whose newest observation was received too long ago.

    The age runs from the server's time of receipt, so that a wrong device clock does not hide a
    silence. Off for replayed sources, for `freshness_s` 0, and before the first observation (there
    is nothing yet to be stale). While nobody listened nobody could be heard: who was not silent
    before gets its whole time from `since_ms` on.

    Parameters
    ----------
    live : (n,) windows.LIVE; its column `stale` says who was silent at the last look.
    now_ms : server time [ms since 1970-01-01 UTC].
    since_ms : from when on we have listened without a break [ms]; 0 for always.
    """
    age_ms = now_ms - live["received"]
    watched = (catalogue.freshness_s > 0) & (catalogue.origin != REPLAYED) & (live["count"] > 0)
    limit_ms = catalogue.freshness_s.astype(np.int64) * 1000
    heard_for_ms = np.where(live["stale"] > 0, age_ms, np.minimum(age_ms, now_ms - since_ms))
    rows = np.flatnonzero(watched & (heard_for_ms > limit_ms))
    return Silence(
        rows.astype(np.int32), age_ms[rows] / 1000.0, catalogue.freshness_s[rows].astype(float)
    )
