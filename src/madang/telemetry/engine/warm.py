"""Compile every kernel before the first observation waits for it."""

from __future__ import annotations

import numpy as np

from madang.telemetry.engine import detectors, duplicates, keepable, quality, windows
from madang.telemetry.engine.catalogue import Catalogue, Limits
from madang.telemetry.engine.state import empty_state, latest


def warm_up() -> None:
    """Run every kernel once on one datastream; later starts find them in numba's cache."""
    rule = detectors.Rule("warm", "warm", "hourly_run", {"above": 0.0, "hours": 1})
    limits = Limits((0.0, 1.0), (0.0, 1.0), 1.0, 1.0, 10, 0.1)
    catalogue = Catalogue(
        ids=np.ones(1, np.uint32),
        property=np.zeros(1, np.uint8),
        properties=("warm",),
        resolution=np.ones(1),
        period_s=np.full(1, 60, np.int32),
        freshness_s=np.full(1, 60, np.int32),
        gateway=np.ones(1, np.uint32),
        origin=np.zeros(1, np.uint8),
        limits={"warm": limits},
    )
    rules = detectors.compiled(catalogue, (rule,))
    state = empty_state(1, rules.width)
    row = np.zeros(2, np.int32)
    t = np.array([1, windows.HOUR_MS], np.int64)
    v = np.array([0.5, 0.5])
    keepable.verdicts(row, t, v, catalogue.resolution)
    duplicates.verdicts(state.seen, row, t, v, catalogue.resolution)
    judged = quality.judge(quality.compiled(catalogue), state.past, row, t, v, t)
    columns = (row, t, v, t, judged.q, judged.ordered, judged.revised)
    folded = windows.fold(windows.modes(catalogue), state.live, state.window, columns)
    detectors.watch_points(rules, state.watch, (row, t, v, judged.q, judged.ordered))
    detectors.watch_hours(rules, state.watch, folded.hours)
    state.window["n"] = 1
    windows.close_idle(
        catalogue, windows.modes(catalogue), state.live, state.window, 10 * windows.HOUR_MS
    )
    latest(catalogue, state)
