"""Points per second and core of the telemetry engine, in one thread, by CPU time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

import numpy as np

from madang.telemetry.engine import detectors, duplicates, quality, windows
from madang.telemetry.engine.state import empty_state, latest
from madang.telemetry.engine.warm import warm_up
from madang.telemetry.proof import workload

_CLAIMED_POINTS = 5_000_000


@dataclass(frozen=True)
class Figures:
    """Points per CPU-second of each pass, and the copy of 50,000 newest observations [ms]."""

    points: int
    duplicates: float
    quality: float
    hours: float
    detectors: float
    all_passes: float
    latest_ms: float


def measured(points: int) -> Figures:
    """Carry `points` observations through every pass of the engine."""
    warm_up()
    known = workload.catalogue()
    table = detectors.compiled(known, workload.rules())
    mode, judge = windows.modes(known), quality.compiled(known)
    state = empty_state(len(known), table.width)
    tolerance = known.resolution / 2
    spent = np.zeros(4)
    for lot in workload.rows(points):
        row, received = known.rows(lot.ds), lot.t + 500
        clock = [time.process_time()]
        duplicates.verdicts(state.seen, row, lot.t, lot.v, tolerance)
        clock.append(time.process_time())
        q = quality.judge(judge, state.past, row, lot.t, lot.v, received)
        clock.append(time.process_time())
        columns = (row, lot.t, lot.v, received, q.q, q.ordered, q.revised)
        hours = windows.fold(mode, state.live, state.window, columns).hours
        clock.append(time.process_time())
        detectors.watch_points(table, state.watch, (row, lot.t, lot.v, q.q, q.ordered))
        detectors.watch_hours(table, state.watch, hours)
        clock.append(time.process_time())
        spent += np.diff(clock)
    copies = []
    for _ in range(20):
        begun = time.perf_counter()
        latest(known, state)
        copies.append(time.perf_counter() - begun)
    repeats, judging, folding, watching = (points / spent).tolist()
    return Figures(
        points=points,
        duplicates=repeats,
        quality=judging,
        hours=folding,
        detectors=watching,
        all_passes=points / float(spent.sum()),
        latest_ms=min(copies) * 1000,
    )


@cache
def _here() -> Figures:
    return measured(_CLAIMED_POINTS)


def quality_points() -> float:
    """Return points per CPU-second of the fused quality pass."""
    return _here().quality


def detector_points() -> float:
    """Return points per CPU-second of four rules."""
    return _here().detectors
