"""The rule machine: one district's hours of one pollutant in, declarations and liftings out.

Event time only, in UTC: the machine never asks a clock. `step` takes one hour after the other;
whatever is due by the time of day (a decision at 17:00, a measure's end at 21:00) happens when
event time passes it. The same machine serves the command line and the live platform.

Semantics (limits and hours are data of the profile):

- A run rule is declared at the last hour of the first unbroken run of `hours` hours beyond its
  limit, and lifted at the first hour that meets its lifting limit. A missing hour breaks a run
  and never lifts.
- A forecast rule is decided once a day at `decide_at`, city time, for the day after. It needs a
  forecast for that day; each decision that holds is a measure of its own.
- At equal times the hour's value counts before what is due at that time: the hour that ends at
  17:00 is known when the decision of 17:00 is taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

TransitionKind = Literal["declared", "in_force", "lifted"]


@dataclass(frozen=True)
class Limit:
    """A bound on a value: `above` 50 or, inclusive, `at least` 75; `below` or `at or below`."""

    value: float
    upward: bool
    inclusive: bool

    def is_met(self, value: float) -> bool:
        """Return whether `value` is beyond the bound.

        >>> Limit(50.0, upward=True, inclusive=False).is_met(50.0)
        False
        """
        if value == self.value:
            return self.inclusive
        return value > self.value if self.upward else value < self.value


@dataclass(frozen=True)
class RunRule:
    """Declared after `hours` hours in a row that meet `declare`; lifted when one meets `lift`."""

    id: str
    declare: Limit
    hours: int
    lift: Limit


@dataclass(frozen=True)
class Clause:
    """One sufficient condition of a forecast rule; every part that is given must hold.

    `today_mean` bounds the mean of today's window, `issued_today` names run rules of which at
    least one was declared today, `tomorrow` bounds tomorrow's forecast mean.
    """

    tomorrow: Limit
    today_mean: Limit | None = None
    issued_today: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForecastRule:
    """Decided at `decide_at` for tomorrow; in force tomorrow from `starts` to `ends`, city time.

    The mean of today is over the hours between `mean_from_hour` and `mean_to_hour` o'clock (hours
    of the day, 0 to 24) and counts where at least `mean_min_hours` of them have a value.
    """

    id: str
    clauses: tuple[Clause, ...]
    decide_at: time
    mean_from_hour: int
    mean_to_hour: int
    mean_min_hours: int
    starts: time
    ends: time


@dataclass(frozen=True)
class Rules:
    """All rules on one pollutant, in the order of the profile."""

    zone: ZoneInfo
    runs: tuple[RunRule, ...]
    forecasts: tuple[ForecastRule, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One hour's value: `time` is the end of the hour."""

    time: datetime
    value: float


@dataclass(frozen=True)
class Grounds:
    """Why a measure was declared, as numbers; the words are made where the language is known.

    `clauses` are the indices of the clauses that held (forecast rules).
    """

    limit: float | None = None
    hours: int | None = None
    clauses: tuple[int, ...] = ()
    today_mean: float | None = None
    tomorrow: float | None = None
    issued: tuple[str, ...] = ()


@dataclass(frozen=True)
class Transition:
    """One turn in the life of a measure; `declared_at` and `rule` name the measure.

    `starts` is when it is in force by the rule, `ends` when it will be lifted, where that is
    known beforehand.
    """

    kind: TransitionKind
    rule: str
    at: datetime
    declared_at: datetime
    starts: datetime
    ends: datetime | None = None
    readings: tuple[Reading, ...] = ()
    grounds: Grounds = Grounds()


@dataclass(frozen=True)
class RunState:
    """How far one run rule is: the readings of the present run, and the open declaration."""

    run: tuple[Reading, ...] = ()
    declared_at: datetime | None = None


@dataclass(frozen=True)
class Issue:
    """A run rule's declaration, remembered for the clause `issued_today`."""

    rule: str
    at: datetime
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class Plan:
    """A forecast rule's measure that is declared and not yet over."""

    rule: str
    declared_at: datetime
    starts: datetime
    ends: datetime
    is_started: bool = False


@dataclass(frozen=True)
class State:
    """All that the machine remembers between two hours. `at` is the event time reached."""

    at: datetime | None = None
    runs: Mapping[str, RunState] | None = None
    recent: tuple[Reading, ...] = ()
    issued: tuple[Issue, ...] = ()
    plans: tuple[Plan, ...] = ()


Step = tuple[State, tuple[Transition, ...]]


def step(
    state: State, hour: datetime, value: float | None, rules: Rules, forecast: Mapping[date, float]
) -> Step:
    """Return the state after one more hour, and what it brought about, in order of time.

    Parameters
    ----------
    hour : datetime in UTC
        End of the hour. Hours in between that were never given are missing.
    value : mean of the hour in the pollutant's unit; None or NaN where it is missing.
    forecast : forecast 24-hour mean by day of the city's calendar.

    Raises
    ------
    ValueError
        If `hour` is not after the event time already reached.
    """
    if state.at is None:
        state = replace(state, at=hour - HOUR)
    elif hour <= state.at:
        raise ValueError(f"hour {hour.isoformat()} is not after {state.at.isoformat()}")
    state, before = advance(state, hour - _INSTANT, rules, forecast)
    state, now = _with_value(state, hour, value, rules)
    state, due = advance(state, hour, rules, forecast)
    return state, before + now + due


def advance(state: State, until: datetime, rules: Rules, forecast: Mapping[date, float]) -> Step:
    """Let event time pass to `until` without a value; return what fell due on the way."""
    if state.at is None or until <= state.at:
        return state, ()
    done: list[Transition] = []
    decisions = _decision_times(state.at, until, rules, forecast)
    while True:
        due = [p.ends if p.is_started else p.starts for p in state.plans]
        times = [t for t in (*due, *(at for at, _ in decisions)) if t <= until]
        if not times:
            return replace(state, at=until), tuple(done)
        now = min(times)
        state, turned = _turned_plans(state, now)
        done += turned
        for at, rule in [d for d in decisions if d[0] == now]:
            state, declared = _decided(state, at, rule, rules.zone, forecast)
            done += declared
        decisions = [d for d in decisions if d[0] != now]


def _with_value(state: State, hour: datetime, value: float | None, rules: Rules) -> Step:
    if value is None or math.isnan(value):
        runs = {r.id: replace(_run(state, r), run=()) for r in rules.runs}
        return replace(state, runs=runs), ()
    reading = Reading(hour, value)
    runs, done, issued = {}, [], []
    for rule in rules.runs:
        runs[rule.id], transition = _run_step(_run(state, rule), reading, rule)
        if transition is not None:
            done.append(transition)
            if transition.kind == "declared":
                issued.append(Issue(rule.id, hour, transition.readings))
    recent = tuple(r for r in state.recent if r.time > hour - DAY)
    kept = tuple(i for i in state.issued if i.at > hour - DAY)
    state = replace(state, runs=runs, recent=(*recent, reading), issued=(*kept, *issued))
    return state, tuple(done)


def _run(state: State, rule: RunRule) -> RunState:
    return (state.runs or {}).get(rule.id, RunState())


def _run_step(
    state: RunState, reading: Reading, rule: RunRule
) -> tuple[RunState, Transition | None]:
    if state.declared_at is not None:
        if not rule.lift.is_met(reading.value):
            return state, None
        lifted = Transition(
            "lifted", rule.id, reading.time, state.declared_at, state.declared_at, reading.time
        )
        return RunState(), lifted
    if not rule.declare.is_met(reading.value):
        return RunState(), None
    follows = bool(state.run) and reading.time - state.run[-1].time == HOUR
    run = (*state.run, reading) if follows else (reading,)
    if len(run) < rule.hours:
        return RunState(run), None
    declared = Transition(
        "declared",
        rule.id,
        reading.time,
        reading.time,
        reading.time,
        readings=run,
        grounds=Grounds(limit=rule.declare.value, hours=rule.hours),
    )
    return RunState((), reading.time), declared


def _decision_times(
    after: datetime, until: datetime, rules: Rules, forecast: Mapping[date, float]
) -> list[tuple[datetime, ForecastRule]]:
    """Return the decisions that fall in (after, until] and have a forecast to go by."""
    first, last = after.astimezone(rules.zone).date(), until.astimezone(rules.zone).date()
    span = (last - first).days + 1
    if span <= len(forecast):
        days = [first + n * DAY for n in range(span)]
        days = [day for day in days if day + DAY in forecast]
    else:
        days = sorted(day - DAY for day in forecast if first <= day - DAY <= last)
    found = [
        (_city_time(day, rule.decide_at, rules.zone), rule)
        for day in days
        for rule in rules.forecasts
    ]
    return [(at, rule) for at, rule in found if after < at <= until]


def _city_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _turned_plans(state: State, now: datetime) -> Step:
    done, plans = [], []
    for plan in state.plans:
        kept = plan
        if not kept.is_started and kept.starts <= now:
            done.append(_of_plan("in_force", kept, kept.starts))
            kept = replace(kept, is_started=True)
        if kept.is_started and kept.ends <= now:
            done.append(_of_plan("lifted", kept, kept.ends))
        else:
            plans.append(kept)
    return replace(state, plans=tuple(plans)), tuple(done)


def _of_plan(kind: TransitionKind, plan: Plan, at: datetime) -> Transition:
    return Transition(kind, plan.rule, at, plan.declared_at, plan.starts, plan.ends)


def _decided(
    state: State, at: datetime, rule: ForecastRule, zone: ZoneInfo, forecast: Mapping[date, float]
) -> Step:
    today = at.astimezone(zone).date()
    tomorrow = forecast[today + DAY]
    window = _window(state.recent, today, rule, zone)
    mean = math.fsum(r.value for r in window) / len(window) if window else None
    if len(window) < rule.mean_min_hours:
        mean = None
    issued = [i for i in state.issued if i.at <= at and i.at.astimezone(zone).date() == today]
    names = {i.rule for i in issued}
    held = tuple(n for n, c in enumerate(rule.clauses) if _holds(c, mean, names, tomorrow))
    if not held:
        return state, ()
    named = [i for i in issued if any(i.rule in rule.clauses[n].issued_today for n in held)]
    readings = {r.time: r for r in (*window, *(r for i in named for r in i.readings))}
    plan = Plan(
        rule.id,
        at,
        _city_time(today + DAY, rule.starts, zone),
        _city_time(today + DAY, rule.ends, zone),
    )
    declared = replace(
        _of_plan("declared", plan, at),
        readings=tuple(readings[t] for t in sorted(readings)),
        grounds=Grounds(
            clauses=held,
            today_mean=mean,
            tomorrow=tomorrow,
            issued=tuple(dict.fromkeys(i.rule for i in named)),
        ),
    )
    return replace(state, plans=(*state.plans, plan)), (declared,)


def _window(
    readings: tuple[Reading, ...], today: date, rule: ForecastRule, zone: ZoneInfo
) -> list[Reading]:
    found = []
    for reading in readings:
        start = (reading.time - HOUR).astimezone(zone)
        if start.date() == today and rule.mean_from_hour <= start.hour < rule.mean_to_hour:
            found.append(reading)
    return found


def _holds(clause: Clause, mean: float | None, issued: set[str], tomorrow: float) -> bool:
    if not clause.tomorrow.is_met(tomorrow):
        return False
    if clause.today_mean is not None and (mean is None or not clause.today_mean.is_met(mean)):
        return False
    return not clause.issued_today or bool(issued & set(clause.issued_today))
