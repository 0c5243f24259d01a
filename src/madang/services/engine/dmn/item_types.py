"""Item definitions as types: collections, components, allowed values (DMN 1.5, 7.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from madang.services.engine.dmn.model import ItemDefinition
from madang.services.engine.feel.expression import unary_tests
from madang.services.engine.feel.type_names import Types, type_or_any
from madang.services.engine.feel.types import (
    ANY,
    BUILT_IN,
    Constrained,
    ContextOf,
    FunctionOf,
    Late,
    ListOf,
    Type,
)
from madang.services.engine.feel.values import Env, FeelError, Notes


def types_of(
    items: tuple[ItemDefinition, ...], imported: Types, notes: list[str]
) -> dict[str, Type]:
    """Return the types of a model by name; what is wrong with them goes to the notes."""
    found: dict[str, Type] = dict(imported)
    for item in items:
        found[item.name] = _Maker(found, notes).of(item)
    _forget_circles(found, items, notes)
    return found


def _forget_circles(
    found: dict[str, Type], items: tuple[ItemDefinition, ...], notes: list[str]
) -> None:
    """Let a type that is only another name of itself be Any."""
    for item in items:
        try:
            found[item.name].bare()
        except RecursionError:
            notes.append(f"type {item.name!r} is defined by itself")
            found[item.name] = ANY


class _Maker:
    def __init__(self, types: dict[str, Type], notes: list[str]) -> None:
        self.types = types
        self.notes = notes

    def of(self, item: ItemDefinition) -> Type:
        base = self._base(item)
        if item.allowed:
            base = self._constrained(base, item.allowed, item.name, of_items=True)
        found: Type = ListOf(base, item.name) if item.is_collection else base
        if item.constraint:
            found = self._constrained(found, item.constraint, item.name, of_items=False)
        return found

    def _base(self, item: ItemDefinition) -> Type:
        if item.components:
            return ContextOf({part.name: self.of(part) for part in item.components}, item.name)
        if item.function:
            params = tuple(self._late(param.type) for param in item.function.params)
            return FunctionOf(params, self._late(item.function.result), item.name)
        return self._late(item.type)

    def _late(self, name: str | None) -> Type:
        if not name:
            return ANY
        if name in BUILT_IN and name not in self.types:
            return BUILT_IN[name]
        types = self.types
        return Late(name, lambda: type_or_any(name, types))

    def _constrained(self, base: Type, tests: str, name: str, *, of_items: bool) -> Type:
        try:
            allows = allowing(tests, of_items=of_items)
        except FeelError as error:
            self.notes.append(f"type {name!r}: its allowed values: {error}")
            return base
        return Constrained(base, allows, name)


def allowing(text: str, *, of_items: bool) -> Callable[[Any], bool]:
    """Return what says whether tests allow a value, or (`of_items`) each item of a list."""
    tests = unary_tests(text)

    def allows(value: Any) -> bool:
        env = Env({}, None, Notes())
        if tests.holds(env, value) is True:
            return True
        return (
            of_items and isinstance(value, list) and all(tests.holds(env, v) is True for v in value)
        )

    return allows


def member_names(items: tuple[ItemDefinition, ...]) -> Iterator[str]:
    """Yield the names of all components, and of the types themselves."""
    for item in items:
        yield item.name
        yield from member_names(item.components)
