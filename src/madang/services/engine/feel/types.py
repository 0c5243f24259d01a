"""Types of FEEL: whether a value belongs to one, and how a value is made to fit.

Null belongs to every type but is an instance of none save Null (DMN 1.5, 10.3.2.9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.dates import (
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    midnight,
)
from madang.services.engine.feel.values import FeelError, Range, is_function, kind


class Type:
    """A set of values."""

    name: str

    def has(self, value: Any) -> bool:
        """Return whether a value that is not null belongs to the type."""
        return True

    def holds(self, value: Any) -> bool:
        """Return whether a value, null included, may stand where the type is asked for."""
        return value is None or self.has(value)

    def bare(self) -> Type:
        """Return the type behind constraints and late names."""
        return self


class _Any(Type):
    """Every value."""

    name = "Any"


ANY: Type = _Any()


@dataclass(frozen=True, slots=True)
class Simple(Type):
    """One of the built-in types, told by the Python class of its values."""

    name: str
    python: tuple[type, ...]

    def has(self, value: Any) -> bool:
        """See Type."""
        return type(value) in self.python


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """Lists whose items are of one type."""

    item: Type = ANY
    name: str = "list"

    def has(self, value: Any) -> bool:
        """See Type."""
        return isinstance(value, list) and all(self.item.holds(item) for item in value)


@dataclass(frozen=True, slots=True)
class RangeOf(Type):
    """Ranges whose ends are of one type."""

    item: Type = ANY
    name: str = "range"

    def has(self, value: Any) -> bool:
        """See Type."""
        return (
            isinstance(value, Range) and self.item.holds(value.low) and self.item.holds(value.high)
        )


@dataclass(frozen=True, slots=True)
class ContextOf(Type):
    """Contexts that have at least these entries."""

    fields: Mapping[str, Type] = field(default_factory=dict)
    name: str = "context"

    def has(self, value: Any) -> bool:
        """See Type."""
        return isinstance(value, dict) and all(
            key in value and type_.holds(value[key]) for key, type_ in self.fields.items()
        )


@dataclass(frozen=True, slots=True)
class FunctionOf(Type):
    """Functions of these parameters; without parameters, every function."""

    params: tuple[Type, ...] | None = None
    result: Type = ANY
    name: str = "function"

    def has(self, value: Any) -> bool:
        """See Type."""
        if not is_function(value):
            return False
        if self.params is None:
            return True
        given = getattr(value, "param_types", None) or (ANY,) * len(value.params)
        result = getattr(value, "result", None)
        return (
            len(given) == len(self.params)
            and all(fits(want, has) for want, has in zip(self.params, given, strict=True))
            and (result is None or fits(result, self.result))
        )


@dataclass(frozen=True, slots=True)
class Constrained(Type):
    """The values of a type that a test allows."""

    base: Type
    allows: Callable[[Any], bool]
    name: str

    def has(self, value: Any) -> bool:
        """See Type."""
        return self.base.has(value) and self.allows(value)

    def bare(self) -> Type:
        """See Type."""
        return self.base.bare()


@dataclass(frozen=True, slots=True)
class Late(Type):
    """A type looked up when it is needed: definitions may name themselves."""

    name: str
    find: Callable[[], Type]

    def has(self, value: Any) -> bool:
        """See Type."""
        return self.find().has(value)

    def bare(self) -> Type:
        """See Type."""
        return self.find().bare()


NUMBER = Simple("number", (Decimal,))
STRING = Simple("string", (str,))
BOOLEAN = Simple("boolean", (bool,))
DATE = Simple("date", (Date,))
TIME = Simple("time", (Time,))
DATE_TIME = Simple("date and time", (DateTime,))
DAYS_TIME = Simple("days and time duration", (DaysTime,))
YEARS_MONTHS = Simple("years and months duration", (YearsMonths,))
NULL = Simple("Null", ())

BUILT_IN: dict[str, Type] = {
    **{t.name: t for t in (NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS_TIME, NULL)},
    YEARS_MONTHS.name: YEARS_MONTHS,
    "Any": ANY,
    "context": ContextOf(),
    "list": ListOf(),
    "range": RangeOf(),
    "function": FunctionOf(),
    # as DMN 1.1 and 1.2 wrote them
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS_TIME,
    "yearMonthDuration": YEARS_MONTHS,
    "days and time": DAYS_TIME,
    "duration": Simple("duration", (DaysTime, YearsMonths)),
}


def fits(narrow: Type, wide: Type) -> bool:
    """Return whether every value of one type belongs to another."""
    a, b = narrow.bare(), wide.bare()
    if b is ANY or a is b or a is NULL:
        return True
    if isinstance(a, ListOf) and isinstance(b, ListOf):
        return fits(a.item, b.item)
    if isinstance(a, RangeOf) and isinstance(b, RangeOf):
        return fits(a.item, b.item)
    if isinstance(a, ContextOf) and isinstance(b, ContextOf):
        return all(key in a.fields and fits(a.fields[key], b.fields[key]) for key in b.fields)
    if isinstance(a, FunctionOf) and isinstance(b, FunctionOf):
        return _function_fits(a, b)
    return isinstance(a, Simple) and a == b


def _function_fits(a: FunctionOf, b: FunctionOf) -> bool:
    if b.params is None or a.params is None:
        return b.params is None
    return (
        len(a.params) == len(b.params)
        and all(fits(wide, narrow) for narrow, wide in zip(a.params, b.params, strict=True))
        and fits(a.result, b.result)
    )


def is_instance(value: Any, type_: Type) -> bool:
    """Return what `value instance of type` is."""
    if value is None:
        return type_.bare() is NULL
    return type_.has(value)


def fitted(value: Any, type_: Type) -> Any:
    """Return a value made to fit a type, or raise (DMN 1.5, 10.3.2.9.4).

    A list of one gives its item, an item its list of one, a date its midnight in UTC.
    """
    if value is None or type_.has(value):
        return value
    if isinstance(value, list):
        if len(value) == 1 and type_.holds(value[0]):
            return value[0]
    elif isinstance(type_.bare(), ListOf) and type_.has([value]):
        return [value]
    if isinstance(value, Date) and type_.bare() is DATE_TIME and type_.has(midnight(value)):
        return midnight(value)
    raise FeelError(f"a {kind(value)} is no {type_.name}" + _why(value, type_))


def _why(value: Any, type_: Type) -> str:
    if isinstance(type_, Late):
        return _why(value, type_.find())
    if isinstance(type_, Constrained) and type_.base.has(value):
        return ": not among the values allowed"
    return ""
