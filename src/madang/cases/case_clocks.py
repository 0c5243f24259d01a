"""The two clocks of a case, and its timers: when something is late, when something is to happen.

The clock of the case runs from receipt by the service's limit and stands in states that wait for
the applicant; the clock of a state runs from when it began. Both ask the city's calendar anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madang.city.api import deadline_of
from madang.services.api import Process, State, Timer

Pauses = list[list[str | None]]


@dataclass(frozen=True)
class Clocks:
    """due: of the case; state_due: of the state; timer: the next timer and when."""

    due: datetime | None
    state_due: datetime | None
    timer: tuple[Timer, datetime] | None


def clocks(
    process: Process,
    state: str,
    *,
    received: datetime,
    limit: str,
    since: datetime,
    pauses: Pauses,
    done: Sequence[str] = (),
) -> Clocks:
    """Return when a case is late and what its clock does next; nothing for one that is over."""
    now_in = state_of(process, state)
    if now_in.kind == "final":
        return Clocks(None, None, _next_timer(process, state, since, done))
    stood = [(_moment(start), _moment(end) if end else None) for start, end in pauses if start]
    whole = deadline_of(received, limit, pauses=stood)
    of_state = deadline_of(since, now_in.limit) if now_in.limit else None
    return Clocks(
        due=whole.due if whole else None,
        state_due=of_state.due if of_state else None,
        timer=_next_timer(process, state, since, done),
    )


def state_of(process: Process, state: str) -> State:
    """Return a state of the process by its id."""
    return next(one for one in process.states if one.id == state)


def moved_pauses(pauses: Pauses, before: State | None, after: State, at: datetime) -> Pauses:
    """Return the pauses once a case goes from one state to another.

    The clock stands while a state waits, and for good once the case is over.
    """
    stood, stands = bool(before and before.kind == "waiting"), after.kind == "waiting"
    if stood and not stands:
        return [*pauses[:-1], [pauses[-1][0], at.isoformat()]]
    if stands and not stood:
        return [*pauses, [at.isoformat(), None]]
    if before is not None and before.kind == "final" and after.kind != "final":
        return pauses
    return pauses


def timer_mark(timer: Timer, since: datetime) -> str:
    """Return the mark of a timer that has run for one stay in a state."""
    return f"{timer.id}@{since.isoformat()}"


def _next_timer(
    process: Process, state: str, since: datetime, done: Sequence[str]
) -> tuple[Timer, datetime] | None:
    waiting = []
    for timer in process.timers:
        if timer.state != state or timer_mark(timer, since) in done:
            continue
        found = deadline_of(since, timer.after)
        if found is not None:
            waiting.append((timer, found.due))
    return min(waiting, key=lambda one: one[1], default=None)


def _moment(text: str | None) -> datetime:
    assert text is not None
    return datetime.fromisoformat(text)
