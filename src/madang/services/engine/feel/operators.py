"""Arithmetic of FEEL (DMN 1.5, tables 55-59): numbers, strings, dates and durations."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

from madang.services.engine.feel.dates import (
    DAY,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    at_instant,
    date_time,
    from_ordinal,
    midnight,
    plus_months,
)
from madang.services.engine.feel.values import NUMBERS, FeelError, kind, number

_ONE = Decimal(1)
LONGEST_DURATION = Decimal(10) ** 30  # nanoseconds, or months


def add(a: Any, b: Any) -> Any:
    """Return a + b."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return number(NUMBERS.add(a, b))
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(b, DaysTime | YearsMonths):
        return _plus(a, b)
    if isinstance(a, DaysTime | YearsMonths):
        return _plus(b, a)
    raise _unfit("+", a, b)


def subtract(a: Any, b: Any) -> Any:
    """Return a - b."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return number(NUMBERS.subtract(a, b))
    if isinstance(b, DaysTime | YearsMonths):
        return _plus(a, negate(b))
    if isinstance(a, Time) and isinstance(b, Time):
        if (a.offset is None) != (b.offset is None):
            raise FeelError("only one of the two times has an offset")
        zulu = (DateTime(Date(1970, 1, 1), t.nanos, t.offset).instant for t in (a, b))
        return DaysTime(next(zulu) - next(zulu))
    if isinstance(a, Date | DateTime) and isinstance(b, Date | DateTime):
        return _elapsed(a, b)
    raise _unfit("-", a, b)


def _elapsed(a: Date | DateTime, b: Date | DateTime) -> DaysTime:
    first = midnight(a) if isinstance(a, Date) else a
    second = midnight(b) if isinstance(b, Date) else b
    if (first.offset is None) != (second.offset is None):
        raise FeelError("only one of the two moments has an offset")
    return DaysTime(first.instant - second.instant)


def _plus(value: Any, duration: DaysTime | YearsMonths) -> Any:
    if isinstance(duration, YearsMonths):
        if isinstance(value, YearsMonths):
            return YearsMonths(value.months + duration.months)
        if isinstance(value, Date):
            return plus_months(value, duration.months)
        if isinstance(value, DateTime):
            date = plus_months(value.date, duration.months)
            return date_time(date, value.nanos, value.offset, value.zone)
        raise _unfit("+", value, duration)
    if isinstance(value, DaysTime):
        return DaysTime(value.nanos + duration.nanos)
    if isinstance(value, Date):
        return from_ordinal(value.ordinal + duration.nanos // DAY)
    if isinstance(value, DateTime):
        return at_instant(value.instant + duration.nanos, value)
    if isinstance(value, Time):
        return Time((value.nanos + duration.nanos) % DAY, value.offset, value.zone)
    raise _unfit("+", value, duration)


def multiply(a: Any, b: Any) -> Any:
    """Return a * b."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return number(NUMBERS.multiply(a, b))
    if isinstance(b, DaysTime | YearsMonths):
        a, b = b, a
    if isinstance(b, Decimal):
        if isinstance(a, DaysTime):
            return DaysTime(_rounded(NUMBERS.multiply(Decimal(a.nanos), b)))
        if isinstance(a, YearsMonths):
            return YearsMonths(_cut(NUMBERS.multiply(Decimal(a.months), b)))
    raise _unfit("*", a, b)


def divide(a: Any, b: Any) -> Any:
    """Return a / b."""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _quotient(a, b)
    if isinstance(a, DaysTime):
        if isinstance(b, DaysTime):
            return _quotient(Decimal(a.nanos), Decimal(b.nanos))
        if isinstance(b, Decimal):
            return DaysTime(_rounded(_quotient(Decimal(a.nanos), b)))
    if isinstance(a, YearsMonths):
        if isinstance(b, YearsMonths):
            return _quotient(Decimal(a.months), Decimal(b.months))
        if isinstance(b, Decimal):
            return YearsMonths(_cut(_quotient(Decimal(a.months), b)))
    raise _unfit("/", a, b)


def _quotient(a: Decimal, b: Decimal) -> Decimal:
    if not b:
        raise FeelError("division by zero")
    return number(NUMBERS.divide(a, b))


def power(a: Any, b: Any) -> Any:
    """Return a ** b."""
    if not (isinstance(a, Decimal) and isinstance(b, Decimal)):
        raise _unfit("**", a, b)
    if not b:
        return _ONE
    return number(NUMBERS.power(a, b))


def negate(value: Any) -> Any:
    """Return -value."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, DaysTime):
        return DaysTime(-value.nanos)
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise FeelError(f"a {kind(value)} has no negative")


def _rounded(value: Decimal) -> int:
    return _of_duration(value, ROUND_HALF_EVEN)


def _cut(value: Decimal) -> int:
    return _of_duration(value, ROUND_DOWN)


def _of_duration(value: Decimal, rounding: str) -> int:
    if abs(number(value)) > LONGEST_DURATION:
        raise FeelError("the duration is too long")
    return int(value.to_integral_value(rounding=rounding))


def _unfit(op: str, a: Any, b: Any) -> FeelError:
    return FeelError(f"{kind(a)} {op} {kind(b)} is not defined")


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
