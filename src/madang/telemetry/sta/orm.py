"""An expression as a condition on one of the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import shapely
from django.db.models import (
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    TextField,
    Value,
    lookups,
)
from django.db.models import functions as db

from madang.telemetry.sta import expressions as tree
from madang.telemetry.sta.errors import InvalidQuery, NotSupported
from madang.telemetry.sta.folding import folded
from madang.telemetry.sta.geo import geometry_condition, is_geometric
from madang.telemetry.sta.model import (
    DERIVED,
    GEOMETRY,
    JSON,
    NUMBER,
    TEXT,
    TIME,
    TYPES,
    EntityType,
)
from madang.telemetry.sta.observed import observed_condition, observed_prefix
from madang.telemetry.sta.sql_functions import JSONNumber, JSONText

BOOLEAN, DATE, CLOCK, DURATION, NULL = "boolean", "date", "time of day", "duration", "null"


class Operand(NamedTuple):
    """A database expression and what kind of value it has."""

    sql: Any
    kind: str


@dataclass(frozen=True)
class InsideJSON:
    """A value inside a JSON column; its kind shows when it is compared."""

    column: str
    keys: tuple[str, ...]

    def as_kind(self, kind: str) -> Operand:
        """Return it as a value of that kind."""
        if kind == NUMBER:
            return Operand(JSONNumber(self.column, self.keys), NUMBER)
        return Operand(JSONText(self.column, self.keys), TEXT)


def condition(expression: tree.Expression, kind: EntityType) -> Q:
    """Return the condition on the table of `kind`.

    Raises
    ------
    InvalidQuery
        If a path is not in the data model, or a value does not fit.
    NotSupported
        If the condition is on something that only the lake knows.
    """
    return _condition(folded(expression), kind)


def order_expressions(expression: tree.Expression, kind: EntityType) -> list[Any]:
    """Return the database expressions to order by; inside JSON numbers count before texts."""
    operand = _operand(folded(expression), kind)
    if isinstance(operand, InsideJSON):
        return [operand.as_kind(NUMBER).sql, operand.as_kind(TEXT).sql]
    return [operand.sql]


def crosses_many(expression: tree.Expression, kind: EntityType) -> bool:
    """Return whether a path of the expression runs through a set of entities."""
    return any(_is_many(name, kind) for name in tree.names(expression))


def _is_many(name: tree.Name, kind: EntityType) -> bool:
    for step in name.steps:
        link = kind.links_by_name.get(step)
        if link is None:
            return False
        if link.many:
            return True
        kind = TYPES[link.target]
    return False


def _condition(expression: tree.Expression, kind: EntityType) -> Q:
    if observed_prefix(expression, kind) is not None:
        return observed_condition(expression, kind)
    match expression:
        case tree.Binary("and"):
            return _all_of(tree.conjuncts(expression), kind)
        case tree.Binary("or"):
            return _condition(expression.left, kind) | _condition(expression.right, kind)
        case tree.Not():
            return ~_condition(expression.operand, kind)
    return _test(expression, kind)


def _test(expression: tree.Expression, kind: EntityType) -> Q:
    """Return the condition of an expression that is not made of conditions."""
    match expression:
        case tree.Binary(operator, left, right) if operator in tree.COMPARISONS:
            if is_geometric(left) or is_geometric(right):
                return geometry_condition(expression, kind)
            return _comparison(operator, expression, kind)
        case tree.Call() if is_geometric(expression):
            return geometry_condition(expression, kind)
        case tree.Call(function) if function in _TESTS:
            return Q(_TESTS[function](*(_text(a, kind) for a in expression.arguments)))
        case tree.Name():
            return _comparison("eq", tree.Binary("eq", expression, tree.Literal(True)), kind)
        case tree.Literal(bool() as truth):
            return _always(truth)
    raise InvalidQuery(f"a condition is wanted, {_shown(expression)} is none")


def _always(truth: bool) -> Q:
    return Q(lookups.Exact(Value(1), Value(1 if truth else 0)))


def _all_of(parts: list[tree.Expression], kind: EntityType) -> Q:
    """Join conditions; those on the same observations are asked for together."""
    whole = Q()
    by_prefix: dict[tuple[str, ...], list[tree.Expression]] = {}
    for part in parts:
        prefix = observed_prefix(part, kind)
        if prefix is None:
            whole &= _condition(part, kind)
        else:
            by_prefix.setdefault(prefix, []).append(part)
    for together in by_prefix.values():
        joined = tree.conjunction(together)
        assert joined is not None
        whole &= observed_condition(joined, kind)
    return whole


_LOOKUPS = {
    "eq": lookups.Exact,
    "gt": lookups.GreaterThan,
    "ge": lookups.GreaterThanOrEqual,
    "lt": lookups.LessThan,
    "le": lookups.LessThanOrEqual,
}


def _comparison(operator: str, expression: tree.Binary, kind: EntityType) -> Q:
    left, right = _operand(expression.left, kind), _operand(expression.right, kind)
    left, right = _same_kind(left, right)
    if NULL in (left.kind, right.kind):
        return _with_null(operator, left, right)
    if left.kind != right.kind:
        raise InvalidQuery(
            f"{_shown(expression.left)} is a {left.kind}, "
            f"{_shown(expression.right)} a {right.kind}: they cannot be compared"
        )
    if operator == "ne":
        return ~Q(lookups.Exact(left.sql, right.sql))
    return Q(_LOOKUPS[operator](left.sql, right.sql))


def _same_kind(left: Operand | InsideJSON, right: Operand | InsideJSON) -> tuple[Operand, Operand]:
    if isinstance(left, InsideJSON) and isinstance(right, InsideJSON):
        return left.as_kind(TEXT), right.as_kind(TEXT)
    if isinstance(left, InsideJSON):
        assert isinstance(right, Operand)
        right = _as_json_text(right)
        return left.as_kind(right.kind), right
    if isinstance(right, InsideJSON):
        left = _as_json_text(left)
        return left, right.as_kind(left.kind)
    return left, right


def _as_json_text(operand: Operand) -> Operand:
    """Return a constant as it reads inside a JSON column."""
    if operand.kind == BOOLEAN:
        return Operand(Value("true" if operand.sql.value else "false"), TEXT)
    return operand


def _with_null(operator: str, left: Operand, right: Operand) -> Q:
    if operator not in ("eq", "ne"):
        raise InvalidQuery(f"null cannot be compared with {operator!r}")
    other = left if right.kind == NULL else right
    if other.kind == NULL:
        return _always(operator == "eq")
    return Q(lookups.IsNull(other.sql, operator == "eq"))


def _operand(expression: tree.Expression, kind: EntityType) -> Operand | InsideJSON:
    match expression:
        case tree.Literal():
            return _constant(expression.value)
        case tree.Name():
            return _column(expression, kind)
        case tree.Call(function) if function in _VALUES:
            wanted, given, build = _VALUES[function]
            values = [_as(a, kind, w) for a, w in zip(expression.arguments, wanted, strict=False)]
            return Operand(build(*values), given)
        case tree.Call(function):
            raise InvalidQuery(f"{function}() is not a value here")
        case tree.Binary(operator) if operator in tree.ARITHMETIC:
            return _arithmetic(expression, kind)
    raise InvalidQuery(f"a value is wanted, {_shown(expression)} is a condition")


def _constant(value: object) -> Operand:
    if value is None:
        return Operand(Value(None), NULL)
    for python, kind in _KINDS:
        if isinstance(value, python):
            return Operand(Value(value), kind)
    if isinstance(value, shapely.Geometry):
        raise InvalidQuery("a geometry stands only inside a geospatial function")
    raise InvalidQuery(f"{value!r} is no value")


_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, BOOLEAN),
    (str, TEXT),
    (int | float, NUMBER),
    (datetime, TIME),
    (date, DATE),
    (time, CLOCK),
    (timedelta, DURATION),
)


def _column(name: tree.Name, kind: EntityType) -> Operand | InsideJSON:
    prefix = ""
    for place, step in enumerate(name.steps):
        if step in ("id", "@iot.id"):
            return Operand(F(f"{prefix}pk"), TEXT if kind.text_id else NUMBER)
        field = kind.by_name.get(step)
        if field is not None:
            rest = name.steps[place + 1 :]
            return _field_column(field.kind, prefix + field.source, rest, name)
        link = kind.link(step)
        if not link.path:
            raise NotSupported(f"a condition on {name} can only be asked at the observations")
        prefix += f"{link.path}__"
        kind = TYPES[link.target]
    raise InvalidQuery(f"{name} is an entity; name one of its properties")


def _field_column(
    kind: str, source: str, rest: tuple[str, ...], name: tree.Name
) -> Operand | InsideJSON:
    if kind == DERIVED:
        raise NotSupported(f"{name} comes from the observations; filter those instead")
    if kind in (JSON, GEOMETRY):
        return InsideJSON(source, rest) if rest else Operand(F(source), JSON)
    if rest:
        raise InvalidQuery(f"{name}: a {kind} has no inner properties")
    return Operand(F(source), kind)


def _as(expression: tree.Expression, kind: EntityType, wanted: str) -> Any:
    operand = _operand(expression, kind)
    if isinstance(operand, InsideJSON):
        operand = operand.as_kind(wanted)
    if operand.kind != wanted:
        raise InvalidQuery(f"{_shown(expression)} is a {operand.kind}, a {wanted} is wanted")
    return operand.sql


def _text(expression: tree.Expression, kind: EntityType) -> Any:
    return _as(expression, kind, TEXT)


def _arithmetic(expression: tree.Binary, kind: EntityType) -> Operand:
    left = _operand(expression.left, kind)
    if isinstance(left, Operand) and left.kind == TIME and expression.operator in ("add", "sub"):
        shift = ExpressionWrapper(_as(expression.right, kind, DURATION), DurationField())
        moved = left.sql + shift if expression.operator == "add" else left.sql - shift
        return Operand(ExpressionWrapper(moved, DateTimeField()), TIME)
    numbers = [_as(side, kind, NUMBER) for side in (expression.left, expression.right)]
    one, two = (db.Cast(number, FloatField()) for number in numbers)
    built = _ARITHMETIC[expression.operator](one, two)
    return Operand(ExpressionWrapper(built, FloatField()), NUMBER)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / db.NullIf(b, Value(0.0)),
    "mod": lambda a, b: a - b * db.Floor(a / db.NullIf(b, Value(0.0))),
}
# Equality of parts and not LIKE, which ignores case in SQLite.
_TESTS: dict[str, Callable[..., Any]] = {
    "substringof": lambda part, whole: lookups.GreaterThan(db.StrIndex(whole, part), Value(0)),
    "startswith": lambda whole, part: lookups.Exact(db.Substr(whole, 1, db.Length(part)), part),
    "endswith": lambda whole, part: lookups.Exact(db.Right(whole, db.Length(part)), part),
}
_VALUES: dict[str, tuple[tuple[str, ...], str, Callable[..., Any]]] = {
    "length": ((TEXT,), NUMBER, db.Length),
    "indexof": ((TEXT, TEXT), NUMBER, lambda whole, part: db.StrIndex(whole, part) - 1),
    "substring": (
        (TEXT, NUMBER, NUMBER),
        TEXT,
        lambda text, start, *length: db.Substr(text, start + 1, *length),
    ),
    "tolower": ((TEXT,), TEXT, db.Lower),
    "toupper": ((TEXT,), TEXT, db.Upper),
    "trim": ((TEXT,), TEXT, db.Trim),
    "concat": ((TEXT, TEXT), TEXT, lambda a, b: db.Concat(a, b, output_field=TextField())),
    "year": ((TIME,), NUMBER, lambda t: db.ExtractYear(_moment(t), tzinfo=UTC)),
    "month": ((TIME,), NUMBER, lambda t: db.ExtractMonth(_moment(t), tzinfo=UTC)),
    "day": ((TIME,), NUMBER, lambda t: db.ExtractDay(_moment(t), tzinfo=UTC)),
    "hour": ((TIME,), NUMBER, lambda t: db.ExtractHour(_moment(t), tzinfo=UTC)),
    "minute": ((TIME,), NUMBER, lambda t: db.ExtractMinute(_moment(t), tzinfo=UTC)),
    "second": ((TIME,), NUMBER, lambda t: db.ExtractSecond(_moment(t), tzinfo=UTC)),
    "date": ((TIME,), DATE, lambda t: db.TruncDate(_moment(t), tzinfo=UTC)),
    "time": ((TIME,), CLOCK, lambda t: db.TruncTime(_moment(t), tzinfo=UTC)),
    # times are kept in UTC, so that the offset is always none
    "totaloffsetminutes": ((TIME,), NUMBER, lambda _t: Value(0)),
    "round": ((NUMBER,), NUMBER, db.Round),
    "floor": ((NUMBER,), NUMBER, db.Floor),
    "ceiling": ((NUMBER,), NUMBER, db.Ceil),
}


def _moment(expression: Any) -> Any:
    return ExpressionWrapper(expression, DateTimeField())


def _shown(expression: tree.Expression) -> str:
    match expression:
        case tree.Name():
            return str(expression)
        case tree.Literal():
            return repr(expression.value)
        case tree.Call():
            return f"{expression.function}(...)"
    return "an expression"


__all__ = ["condition", "crosses_many", "order_expressions"]
