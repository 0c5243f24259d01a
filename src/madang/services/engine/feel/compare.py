"""When values are equal, which comes first, and whether one lies in a range (DMN 1.5, 10.3.2.13).

Three answers: true, false, and null where the kinds of the two cannot be compared.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.dates import Date, DateTime, DaysTime, Time, YearsMonths
from madang.services.engine.feel.values import Range, is_function

Answer = bool | None
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def equal(a: Any, b: Any) -> Answer:
    """Return whether two values are the same to FEEL."""
    if a is None or b is None:
        return a is None and b is None
    if type(a) is type(b):
        return _same_kind(a, b)
    if isinstance(a, list) and len(a) == 1:
        return equal(a[0], b)
    if isinstance(b, list) and len(b) == 1:
        return equal(a, b[0])
    return None


def _same_kind(a: Any, b: Any) -> Answer:
    if isinstance(a, list):
        return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) is True for key in a)
    if isinstance(a, Range):
        return _same_ends(a, b)
    if isinstance(a, Time | DateTime):
        first, second = moments(a, b)
        return first is not None and first == second
    if is_function(a):
        return None
    return bool(a == b)


def _same_ends(a: Range, b: Range) -> bool:
    return (
        (a.low_closed, a.high_closed) == (b.low_closed, b.high_closed)
        and equal(a.low, b.low) is True
        and equal(a.high, b.high) is True
    )


def moments(a: Any, b: Any) -> tuple[int | None, int | None]:
    """Return two times, or two dates and times, on one line; None where only one has an offset."""
    if (a.offset is None) != (b.offset is None):
        return None, None
    if isinstance(a, DateTime):
        return a.instant, b.instant
    second = 1_000_000_000
    return a.nanos - (a.offset or 0) * second, b.nanos - (b.offset or 0) * second


def keys(a: Any, b: Any) -> tuple[Any, Any]:
    """Return what to compare instead of two values of one kind; None where they have no order."""
    if type(a) is not type(b):
        return None, None
    if isinstance(a, Decimal | str):
        return a, b
    if isinstance(a, Date):
        return (a.year, a.month, a.day), (b.year, b.month, b.day)
    if isinstance(a, Time | DateTime):
        return moments(a, b)
    if isinstance(a, DaysTime):
        return a.nanos, b.nanos
    if isinstance(a, YearsMonths):
        return a.months, b.months
    return None, None


def ordered(op: str, a: Any, b: Any) -> Answer:
    """Return whether `a op b` holds for one of < <= > >=."""
    if isinstance(a, list) and len(a) == 1:
        a = a[0]
    if isinstance(b, list) and len(b) == 1:
        b = b[0]
    first, second = keys(a, b)
    if first is None:
        return None
    return ORDERS[op](first, second)


def both(a: Answer, b: Answer) -> Answer:
    """Return a and b in three values."""
    if a is False or b is False:
        return False
    return True if a is True and b is True else None


def within(value: Any, span: Range) -> Answer:
    """Return whether a value lies in a range."""
    low = high = True
    found: Answer = True
    if span.low is not None:
        found = ordered(">=" if span.low_closed else ">", value, span.low)
        low = False
    if span.high is not None:
        found = both(found, ordered("<=" if span.high_closed else "<", value, span.high))
        high = False
    return None if low and high else found


def includes(candidate: Any, value: Any) -> Answer:
    """Return whether a value is one that the candidate stands for: equal, in its range or list."""
    if isinstance(candidate, Range) and not isinstance(value, Range):
        return within(value, candidate)
    if isinstance(candidate, list) and not isinstance(value, list):
        return any(includes(item, value) is True for item in candidate)
    if isinstance(candidate, list) and equal(candidate, value) is not True:
        return any(equal(item, value) is True for item in candidate)
    return equal(value, candidate)
