"""When a term of law ends.

A term in days, weeks, months or years does not count the day of the event (Civil Act of Korea,
art. 157), ends with the last day (art. 159, 160: the day before the one that answers to the first;
the month's last day where there is none), and a last day on a Saturday or a holiday moves on to the
next working day (art. 161). Some laws count the first day: reports to the family register (Act on
the Registration of Family Relations, art. 37).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from madang.assistant.engine.model import Dated, Term

IsDayOff = Callable[[date], bool]
_DAY = timedelta(days=1)
_MOST_DAYS_OFF = 30


def month_end(day: date) -> date:
    """Return the last day of a day's month.

    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def shifted(day: date, amount: int, unit: str) -> date:
    """Return the day that answers to a day some time later (or before), clamped to its month.

    >>> shifted(date(2026, 8, 31), 6, "months")
    datetime.date(2027, 2, 28)
    """
    if unit == "days":
        return day + timedelta(days=amount)
    if unit == "weeks":
        return day + timedelta(weeks=amount)
    months = amount * (12 if unit == "years" else 1)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def term_end(anchor: date, term: Term) -> date:
    """Return the last day of a term, days off not looked at.

    Parameters
    ----------
    anchor
        Day of the event.

    Raises
    ------
    OverflowError, ValueError
        If the calendar has no such year.

    Examples
    --------
    >>> term_end(date(2026, 12, 20), Term("moved", 14))
    datetime.date(2027, 1, 3)
    >>> term_end(date(2026, 11, 10), Term("born", 1, "months", first_day_counts=True))
    datetime.date(2026, 12, 9)
    >>> term_end(date(2027, 2, 28), Term("moved", 1, "months"))
    datetime.date(2027, 3, 31)
    """
    if term.from_next_day:
        anchor += _DAY
    if term.month_day is not None:
        month, dom = term.month_day
        year = anchor.year + term.amount
        return date(year, month, min(dom, monthrange(year, month)[1]))
    if term.from_month_end:
        end = month_end(shifted(month_end(anchor).replace(day=1), term.amount, term.unit))
    else:
        end = _from_day(anchor, term)
    if term.day_of_month:
        end = end.replace(day=min(term.day_of_month, month_end(end).day))
    return end - _DAY if term.until_eve else end


def _from_day(anchor: date, term: Term) -> date:
    """Return the end of a term that runs from a day, or from the one after it (art. 157, 160)."""
    if term.amount <= 0 or term.answers:
        return shifted(anchor, term.amount, term.unit)
    first = anchor if term.first_day_counts else anchor + _DAY
    end = shifted(first, term.amount, term.unit)
    # where the month has no day that answers to the first, its last day ends the term (art. 160(3))
    clamped = term.unit in ("months", "years") and end.day < first.day
    return end if clamped else end - _DAY


def dated(anchor: date, term: Term, is_day_off: IsDayOff) -> Dated:
    """Return the last day of a term, moved on where it is a day off and the term says so.

    Raises
    ------
    OverflowError, ValueError
        If the calendar has no such year.
    """
    nominal = day = term_end(anchor, term)
    if term.moves_on:
        for _ in range(_MOST_DAYS_OFF):
            if not is_day_off(day):
                break
            day += _DAY
    return Dated(day, nominal, term.anchor, anchor, term)
