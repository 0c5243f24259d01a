"""The expression of $filter and $orderby as a tree (OGC 18-088 §9.3.3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from madang.telemetry.sta.errors import InvalidQuery

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
ARITHMETIC = ("add", "sub", "mul", "div", "mod")


@dataclass(frozen=True)
class Literal:
    """A constant: text, number, bool, None, datetime, date, time, timedelta or geometry."""

    value: object


@dataclass(frozen=True)
class Name:
    """A path to a property, such as ``Datastream/Thing/properties/floor``."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.steps)


@dataclass(frozen=True)
class Call:
    """A built-in function."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    operand: Expression


@dataclass(frozen=True)
class Binary:
    """`operator` is ``and``, ``or``, one of `COMPARISONS` or one of `ARITHMETIC`."""

    operator: str
    left: Expression
    right: Expression


Expression = Literal | Name | Call | Not | Binary


def names(expression: Expression) -> Iterator[Name]:
    """Yield every property path of an expression."""
    match expression:
        case Name():
            yield expression
        case Call():
            for argument in expression.arguments:
                yield from names(argument)
        case Not():
            yield from names(expression.operand)
        case Binary():
            yield from names(expression.left)
            yield from names(expression.right)


def without_first_step(expression: Expression) -> Expression:
    """Return the expression as seen from the entity that all its paths lead to first."""
    match expression:
        case Name():
            return Name(expression.steps[1:])
        case Call():
            return Call(
                expression.function, tuple(without_first_step(a) for a in expression.arguments)
            )
        case Not():
            return Not(without_first_step(expression.operand))
        case Binary():
            return Binary(
                expression.operator,
                without_first_step(expression.left),
                without_first_step(expression.right),
            )
        case _:
            return expression


def conjuncts(expression: Expression | None) -> list[Expression]:
    """Return the conditions that must all hold."""
    if expression is None:
        return []
    if isinstance(expression, Binary) and expression.operator == "and":
        return conjuncts(expression.left) + conjuncts(expression.right)
    return [expression]


def conjunction(conditions: list[Expression]) -> Expression | None:
    """Return one condition that holds where all do; None for none."""
    if not conditions:
        return None
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = Binary("and", whole, condition)
    return whole


# name in small letters -> least and greatest number of arguments
FUNCTIONS: dict[str, tuple[int, int]] = {
    "substringof": (2, 2), "endswith": (2, 2), "startswith": (2, 2), "length": (1, 1),
    "indexof": (2, 2), "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1),
    "trim": (1, 1), "concat": (2, 2),
    "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1),
    "second": (1, 1), "fractionalseconds": (1, 1), "date": (1, 1), "time": (1, 1),
    "totaloffsetminutes": (1, 1), "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0),
    "round": (1, 1), "floor": (1, 1), "ceiling": (1, 1),
    "geo.distance": (2, 2), "geo.length": (1, 1), "geo.intersects": (2, 2),
    "st_equals": (2, 2), "st_disjoint": (2, 2), "st_touches": (2, 2), "st_within": (2, 2),
    "st_overlaps": (2, 2), "st_crosses": (2, 2), "st_intersects": (2, 2), "st_contains": (2, 2),
    "st_relate": (3, 3),
}  # fmt: skip


def checked_call(function: str, arguments: tuple[Expression, ...]) -> Call:
    """Return the call; raises `InvalidQuery` for an unknown function or a wrong count."""
    known = FUNCTIONS.get(function.lower())
    if known is None:
        raise InvalidQuery(f"there is no function {function!r} in a filter")
    least, most = known
    if not least <= len(arguments) <= most:
        raise InvalidQuery(f"{function}() takes {least} argument(s), it was given {len(arguments)}")
    return Call(function.lower(), arguments)
