"""Catalogues and random streams for the engine's tests."""

from __future__ import annotations

import time

import numpy as np

from madang.telemetry.engine import detectors
from madang.telemetry.engine.catalogue import Catalogue, Limits

# A full hour two days ago: the lake lets go of old rows by the wall clock.
START = int(time.time()) // 3600 * 3_600_000 - 48 * 3_600_000
LIMITS = Limits((0.0, 1000.0), (0.0, 300.0), 40.0, 0.2, 3600, 0.05)


def catalogue(n=4, period_s=300, properties=("pm25", "pm10"), limits=None, **columns):
    """Return a catalogue of n datastreams, ids from 10; properties take turns."""
    given = {
        "ids": np.arange(10, 10 + n, dtype=np.uint32),
        "property": (np.arange(n) % len(properties)).astype(np.uint8),
        "resolution": np.full(n, 0.1),
        "period_s": np.full(n, period_s, np.int32),
        "freshness_s": np.full(n, 900, np.int32),
        "gateway": np.ones(n, np.uint32),
        "origin": np.zeros(n, np.uint8),
    }
    limits = dict.fromkeys(properties, LIMITS) if limits is None else limits
    return Catalogue(properties=properties, limits=limits, **{**given, **columns})


def arrivals(seed, n_streams=4, n=400, period_s=300):
    """Return row, t, v, received at random: noise, spikes, stuck spells, gaps, disorder."""
    random = np.random.default_rng(seed)
    lots = []
    for row in range(n_streams):
        steps = np.where(random.random(n) < 0.05, random.integers(2, 20, n), 1)
        t = START + np.cumsum(steps) * period_s * 1000 + random.integers(-60_000, 60_000, n)
        t = np.unique(t)
        v = np.round(60 + 50 * np.sin(np.arange(len(t)) / 20) + random.normal(0, 10, len(t)), 1)
        v[random.random(len(t)) < 0.03] += 200
        v[random.random(len(t)) < 0.01] = 2000.0
        v[random.random(len(t)) < 0.05] = np.nan
        for begin in random.integers(0, len(t), 3):
            v[begin : begin + random.integers(5, 40)] = v[begin]
        order = np.argsort(np.arange(len(t)) + np.where(random.random(len(t)) < 0.05, 6, 0))
        lots.append(np.stack([np.full(len(t), row, float), t.astype(float), v])[:, order])
    # interleave the datastreams, each in its own order
    sizes = [lot.shape[1] for lot in lots]
    turn = random.permutation(np.repeat(np.arange(len(lots)), sizes))
    places = [iter(range(lot.shape[1])) for lot in lots]
    joined = np.stack([lots[k][:, next(places[k])] for k in turn], axis=1)
    row, t, v = joined[0].astype(np.int32), joined[1].astype(np.int64), joined[2]
    received = t + random.integers(-8000, 60_000, len(t))
    return row, t, v, received


def rules():
    """Return the four kinds for each property."""
    kinds = {
        "threshold": {"above": 110.0, "clear": 90.0, "points": 2},
        "hourly_run": {"above": 60.0, "hours": 2, "clear": 55.0},
        "zscore": {"limit": 3.0, "alpha": 0.1, "clear": 1.0, "floor": 0.5},
        "stuck": {"seconds": 1800.0},
    }
    return tuple(
        detectors.Rule(f"{name}-{kind}", name, kind, parameters)
        for name in ("pm25", "pm10")
        for kind, parameters in kinds.items()
    )
