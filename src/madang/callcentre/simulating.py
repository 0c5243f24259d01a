"""From a scenario to a simulated run and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from madang.callcentre.engine.simulate import Bot, Calls, Demand, Operators, Rules, simulate
from madang.callcentre.engine.simulate_summary import Summary, of_skill, summary
from madang.callcentre.scenario import Scenario, clock_s
from madang.callcentre.spans import seconds

_DAY_S = 86400.0


@dataclass(frozen=True)
class Run:
    """One seed: all calls, and those of each language in the scenario's order."""

    calls: Calls
    whole: Summary
    by_skill: tuple[Summary, ...]


def ran(scenario: Scenario, seed: int, within_s: float) -> Run:
    """Return one run of a scenario."""
    calls = simulate(
        demand_of(scenario), operators_of(scenario), rules_of(scenario), bot_of(scenario), seed=seed
    )
    each = tuple(summary(of_skill(calls, k), within_s) for k in range(len(scenario.languages)))
    # Who was on duty for one language of several cannot be told; nor which calls the bot closed.
    nobody = float("nan")
    each = tuple(replace(one, occupancy=nobody, closed_by_bot=nobody) for one in each)
    return Run(calls, summary(calls, within_s), each)


def demand_of(scenario: Scenario) -> Demand:
    """Return the calls of a scenario, intervals by languages."""
    interval = seconds(scenario.interval)
    steps = int(np.ceil(scenario.hours * 3600.0 / interval - 1e-9))
    columns = []
    for language in scenario.languages.values():
        given = language.calls if isinstance(language.calls, tuple) else (language.calls,)
        columns.append(np.resize(np.array(given or (0.0,), float), steps))
    each = list(scenario.languages.values())
    return Demand(
        np.stack(columns, axis=1),
        interval,
        np.array([one.aht_s for one in each]),
        np.array([np.inf if one.patience_s is None else one.patience_s for one in each]),
        scenario.variation,
    )


def operators_of(scenario: Scenario) -> Operators:
    """Return the operators of a scenario with their hours on each of its days."""
    names = list(scenario.languages)
    skills: list[list[bool]] = []
    windows: list[tuple[int, float, float]] = []
    end = scenario.hours * 3600.0
    for team in scenario.operators:
        own = [name in team.skills for name in names]
        days = range(-1 if team.daily else 0, int(np.ceil(scenario.hours / 24)))
        for _ in range(team.count):
            for day in days if team.daily else (0,):
                begin = max(day * _DAY_S + clock_s(team.start), 0.0)
                to = day * _DAY_S + clock_s(team.to)
                if begin < to and begin < end:
                    windows.append((len(skills), begin, to))
            skills.append(own)
    if not skills:
        raise ValueError("has no operators")
    return Operators(
        np.array(skills, dtype=np.bool_).reshape(-1, len(names)),
        np.array(windows, float).reshape(-1, 3),
    )


def rules_of(scenario: Scenario) -> Rules:
    """Return the rules of a scenario."""
    given = scenario.rules
    callback, joins = given.callback_wait_s, given.interpreter_after_s
    return Rules(
        np.array([one.priority for one in scenario.languages.values()]),
        given.fewest_skills_first,
        np.inf if callback is None else callback,
        given.takes_callback,
        np.inf if joins is None else joins,
        given.interpreters,
        given.interpreted,
        given.gives_up_again,
        given.fails_again,
        given.again_s,
    )


def bot_of(scenario: Scenario) -> Bot:
    """Return the automaton of a scenario."""
    given = scenario.bot
    return Bot(given.share, given.closes, given.mean_s, given.handed_over, given.opted_out)
