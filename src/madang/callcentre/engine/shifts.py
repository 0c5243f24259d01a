"""Shifts that cover each interval's need with the fewest paid hours: a mixed-integer programme.

A column of the programme is one way to work: a kind of shift, its start, and where its breaks lie;
its variable is how many people work so. The set-covering form is Dantzig's [1]_; breaks are spelled
out as in [2]_, which for half-hours and one or two breaks stays small. Solved by HiGHS [3]_ through
SciPy, within a time limit; how far the answer may be from the best is stated (`gap`).

References
----------
.. [1] G. B. Dantzig, "A comment on Edie's 'Traffic delays at toll booths'", Operations Research 2
   (1954) 339-341.
.. [2] T. Aykin, "Optimal shift scheduling with multiple break windows", Management Science 42
   (1996) 591-602.
.. [3] Q. Huangfu, J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
   Programming Computation 10 (2018) 119-142.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

Whole = NDArray[np.int64]
_SHORT_COST = 1_000.0  # of one missing operator in one interval, against a paid interval's 1


@dataclass(frozen=True)
class Break:
    """A break of `length` intervals that begins `earliest` to `latest` intervals into the shift."""

    length: int
    earliest: int
    latest: int
    paid: bool = False


@dataclass(frozen=True)
class ShiftKind:
    """A kind of shift; all in intervals.

    length : presence, breaks included
    starts : where in the horizon it may begin
    """

    name: str
    length: int
    starts: tuple[int, ...]
    breaks: tuple[Break, ...] = ()
    part_time: bool = False

    @property
    def paid(self) -> int:
        """Paid intervals: presence less the unpaid breaks."""
        return self.length - sum(b.length for b in self.breaks if not b.paid)


@dataclass(frozen=True)
class Limits:
    """What the plan must keep to; None: no limit.

    starts : how many different times of beginning; period : after so many intervals a start is the
    same again (a day); part_time : share of people on part-time kinds;
    people : how many people at most, then some intervals may stay short.
    """

    starts: int | None = None
    part_time: float | None = None
    people: int | None = None
    period: int | None = None
    seconds: float = 30.0
    gap: float = 1e-3


@dataclass(frozen=True)
class Worked:
    """So many people work this kind of shift from `start`, with breaks that begin at `breaks`."""

    kind: str
    start: int
    breaks: tuple[int, ...]
    people: int


@dataclass(frozen=True)
class Plan:
    """Shifts that cover the need.

    working : (t,) people at work, breaks taken off; short : (t,) people missing
    paid : paid intervals; gap : how far from the best at most, as a share; optimal : gap closed
    """

    worked: tuple[Worked, ...]
    people: int
    paid: int
    working: Whole
    short: Whole
    gap: float
    optimal: bool

    def starts(self) -> dict[int, int]:
        """Return how many people begin at each start."""
        found: dict[int, int] = {}
        for shift in self.worked:
            found[shift.start] = found.get(shift.start, 0) + shift.people
        return dict(sorted(found.items()))


class NoPlan(ValueError):
    """No shifts of these kinds cover the need; `intervals` are those that none reaches."""

    def __init__(self, message: str, intervals: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.intervals = tuple(intervals)


@dataclass(frozen=True)
class _Column:
    kind: ShiftKind
    start: int
    breaks: tuple[int, ...]
    covers: Whole = field(repr=False)


def plan(
    required: Whole, kinds: Sequence[ShiftKind], limits: Limits | None = None, *, wraps: bool = True
) -> Plan:
    """Return the cheapest shifts that put the required people to work in each interval.

    Parameters
    ----------
    required : (t,) array
    wraps : whether the horizon repeats (a day like the next): shifts run over its end into its
        start; else shifts that would run over the end are not used.

    Raises
    ------
    NoPlan
        If some interval is reached by no shift, or the limits cannot be kept.
    """
    limits = limits or Limits()
    columns = _columns(len(required), kinds, wraps=wraps)
    reached = np.zeros(len(required), np.bool_)
    for column in columns:
        reached[column.covers] = True
    missed = np.flatnonzero(~reached & (required > 0))
    if len(missed):
        raise NoPlan("no shift reaches some intervals", missed.tolist())
    if not required.any():
        none = np.zeros(len(required), np.int64)
        return Plan((), 0, 0, none, none.copy(), 0.0, True)
    return _solved(required, columns, limits)


def _columns(length: int, kinds: Sequence[ShiftKind], *, wraps: bool) -> list[_Column]:
    found = []
    for kind in kinds:
        if kind.length > length:
            continue
        for breaks in _break_places(kind):
            at_work = np.ones(kind.length, np.bool_)
            for one, place in zip(kind.breaks, breaks, strict=True):
                at_work[place : place + one.length] = False
            offsets = np.flatnonzero(at_work)
            for start in kind.starts:
                if wraps or start + kind.length <= length:
                    found.append(_Column(kind, start, breaks, (start + offsets) % length))
    return found


def _break_places(kind: ShiftKind) -> list[tuple[int, ...]]:
    ranges = [range(b.earliest, b.latest + 1) for b in kind.breaks]
    found = []
    for places in itertools.product(*ranges):
        ends = [p + b.length for p, b in zip(places, kind.breaks, strict=True)]
        apart = all(end < later for end, later in zip(ends, places[1:], strict=False))
        if apart and all(end <= kind.length for end in ends):
            found.append(places)
    if not found:
        raise NoPlan(f"the breaks of shift {kind.name!r} do not fit into it")
    return found


def _solved(required: Whole, columns: list[_Column], limits: Limits) -> Plan:
    t, c = len(required), len(columns)
    period = limits.period or t
    starts = sorted({column.start % period for column in columns})
    y = len(starts) if limits.starts is not None else 0
    short = t if limits.people is not None else 0
    # A hair for each person, so that of equally dear plans the one with fewer people is taken.
    cost = np.concatenate(
        [[column.kind.paid + 0.01 for column in columns], np.zeros(y), np.full(short, _SHORT_COST)]
    )
    most = int(required.max())
    upper = np.concatenate([np.full(c, float(most)), np.ones(y), np.full(short, np.inf)])
    blocks = [_cover(t, columns), sparse.csr_array((t, y))]
    if short:
        blocks.append(sparse.eye_array(t, format="csr"))
    held = [optimize.LinearConstraint(sparse.hstack(blocks, format="csr"), lb=required)]
    if limits.starts is not None:
        held += _start_limit(columns, starts, limits, most, c + y + short)
    held += _people_limits(columns, limits, c + y + short)
    answer = optimize.milp(
        cost,
        integrality=np.concatenate([np.ones(c + y), np.zeros(short)]),
        bounds=optimize.Bounds(0.0, upper),
        constraints=held,
        options={"time_limit": limits.seconds, "mip_rel_gap": limits.gap},
    )
    if answer.x is None:
        if answer.status == 2:
            raise NoPlan("the limits on starts, part-time or people cannot be kept")
        raise NoPlan(f"no plan was found in {limits.seconds:g} s; allow more time")
    people = np.round(answer.x[:c]).astype(np.int64)
    return _plan(required, columns, people, float(answer.mip_gap or 0.0), answer.status == 0)


def _cover(length: int, columns: Sequence[_Column]) -> sparse.csr_array:
    """Return which interval each column covers, (t, c)."""
    rows = np.concatenate([column.covers for column in columns])
    places = np.repeat(np.arange(len(columns)), [len(column.covers) for column in columns])
    return sparse.csr_array((np.ones(len(rows)), (rows, places)), shape=(length, len(columns)))


def _people_limits(
    columns: Sequence[_Column], limits: Limits, width: int
) -> list[optimize.LinearConstraint]:
    held = []
    if limits.part_time is not None:
        row = np.zeros(width)
        row[: len(columns)] = [float(one.kind.part_time) - limits.part_time for one in columns]
        held.append(optimize.LinearConstraint(row, ub=1e-9))
    if limits.people is not None:
        row = np.zeros(width)
        row[: len(columns)] = 1.0
        held.append(optimize.LinearConstraint(row, ub=limits.people))
    return held


def _start_limit(
    columns: list[_Column], starts: list[int], limits: Limits, most: int, width: int
) -> list[optimize.LinearConstraint]:
    """Return: nobody begins at a start that is not used, and at most so many starts are used."""
    c, period = len(columns), limits.period or width
    place = {start: number for number, start in enumerate(starts)}
    begins = sorted({column.start for column in columns})
    row = {start: number for number, start in enumerate(begins)}
    linked = sparse.lil_array((len(begins), width))
    for number, column in enumerate(columns):
        linked[row[column.start], number] = 1.0
    for start in begins:  # no start needs more than cover its whole reach twice
        linked[row[start], c + place[start % period]] = -2.0 * most
    used = np.zeros(width)
    used[c : c + len(starts)] = 1.0
    assert limits.starts is not None
    return [
        optimize.LinearConstraint(linked.tocsr(), ub=0.0),
        optimize.LinearConstraint(used, ub=limits.starts),
    ]


def _plan(
    required: Whole, columns: list[_Column], people: Whole, gap: float, optimal: bool
) -> Plan:
    working = np.zeros(len(required), np.int64)
    worked = []
    for column, count in zip(columns, people.tolist(), strict=True):
        if count:
            working[column.covers] += count
            worked.append(Worked(column.kind.name, column.start, column.breaks, count))
    worked.sort(key=lambda w: (w.start, w.kind, w.breaks))
    paid = int(
        sum(column.kind.paid * n for column, n in zip(columns, people.tolist(), strict=True))
    )
    short = np.maximum(required - working, 0)
    return Plan(tuple(worked), int(people.sum()), paid, working, short, gap, optimal)


def best_fixed_starts(
    required: Whole, kind: ShiftKind, count: int, step: int, day: int
) -> tuple[int, ...]:
    """Return the `count` times of the day at which a kind of shift best begins, in intervals.

    Found by exchange: from even spacing, one start after another moves to where the programme
    without whole numbers is cheapest, until none moves: a good choice, not surely the best.

    Parameters
    ----------
    required : (t,) array, t a multiple of `day` (intervals of a day); the horizon wraps
    step : starts are multiples of so many intervals

    Raises
    ------
    NoPlan
        If `count` such shifts a day cannot cover the need.
    """
    places = range(0, day, step)
    best = tuple(sorted({round(n * day / count / step) * step % day for n in range(count)}))
    turned = [tuple(sorted((p + shift) % day for p in best)) for shift in places]
    price, best = min((_price(required, kind, one, day), one) for one in turned)
    improved = True
    while improved:
        improved = False
        for number in range(len(best)):
            others = best[:number] + best[number + 1 :]
            tried = (tuple(sorted((*others, p))) for p in places if p not in others)
            found, one = min((_price(required, kind, starts, day), starts) for starts in tried)
            if found < price - 1e-6:
                price, best, improved = found, one, True
    if not np.isfinite(price):
        raise NoPlan(f"{count} fixed starts of {kind.name!r} cannot cover the need")
    return best


def on_all_days(starts: Sequence[int], day: int, length: int) -> tuple[int, ...]:
    """Return the starts of one day on every day of the horizon."""
    return tuple(first + start for first in range(0, length, day) for start in starts)


def _price(required: Whole, kind: ShiftKind, starts: Sequence[int], day: int) -> float:
    """Return the least paid intervals, people not whole; infinite where the need is not covered."""
    every = on_all_days(starts, day, len(required))
    spread = ShiftKind(kind.name, kind.length, every, kind.breaks)
    columns = _columns(len(required), [spread], wraps=True)
    answer = optimize.linprog(
        np.full(len(columns), float(kind.paid)),
        A_ub=-_cover(len(required), columns),
        b_ub=-required.astype(float),
    )
    return float(answer.fun) if answer.status == 0 else np.inf
