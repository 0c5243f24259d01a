"""Built-in functions on numbers (DMN 1.5, table 75)."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.dates import DaysTime, YearsMonths
from madang.services.engine.feel.values import NUMBERS, FeelError, number, whole

_ROOMY = Context(prec=7000, Emin=-20000, Emax=20000, traps=[])
SCALES = (-6111, 6176)  # DMN 1.5, table 75: the range of a scale


def to_scale(n: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """Return a number rounded to so many digits behind the point."""
    digits = 0 if scale is None else whole(scale)
    if not SCALES[0] <= digits <= SCALES[1]:
        raise FeelError(f"a scale lies between {SCALES[0]} and {SCALES[1]}")
    exponent = n.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return n
    step = Decimal((0, (1,), -digits))
    return number(NUMBERS.plus(n.quantize(step, rounding=rounding, context=_ROOMY)))


@builtin("decimal", "n: number, scale: number")
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    """Return n rounded half even."""
    return to_scale(n, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale?: number")
def floor(n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Return the greatest number of that scale that is not above n."""
    return to_scale(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale?: number")
def ceiling(n: Decimal, scale: Decimal | None = None) -> Decimal:
    """Return the least number of that scale that is not below n."""
    return to_scale(n, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number")
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    """Return n rounded away from zero."""
    return to_scale(n, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number")
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    """Return n rounded towards zero."""
    return to_scale(n, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number")
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    """Return n rounded, ties away from zero."""
    return to_scale(n, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number")
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    """Return n rounded, ties towards zero."""
    return to_scale(n, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: amount")
def absolute(n: Any) -> Any:
    """Return a number or a duration without its sign."""
    if isinstance(n, DaysTime):
        return DaysTime(abs(n.nanos))
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    return NUMBERS.abs(n)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Return the remainder, with the sign of the divisor."""
    if not divisor:
        raise FeelError("division by zero")
    rest = _ROOMY.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = _ROOMY.add(rest, divisor)
    return number(NUMBERS.plus(rest))


@builtin("sqrt", "number: number")
def sqrt(n: Decimal) -> Decimal:
    """Return the square root."""
    return number(NUMBERS.sqrt(n))


@builtin("log", "number: number")
def log(n: Decimal) -> Decimal:
    """Return the natural logarithm."""
    if n <= 0:
        raise FeelError("a logarithm is of a number above zero")
    return number(NUMBERS.ln(n))


@builtin("exp", "number: number")
def exp(n: Decimal) -> Decimal:
    """Return e to the power of n."""
    return number(NUMBERS.exp(n))


@builtin("odd", "number: number")
def odd(n: Decimal) -> bool:
    """Return whether n is an odd whole number."""
    return abs(_ROOMY.remainder(n, Decimal(2))) == 1


@builtin("even", "number: number")
def even(n: Decimal) -> bool:
    """Return whether n is an even whole number."""
    return not _ROOMY.remainder(n, Decimal(2))
