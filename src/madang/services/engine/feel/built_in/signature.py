"""How built-in functions take their arguments: by place or by name, checked and made to fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.dates import (
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
)
from madang.services.engine.feel.values import FeelError, Notes, Range, is_function, kind

_CLASSES: dict[str, tuple[type, ...]] = {
    "number": (Decimal,),
    "string": (str,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (Date, DateTime),
    "moment": (Date, DateTime, Time),
    "time": (Time, DateTime, Date),
    "duration": (DaysTime, YearsMonths),
    "days": (DaysTime,),
    "range": (Range,),
    "point": (Decimal, str, Date, DateTime, Time, DaysTime, YearsMonths),
    "amount": (Decimal, DaysTime, YearsMonths),
}


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: its name, what fits it, whether it may be left out, whether it may be null."""

    name: str
    kind: str
    optional: bool = False
    many: bool = False

    def taken(self, value: Any) -> Any:
        """Return the argument to use for a value, or raise."""
        if value is None and (self.optional or self.kind == "any"):
            return None
        if self._accepts(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self._accepts(value[0]):
            return value[0]
        if self.kind == "list" and value is not None:
            return [value]
        raise FeelError(f"{self.name}: {self.kind} is wanted, not {kind(value)}")

    def _accepts(self, value: Any) -> bool:
        if self.kind == "any":
            return True
        if self.kind == "function":
            return is_function(value)
        return type(value) in _CLASSES[self.kind]


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a function."""

    params: tuple[Param, ...]
    run: Callable[..., Any]
    with_notes: bool

    def by_place(self, args: list[Any]) -> list[Any]:
        """Return the arguments made to fit, or raise."""
        params = self.params
        if params and params[-1].many:
            return self._with_many(args)
        if len(args) > len(params):
            raise FeelError(f"{len(args)} arguments for {len(params)} parameters")
        found = [param.taken(arg) for param, arg in zip(params, args, strict=False)]
        for param in params[len(args) :]:
            if not param.optional:
                raise FeelError(f"{param.name} is missing")
        return found

    def _with_many(self, args: list[Any]) -> list[Any]:
        fixed = len(self.params) - 1
        last = self.params[-1]
        if len(args) <= fixed and not last.optional:
            raise FeelError(f"{last.name} is missing")
        head = [p.taken(a) for p, a in zip(self.params[:fixed], args, strict=False)]
        return [*head, [last.taken(arg) for arg in args[fixed:]]]

    def by_name(self, args: dict[str, Any]) -> list[Any]:
        """Return named arguments in order, or raise."""
        names = [param.name for param in self.params]
        for name in args:
            if name not in names:
                raise FeelError(f"there is no parameter {name}")
        found: list[Any] = []
        for param in self.params:
            if param.name not in args and not param.optional:
                raise FeelError(f"{param.name} is missing")
            given = args.get(param.name)
            if param.many:
                items = given if isinstance(given, list) else [given]
                found.append([param.taken(item) for item in items])
            else:
                found.append(param.taken(given) if param.name in args else None)
        while found and found[-1] is None and self.params[len(found) - 1].name not in args:
            found.pop()
        return found


class Builtin:
    """A built-in function: one name, one or more ways to call it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.overloads: list[Overload] = []

    @property
    def params(self) -> tuple[str, ...]:
        """The names of the parameters of the first way to call it."""
        return tuple(param.name for param in self.overloads[0].params)

    def call(self, args: list[Any], notes: Notes) -> Any:
        """Return the result for arguments in order; FeelError where they fit no way to call it."""
        return self._first_fit(lambda way: way.by_place(args), notes)

    def call_named(self, args: dict[str, Any], notes: Notes) -> Any:
        """Return the result for arguments by name."""
        return self._first_fit(lambda way: way.by_name(args), notes)

    def _first_fit(self, arrange: Callable[[Overload], list[Any]], notes: Notes) -> Any:
        why = ""
        for way in self.overloads:
            try:
                args = arrange(way)
            except FeelError as error:
                why = why or str(error)
                continue
            return way.run(notes, *args) if way.with_notes else way.run(*args)
        raise FeelError(f"{self.name}: {why}")


LIBRARY: dict[str, Builtin] = {}


def _param(text: str) -> Param:
    name, _, type_ = text.partition(":")
    type_ = type_.strip()
    many = type_.endswith("...")
    type_ = type_.removesuffix("...")
    return Param(name.strip().rstrip("?"), type_, name.strip().endswith("?"), many)


def builtin(
    name: str, *signatures: str, notes: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under its FEEL name; `x?: number` may be left out.

    The last parameter repeats where it is written as `x: any...`.
    """

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        entry = LIBRARY.setdefault(name, Builtin(name))
        for signature in signatures:
            texts = [part for part in signature.split(",") if part.strip()]
            entry.overloads.append(Overload(tuple(_param(t) for t in texts), run, notes))
        return run

    return register
