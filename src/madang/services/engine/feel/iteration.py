"""Lists run through: `for`, `some`, `every`, and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Iterator as Items
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.dates import Date, from_ordinal
from madang.services.engine.feel.syntax import Iterator, Node
from madang.services.engine.feel.text import number_text
from madang.services.engine.feel.values import Closure, Env, FeelError, Range, kind, whole

Scopes = Callable[[Env], Iterable[Env]]
MOST_STEPS = 10_000_000  # of one iteration over a range


def each_of(iterators: tuple[Iterator, ...], closure: Callable[[Node], Closure]) -> Scopes:
    """Return what gives one scope per combination, the first iterator outermost."""
    steps = [
        (one.name, closure(one.domain), closure(one.end) if one.end else None) for one in iterators
    ]
    return scopes_of(steps)


def scopes_of(steps: list[tuple[str, Closure, Closure | None]]) -> Scopes:
    """Return what gives one scope per combination of the items of some domains."""

    def run(env: Env, depth: int = 0) -> Items[Env]:
        name, domain, end = steps[depth]
        last = depth == len(steps) - 1
        for item in _items(domain(env), end, env):
            scope = Env({name: item}, env, env.notes)
            if last:
                yield scope
            else:
                yield from run(scope, depth + 1)

    return run


def _items(start: Any, end: Closure | None, env: Env) -> Iterable[Any]:
    if end is not None:
        return steps_between(start, end(env))
    if isinstance(start, list):
        return start
    if start is None:
        raise FeelError("there is nothing to go through: null")
    if isinstance(start, Range):
        return _inside(start)
    return [start]


def _inside(span: Range) -> Iterable[Any]:
    return (
        item
        for item in steps_between(span.low, span.high)
        if (span.low_closed or item != span.low) and (span.high_closed or item != span.high)
    )


def steps_between(start: Any, end: Any) -> Iterable[Any]:
    """Return the whole numbers, or the days, from one end to the other, either way."""
    if isinstance(start, list) and len(start) == 1:
        start = start[0]
    if isinstance(end, list) and len(end) == 1:
        end = end[0]
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        return _counted(start, end)
    if isinstance(start, Date) and isinstance(end, Date):
        days = _counted(Decimal(start.ordinal), Decimal(end.ordinal))
        return (from_ordinal(int(day)) for day in days)
    raise FeelError(f"one cannot count from {kind(start)} to {kind(end)}")


def _counted(start: Decimal, end: Decimal) -> Iterable[Decimal]:
    first, last = whole(start), whole(end)
    if start != first or end != last:
        raise FeelError("the ends to count between are whole numbers")
    if abs(last - first) > MOST_STEPS:
        raise FeelError(f"more than {MOST_STEPS} steps")
    step = 1 if first <= last else -1
    return (Decimal(n) for n in range(first, last + step, step))


def repeating(scopes: Scopes, body: Closure) -> Closure:
    """Return what gives the list of a body's values; `partial` is the list so far."""

    def repeat(env: Env) -> list[Any] | None:
        found: list[Any] = []
        around = env.inner({"partial": found})
        try:
            for scope in scopes(around):
                found.append(body(scope))
        except FeelError as error:
            env.notes.add(str(error))
            return None
        return found

    return repeat


def weighing(scopes: Scopes, condition: Closure, *, every: bool) -> Closure:
    """Return what says whether a condition holds in every scope, or in some."""
    decisive = not every

    def weigh(env: Env) -> Any:
        unknown = False
        try:
            for scope in scopes(env):
                hit = condition(scope)
                if hit is decisive:
                    return decisive
                unknown = unknown or not isinstance(hit, bool)
        except FeelError as error:
            env.notes.add(str(error))
            return None
        return None if unknown else not decisive

    return weigh


def filtering(of: Closure, condition: Closure) -> Closure:
    """Return what gives the items that a condition holds for, or the one at a place."""

    def pick(env: Env) -> Any:
        value = of(env)
        if value is None:
            return None
        items = value if isinstance(value, list) else [value]
        found = []
        for i, item in enumerate(items):
            hit = condition(_item_scope(env, item))
            if isinstance(hit, Decimal):
                if i == 0:
                    return _at(items, hit, env)
                env.notes.add("a filter gives now a number, now a truth")
            if hit is True:
                found.append(item)
        if not items and isinstance(condition(env), Decimal):
            return None
        return found

    return pick


def _item_scope(env: Env, item: Any) -> Env:
    names = {"item": item}
    if isinstance(item, dict):
        names.update(item)
    return Env(names, env, env.notes)


def _at(items: list[Any], position: Decimal, env: Env) -> Any:
    if not 1 <= abs(position) <= len(items):
        env.notes.add(f"there is no item {number_text(position)} in a list of {len(items)}")
        return None
    at = int(position)
    return items[at - 1 if at > 0 else at]
