"""Constants of an expression, worked out before any table is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from madang.kernel import times
from madang.telemetry.sta.errors import InvalidQuery
from madang.telemetry.sta.expressions import ARITHMETIC, Binary, Call, Expression, Literal, Not

_MOMENTS: dict[str, Callable[[], datetime]] = {
    "now": times.now,
    "mindatetime": lambda: datetime.min.replace(tzinfo=UTC),
    "maxdatetime": lambda: datetime.max.replace(tzinfo=UTC),
}


def folded(expression: Expression) -> Expression:
    """Return the expression with moments and arithmetic of constants worked out."""
    match expression:
        case Call() if expression.function in _MOMENTS:
            return Literal(_MOMENTS[expression.function]())
        case Call():
            return Call(expression.function, tuple(folded(a) for a in expression.arguments))
        case Not():
            return Not(folded(expression.operand))
        case Binary():
            return _folded_binary(expression)
        case _:
            return expression


def _folded_binary(expression: Binary) -> Expression:
    left, right = folded(expression.left), folded(expression.right)
    both = isinstance(left, Literal) and isinstance(right, Literal)
    if both and expression.operator in ARITHMETIC:
        assert isinstance(left, Literal)
        assert isinstance(right, Literal)
        return Literal(_worked_out(expression.operator, left.value, right.value))
    return Binary(expression.operator, left, right)


def _worked_out(operator: str, left: object, right: object) -> object:
    try:
        if isinstance(left, datetime) and isinstance(right, timedelta) and operator == "add":
            return left + right
        if isinstance(left, datetime) and isinstance(right, datetime | timedelta):
            if operator == "sub":
                return left - right
        elif _is_number(left) and _is_number(right):
            return _number(operator, left, right)  # type: ignore[arg-type]
    except (ArithmeticError, OverflowError) as error:
        raise InvalidQuery(f"{left} {operator} {right}: {error}") from None
    raise InvalidQuery(f"{operator} does not fit {left!r} and {right!r}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(operator: str, left: float, right: float) -> float:
    match operator:
        case "add":
            return left + right
        case "sub":
            return left - right
        case "mul":
            return left * right
        case "div":
            return left / right
        case _:
            return left % right
