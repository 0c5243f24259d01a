"""Built-in functions that make a value of another (DMN 1.5, table 71)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.date_text import (
    read_date,
    read_date_time,
    read_duration,
    read_time,
)
from madang.services.engine.feel.dates import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    checked_date,
    checked_time,
    date_time,
    months_between,
)
from madang.services.engine.feel.text import text_of
from madang.services.engine.feel.values import NUMBERS, FeelError, number, whole

_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@builtin("date", "from: string")
def date_of_text(text: str) -> Date:
    """Return the date that a text says."""
    return read_date(text)


@builtin("date", "from: date")
def date_of_moment(value: Date | DateTime) -> Date:
    """Return the date of a moment."""
    return value.date if isinstance(value, DateTime) else value


@builtin("date", "year: number, month: number, day: number")
def date_of_numbers(year: Decimal, month: Decimal, day: Decimal) -> Date:
    """Return the date of a year, month and day."""
    return checked_date(whole(year), whole(month), whole(day))


@builtin("time", "from: string")
def time_of_text(text: str) -> Time:
    """Return the time that a text says."""
    return read_time(text)


@builtin("time", "from: time")
def time_of_moment(value: Date | DateTime | Time) -> Time:
    """Return the time of day of a moment; of a date, midnight in UTC."""
    if isinstance(value, Date):
        return Time(0, 0)
    return value.time if isinstance(value, DateTime) else value


def _nanos(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    hours, minutes = whole(hour), whole(minute)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= second < 60):
        raise FeelError("there is no such time of day")
    return hours * HOUR + minutes * MINUTE + int(NUMBERS.multiply(second, Decimal(SECOND)))


@builtin("time", "hour: number, minute: number, second: number, offset?: days")
def time_of_numbers(
    hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None
) -> Time:
    """Return the time of an hour, minute and second, with an offset or without."""
    seconds = None if offset is None else int(offset.nanos / SECOND)
    return checked_time(_nanos(hour, minute, second), seconds)


@builtin("date and time", "from: string")
def date_time_of_text(text: str) -> DateTime:
    """Return the date and time that a text says."""
    return read_date_time(text)


@builtin("date and time", "from: date")
def date_time_of_moment(value: Date | DateTime) -> DateTime:
    """Return a date's midnight."""
    return value if isinstance(value, DateTime) else DateTime(value, 0)


@builtin("date and time", "date: date, time: time")
def date_time_of_parts(date: Date | DateTime, time: Time) -> DateTime:
    """Return the date and time of a date and a time."""
    if not isinstance(time, Time):
        raise FeelError("date and time: time must be a time")
    day = date.date if isinstance(date, DateTime) else date
    return date_time(day, time.nanos, time.offset, time.zone)


@builtin(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " offset?: any",
)
def date_time_of_numbers(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: Any = None,
) -> DateTime:
    """Return the date and time of numbers; `offset` is hours, a duration, or a zone's name."""
    date = checked_date(whole(year), whole(month), whole(day))
    nanos = _nanos(hour, minute, second)
    if isinstance(offset, str):
        return date_time(date, nanos, zone=offset)
    if isinstance(offset, Decimal):
        offset = DaysTime(int(offset * HOUR) if abs(offset) < 24 else DAY)
    if offset is not None and not isinstance(offset, DaysTime):
        raise FeelError("date and time: offset is hours, a duration, or a zone")
    seconds = None if offset is None else int(offset.nanos / SECOND)
    checked_time(nanos, seconds)
    return date_time(date, nanos, seconds)


@builtin("duration", "from: string")
def duration_of_text(text: str) -> DaysTime | YearsMonths:
    """Return the duration that a text says."""
    return read_duration(text)


@builtin("duration", "from: duration")
def duration_itself(value: DaysTime | YearsMonths) -> DaysTime | YearsMonths:
    """Return a duration as it is."""
    return value


@builtin("years and months duration", "from: date, to: date")
def months_of_span(start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """Return the whole months from one moment to another."""
    first, second = (m if isinstance(m, DateTime) else DateTime(m, 0) for m in (start, end))
    return YearsMonths(months_between(first.date, first.nanos, second.date, second.nanos))


@builtin("number", "from: number")
def number_itself(value: Decimal) -> Decimal:
    """Return a number as it is."""
    return value


@builtin("number", "from: string, grouping separator?: string, decimal separator?: string")
def number_of_text(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """Return the number that a text says, read with these separators."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise FeelError("number: a separator is a space, comma or point")
    if grouping is not None and grouping == point:
        raise FeelError("number: the separators must differ")
    if grouping:
        text = text.replace(grouping, "")
    if point:
        if point != "." and "." in text:
            raise FeelError(f"number: {text!r} is not a number")
        text = text.replace(point, ".")
    if not _NUMBER.fullmatch(text):
        raise FeelError(f"number: {text!r} is not a number")
    return number(NUMBERS.create_decimal(text))


@builtin("string", "from: any")
def string(value: Any) -> str | None:
    """Return a value as text, null for null."""
    return None if value is None else text_of(value)
