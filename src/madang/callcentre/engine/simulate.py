"""A call centre simulated call by call: skills, patience, callbacks, shifts, a bot in front.

Erlang's formulae hold for one kind of call, one kind of operator and a steady load. This holds for
the rest: operators with several languages, interpreters who join, breaks, queues that outlive their
interval, callers who call again. Its results vary with the seed; give several and read the
interval.

References
----------
.. [1] L. Brown et al., "Statistical analysis of a telephone call center: a queueing-science
   perspective", J. American Statistical Association 100 (2005) 36-50: Poisson arrivals within the
   hour, lognormal handling times.
.. [2] G. Koole, A. Mandelbaum, "Queueing models of call centers: an introduction", Annals of
   Operations Research 113 (2002) 41-59: skills.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.callcentre.engine import simulate_events as events

Array = NDArray[np.float64]
MOST_SKILLS = 60  # bits of a mask


@dataclass(frozen=True)
class Demand:
    """The calls that come, by skill; the home language is skill 0.

    calls : (t, k) array, mean calls of each interval
    aht_s : (k,) mean handling time [s], with the work after the call
    patience_s : (k,) mean patience [s]; infinite: nobody gives up
    variation : standard deviation of the handling time by its mean: 1 is as in Erlang's formulae
        (exponential); any other is lognormal [1]_
    """

    calls: Array
    interval_s: float
    aht_s: Array
    patience_s: Array
    variation: float = 1.0


@dataclass(frozen=True)
class Operators:
    """Who answers.

    skills : (n, k) array of bool
    windows : (w, 3) array of operator, from and to [s]: when they are on the phones; those of one
        operator that touch or overlap are one
    """

    skills: NDArray[np.bool_]
    windows: Array

    def __post_init__(self) -> None:
        if self.skills.shape[1] > MOST_SKILLS:
            raise ValueError(f"at most {MOST_SKILLS} skills, not {self.skills.shape[1]}")


@dataclass(frozen=True)
class Bot:
    """An automaton in front: what share it is offered, and of those, what share it closes alone.

    mean_s : time a caller spends with it [s]; who is handed over then waits for an operator
    handed_over : factor on the operator's handling time of such a call
    opted_out : share who ask for a person at once
    """

    share: float = 0.0
    closes: float = 0.0
    mean_s: float = 60.0
    handed_over: float = 1.0
    opted_out: float = 0.0


@dataclass(frozen=True)
class Rules:
    """How calls find operators.

    priority : (k,) array or None; a free operator takes the highest, then the longest waiting
    fewest_skills_first : of free operators the one with the fewest skills, so that the others stay
        free for what only they can do; else only the one who has been idle longest
    callback_wait_s, takes_callback : from what expected wait [s] a callback is offered, and what
        share takes it
    escalate_s, interpreters, interpreted : after what wait [s] an operator of the home language may
        take the call with one of so many interpreters, and the factor on the handling time
    gives_up_again, fails_again, again_s : share who call again after giving up, share of the
        answered whose matter is not settled and who call again, and after how long on average [s]
    """

    priority: NDArray[np.int64] | None = None
    fewest_skills_first: bool = True
    callback_wait_s: float = np.inf
    takes_callback: float = 0.0
    escalate_s: float = np.inf
    interpreters: int = 0
    interpreted: float = 1.0
    gives_up_again: float = 0.0
    fails_again: float = 0.0
    again_s: float = 3600.0


@dataclass(frozen=True)
class Calls:
    """What came of each call that reached the queue of operators; (c,) arrays, times in [s].

    came_at : when it reached the queue; wait_s : until answered or given up, NaN where neither
    busy_s : how long it kept an operator; by : the operator, -1 none; state : see `simulate_events`
    first : whether it is not a repeated call; parent : the call that it repeats, -1 none
    closed_by_bot : number of calls that never reached the queue
    """

    came_at: Array
    skill: NDArray[np.int64]
    state: NDArray[np.int8]
    wait_s: Array
    busy_s: Array
    by: NDArray[np.int64]
    interpreted: NDArray[np.bool_]
    parent: NDArray[np.int64]
    closed_by_bot: int
    on_duty_s: float

    @property
    def first(self) -> NDArray[np.bool_]:
        """Whether each call is not a repeated one."""
        return self.parent < 0


def simulate(
    demand: Demand,
    operators: Operators,
    rules: Rules | None = None,
    bot: Bot | None = None,
    *,
    seed: int,
) -> Calls:
    """Return what came of every call, of one seed.

    Operators who are on a call when their window ends finish it. The run ends when the last event
    is over; calls that nobody could take any more stay in the state `WAITING`.
    """
    rules, bot = rules or Rules(), bot or Bot()
    rng = np.random.default_rng(seed)
    came, skill = _arrivals(demand, rng)
    came, skill, after_bot, closed = _through_bot(came, skill, bot, rng)
    count = len(came)
    cap = count + (_repeats(rules, count) if rules.gives_up_again or rules.fails_again else 0)
    talk = _shares(rng, cap, demand.variation)
    talk[:count] *= np.where(after_bot, bot.handed_over, 1.0)
    on, windows = operators.skills, _joined(np.asarray(operators.windows, float).reshape(-1, 3))
    priority = rules.priority
    came_at, skills = _padded(came, cap, np.inf), _padded(skill, cap, 0)
    state, answered_at, busy_s, by, interpreted, parent, left_at, total = events.run(
        came_at, skills, talk, np.maximum(rng.exponential(size=cap), 1e-12),
        rng.random(cap) < rules.takes_callback,
        _again(rng, cap, rules.gives_up_again, rules.again_s),
        _again(rng, cap, rules.fails_again, rules.again_s),
        count,
        (on.astype(np.int64) << np.arange(on.shape[1])).sum(axis=1),
        on.sum(axis=1).astype(np.int64),
        windows,
        np.zeros(on.shape[1], np.int64) if priority is None else np.asarray(priority, np.int64),
        rules.callback_wait_s, rules.escalate_s, rules.interpreters, rules.interpreted,
        rules.fewest_skills_first, np.asarray(demand.aht_s, float),
        np.asarray(demand.patience_s, float),
    )  # fmt: skip
    gave_up = state == events.GAVE_UP
    wait = np.where(gave_up, left_at, answered_at) - came_at
    on_duty_s = float((windows[:, 2] - windows[:, 1]).sum())
    return Calls(
        came_at[:total], skills[:total], state[:total], wait[:total], busy_s[:total], by[:total],
        interpreted[:total], parent[:total], closed, on_duty_s,
    )  # fmt: skip


def _joined(windows: Array) -> Array:
    """Return the windows with those of one operator that touch or overlap made one."""
    order = np.lexsort((windows[:, 1], windows[:, 0]))
    found: list[list[float]] = []
    for who, begin, end in windows[order].tolist():
        if found and found[-1][0] == who and begin <= found[-1][2]:
            found[-1][2] = max(found[-1][2], end)
        else:
            found.append([who, begin, end])
    return np.array(found, float).reshape(-1, 3)


def _arrivals(demand: Demand, rng: np.random.Generator) -> tuple[Array, NDArray[np.int64]]:
    """Return times [s] and skills of the calls, in order: Poisson in each interval [1]_."""
    counts = rng.poisson(demand.calls)
    steps, skills = counts.shape
    interval = np.repeat(np.repeat(np.arange(steps), skills), counts.ravel())
    skill = np.repeat(np.tile(np.arange(skills), steps), counts.ravel())
    at = (interval + rng.random(len(interval))) * demand.interval_s
    order = np.argsort(at, kind="stable")
    return at[order], skill[order]


def _through_bot(
    at: Array, skill: NDArray[np.int64], bot: Bot, rng: np.random.Generator
) -> tuple[Array, NDArray[np.int64], NDArray[np.bool_], int]:
    """Return the calls that reach operators, whether the bot had them, and how many it closed."""
    if bot.share == 0.0:
        return at, skill, np.zeros(len(at), np.bool_), 0
    offered = (rng.random(len(at)) < bot.share) & (rng.random(len(at)) >= bot.opted_out)
    closed = offered & (rng.random(len(at)) < bot.closes)
    spent = np.where(offered, rng.exponential(bot.mean_s, len(at)), 0.0)
    at, skill, handed = (at + spent)[~closed], skill[~closed], offered[~closed]
    order = np.argsort(at, kind="stable")
    return at[order], skill[order], handed[order], int(closed.sum())


def _repeats(rules: Rules, count: int) -> int:
    """Return room enough for the calls of those who call again."""
    again = max(rules.gives_up_again, rules.fails_again)
    if not 0 <= again <= 0.9:
        raise ValueError(f"the share who call again must be 0 to 0.9, not {again}")
    return int(count * again / (1.0 - again) * 1.2) + 1000


def _padded(values: np.ndarray, length: int, filler: float) -> np.ndarray:
    found = np.full(length, filler, dtype=values.dtype)
    found[: len(values)] = values
    return found


def _shares(rng: np.random.Generator, count: int, variation: float) -> Array:
    """Return handling times as shares of their mean."""
    if variation == 1.0:
        return rng.exponential(size=count)
    if variation == 0.0:
        return np.ones(count)
    sigma = np.sqrt(np.log1p(variation**2))
    return rng.lognormal(-0.5 * sigma**2, sigma, count)


def _again(rng: np.random.Generator, count: int, share: float, mean_s: float) -> Array:
    """Return after what time [s] each caller calls again; infinite: not at all."""
    if share == 0.0:
        return np.full(count, np.inf)
    return np.where(rng.random(count) < share, rng.exponential(mean_s, count), np.inf)
