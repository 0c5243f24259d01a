"""The values of FEEL as Python values, and the decimal arithmetic they use.

null is None, boolean is bool, number is Decimal, string is str, list is list, context is dict.
Dates and durations are in `dates`; ranges and functions are here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Protocol

# DMN 1.5, 10.3.2.3.1: IEEE 754-2008 decimal128, rounding half even.
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[],
)
MOST_WHOLE = Decimal(10) ** 18  # of what is counted: places, days, nanoseconds of a second
MOST_NOTES = 100  # of one evaluation; a loop over a million bad items must not keep a million texts
DEEPEST_CALLS = 1000  # of functions that call themselves


class FeelError(Exception):
    """What turns into null and a note, never into a crash."""


class Notes:
    """What went wrong in one evaluation, the moment it happens in, and how deep its calls are."""

    __slots__ = ("depth", "hits", "now", "texts")

    def __init__(self, now: Any = None, hits: list[Any] | None = None) -> None:
        self.texts: list[str] = []
        self.hits = hits  # what decision tables append to, where somebody wants to know
        self.now = now
        self.depth = 0

    def add(self, text: str) -> None:
        """Keep a text once, up to a bound."""
        if len(self.texts) < MOST_NOTES and text not in self.texts:
            self.texts.append(text)


class Missing:
    """Marks that there is no value, where null is one."""

    __slots__ = ()


MISSING = Missing()


class Env:
    """Names and their values, inside other names and their values."""

    __slots__ = ("notes", "parent", "vars")

    def __init__(self, names: dict[str, Any], parent: Env | None, notes: Notes) -> None:
        self.vars = names
        self.parent = parent
        self.notes = notes

    def inner(self, names: dict[str, Any]) -> Env:
        """Return these names inside mine."""
        return Env(names, self, self.notes)

    def find(self, name: str) -> Any:
        """Return the value of the innermost such name, or MISSING."""
        env: Env | None = self
        while env is not None:
            value = env.vars.get(name, MISSING)
            if value is not MISSING:
                return value
            env = env.parent
        return MISSING


Closure = Callable[[Env], Any]
Test = Callable[[Env, Any], Any]


@dataclass(frozen=True, slots=True)
class Range:
    """What lies between two ends; an end that is None is open to infinity."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


class Callee(Protocol):
    """What can be called in FEEL."""

    name: str
    params: tuple[str, ...]

    def call(self, args: list[Any], notes: Notes) -> Any:
        """Return the result for arguments in order; FeelError where they do not fit."""
        ...

    def call_named(self, args: dict[str, Any], notes: Notes) -> Any:
        """Return the result for arguments by name."""
        ...


def is_function(value: Any) -> bool:
    """Return whether a value can be called."""
    return hasattr(value, "call_named")


def number(value: Decimal) -> Decimal:
    """Return a number that FEEL has, or raise: there is no infinity and no NaN."""
    if not value.is_finite():
        raise FeelError("the result is outside the numbers of FEEL")
    return value


def whole(value: Any) -> int:
    """Return a number as an integer, cut towards zero."""
    if type(value) is not Decimal:
        raise FeelError(f"{kind(value)} is not a number")
    if abs(value) > MOST_WHOLE:
        raise FeelError("the number is too large to count with")
    return int(value)


def kind(value: Any) -> str:
    """Return the name of a value's type in FEEL."""
    if value is None:
        return "null"
    if is_function(value):
        return "function"
    return _KINDS.get(type(value), type(value).__name__)


_KINDS: dict[type, str] = {
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    Range: "range",
}


def register_kind(python: type, name: str) -> None:
    """Give a Python class its name in FEEL."""
    _KINDS[python] = name
