"""Values that tell facts apart: those that can be chosen, and both sides of every boundary.

A condition over numbers or days changes only at constants written in it or in what limits the
fact, so it is enough to look at each constant, beside it and between two of them.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from madang.services.engine.dmn.plain import Unfit, from_plain
from madang.services.engine.feel import syntax
from madang.services.engine.feel.compiler import Compiler
from madang.services.engine.feel.dates import Date, from_ordinal
from madang.services.engine.feel.expression import expression, unary_tests
from madang.services.engine.feel.type_names import type_or_any
from madang.services.engine.feel.values import Env, FeelError, Notes
from madang.services.lint.written import parts
from madang.services.packages.package import Package
from madang.services.packages.service import Fact

MOST_POINTS = 60  # of one fact
MOST_TRIALS = 20_000  # combinations that are looked at one by one; of more, so many by chance
_YEARS = (0, 1, 6, 13, 18, 19, 34, 39, 40, 64, 65, 74, 75, 100)  # ages before today
_OTHER = "~"  # a text that nobody wrote
_MANY = 1_000_000


def points(package: Package, fact: Fact, constants: Iterable[Any], today: date) -> list[Any]:
    """Return values of FEEL that a fact may have, such that conditions can tell them apart."""
    question = package.questions.get(fact.id)
    schema = question.schema if question else {}
    type_ = type_or_any(fact.type, {})
    if question and question.choices:
        chosen = [choice.value for choice in question.choices]
        found = _of_choices(chosen, fact)
    elif isinstance(schema.get("enum"), list):
        found = _of_choices(schema["enum"], fact)
    elif fact.type == "boolean":
        found = [True, False]
    else:
        found = _around(fact, schema, constants, today)
    fitting = []
    for value in found:
        try:
            plain = from_plain(value, type_, fact.id) if not _is_feel(value) else value
        except Unfit:
            continue
        fitting.append(plain)
    return [value for value in _distinct(fitting) if _is_allowed(fact, schema, value, today)]


def _is_feel(value: Any) -> bool:
    return isinstance(value, Decimal | Date)


def _of_choices(values: list[Any], fact: Fact) -> list[Any]:
    if not fact.type.startswith("list"):
        return values
    singles = [[value] for value in values]
    return [[], *singles, list(values)]


def _around(
    fact: Fact, schema: Mapping[str, Any], constants: Iterable[Any], today: date
) -> list[Any]:
    own = [*constants, *(constants_of(fact.allowed) if fact.allowed else ())]
    if fact.type == "number":
        step = Decimal(1)
        numbers = [value for value in own if isinstance(value, Decimal)]
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            value = schema.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool):
                numbers.append(Decimal(str(value)))
        numbers += [Decimal(0), Decimal(1), Decimal(_MANY)]
        return _beside(numbers, step, is_whole=schema.get("type") == "integer")
    if fact.type == "date":
        return _days([value for value in own if isinstance(value, Date)], today)
    if fact.type.startswith("list"):
        items = [value for value in own if isinstance(value, str | Decimal)][:MOST_POINTS]
        return [[], *([item] for item in items), items]
    return [*(value for value in own if isinstance(value, str)), _OTHER]


def _beside(numbers: list[Decimal], step: Decimal, *, is_whole: bool) -> list[Any]:
    ordered = sorted(set(numbers))
    found: list[Any] = []
    for here, there in zip(ordered, [*ordered[1:], None], strict=True):
        found += [here - step, here, here + step]
        if there is not None and not is_whole:
            found.append((here + there) / 2)
    return sorted(set(found))[: 2 * MOST_POINTS]


def _days(days: list[Date], today: date) -> list[Any]:
    found = []
    for day in days:
        found += [from_ordinal(day.ordinal - 1), day, from_ordinal(day.ordinal + 1)]
    here = Date(today.year, today.month, today.day)
    found += [from_ordinal(here.ordinal + n) for n in (-400, -40, -1, 0, 1, 40, 400)]
    found += [Date(today.year - years, today.month, min(today.day, 28)) for years in _YEARS]
    return found


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for value in values:
        key = (type(value), tuple(value) if isinstance(value, list) else value)
        found.setdefault(key, value)
    return list(found.values())


def _is_allowed(fact: Fact, schema: Mapping[str, Any], value: Any, today: date) -> bool:
    if isinstance(value, Decimal) and not _fits_schema(schema, value):
        return False
    if isinstance(value, Date) and not _fits_days(schema, value, today):
        return False
    return not fact.allowed or test_of(fact.allowed)(value)


def _fits_schema(schema: Mapping[str, Any], value: Decimal) -> bool:
    if schema.get("type") == "integer" and value != value.to_integral_value():
        return False
    limits: tuple[tuple[str, Callable[[Decimal], bool]], ...] = (
        ("minimum", lambda end: value >= end),
        ("maximum", lambda end: value <= end),
        ("exclusiveMinimum", lambda end: value > end),
        ("exclusiveMaximum", lambda end: value < end),
    )
    return all(
        fits(Decimal(str(schema[key])))
        for key, fits in limits
        if isinstance(schema.get(key), int | float)
    )


def _fits_days(schema: Mapping[str, Any], value: Date, today: date) -> bool:
    low, high = (_day(schema.get(key), today) for key in ("minimum", "maximum"))
    return (low is None or value.ordinal >= low.ordinal) and (
        high is None or value.ordinal <= high.ordinal
    )


def _day(text: Any, today: date) -> Date | None:
    if text == "today":
        return Date(today.year, today.month, today.day)
    try:
        read = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return Date(read.year, read.month, read.day)


@lru_cache(maxsize=10_000)
def test_of(text: str) -> Callable[[Any], bool]:
    """Return a cell's text as a test of one value; one that cannot be read holds for all."""
    try:
        holds = unary_tests(text).holds
    except FeelError:
        return lambda _: True
    return lambda value: holds(Env({}, None, Notes()), value) is True


@lru_cache(maxsize=10_000)
def constants_of(text: str, *, is_tests: bool = True) -> tuple[Any, ...]:
    """Return the constants written in a text; none where it is no FEEL."""
    try:
        tree = (unary_tests if is_tests else expression)(text).tree
    except FeelError:
        return ()
    return tuple(_constants(tree))


@lru_cache(maxsize=10_000)
def conclusions_of(text: str) -> tuple[Any, ...]:
    """Return the constants that an expression can have as its value; others it may have, too."""
    try:
        return tuple(_conclusions(expression(text).tree))
    except FeelError:
        return ()


def _conclusions(node: syntax.Node) -> Iterator[Any]:
    if isinstance(node, syntax.If):
        yield from _conclusions(node.then)
        yield from _conclusions(node.other)
    elif isinstance(node, syntax.Literal):
        yield node.value


def _constants(node: Any) -> Iterator[Any]:
    if isinstance(node, syntax.Literal):
        yield node.value
        return
    if isinstance(node, syntax.Call | syntax.Negation):
        notes = Notes()
        try:
            value = Compiler().closure(node)(Env({}, None, notes))
        except FeelError:
            value = None
        if value is not None and not notes.texts and not isinstance(value, list | dict):
            yield value
    for part in parts(node):
        yield from _constants(part)


def assignments(
    domains: Mapping[str, list[Any]], most: int = MOST_TRIALS
) -> Iterator[dict[str, Any]]:
    """Yield facts: all combinations of the values, or where these are too many, some by chance."""
    names = list(domains)
    size = 1
    for values in domains.values():
        size *= max(len(values), 1)
    columns = [domains[name] or [None] for name in names]
    if size <= most:
        for combination in itertools.product(*columns):
            yield dict(zip(names, combination, strict=True))
        return
    chance = random.Random(0)  # noqa: S311 - the same facts on every run, no secret
    for _ in range(most):
        yield {name: chance.choice(column) for name, column in zip(names, columns, strict=True)}
