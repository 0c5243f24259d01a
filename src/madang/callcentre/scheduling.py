"""From calls to shifts: needs of each interval, shifts free and fixed, what the freedom saves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from madang.callcentre.call_files import CallRows, day_grid
from madang.callcentre.engine import shifts
from madang.callcentre.engine.shifts import Break, Limits, NoPlan, Plan, ShiftKind
from madang.callcentre.engine.staffing import Target, requirements, rostered
from madang.callcentre.errors import InvalidCalls, Unstaffable

AHT_S = 240.0  # where neither file nor request has a handling time; said wherever it is used


@dataclass(frozen=True)
class Wish:
    """What a schedule is to keep to.

    aht_s : handling time where the file has none; shift_s : presence of a shift
    breaks_s : lengths of its breaks, planned each within a third of the shift
    part_time_s, part_time_share : a shorter kind, without breaks, for at most that share of people
    fixed : times of the day [s] of the fixed starts; None: the best `fixed_count` are looked for
    work_days : days a week that one person works
    """

    target: Target
    aht_s: float | None = None
    patience_s: float | None = None
    shrinkage: float = 0.0
    shift_s: float = 8 * 3600.0
    breaks_s: tuple[float, ...] = ()
    part_time_s: float | None = None
    part_time_share: float = 0.2
    fixed: tuple[float, ...] | None = None
    fixed_count: int = 3
    work_days: float = 5.0
    limits: Limits = Limits()


@dataclass(frozen=True)
class Need:
    """What the horizon needs, on a grid of whole days from `first`.

    phones, duty : (t,) operators on the phones, and on duty with shrinkage
    calls, aht_s : (t,) arrays, NaN where not given
    aht_assumed : whether calls have a handling time that nobody gave (`AHT_S`)
    """

    first: datetime
    dated: bool
    interval: timedelta
    calls: np.ndarray
    aht_s: np.ndarray
    phones: np.ndarray
    duty: np.ndarray
    aht_assumed: bool = False

    @property
    def per_day(self) -> int:
        """Intervals of a day."""
        return timedelta(days=1) // self.interval

    @property
    def days(self) -> int:
        """Days of the horizon."""
        return len(self.duty) // self.per_day

    def at(self, place: int) -> datetime:
        """Return when an interval of the grid begins (wall clock)."""
        return self.first + place * self.interval

    @property
    def is_round_the_clock(self) -> bool:
        """Whether every interval needs somebody: shifts then run over midnight."""
        return bool((self.duty > 0).all())


def needs(rows: CallRows, wish: Wish) -> Need:
    """Return the operators that each interval of a file needs.

    A cell of `agents` counts as it stands; else calls and handling time go through Erlang. An
    interval without a row needs nobody.

    Raises
    ------
    InvalidCalls
        If a row says neither calls nor agents, or has a handling time of zero.
    Unstaffable
        If no number of operators keeps the target.
    """
    first, places, length = day_grid(rows)
    calls, aht, given = rows.column("calls"), rows.column("aht_s"), rows.column("agents")
    by_calls = np.isnan(given)
    _refuse_unknown(rows, np.where(by_calls, calls, 0.0))
    calls_now = np.where(by_calls, calls, 0.0)
    assumed = bool(((calls_now > 0) & np.isnan(aht)).any()) and wish.aht_s is None
    usual = AHT_S if wish.aht_s is None else wish.aht_s
    aht = np.where(np.isnan(aht), usual, aht)
    for place in np.flatnonzero((calls_now > 0) & (aht <= 0)).tolist():
        raise InvalidCalls(rows.file, "aht_s '0' is not above 0", line=rows.lines[place])
    agents = _agents(rows, calls_now, np.where(calls_now > 0, aht, 1.0), wish)
    agents = np.where(by_calls, agents, np.ceil(np.where(by_calls, 0.0, given)).astype(np.int64))
    on_grid = {}
    for name, values in (("calls", calls), ("aht", aht)):
        on_grid[name] = np.full(length, np.nan)
        on_grid[name][places] = values
    phones = np.zeros(length, np.int64)
    phones[places] = agents
    duty = rostered(phones, wish.shrinkage)
    return Need(
        first, rows.dated, rows.interval, on_grid["calls"], on_grid["aht"], phones, duty, assumed
    )


def _refuse_unknown(rows: CallRows, values: np.ndarray) -> None:
    name = "calls" if rows.has("calls") else "agents"
    for place in np.flatnonzero(np.isnan(values)).tolist():
        raise InvalidCalls(rows.file, f"{name} is empty", line=rows.lines[place])


def _agents(rows: CallRows, calls: np.ndarray, aht: np.ndarray, wish: Wish) -> np.ndarray:
    try:
        return requirements(calls, rows.interval.total_seconds(), aht, wish.target, wish.patience_s)
    except ValueError as error:
        raise Unstaffable(str(error)) from error


@dataclass(frozen=True)
class Scheme:
    """A plan of shifts and what it comes to.

    starts : times of the day at which shifts begin [s]
    busiest_day : people of the busiest day; payroll : people on the payroll, days off counted in
    paid_h : hours a day on average; efficiency : needed by paid hours of duty
    """

    plan: Plan
    starts: tuple[float, ...]
    busiest_day: int
    payroll: int
    paid_h: float
    efficiency: float
    kinds: Mapping[str, ShiftKind]


def free_scheme(need: Need, wish: Wish) -> Scheme:
    """Return the shifts where each may begin at any interval, within the limit on starts.

    Raises
    ------
    Unstaffable
        If no such shifts cover the need, or no plan was found in time.
    """
    kinds = _kinds(need, wish)
    free = [replace(kind, starts=_places(need, kind)) for kind in kinds]
    if wish.limits.starts is None or not need.is_round_the_clock:
        return _scheme(need, wish, free, wish.limits)
    found = _few_starts(need, wish, kinds, wish.limits.starts)
    if found is not None and need.days > 1:
        return found  # over several days the programme with a limit on starts finds nothing better
    limited = _scheme(need, wish, free, wish.limits)
    return limited if found is None or limited.plan.paid <= found.plan.paid else found


def _few_starts(need: Need, wish: Wish, kinds: list[ShiftKind], count: int) -> Scheme | None:
    """Return the shifts at so many starts looked for by exchange; None where they do not cover."""
    week = need.duty[: 7 * need.per_day]
    hour = max(timedelta(hours=1) // need.interval, 1)
    try:
        starts = shifts.best_fixed_starts(week, kinds[0], count, hour, need.per_day)
    except NoPlan:
        return None
    every = shifts.on_all_days(starts, need.per_day, len(need.duty))
    at_these = [replace(kind, starts=every) for kind in kinds]
    try:
        return _scheme(need, wish, at_these, replace(wish.limits, starts=None))
    except Unstaffable:
        return None


def fixed_scheme(need: Need, wish: Wish) -> Scheme:
    """Return the shifts where all begin at a few fixed times of the day."""
    kind = _kinds(need, wish)[0]
    starts = _fixed_starts(need, wish, kind)
    every = shifts.on_all_days(starts, need.per_day, len(need.duty))
    if not need.is_round_the_clock:
        allowed = set(_places(need, kind))
        every = tuple(start for start in every if start in allowed)
    limits = replace(wish.limits, starts=None, part_time=None)
    return _scheme(need, wish, [replace(kind, starts=every)], limits)


def _fixed_starts(need: Need, wish: Wish, kind: ShiftKind) -> tuple[int, ...]:
    if wish.fixed is not None:
        step = need.interval.total_seconds()
        if any(start % step for start in wish.fixed):
            raise Unstaffable(f"fixed starts must be multiples of the interval, {need.interval}")
        return tuple(sorted({int(start // step) % need.per_day for start in wish.fixed}))
    if need.is_round_the_clock:
        hour = max(timedelta(hours=1) // need.interval, 1)
        try:
            return shifts.best_fixed_starts(need.duty, kind, wish.fixed_count, hour, need.per_day)
        except NoPlan as error:
            raise Unstaffable(str(error)) from error
    places = _places(need, kind)
    ofday = [place % need.per_day for place in places]
    spread = np.linspace(min(ofday), max(ofday), wish.fixed_count).round().astype(int)
    return tuple(sorted(set(spread.tolist())))


def _kinds(need: Need, wish: Wish) -> list[ShiftKind]:
    step = need.interval.total_seconds()
    length = _intervals(wish.shift_s, step, "--shift-length")
    if length > need.per_day:
        raise Unstaffable("--shift-length: a shift cannot be longer than a day")
    breaks = []
    for number, seconds in enumerate(wish.breaks_s):
        size = _intervals(seconds, step, "--break")
        middle = (number + 1) * length / (len(wish.breaks_s) + 1)
        reach = length / (6 * len(wish.breaks_s))
        earliest = max(1, round(middle - size / 2 - reach))
        latest = max(earliest, min(length - size - 1, round(middle - size / 2 + reach)))
        breaks.append(Break(size, earliest, latest))
    found = [ShiftKind("full time", length, (), tuple(breaks))]
    if wish.part_time_s is not None:
        short = _intervals(wish.part_time_s, step, "--part-time")
        found.append(ShiftKind("part time", short, (), (), part_time=True))
    return found


def _intervals(seconds: float, step: float, option: str) -> int:
    if seconds % step:
        minutes = step / 60
        raise Unstaffable(f"{option} must be a multiple of the interval, {minutes:g} minutes")
    return int(seconds // step)


def _places(need: Need, kind: ShiftKind) -> tuple[int, ...]:
    """Return where a kind may begin: anywhere, or, where the centre closes, within its hours."""
    if need.is_round_the_clock:
        return tuple(range(len(need.duty)))
    found = []
    for day in range(need.days):
        first = day * need.per_day
        open_at = np.flatnonzero(need.duty[first : first + need.per_day])
        if len(open_at):
            opens, closes = first + int(open_at[0]), first + int(open_at[-1]) + 1
            last = max(closes - kind.length, opens)
            found += [p for p in range(opens, last + 1) if p + kind.length <= len(need.duty)]
            if not found or found[-1] < first:
                found.append(max(len(need.duty) - kind.length, 0))
    return tuple(found)


def _scheme(need: Need, wish: Wish, kinds: list[ShiftKind], limits: Limits) -> Scheme:
    limits = replace(limits, period=need.per_day)
    if len(kinds) > 1 and limits.part_time is None:
        limits = replace(limits, part_time=wish.part_time_share)
    try:
        plan = shifts.plan(need.duty, kinds, limits, wraps=need.is_round_the_clock)
    except NoPlan as error:
        places = ", ".join(f"{need.at(p):%Y-%m-%d %H:%M}" for p in error.intervals[:5])
        raise Unstaffable(f"{error}{': ' + places if places else ''}") from error
    by_day = np.zeros(need.days, np.int64)
    for shift in plan.worked:
        by_day[shift.start // need.per_day] += shift.people
    step_h = need.interval.total_seconds() / 3600
    busiest = int(by_day.max())
    weeks = need.days / 7
    payroll = (
        busiest * 7 / wish.work_days if need.days < 7 else plan.people / weeks / wish.work_days
    )
    day_starts = sorted({shift.start % need.per_day for shift in plan.worked})
    return Scheme(
        plan,
        tuple(place * need.interval.total_seconds() for place in day_starts),
        busiest,
        max(math.ceil(payroll - 1e-9), busiest),
        plan.paid * step_h / need.days,
        float(need.duty.sum() / plan.paid) if plan.paid else 1.0,
        {kind.name: kind for kind in kinds},
    )


def saving(fixed: Scheme, free: Scheme) -> float:
    """Return by how many percent the free starts need fewer people than the fixed ones."""
    return 100.0 * (1.0 - free.payroll / fixed.payroll) if fixed.payroll else 0.0
