"""Built-in functions on points and ranges (DMN 1.5, table 80), and ranges made of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.compare import equal, ordered
from madang.services.engine.feel.values import FeelError, Range

_POINT_RANGE = "point: point, range: range"
_RANGE_POINT = "range: range, point: point"
_RANGES = "range1: range, range2: range"


def _less(a: Any, b: Any) -> bool:
    found = ordered("<", a, b)
    if found is None:
        raise FeelError("the points cannot be compared")
    return found


def _same(a: Any, b: Any) -> bool:
    found = equal(a, b)
    if found is None:
        raise FeelError("the points cannot be compared")
    return found


def _bounded(*spans: Range) -> None:
    for span in spans:
        if span.low is None or span.high is None:
            raise FeelError("a range without an end has no place among others")


# A point is the range from itself to itself; so each relation is written once.
def _span(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _starts_before(a: Range, b: Range) -> bool:
    return _less(a.low, b.low) or (_same(a.low, b.low) and a.low_closed and not b.low_closed)


def _starts_with(a: Range, b: Range) -> bool:
    return _same(a.low, b.low) and a.low_closed == b.low_closed


def _ends_before(a: Range, b: Range) -> bool:
    return _less(a.high, b.high) or (_same(a.high, b.high) and b.high_closed and not a.high_closed)


def _ends_with(a: Range, b: Range) -> bool:
    return _same(a.high, b.high) and a.high_closed == b.high_closed


def _before(a: Range, b: Range) -> bool:
    if a.high is None or b.low is None:
        return False
    return _less(a.high, b.low) or (_same(a.high, b.low) and not (a.high_closed and b.low_closed))


def _meets(a: Range, b: Range) -> bool:
    if a.high is None or b.low is None:
        return False
    return a.high_closed and b.low_closed and _same(a.high, b.low)


def _includes(a: Range, b: Range) -> bool:
    low = a.low is None or (b.low is not None and not _starts_before(b, a))
    high = a.high is None or (b.high is not None and not _ends_before(a, b))
    return low and high


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    _bounded(a, b)
    return _starts_before(a, b) and not _before(a, b) and (_ends_before(a, b) or _ends_with(a, b))


def _finishes(a: Range, b: Range) -> bool:
    if a.high is None or b.high is None:
        return False
    starts_inside = b.low is None or (a.low is not None and not _starts_before(a, b))
    return _ends_with(a, b) and starts_inside


def _starts(a: Range, b: Range) -> bool:
    if a.low is None or b.low is None:
        return False
    ends_inside = b.high is None or (a.high is not None and not _ends_before(b, a))
    return _starts_with(a, b) and ends_inside


def _coincides(a: Range, b: Range) -> bool:
    return _both_open(a.low, b.low, _starts_with, a, b) and _both_open(
        a.high, b.high, _ends_with, a, b
    )


def _both_open(
    x: Any, y: Any, relation: Callable[[Range, Range], bool], a: Range, b: Range
) -> bool:
    if x is None or y is None:
        return x is None and y is None
    return relation(a, b)


def _flipped(relation: Callable[[Range, Range], bool]) -> Callable[[Range, Range], bool]:
    return lambda a, b: relation(b, a)


_POINTS = "point1: point, point2: point"
_RELATIONS: tuple[tuple[str, Callable[[Range, Range], bool], tuple[str, ...]], ...] = (
    ("before", _before, (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    ("after", _flipped(_before), (_POINTS, _POINT_RANGE, _RANGE_POINT, _RANGES)),
    ("meets", _meets, (_RANGES,)),
    ("met by", _flipped(_meets), (_RANGES,)),
    ("overlaps", _overlaps, (_RANGES,)),
    ("overlaps before", _overlaps_before, (_RANGES,)),
    ("overlaps after", _flipped(_overlaps_before), (_RANGES,)),
    ("finishes", _finishes, (_POINT_RANGE, _RANGES)),
    ("finished by", _flipped(_finishes), (_RANGE_POINT, _RANGES)),
    ("includes", _includes, (_RANGE_POINT, _RANGES)),
    ("during", _flipped(_includes), (_POINT_RANGE, _RANGES)),
    ("starts", _starts, (_POINT_RANGE, _RANGES)),
    ("started by", _flipped(_starts), (_RANGE_POINT, _RANGES)),
    ("coincides", _coincides, (_POINTS, _RANGES)),
)


def _register(name: str, relation: Callable[[Range, Range], bool], ways: tuple[str, ...]) -> None:
    builtin(name, *ways)(lambda a, b: relation(_span(a), _span(b)))


for _name, _relation, _ways in _RELATIONS:
    _register(_name, _relation, _ways)


_RANGE_TEXT = re.compile(r"\s*([\[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)


@builtin("range", "from: string")
def range_of_text(text: str) -> Range:
    """Return the range that a text says; its ends are literals, one of them may be left out."""
    found = _RANGE_TEXT.fullmatch(text)
    if not found:
        raise FeelError(f"{text!r} is not a range")
    opening, low, high, closing = found.groups()
    ends = _end(low), _end(high)
    low_closed, high_closed = opening == "[", closing == "]"
    for end, closed in zip(ends, (low_closed, high_closed), strict=True):
        if end is None and closed:
            raise FeelError(f"{text!r} has no closed end where it names none")
    return checked_range(*ends, low_closed, high_closed)


def checked_range(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Range:
    """Return a range whose ends are of one kind and in order, or raise."""
    if low is None and high is None:
        raise FeelError("a range has at least one end")
    known = [end for end in (low, high) if end is not None]
    if ordered("<=", known[0], known[-1]) is not True:
        raise FeelError("the ends of a range are of one kind, the lower first")
    return Range(low, high, low_closed, high_closed)


def _end(text: str) -> Any:
    from madang.services.engine.feel.expression import literal_value

    return None if text in ("", "null") else literal_value(text)


def is_point(value: Any) -> bool:
    """Return whether a value can be the end of a range."""
    return isinstance(value, Decimal | str) or ordered("<=", value, value) is True
