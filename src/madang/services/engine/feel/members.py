"""What `value.name` is: an entry of a context, a part of a date, duration or range."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.built_in.moments import weekday
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
)
from madang.services.engine.feel.values import MISSING, NUMBERS, FeelError, Range, kind

Part = Callable[[Any], Any]


def member(value: Any, name: str) -> Any:
    """Return a member of a value, of each item of a list; FeelError where there is none."""
    if isinstance(value, dict):
        found = value.get(name, MISSING)
        if found is MISSING:
            raise FeelError(f"the context has no entry {name!r}")
        return found
    if isinstance(value, list):
        return [_member_or_null(item, name) for item in value]
    if value is None:
        return None
    part = _PARTS.get(type(value), {}).get(name)
    if part is None:
        raise FeelError(f"a {kind(value)} has no {name!r}")
    return part(value)


def _member_or_null(value: Any, name: str) -> Any:
    try:
        return member(value, name)
    except FeelError:
        return None


def _whole(read: Callable[[Any], int]) -> Part:
    return lambda value: Decimal(read(value))


def _sign(nanos: int, amount: int) -> int:
    return -amount if nanos < 0 else amount


def _clock(nanos: int, unit: int, size: int) -> int:
    return nanos // unit % size


def _second(value: Any) -> Decimal:
    return NUMBERS.divide(Decimal(value.nanos % MINUTE), Decimal(SECOND)).normalize()


def _offset(value: Any) -> Any:
    return None if value.offset is None else DaysTime(value.offset * SECOND)


_DAY_PARTS: dict[str, Part] = {
    "year": _whole(lambda d: d.year),
    "month": _whole(lambda d: d.month),
    "day": _whole(lambda d: d.day),
    "weekday": _whole(weekday),
}
_CLOCK_PARTS: dict[str, Part] = {
    "hour": _whole(lambda t: t.nanos // HOUR),
    "minute": _whole(lambda t: _clock(t.nanos, MINUTE, 60)),
    "second": _second,
    "time offset": _offset,
    "timezone": lambda t: t.zone,
}


def _of_date(part: Part) -> Part:
    return lambda moment: part(moment.date)


_PARTS: dict[type, dict[str, Part]] = {
    Date: _DAY_PARTS,
    Time: _CLOCK_PARTS,
    DateTime: {**{name: _of_date(part) for name, part in _DAY_PARTS.items()}, **_CLOCK_PARTS},
    YearsMonths: {
        "years": _whole(lambda d: _sign(d.months, abs(d.months) // 12)),
        "months": _whole(lambda d: _sign(d.months, abs(d.months) % 12)),
    },
    DaysTime: {
        "days": _whole(lambda d: _sign(d.nanos, abs(d.nanos) // DAY)),
        "hours": _whole(lambda d: _sign(d.nanos, abs(d.nanos) % DAY // HOUR)),
        "minutes": _whole(lambda d: _sign(d.nanos, abs(d.nanos) % HOUR // MINUTE)),
        "seconds": lambda d: NUMBERS.divide(
            Decimal(_sign(d.nanos, abs(d.nanos) % MINUTE)), Decimal(SECOND)
        ),
    },
    Range: {
        "start": lambda r: r.low,
        "end": lambda r: r.high,
        "start included": lambda r: r.low_closed,
        "end included": lambda r: r.high_closed,
    },
}
