"""Points per second and core of the telemetry engine: fused quality pass, hours, four detectors.

    python bench/detectors.py [--json]

One process, one thread, CPU time. Each size is run on 50,000 datastreams at 1, 10 and 100 rounds;
numpy (thresholds and hourly sums only) and the plain-Python oracle do the same observations in the
same run, so that the figures can be compared on any machine.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.telemetry.oracle import HourBook, Stream, Watcher

from madang.telemetry.engine import detectors, duplicates, quality, windows
from madang.telemetry.engine.catalogue import Catalogue, Limits
from madang.telemetry.engine.state import empty_state, latest
from madang.telemetry.engine.warm import warm_up

N = 50_000
LIMITS = Limits((0.0, 1000.0), (0.0, 500.0), 60.0, 1.0, 3600, 0.05)
START = 1_700_000_000_000 // windows.HOUR_MS * windows.HOUR_MS
KINDS = {
    "threshold": {"above": 75.0, "clear": 60.0, "points": 2},
    "hourly_run": {"above": 52.0, "hours": 4},
    "zscore": {"limit": 4.0, "alpha": 0.05},
    "stuck": {"seconds": 1800.0},
}


def catalogue() -> Catalogue:
    properties = ("pm25", "pm10", "o3", "no2", "co", "so2")
    return Catalogue(
        ids=np.arange(1, N + 1, dtype=np.uint32),
        property=(np.arange(N) % 6).astype(np.uint8),
        properties=properties,
        resolution=np.full(N, 0.1),
        period_s=np.full(N, 300, np.int32),
        freshness_s=np.full(N, 900, np.int32),
        gateway=np.ones(N, np.uint32),
        origin=np.zeros(N, np.uint8),
        limits=dict.fromkeys(properties, LIMITS),
    )


def rules(known: Catalogue) -> detectors.Compiled:
    every = [
        detectors.Rule(f"{name}-{kind}", name, kind, parameters)
        for name in known.properties
        for kind, parameters in KINDS.items()
    ]
    return detectors.compiled(known, every)


def observations(rounds: int) -> list[tuple[np.ndarray, ...]]:
    """Return micro-batches of at most 10 rounds; gateways of 50 sensors come in any order."""
    random = np.random.default_rng(7)
    batches = []
    for begin in range(0, rounds, 10):
        count = min(10, rounds - begin)
        order = [random.permutation(N // 50)[:, None] * 50 + np.arange(50) for _ in range(count)]
        row = np.concatenate([one.ravel() for one in order]).astype(np.int32)
        t = START + np.repeat(np.arange(begin, begin + count) + 1, N) * 300_000
        v = np.round(50 + random.normal(0, 10, len(row)), 1)
        batches.append((row, t, v, t + 500))
    return batches


def kernels(batches: list[tuple[np.ndarray, ...]]) -> dict[str, float]:
    """Return CPU seconds of each pass."""
    known = catalogue()
    table, mode, judge = rules(known), windows.modes(known), quality.compiled(known)
    state = empty_state(N, table.width)
    spent = dict.fromkeys(("duplicates", "quality", "hours", "detectors"), 0.0)
    for row, t, v, received in batches:
        clock = [time.process_time()]
        duplicates.verdicts(state.seen, row, t, v, known.resolution / 2)
        clock.append(time.process_time())
        q = quality.judge(judge, state.past, row, t, v, received)
        clock.append(time.process_time())
        columns = (row, t, v, received, q.q, q.ordered, q.revised)
        hours = windows.fold(mode, state.live, state.window, columns).hours
        clock.append(time.process_time())
        detectors.watch_points(table, state.watch, (row, t, v, q.q, q.ordered))
        detectors.watch_hours(table, state.watch, hours)
        clock.append(time.process_time())
        for name, seconds in zip(spent, np.diff(clock), strict=True):
            spent[name] += seconds
    best = min(timed(lambda: latest(known, state)) for _ in range(20))
    return {**spent, "latest_of_50000_ms": best * 1000}


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def numpy_baseline(batches: list[tuple[np.ndarray, ...]]) -> float:
    """Return CPU seconds of range flags, a threshold and hourly sums in numpy."""
    begin = time.process_time()
    for row, t, v, _ in batches:
        _flags = (v < 0) | (v > 500)
        _over = v > 75.0
        key = row.astype(np.int64) * 8192 + (t - START) // windows.HOUR_MS % 8192
        _hours, place = np.unique(key, return_inverse=True)
        np.bincount(place, v)
    return time.process_time() - begin


def python_baseline(batches: list[tuple[np.ndarray, ...]], limit: int) -> float:
    """Return CPU seconds per point of the oracle, over the first `limit` points."""
    row, t, v, received = (column[:limit].tolist() for column in batches[0])
    streams: dict[int, tuple[Stream, HourBook, list[Watcher]]] = {}
    begin = time.process_time()
    for r, moment, x, got in zip(row, t, v, received, strict=True):
        if r not in streams:
            watchers = [Watcher(kind, p) for kind, p in KINDS.items()]
            streams[r] = Stream(LIMITS, 300), HourBook(), watchers
        stream, book, watchers = streams[r]
        q, _ = stream.judge(moment, x, got)
        closed = book.add(moment, x, q)
        for watcher in watchers:
            watcher.point(moment, x)
            for hour in closed:
                watcher.hour(hour[0], hour[2] / hour[1])
    return (time.process_time() - begin) / len(row)


def main() -> None:
    warm_up()
    results = []
    for rounds in (1, 10, 100):
        batches = observations(rounds)
        points = N * rounds
        spent = kernels(batches)
        rate = {name: points / spent[name] / 1e6 for name in list(spent)[:4]}
        whole = points / sum(list(spent.values())[:4]) / 1e6
        results.append(
            {
                "points": points,
                **{f"{name}_mpts_s": round(value, 1) for name, value in rate.items()},
                "all_passes_mpts_s": round(whole, 1),
                "latest_of_50000_ms": round(spent["latest_of_50000_ms"], 2),
                "numpy_part_mpts_s": round(points / numpy_baseline(batches) / 1e6, 1),
                "python_oracle_mpts_s": round(1e-6 / python_baseline(batches, 20_000), 3),
            }
        )
    if "--json" in sys.argv:
        print(json.dumps(results))
        return
    for result in results:
        print("  ".join(f"{name} {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
