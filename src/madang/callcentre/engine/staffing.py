"""The smallest number of operators that keeps a promise, and what a caller then meets.

Erlang C where callers wait for ever, Erlang A where their patience is known. Both are better with
every operator more in all that a target can ask: the smallest number is met on the way of Erlang
B's recursion, which adds one operator in each step, or found by bisection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from madang.callcentre.engine import erlang
from madang.callcentre.engine.erlang import Array
from madang.callcentre.engine.erlang_a import patient_queue

MOST_AGENTS = 100_000
_TOO_MANY = f"no {MOST_AGENTS:,} operators keep the target"
_ROUNDING = 1e-12  # what counts as reached; 80 % is 0.8 and not 0.8 + 1e-16


@dataclass(frozen=True)
class Target:
    """What a caller may expect; None asks for nothing. Shares are 0 to 1.

    service_level, within_s : this share of all calls is answered within so many seconds.
    """

    service_level: float | None = 0.8
    within_s: float = 20.0
    max_asa_s: float | None = None
    max_occupancy: float | None = None
    max_abandonment: float | None = None


@dataclass(frozen=True)
class Demand:
    """Calls of one interval: load [erlang], mean handling time and mean patience [s], or none."""

    load: float
    aht_s: float
    patience_s: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What callers meet with so many operators on the phones.

    In overload without patience (`overload`) the queue grows without end: all the rest is None.
    service_level : share of all calls answered within the target's seconds.
    service_level_of_answered : the same of the answered calls; equal where nobody gives up.
    asa_s : mean time in the queue of all calls [s]. p50_s ... p95_s : its percentiles.
    """

    agents: int
    overload: bool
    service_level: float | None = None
    service_level_of_answered: float | None = None
    asa_s: float | None = None
    occupancy: float | None = None
    p_wait: float | None = None
    abandonment: float | None = None
    p50_s: float | None = None
    p90_s: float | None = None
    p95_s: float | None = None


class Unreachable(ValueError):
    """No number of operators keeps the target."""


def outcome(demand: Demand, agents: int, within_s: float) -> Outcome:
    """Return what callers meet with `agents` operators on the phones.

    Examples
    --------
    >>> found = outcome(Demand(10.0, 180.0), 14, 20.0)
    >>> round(found.service_level, 4), round(found.asa_s, 2), round(found.occupancy, 3)
    (0.8884, 7.84, 0.714)
    >>> outcome(Demand(10.0, 180.0), 10, 20.0).overload
    True
    """
    if demand.patience_s is not None:
        return _with_patience(demand, agents, within_s, demand.patience_s)
    if demand.load == 0:
        return Outcome(agents, False, 1.0, 1.0, 0.0, 0.0, 0.0, None, 0.0, 0.0, 0.0)
    if demand.load >= agents:
        return Outcome(agents, True)
    a, h = demand.load, demand.aht_s
    level = erlang.service_level(a, agents, h, within_s).item()
    waits = erlang.wait_percentile(a, agents, h, np.array([50.0, 90.0, 95.0]))
    return Outcome(
        agents,
        False,
        level,
        level,
        erlang.mean_wait(a, agents, h).item(),
        a / agents,
        erlang.erlang_c(a, agents).item(),
        None,
        *waits.tolist(),
    )


def _with_patience(demand: Demand, agents: int, within_s: float, patience_s: float) -> Outcome:
    if agents == 0:
        gone = 1.0 if demand.load else 0.0
        return Outcome(0, False, 1.0 - gone, None, patience_s * gone, None, gone, gone)
    queue = patient_queue(demand.load, agents, demand.aht_s, patience_s)
    return Outcome(
        agents,
        False,
        queue.service_level(within_s),
        queue.service_level_of_answered(within_s),
        queue.mean_wait_s,
        queue.occupancy,
        queue.p_wait,
        queue.abandonment,
        *(queue.wait_percentile(p) for p in (50.0, 90.0, 95.0)),
    )


def smallest_agents(demand: Demand, target: Target) -> int:
    """Return the smallest number of operators on the phones that keeps the target; 0 without calls.

    Raises
    ------
    Unreachable
        If not even 100,000 do.

    Examples
    --------
    >>> smallest_agents(Demand(10.0, 180.0), Target(0.8, 20.0))
    14
    """
    if demand.load == 0:
        return 0
    if demand.patience_s is None:
        return _smallest_of_erlang_c(demand, target)
    low, step = 0, max(4, math.ceil(demand.load))
    high = step
    while not _keeps(demand, high, target):
        low, step = high, 2 * step
        high = low + step
        if high > MOST_AGENTS:
            raise Unreachable(_TOO_MANY)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _keeps(demand, middle, target) else (middle, high)
    return high


def _smallest_of_erlang_c(demand: Demand, target: Target) -> int:
    a, blocked = demand.load, 1.0
    for n in range(1, MOST_AGENTS + 1):
        blocked = a * blocked / (n + a * blocked)  # Erlang B of n operators
        if n <= a:
            continue
        waits = blocked / (1.0 - a / n * (1.0 - blocked))
        pace = (n - a) / demand.aht_s
        level = 1.0 - waits * math.exp(-pace * target.within_s)
        if _is_kept(target, level, waits / pace, a / n, 0.0):
            return n
    raise Unreachable(_TOO_MANY)


def _keeps(demand: Demand, agents: int, target: Target) -> bool:
    assert demand.patience_s is not None
    queue = patient_queue(demand.load, agents, demand.aht_s, demand.patience_s)
    level = queue.service_level(target.within_s)
    return _is_kept(target, level, queue.mean_wait_s, queue.occupancy, queue.abandonment)


def _is_kept(target: Target, level: float, asa: float, busy: float, gone: float) -> bool:
    return (
        (target.service_level is None or level >= target.service_level - _ROUNDING)
        and (target.max_asa_s is None or asa <= target.max_asa_s + _ROUNDING)
        and (target.max_occupancy is None or busy <= target.max_occupancy + _ROUNDING)
        and (target.max_abandonment is None or gone <= target.max_abandonment + _ROUNDING)
    )


def requirements(
    calls: Array, interval_s: float, aht_s: Array, target: Target, patience_s: float | None = None
) -> np.ndarray:
    """Return the operators that each interval needs on the phones, (t,) array of whole numbers.

    Parameters
    ----------
    calls, aht_s : (t,) arrays; calls of each interval, mean handling time [s]

    Notes
    -----
    Each interval is taken to be in its steady state. Where the load changes by much within one
    handling time it is not; the simulation then says what truly comes.
    """
    load = erlang.offered_load(calls, interval_s, aht_s)
    demands = (Demand(a, h, patience_s) for a, h in zip(load.tolist(), aht_s.tolist(), strict=True))
    return np.array([smallest_agents(demand, target) for demand in demands], dtype=np.int64)


def rostered(agents: np.ndarray | int, shrinkage: float) -> np.ndarray:
    """Return how many must be on duty so that so many are on the phones.

    `shrinkage` is the share of paid time, 0 to below 1, that training, leave, illness and meetings
    take; each number is rounded up.

    >>> rostered(14, 0.3).item()
    20
    """
    if not 0 <= shrinkage < 1:
        raise ValueError(f"shrinkage must be 0 to below 1, not {shrinkage}")
    return np.ceil(np.asarray(agents) / (1.0 - shrinkage) - 1e-9).astype(np.int64)
