"""Built-in functions on dates (DMN 1.5, tables 77 and 79)."""

from __future__ import annotations

from decimal import Decimal

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.dates import Date, DateTime, ordinal
from madang.services.engine.feel.values import FeelError, Notes

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


def weekday(value: Date) -> int:
    """Return 1 for Monday to 7 for Sunday: 1970-01-01 was a Thursday."""
    return (value.ordinal + 3) % 7 + 1


@builtin("day of year", "date: date")
def day_of_year(value: Date | DateTime) -> Decimal:
    """Return the number of the day in its year."""
    day = _day(value)
    return Decimal(day.ordinal - ordinal(day.year, 1, 1) + 1)


@builtin("day of week", "date: date")
def day_of_week(value: Date | DateTime) -> str:
    """Return the English name of the day."""
    return _DAYS[weekday(_day(value)) - 1]


@builtin("month of year", "date: date")
def month_of_year(value: Date | DateTime) -> str:
    """Return the English name of the month."""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", "date: date")
def week_of_year(value: Date | DateTime) -> Decimal:
    """Return the week of ISO 8601: that of the Thursday next to the day."""
    day = _day(value)
    thursday = day.ordinal - weekday(day) + 4
    year = (
        day.year
        + (1 if thursday >= ordinal(day.year + 1, 1, 1) else 0)
        - (1 if thursday < ordinal(day.year, 1, 1) else 0)
    )
    return Decimal((thursday - ordinal(year, 1, 1)) // 7 + 1)


@builtin("now", "", notes=True)
def now(notes: Notes) -> DateTime:
    """Return the moment the evaluation happens in."""
    if not isinstance(notes.now, DateTime):
        raise FeelError("now: the moment was not given")
    return notes.now


@builtin("today", "", notes=True)
def today(notes: Notes) -> Date:
    """Return the day the evaluation happens in."""
    moment: DateTime = now(notes)
    return moment.date
