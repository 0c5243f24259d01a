"""What a simulated day comes to, with the interval over its seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from madang.callcentre.engine import simulate_events as events
from madang.callcentre.engine.simulate import Array, Calls


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds with its interval by Student's t; the interval of one seed is infinite."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """One seed. Shares are of the calls that came to the queue, those called back apart.

    service_level : answered within the target. asa_s : mean wait of the answered [s].
    wait_s : mean time in the queue, also of those who gave up. handling_s : of the answered.
    unanswered : share that nobody took before the end. closed_by_bot : of all calls that came.
    first_call : share of first calls that were answered, or closed by the bot, and not repeated.
    """

    calls: int
    service_level: float
    asa_s: float
    wait_s: float
    p90_s: float
    abandonment: float
    unanswered: float
    handling_s: float
    occupancy: float
    callbacks: int
    callback_wait_s: float
    interpreted: int
    closed_by_bot: float
    repeated: float
    first_call: float


def summary(calls: Calls, within_s: float, since_s: float = 0.0) -> Summary:
    """Return what one seed came to, of the calls from `since_s` on (before: warming up)."""
    counted = calls.came_at >= since_s
    state, wait = calls.state[counted], calls.wait_s[counted]
    answered, gone = state == events.ANSWERED, state == events.GAVE_UP
    called_back = state == events.CALLED_BACK
    queued = answered | gone | (state == events.WAITING)
    count = max(int(queued.sum()), 1)
    taken = answered | called_back
    done = int(counted.sum()) + calls.closed_by_bot
    waits = wait[answered | gone]
    return Summary(
        calls=int(queued.sum()),
        service_level=float((answered & (wait <= within_s)).sum() / count),
        asa_s=_mean(wait[answered]),
        wait_s=_mean(waits),
        p90_s=float(np.quantile(waits, 0.9)) if len(waits) else 0.0,
        abandonment=float(gone.sum() / count),
        unanswered=float((state == events.WAITING).sum() / count),
        handling_s=_mean(calls.busy_s[counted][taken]),
        occupancy=_occupancy(calls, since_s),
        callbacks=int((called_back | (state == events.CALLBACK)).sum()),
        callback_wait_s=_mean(wait[called_back]),
        interpreted=int(calls.interpreted[counted].sum()),
        closed_by_bot=calls.closed_by_bot / max(done, 1),
        repeated=float((~calls.first[counted]).mean()) if counted.any() else 0.0,
        first_call=_first_call(calls, counted),
    )


def of_skill(calls: Calls, skill: int) -> Calls:
    """Return the calls of one skill; who repeats whom is kept, what the bot closed is not."""
    kept = calls.skill == skill
    place = np.cumsum(kept) - 1  # a repeated call has the skill of the call that it repeats
    parent = np.where(calls.parent >= 0, place[np.maximum(calls.parent, 0)], -1)
    columns = ("came_at", "skill", "state", "wait_s", "busy_s", "by", "interpreted")
    own = {name: getattr(calls, name)[kept] for name in columns}
    return replace(calls, **own, parent=parent[kept], closed_by_bot=0)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _occupancy(calls: Calls, since_s: float) -> float:
    if since_s > 0:
        return float("nan")  # who was on duty since then is not kept
    return float(calls.busy_s.sum() / calls.on_duty_s) if calls.on_duty_s else 0.0


def _first_call(calls: Calls, counted: np.ndarray) -> float:
    repeated = np.zeros(len(calls.state), np.bool_)
    repeated[calls.parent[calls.parent >= 0]] = True
    taken = (calls.state == events.ANSWERED) | (calls.state == events.CALLED_BACK)
    first = calls.first & counted
    settled = int((first & taken & ~repeated).sum()) + calls.closed_by_bot
    return settled / max(int(first.sum()) + calls.closed_by_bot, 1)


def by_interval(
    calls: Calls, interval_s: float, count: int, within_s: float
) -> tuple[np.ndarray, Array, Array]:
    """Return calls, service level and mean wait [s] of the calls that came in each interval."""
    step = np.minimum((calls.came_at / interval_s).astype(np.int64), count - 1)
    answered, gone = calls.state == events.ANSWERED, calls.state == events.GAVE_UP
    queued = answered | gone | (calls.state == events.WAITING)
    came = np.bincount(step[queued], minlength=count)
    good = np.bincount(step[answered & (calls.wait_s <= within_s)], minlength=count)
    over = answered | gone
    waited = np.bincount(step[over], calls.wait_s[over], minlength=count)
    ended = np.bincount(step[over], minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        return came, good / came, waited / ended


def over_seeds(run: Callable[[int], Calls], seeds: Sequence[int], within_s: float) -> list[Summary]:
    """Return the summary of each seed."""
    return [summary(run(seed), within_s) for seed in seeds]


def estimate(values: Sequence[float], coverage: float = 0.95) -> Estimate:
    """Return the mean of the seeds' values with its interval.

    >>> estimate([1.0, 2.0, 3.0]).value
    2.0
    """
    found = np.asarray(values, float)
    mean = float(found.mean())
    if len(found) < 2:
        return Estimate(mean, float("-inf"), float("inf"))
    half = stats.t.ppf(0.5 + coverage / 2, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found))
    return Estimate(mean, mean - float(half), mean + float(half))
