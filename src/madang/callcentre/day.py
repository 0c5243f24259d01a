"""A day of a call centre, simulated: what a co-pilot, a bot and free shifts would change.

Simulated from assumptions, which are returned with it. Each case has the people that it needs for
the target; then its day is run call by call, over several seeds. Each case is also run with one and
the same, smaller, number of people: so many that without help callers wait as long as the city
publishes. That shows what help does for the callers where nobody is sent home.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from madang.callcentre.call_files import CallRows
from madang.callcentre.day_assumptions import Assumptions, Case
from madang.callcentre.engine import simulate_events as events
from madang.callcentre.engine.simulate import Bot, Calls, Demand, Operators, Rules, simulate
from madang.callcentre.engine.simulate_summary import Estimate, estimate, summary
from madang.callcentre.engine.staffing import Target
from madang.callcentre.scheduling import Need, Scheme, Wish, fixed_scheme, free_scheme, needs
from madang.callcentre.spans import seconds, target


@dataclass(frozen=True)
class Met:
    """What callers and operators meet, means over seeds with their intervals.

    wait_s : until answered; first_call : share of first callers whose matter was settled then;
    closed_alone : share of first callers whose call the bot closed
    """

    wait_s: Estimate
    service_level: Estimate
    abandonment: Estimate
    handling_s: Estimate
    occupancy: Estimate
    first_call: Estimate
    closed_alone: Estimate


@dataclass(frozen=True)
class CaseDay:
    """One case: shifts with free and with fixed starts, its day with them, and with fewer people.

    stretched : with the people with whom the first case's callers wait as long as published
    """

    name: str
    calls: float
    free: Scheme
    fixed: Scheme
    met: Met
    stretched: Met


def simulated_day(given: Assumptions, seeds: Sequence[int]) -> list[CaseDay]:
    """Return the day of each case.

    Raises
    ------
    Unstaffable
        If the target cannot be kept with such shifts.
    """
    found: list[CaseDay] = []
    base = next(iter(given.cases.values()))
    fewer = np.zeros(0, int)
    first_calls = given.calls * (1.0 - _again(given, base))
    for name, case in given.cases.items():
        wish = _wish(given)
        need = needs(_rows(given, case, first_calls), wish)
        free = free_scheme(need, wish)
        phones = _phones(need, free, given.shrinkage)
        if not found:
            fewer = _stretched(given, case, first_calls, phones, seeds)
        found.append(
            CaseDay(
                name,
                first_calls,
                free,
                fixed_scheme(need, wish),
                _met(given, case, first_calls, phones, seeds),
                _met(given, case, first_calls, fewer, seeds),
            )
        )
    return found


def _again(given: Assumptions, case: Case) -> float:
    """Return the share of a case's answered calls that are repeated the same day."""
    return (1.0 - case.settled) * given.unsettled_again


def _profile(given: Assumptions) -> np.ndarray:
    """Return the share of the day's calls in each interval."""
    per_hour = 3600.0 / seconds(given.interval)
    hours = np.array(given.hours) / sum(given.hours)
    if per_hour >= 1:
        return np.asarray(np.repeat(hours, round(per_hour)) / round(per_hour))
    return np.asarray(hours.reshape(-1, round(1 / per_hour)).sum(axis=1))


def _rows(given: Assumptions, case: Case, first_calls: float) -> CallRows:
    """Return the calls that reach operators, with repeated ones, as a file would give them."""
    interval = timedelta(seconds=seconds(given.interval))
    offered = case.offered * (1.0 - case.opted_out)
    wrongly = case.closed * (1.0 - case.right)
    to_people = first_calls * (1.0 - case.closed + wrongly) / (1.0 - _again(given, case))
    handed = (offered - case.closed) / max(1.0 - case.closed, 1e-9)
    aht = given.aht_s * case.handling * (1.0 + handed * (case.handed_over - 1.0))
    shares = _profile(given)
    midnight = datetime(1970, 1, 5)  # noqa: DTZ001 - wall clock of a day without a date
    return CallRows(
        "assumptions",
        tuple(midnight + n * interval for n in range(len(shares))),
        tuple(range(len(shares))),
        False,
        interval,
        {"calls": shares * to_people, "aht_s": np.full(len(shares), aht)},
    )


def _wish(given: Assumptions) -> Wish:
    share, within = target(given.target)
    return Wish(
        Target(share, within),
        shrinkage=given.shrinkage,
        shift_s=given.shift_s,
        work_days=given.work_days,
    )


def _phones(need: Need, scheme: Scheme, shrinkage: float) -> np.ndarray:
    """Return how many of those at work are on the phones in each interval."""
    there = scheme.plan.working[: len(need.duty)] * (1.0 - shrinkage)
    return np.asarray(np.floor(there + 1e-9).astype(int))


def _stretched(
    given: Assumptions, case: Case, first_calls: float, phones: np.ndarray, seeds: Sequence[int]
) -> np.ndarray:
    """Return so many fewer on the phones that callers wait as long as published; else the same."""
    wanted = given.published.wait_s
    if wanted is None:
        return phones
    low, high = 0.3, 1.0  # shares of the people, found by bisection: fewer people, longer waits
    for _ in range(10):
        middle = (low + high) / 2.0
        fewer = np.maximum(np.round(phones * middle).astype(int), 1)
        waits = _met(given, case, first_calls, fewer, seeds).wait_s.value > wanted
        low, high = (middle, high) if waits else (low, middle)
    return np.asarray(np.maximum(np.round(phones * high).astype(int), 1))


def windows(phones: np.ndarray, interval_s: float) -> np.ndarray:
    """Return when each place at a phone is taken, (w, 3): place, from, to [s].

    >>> windows(np.array([1, 2, 1]), 10.0).tolist()
    [[0.0, 0.0, 30.0], [1.0, 10.0, 20.0]]
    """
    found = []
    for place in range(int(phones.max())):
        taken = np.concatenate([[0], (phones > place).astype(int), [0]])
        edges = np.flatnonzero(np.diff(taken))
        for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            found.append((place, begin * interval_s, end * interval_s))
    return np.array(found, float).reshape(-1, 3)


def _met(
    given: Assumptions, case: Case, first_calls: float, phones: np.ndarray, seeds: Sequence[int]
) -> Met:
    interval_s = seconds(given.interval)
    _, within = target(given.target)
    operators = Operators(np.ones((int(phones.max()), 1), np.bool_), windows(phones, interval_s))
    wrongly = case.closed * (1.0 - case.right)
    demand = Demand(
        (_profile(given) * first_calls * (1.0 + wrongly))[:, None],
        interval_s,
        np.array([given.aht_s * case.handling]),
        np.array([given.patience_s]),
        given.variation,
    )
    rules = Rules(
        gives_up_again=given.gives_up_again,
        fails_again=_again(given, case),
        again_s=given.again_s,
    )
    bot = Bot(case.offered, case.closes, case.bot_s, case.handed_over, case.opted_out)
    runs = [simulate(demand, operators, rules, bot, seed=seed) for seed in seeds]
    sums = [summary(run, within) for run in runs]
    return Met(
        estimate([one.asa_s for one in sums]),
        estimate([one.service_level for one in sums]),
        estimate([one.abandonment for one in sums]),
        estimate([one.handling_s for one in sums]),
        estimate([one.occupancy for one in sums]),
        estimate([_settled(run, case) for run in runs]),
        estimate([run.closed_by_bot / (run.first.sum() + run.closed_by_bot) for run in runs]),
    )


def _settled(calls: Calls, case: Case) -> float:
    """Return the share of first callers whose matter was settled by that call."""
    answered = calls.first & (calls.state == events.ANSWERED)
    settled = answered.sum() * case.settled + calls.closed_by_bot * case.right
    return float(settled / max(calls.first.sum() + calls.closed_by_bot, 1))
