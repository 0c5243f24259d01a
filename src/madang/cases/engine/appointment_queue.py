"""Fair rules of offices: who is called next, who gets a place that frees, what missing one costs.

Appointments that are due go before tickets without one, so that a time means something; whoever
walked in is passed over no longer than a given wait, so that they are served, too. Who misses a
time loses nothing but their place before the others; who often does, only the right to book far
ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Waiting:
    """Somebody with a ticket. `due` is the booked time, None for who walked in."""

    number: int
    issued: datetime
    due: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """A wish for a place between two days, asked for at a moment; `id` names it."""

    id: str
    asked: datetime
    first_day: date
    last_day: date
    slots: int


@dataclass(frozen=True)
class Fairness:
    """After how long [minutes] somebody is late, and a ticket without appointment goes first."""

    late_minutes: int
    longest_wait_minutes: int


def order_of(waiting: Iterable[Waiting], now: datetime, rules: Fairness) -> list[Waiting]:
    """Return who is called, in order.

    1. Who walked in, or came late, and has waited longer than the longest wait: by arrival.
    2. Appointments that are due: by their time.
    3. Who walked in, or came late: by arrival.
    4. Appointments whose time has not come: by their time.
    """
    late = timedelta(minutes=rules.late_minutes)
    longest = timedelta(minutes=rules.longest_wait_minutes)

    def place(one: Waiting) -> tuple[int, datetime, int]:
        if one.due is None or one.issued > one.due + late:
            return (0 if now - one.issued > longest else 2, one.issued, one.number)
        return (1 if one.due <= now else 3, one.due, one.number)

    return sorted(waiting, key=place)


def first_in_line(wishes: Iterable[Wish], day: date, slots: int) -> Wish | None:
    """Return who is offered a place that became free: who asked first, of those whom it suits.

    Parameters
    ----------
    slots : how many slots in a row are free there.
    """
    fits = [w for w in wishes if w.first_day <= day <= w.last_day and w.slots <= slots]
    return min(fits, key=lambda wish: (wish.asked, wish.id), default=None)


def counted_no_shows(missed: Sequence[date], today: date, within_days: int) -> int:
    """Return how many missed appointments still count."""
    since = today - timedelta(days=within_days)
    return sum(1 for day in missed if since < day <= today)


def days_allowed(missed: int, most_missed: int, days_ahead: int) -> int:
    """Return how many days ahead somebody may book: tomorrow at most for who often misses.

    >>> days_allowed(2, 3, 30), days_allowed(3, 3, 30)
    (30, 1)
    """
    return 1 if missed >= most_missed else days_ahead
