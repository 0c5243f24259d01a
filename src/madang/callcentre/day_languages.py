"""Operators for many languages: each on its own, all in one pool, or overlapping skills.

Pools that are apart or whole are sized by Erlang C. Overlap, with interpreters who join where
nobody is free, has no formula: it is simulated, one operator more after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from madang.callcentre.day_assumptions import Assumptions, Languages
from madang.callcentre.engine.simulate import Calls, Operators, Rules, simulate
from madang.callcentre.engine.simulate import Demand as Coming
from madang.callcentre.engine.simulate_summary import of_skill, summary
from madang.callcentre.engine.staffing import Demand, Target, smallest_agents
from madang.callcentre.spans import target

_HOURS = 40.0


@dataclass(frozen=True)
class LanguagePools:
    """Operators for all other languages in the busiest hour.

    load : [erlang]; separate, pooled : by Erlang C; overlapping : simulated, of several languages
    each, besides so many interpreters; level, worst_level : share answered in time there, of all
    calls in other languages and of the language that is served worst
    """

    languages: int
    load: float
    separate: int
    pooled: int
    overlapping: int
    interpreters: int
    level: float
    worst_level: float


def language_pools(given: Assumptions, seeds: Sequence[int]) -> LanguagePools:
    """Return how many operators the other languages need, apart, in one pool and overlapping."""
    spoken = given.languages
    assert spoken is not None
    share, within = target(given.target)
    wanted = Target(share, within)
    hourly = given.calls * max(given.hours) / sum(given.hours)
    calls = hourly * spoken.share * _zipf(spoken)
    loads = calls * spoken.aht_s / 3600.0
    separate = [smallest_agents(Demand(a, spoken.aht_s), wanted) for a in loads.tolist()]
    pooled = smallest_agents(Demand(float(loads.sum()), spoken.aht_s), wanted)
    home = hourly * (1.0 - spoken.share)
    at_home = smallest_agents(Demand(home * given.aht_s / 3600.0, given.aht_s), wanted)
    for count in range(max(pooled - spoken.interpreters, 1), sum(separate) + 1):
        runs = [_run(given, home, calls, (at_home, count), seed) for seed in seeds]
        level, worst = _levels(runs, spoken.count, within)
        if level >= share:
            break
    return LanguagePools(
        languages=spoken.count,
        load=float(loads.sum()),
        separate=sum(separate),
        pooled=pooled,
        overlapping=count,
        interpreters=spoken.interpreters,
        level=level,
        worst_level=worst,
    )


def _zipf(spoken: Languages) -> np.ndarray:
    weights = 1.0 / np.arange(1, spoken.count + 1) ** spoken.zipf
    return np.asarray(weights / weights.sum())


def overlapping_skills(weights: np.ndarray, operators: int, speaks: int) -> np.ndarray:
    """Return who speaks what, (n, k) of bool: languages in turn, in proportion to their weight.

    Each place for a language goes to the language that is furthest behind its share; nobody gets
    one twice.
    """
    k = len(weights)
    speaks = min(speaks, k)
    skills = np.zeros((operators, k), np.bool_)
    given = np.zeros(k)
    for operator in range(operators):
        for _ in range(speaks):
            behind = np.where(skills[operator], np.inf, (given + 1.0) / weights)
            best = int(behind.argmin())
            skills[operator, best] = True
            given[best] += 1
    return skills


def _run(
    given: Assumptions, home: float, calls: np.ndarray, people: tuple[int, int], seed: int
) -> Calls:
    """Return a run with so many operators of the home language and of the others."""
    assert given.languages is not None
    spoken, (at_home, count) = given.languages, people
    k = spoken.count + 1
    foreign = overlapping_skills(calls / calls.sum(), count, spoken.speaks)
    skills = np.zeros((at_home + count, k), np.bool_)
    skills[:at_home, 0] = True
    skills[at_home:, 1:] = foreign
    hourly = np.concatenate([[home], calls])
    demand = Coming(
        np.tile(hourly, (int(_HOURS), 1)),
        3600.0,
        np.array([given.aht_s] + [spoken.aht_s] * spoken.count),
        np.full(k, given.patience_s),
        given.variation,
    )
    ends = _HOURS * 3600.0
    windows = np.array([(n, 0.0, ends) for n in range(len(skills))])
    rules = Rules(
        escalate_s=spoken.interpreter_after_s,
        interpreters=spoken.interpreters,
        interpreted=spoken.interpreted,
    )
    return simulate(demand, Operators(skills, windows), rules, seed=seed)


def _levels(runs: Sequence[Calls], count: int, within: float) -> tuple[float, float]:
    """Return the service level of all other languages, and of the one served worst."""
    good, came = np.zeros(count), np.zeros(count)
    for run in runs:
        for k in range(count):
            one = summary(of_skill(run, k + 1), within)
            good[k] += one.service_level * one.calls
            came[k] += one.calls
    known = came > 0
    return float(good.sum() / came.sum()), float((good[known] / came[known]).min())
