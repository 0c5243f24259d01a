"""An expression about observations as SQL of the lake.

Inner columns: `ds`, `at_ms` (Int64), `value` (Float64, NaN is missing), `flag` (the quality word).
Every value travels as a parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from madang.kernel import times
from madang.telemetry.observation_id import observation_key
from madang.telemetry.quality import FLAG_WORDS
from madang.telemetry.sta import expressions as tree
from madang.telemetry.sta.errors import InvalidQuery, NotSupported

TEXT, NUMBER, TIME, DATE, NULL, BOOLEAN = "text", "number", "time", "date", "null", "boolean"
_MOMENT = "toDateTime(intDiv({0}, 1000), 'UTC')"
_WORDS = "[" + ", ".join(f"'{word}'" for word in FLAG_WORDS) + "]"


class Operand(NamedTuple):
    """An SQL expression and what kind of value it has."""

    sql: str
    kind: str


DatastreamsWith = Callable[[tree.Expression, str], list[int]]


@dataclass
class Translator:
    """Collects the parameters of one query.

    `datastreams_where(expression, link)` answers conditions on the entities an observation links
    to, as seen from there.
    """

    datastreams_where: DatastreamsWith
    parameters: dict[str, object] = field(default_factory=dict)

    def parameter(self, value: object, kind: str) -> str:
        """Return the place-holder of a new parameter."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def condition(self, expression: tree.Expression) -> str:
        """Return a condition; raises `InvalidQuery` or `NotSupported`."""
        link = linked_entity(expression)
        if link is not None:
            ids = self.datastreams_where(tree.without_first_step(expression), link)
            return f"ds IN {self.parameter(ids, 'Array(UInt32)')}"
        match expression:
            case tree.Binary("and" | "or"):
                sides = (self.condition(expression.left), self.condition(expression.right))
                return f"({f' {expression.operator.upper()} '.join(sides)})"
            case tree.Not():
                return f"NOT ({self.condition(expression.operand)})"
            case tree.Binary(operator) if operator in tree.COMPARISONS:
                return self._comparison(expression)
            case tree.Call(function) if function in _TESTS:
                texts = [self._as(a, TEXT) for a in expression.arguments]
                return _TESTS[function](*texts)
            case tree.Literal(bool() as truth):
                return "1 = 1" if truth else "1 = 0"
        raise InvalidQuery("a condition is wanted, a value was given")

    def value(self, expression: tree.Expression) -> str:
        """Return a value to order by."""
        return self._operand(expression).sql

    def _comparison(self, expression: tree.Binary) -> str:
        if _is_id(expression.left) or _is_id(expression.right):
            return self._same_id(expression)
        left, right = self._operand(expression.left), self._operand(expression.right)
        if NULL in (left.kind, right.kind):
            return _with_null(expression.operator, left, right)
        if left.kind != right.kind:
            raise InvalidQuery(f"a {left.kind} cannot be compared with a {right.kind}")
        return f"{left.sql} {_SIGNS[expression.operator]} {right.sql}"

    def _same_id(self, expression: tree.Binary) -> str:
        sides = (expression.left, expression.right)
        public = next((s.value for s in sides if isinstance(s, tree.Literal)), None)
        if expression.operator not in ("eq", "ne"):
            raise NotSupported("ids of observations can be compared with eq and ne only")
        key = observation_key(public) if isinstance(public, str) else None
        if key is None:
            return "1 = 0" if expression.operator == "eq" else "1 = 1"
        ds, at_ms = self.parameter(key.ds, "UInt32"), self.parameter(key.t_ms, "Int64")
        return f"{'NOT ' if expression.operator == 'ne' else ''}(ds = {ds} AND at_ms = {at_ms})"

    def _operand(self, expression: tree.Expression) -> Operand:
        match expression:
            case tree.Literal():
                return self._constant(expression.value)
            case tree.Name():
                return _column(expression)
            case tree.Call(function) if function in _VALUES:
                wanted, kind, form = _VALUES[function]
                values = [self._as(a, w) for a, w in zip(expression.arguments, wanted, strict=True)]
                return Operand(form.format(*values), kind)
            case tree.Binary(operator) if operator in tree.ARITHMETIC:
                left, right = self._as(expression.left, NUMBER), self._as(expression.right, NUMBER)
                return Operand(_ARITHMETIC[operator].format(left, right), NUMBER)
            case tree.Call(function):
                raise NotSupported(f"{function}() is not answered for observations")
        raise InvalidQuery("a value is wanted, a condition was given")

    def _as(self, expression: tree.Expression, kind: str) -> str:
        operand = self._operand(expression)
        if operand.kind != kind:
            raise InvalidQuery(f"a {kind} is wanted, a {operand.kind} was given")
        return operand.sql

    def _constant(self, value: object) -> Operand:
        match value:
            case None:
                return Operand("NULL", NULL)
            case bool():
                return Operand("1" if value else "0", BOOLEAN)
            case str():
                return Operand(self.parameter(value, "String"), TEXT)
            case int() | float():
                return Operand(self.parameter(float(value), "Float64"), NUMBER)
            case datetime():
                return Operand(self.parameter(times.to_ms(value), "Int64"), TIME)
            case date():
                return Operand(f"toDate({self.parameter(value.isoformat(), 'String')})", DATE)
        raise NotSupported(f"{value!r} is not answered for observations")


def linked_entity(expression: tree.Expression) -> str | None:
    """Return the link that all paths of the expression go through, or None."""
    firsts = {name.steps[0] for name in tree.names(expression)}
    if len(firsts) == 1 and firsts <= {"Datastream", "FeatureOfInterest"}:
        return firsts.pop()
    return None


def _is_id(expression: tree.Expression) -> bool:
    return expression in (tree.Name(("id",)), tree.Name(("@iot.id",)))


def _with_null(operator: str, left: Operand, right: Operand) -> str:
    other = left if right.kind == NULL else right
    if operator not in ("eq", "ne"):
        raise InvalidQuery(f"null cannot be compared with {operator!r}")
    if other.sql == "value":
        return "isNaN(value)" if operator == "eq" else "NOT isNaN(value)"
    missing = other.kind == NULL
    return "1 = 1" if missing == (operator == "eq") else "1 = 0"


def _column(name: tree.Name) -> Operand:
    match name.steps:
        case ("result",):
            return Operand("value", NUMBER)
        case ("phenomenonTime",) | ("resultTime",):
            return Operand("at_ms", TIME)
        case ("resultQuality", "flag"):
            return Operand(f"arrayElement({_WORDS}, toInt32(bitAnd(flag, 7)) + 1)", TEXT)
        case ("id",) | ("@iot.id",):
            return Operand("concat(toString(ds), '-', toString(at_ms))", TEXT)
        case ("Datastream", "id" | "@iot.id"):
            return Operand("toFloat64(ds)", NUMBER)
    if name.steps[0] in ("Datastream", "FeatureOfInterest"):
        raise NotSupported(f"{name} cannot be compared with a property of the observation")
    raise InvalidQuery(
        f"an observation has no {name}; it has result, phenomenonTime, resultTime and "
        "resultQuality/flag"
    )


_SIGNS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_ARITHMETIC = {
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0} * {1})",
    "div": "({0} / {1})",
    "mod": "({0} - {1} * floor({0} / {1}))",
}
_TESTS: dict[str, Callable[..., str]] = {
    "substringof": lambda part, whole: f"position({whole}, {part}) > 0",
    "startswith": lambda whole, part: f"startsWith({whole}, {part})",
    "endswith": lambda whole, part: f"endsWith({whole}, {part})",
}
_VALUES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "year": ((TIME,), NUMBER, f"toYear({_MOMENT})"),
    "month": ((TIME,), NUMBER, f"toMonth({_MOMENT})"),
    "day": ((TIME,), NUMBER, f"toDayOfMonth({_MOMENT})"),
    "hour": ((TIME,), NUMBER, f"toHour({_MOMENT})"),
    "minute": ((TIME,), NUMBER, f"toMinute({_MOMENT})"),
    "second": ((TIME,), NUMBER, f"toSecond({_MOMENT})"),
    "fractionalseconds": ((TIME,), NUMBER, "(({0} % 1000) / 1000)"),
    "date": ((TIME,), DATE, f"toDate({_MOMENT})"),
    "totaloffsetminutes": ((TIME,), NUMBER, "0"),
    "round": ((NUMBER,), NUMBER, "round({0})"),
    "floor": ((NUMBER,), NUMBER, "floor({0})"),
    "ceiling": ((NUMBER,), NUMBER, "ceil({0})"),
    "length": ((TEXT,), NUMBER, "length({0})"),
    "tolower": ((TEXT,), TEXT, "lower({0})"),
    "toupper": ((TEXT,), TEXT, "upper({0})"),
    "trim": ((TEXT,), TEXT, "trimBoth({0})"),
    "concat": ((TEXT, TEXT), TEXT, "concat({0}, {1})"),
}
