"""Who works which shift: named operators, their skills, days off, weekly hours and rest.

A mixed-integer programme, solved by HiGHS through SciPy within a time limit. What cannot be filled
stays open and is said; then the longest working week is kept short. One variable for each operator
and shift that fit each other: some 20,000 of them solve in seconds, so plan a large centre by team.

References
----------
.. [1] Labour Standards Act (Korea), arts. 50 and 53: 40 hours a week and at most 12 more; art. 54:
   breaks of 30 minutes in 4 hours and one hour in 8; arts. 51-2 and 59: 11 hours of rest between
   two working days where flexible hours or the excepted trades apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

WEEKLY_H, LONGEST_WEEK_H = 40.0, 52.0  # [1]
REST_H = 11.0  # [1]
_OPEN_COST = 1_000.0
_WEEK_H = 168.0


@dataclass(frozen=True)
class Operator:
    """A person: skills by name, days of the horizon that are off, and hours and days of a week."""

    name: str
    skills: frozenset[str] = frozenset()
    days_off: frozenset[int] = frozenset()
    weekly_h: float = WEEKLY_H
    weekly_days: int = 5


@dataclass(frozen=True)
class Slot:
    """So many people are wanted from `start_h` to `end_h` (hours since the horizon began).

    paid_h : hours that count; skill : what each must have, None: nothing
    """

    start_h: float
    end_h: float
    paid_h: float
    people: int
    skill: str | None = None

    @property
    def day(self) -> int:
        """The day of the horizon on which it begins."""
        return int(self.start_h // 24)


@dataclass(frozen=True)
class Roster:
    """Who works what.

    given : for each operator the indices of their slots, in order of time
    open : (s,) people missing in each slot; hours : paid hours of each operator
    """

    given: tuple[tuple[int, ...], ...]
    open: NDArray[np.int64]
    hours: tuple[float, ...]
    gap: float
    optimal: bool


def assign(
    operators: Sequence[Operator],
    slots: Sequence[Slot],
    *,
    rest_h: float = REST_H,
    seconds: float = 30.0,
) -> Roster:
    """Return who works which slot.

    Parameters
    ----------
    rest_h : least time [h] between two shifts of one person

    Raises
    ------
    ValueError
        If an operator's week is longer than the law allows.
    """
    for one in operators:
        if one.weekly_h > LONGEST_WEEK_H:
            raise ValueError(
                f"{one.name}: {one.weekly_h:g} hours a week, at most {LONGEST_WEEK_H:g} are allowed"
            )
    who, what = _fitting(operators, slots)
    n, s = len(who), len(slots)
    width = n + s + 1  # pairs, people missing, the longest week
    held = [*_filled(who, what, slots, width), *_rested(who, what, slots, rest_h, width)]
    held += _weeks(who, what, operators, slots, width)
    cost = np.concatenate([np.zeros(n), np.full(s, _OPEN_COST), [1.0]])
    upper = np.concatenate([np.ones(n), [float(slot.people) for slot in slots], [np.inf]])
    answer = optimize.milp(
        cost,
        integrality=np.concatenate([np.ones(n + s), [0.0]]),
        bounds=optimize.Bounds(0.0, upper),
        constraints=held,
        options={"time_limit": seconds, "mip_rel_gap": 1e-3},
    )
    if answer.x is None:  # nobody at all is a solution, so only time can be short
        raise ValueError(f"no roster was found in {seconds:g} s; allow more time")
    taken = answer.x[:n] > 0.5
    given: list[list[int]] = [[] for _ in operators]
    for o, slot in zip(who[taken].tolist(), what[taken].tolist(), strict=True):
        given[o].append(slot)
    ordered = tuple(tuple(sorted(own, key=lambda i: slots[i].start_h)) for own in given)
    return Roster(
        ordered,
        np.round(answer.x[n : n + s]).astype(np.int64),
        tuple(sum(slots[i].paid_h for i in own) for own in ordered),
        float(answer.mip_gap or 0.0),
        answer.status == 0,
    )


def _fitting(
    operators: Sequence[Operator], slots: Sequence[Slot]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of operator and slot that fit each other."""
    pairs = [
        (o, i)
        for o, one in enumerate(operators)
        for i, slot in enumerate(slots)
        if slot.people > 0
        and slot.day not in one.days_off
        and (slot.skill is None or slot.skill in one.skills)
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _rows(rows: list[int], places: list[int], values: list[float], width: int) -> sparse.csr_array:
    count = max(rows) + 1 if rows else 0
    return sparse.csr_array((values, (rows, places)), shape=(count, width))


def _filled(
    who: NDArray[np.int64], what: NDArray[np.int64], slots: Sequence[Slot], width: int
) -> list[optimize.LinearConstraint]:
    n, s = len(who), len(slots)
    rows = [*what.tolist(), *range(s)]
    matrix = _rows(rows, [*range(n), *range(n, n + s)], [1.0] * (n + s), width)
    people = np.array([slot.people for slot in slots], float)
    return [optimize.LinearConstraint(matrix, lb=people, ub=people)]


def _rested(
    who: NDArray[np.int64],
    what: NDArray[np.int64],
    slots: Sequence[Slot],
    rest_h: float,
    width: int,
) -> list[optimize.LinearConstraint]:
    """Return: at each beginning of a slot, each operator is in at most one slot or its rest."""
    begins = sorted({slot.start_h for slot in slots})
    during = [
        {b for b, at in enumerate(begins) if slot.start_h <= at < slot.end_h + rest_h}
        for slot in slots
    ]
    rows, places = [], []
    for pair, (o, i) in enumerate(zip(who.tolist(), what.tolist(), strict=True)):
        for b in during[i]:
            rows.append(o * len(begins) + b)
            places.append(pair)
    if not rows:
        return []
    matrix = _rows(rows, places, [1.0] * len(rows), width)
    return [optimize.LinearConstraint(matrix, ub=1.0)]


def _weeks(
    who: NDArray[np.int64],
    what: NDArray[np.int64],
    operators: Sequence[Operator],
    slots: Sequence[Slot],
    width: int,
) -> list[optimize.LinearConstraint]:
    """Return the limits of each operator's weeks; the last column is the longest week [h]."""
    weeks = 1 + max((int(slot.start_h // _WEEK_H) for slot in slots), default=0)
    count = len(operators) * weeks
    week = [int(slots[i].start_h // _WEEK_H) for i in what.tolist()]
    rows = [o * weeks + w for o, w in zip(who.tolist(), week, strict=True)]
    hours = [slots[i].paid_h for i in what.tolist()]
    pairs = list(range(len(who)))
    shape = (count, width)
    by_hours = sparse.csr_array((hours, (rows, pairs)), shape=shape)
    by_days = sparse.csr_array(([1.0] * len(rows), (rows, pairs)), shape=shape)
    longest = sparse.csr_array(
        ([-1.0] * count, (list(range(count)), [width - 1] * count)), shape=shape
    )
    most_h = np.repeat([one.weekly_h for one in operators], weeks)
    most_days = np.repeat([float(one.weekly_days) for one in operators], weeks)
    return [
        optimize.LinearConstraint(by_hours, ub=most_h),
        optimize.LinearConstraint(by_days, ub=most_days),
        optimize.LinearConstraint(by_hours + longest, ub=0.0),
    ]
