"""Built-in functions on lists (DMN 1.5, table 74); places count from 1, or from the end below 0."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.compare import equal, ordered
from madang.services.engine.feel.values import FeelError, Notes, kind, whole

_PRIMITIVE = (str, Decimal, bool)


def items_of(args: list[Any]) -> list[Any]:
    """Return the items that were meant: of the one list given, or the arguments themselves."""
    if not args:
        raise FeelError("a list is missing")
    if len(args) == 1:
        if args[0] is None:
            raise FeelError("a list is missing")
        return args[0] if isinstance(args[0], list) else [args[0]]
    return args


def spread(name: str) -> Callable[[Callable[[list[Any]], Any]], Callable[..., Any]]:
    """Register a function of one list that also takes the items one by one."""

    def register(run: Callable[[list[Any]], Any]) -> Callable[..., Any]:
        builtin(name, "list: list")(run)
        return builtin(name, "list: any...")(lambda args: run(items_of(args)))

    return register


@builtin("list contains", "list: list, element: any")
def list_contains(items: list[Any], element: Any) -> bool:
    """Return whether an item equals the element."""
    return any(equal(item, element) is True for item in items)


@builtin("count", "list: list")
def count(items: list[Any]) -> Decimal:
    """Return the number of items."""
    return Decimal(len(items))


def _extreme(items: list[Any], op: str) -> Any:
    if not items:
        return None
    best = items[0]
    if ordered("<=", best, best) is None:
        raise FeelError(f"a {kind(best)} has no order")
    for item in items[1:]:
        better = ordered(op, item, best)
        if better is None:
            raise FeelError(f"{kind(item)} and {kind(best)} cannot be compared")
        best = item if better else best
    return best


@spread("min")
def minimum(items: list[Any]) -> Any:
    """Return the least item."""
    return _extreme(items, "<")


@spread("max")
def maximum(items: list[Any]) -> Any:
    """Return the greatest item."""
    return _extreme(items, ">")


def _truths(items: list[Any], decisive: bool) -> bool | None:
    if any(item is decisive for item in items):
        return decisive
    return (not decisive) if all(item is (not decisive) for item in items) else None


@spread("all")
def every(items: list[Any]) -> bool | None:
    """Return whether all items are true."""
    return _truths(items, False)


@spread("any")
def some(items: list[Any]) -> bool | None:
    """Return whether an item is true."""
    return _truths(items, True)


def _place(items: list[Any], position: Decimal, room: int = 0) -> int:
    at = whole(position)
    if at == 0 or abs(at) > len(items) + room:
        raise FeelError(f"there is no position {at} in a list of {len(items)}")
    return at - 1 if at > 0 else len(items) + at


@builtin("sublist", "list: list, start position: number, length?: number")
def sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    """Return the items from a place on, or so many of them."""
    begin = _place(items, start)
    if length is None:
        return items[begin:]
    end = begin + whole(length)
    if length < 1 or end > len(items):
        raise FeelError("sublist: the length goes past the end of the list")
    return items[begin:end]


@builtin("append", "list: list, item: any...")
def append(items: list[Any], more: list[Any]) -> list[Any]:
    """Return the list with items behind it."""
    return items + more


@builtin("concatenate", "list: list...")
def concatenate(lists: list[list[Any]]) -> list[Any]:
    """Return the lists one behind the other."""
    return [item for items in lists for item in items]


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(items: list[Any], position: Decimal, item: Any) -> list[Any]:
    """Return the list with an item put before a place."""
    at = _place(items, position)
    return [*items[:at], item, *items[at:]]


@builtin("remove", "list: list, position: number")
def remove(items: list[Any], position: Decimal) -> list[Any]:
    """Return the list without the item at a place."""
    at = _place(items, position)
    return items[:at] + items[at + 1 :]


@builtin("list replace", "list: list, position: number, newItem: any")
def replace_at(items: list[Any], position: Decimal, item: Any) -> list[Any]:
    """Return the list with the item at a place replaced."""
    at = _place(items, position)
    return [*items[:at], item, *items[at + 1 :]]


@builtin("list replace", "list: list, match: function, newItem: any", notes=True)
def replace_matching(notes: Notes, items: list[Any], match: Any, new: Any) -> list[Any]:
    """Return the list with every item replaced that a function of item and new item says."""
    found = []
    for item in items:
        hit = match.call([item, new], notes)
        if not isinstance(hit, bool):
            raise FeelError("list replace: match must return true or false")
        found.append(new if hit else item)
    return found


@builtin("reverse", "list: list")
def reverse(items: list[Any]) -> list[Any]:
    """Return the list from its end."""
    return items[::-1]


@builtin("index of", "list: list, match: any")
def index_of(items: list[Any], match: Any) -> list[Decimal]:
    """Return the places of the items that equal the match."""
    return [Decimal(i) for i, item in enumerate(items, 1) if equal(item, match) is True]


@builtin("distinct values", "list: list")
def distinct_values(items: list[Any]) -> list[Any]:
    """Return the items without those that equal an earlier one."""
    found: list[Any] = []
    seen: set[tuple[type, Any]] = set()
    for item in items:
        if isinstance(item, _PRIMITIVE):
            key = (type(item), item)
            if key not in seen:
                seen.add(key)
                found.append(item)
        elif not any(equal(item, other) is True for other in found if type(other) is type(item)):
            found.append(item)
    return found


@builtin("union", "list: list...")
def union(lists: list[list[Any]]) -> list[Any]:
    """Return the items of all lists, each once."""
    found: list[Any] = distinct_values(concatenate(lists))
    return found


@builtin("flatten", "list: list")
def flatten(items: list[Any]) -> list[Any]:
    """Return the list with the items of lists in it instead of these."""
    found: list[Any] = []
    for item in items:
        found.extend(flatten(item) if isinstance(item, list) else [item])
    return found


@builtin("sort", "list: list, precedes?: function", notes=True)
def sort(notes: Notes, items: list[Any], precedes: Any = None) -> list[Any]:
    """Return the items in the order of a function that says whether one precedes another."""

    def before(a: Any, b: Any) -> bool:
        found = ordered("<", a, b) if precedes is None else precedes.call([a, b], notes)
        if not isinstance(found, bool):
            raise FeelError("sort: items cannot be compared")
        return found

    def order(a: Any, b: Any) -> int:
        return -1 if before(a, b) else (1 if before(b, a) else 0)

    return sorted(items, key=functools.cmp_to_key(order))
