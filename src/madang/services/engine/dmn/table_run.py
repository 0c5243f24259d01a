"""Decision tables compiled: conditions, hit policies, priorities (DMN 1.5, chapter 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from madang.services.engine.dmn.hits import Hit
from madang.services.engine.dmn.table import OutputClause, Table
from madang.services.engine.feel import syntax
from madang.services.engine.feel.built_in import LIBRARY
from madang.services.engine.feel.compare import equal
from madang.services.engine.feel.expression import expression, unary_tests
from madang.services.engine.feel.names import Names
from madang.services.engine.feel.text import literal
from madang.services.engine.feel.type_names import Types
from madang.services.engine.feel.values import Closure, Env, FeelError, Notes, Test

_AGGREGATES = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row compiled; columns whose cell is `-` have no test."""

    number: int
    tests: tuple[tuple[int, Test], ...]
    outputs: tuple[Closure, ...]


class CompiledTable:
    """A table that can be run."""

    def __init__(self, table: Table, owner: str, scope: Scope) -> None:
        self.table = table
        self.owner = owner
        self.inputs = [scope.expression(one.expression) for one in table.inputs]
        self.allowed = [
            (i, scope.tests(one.allowed)) for i, one in enumerate(table.inputs) if one.allowed
        ]
        self.rows = [
            Row(
                number,
                tuple(
                    (i, scope.tests(text))
                    for i, text in enumerate(rule.tests)
                    if text not in ("-", "")
                ),
                tuple(scope.expression(text) for text in rule.outputs),
            )
            for number, rule in enumerate(table.rules)
        ]
        self.ranks = [_ranking(one, scope) for one in table.outputs]
        self.defaults = (
            [scope.expression(one.default or "null") for one in table.outputs]
            if any(one.default for one in table.outputs)
            else None
        )
        self.names = [one.name or f"output {i}" for i, one in enumerate(table.outputs, 1)]
        self.policy = _POLICIES.get(table.hit_policy, _unknown)
        self.first_only = table.hit_policy == "FIRST"

    def run(self, env: Env) -> Any:
        """Return the outcome; null with a note where the table cannot tell."""
        values = tuple([read(env) for read in self.inputs])
        hits = self._held(env, values) if self._allows(env, values) else None
        if hits is None:
            outcome = None
        elif hits:
            outcome = self._outcome(env, hits)
        else:
            outcome = self._default(env)
        if env.notes.hits is not None:
            rows = tuple([row.number for row in hits or ()])
            env.notes.hits.append(Hit(self.owner, self.table, values, rows, outcome))
        return outcome

    def _allows(self, env: Env, values: tuple[Any, ...]) -> bool:
        for i, test in self.allowed:
            value = values[i]
            if test(env, value) is not True and not (
                isinstance(value, list) and all(test(env, item) is True for item in value)
            ):
                what = self.table.inputs[i].expression
                env.notes.add(f"{self.owner}: {what} = {literal(value)} is not among its values")
                return False
        return True

    def _held(self, env: Env, values: tuple[Any, ...]) -> list[Row]:
        held = []
        for row in self.rows:
            for i, test in row.tests:
                if test(env, values[i]) is not True:
                    break
            else:
                held.append(row)
                if self.first_only:
                    break
        return held

    def _outcome(self, env: Env, hits: list[Row]) -> Any:
        try:
            return self.policy(self, env, hits)
        except FeelError as error:
            env.notes.add(f"{self.owner}: {error}")
            return None

    def _default(self, env: Env) -> Any:
        if self.defaults is not None:
            return self._one([run(env) for run in self.defaults])
        if self.table.hit_policy == "COLLECT":
            if self.table.aggregation == "COUNT":
                return Decimal(0)
            return [] if self.table.aggregation is None else None
        return None

    def _one(self, outputs: list[Any]) -> Any:
        if len(self.names) == 1:
            return outputs[0]
        return dict(zip(self.names, outputs, strict=True))

    def outputs(self, env: Env, row: Row) -> list[Any]:
        """Return the values of a row's conclusions."""
        if len(row.outputs) != len(self.names):
            raise FeelError(f"row {row.number + 1} has {len(row.outputs)} conclusions")
        return [run(env) for run in row.outputs]

    def value(self, env: Env, row: Row) -> Any:
        """Return a row's conclusion: a value, or a context of several."""
        return self._one(self.outputs(env, row))

    def by_priority(self, env: Env, hits: list[Row]) -> list[Any]:
        """Return the conclusions of rows, those first whose values come first in the outputs."""
        found = [self.outputs(env, row) for row in hits]
        return [self._one(one) for one in sorted(found, key=self._rank)]

    def _rank(self, outputs: list[Any]) -> tuple[int, ...]:
        return tuple(rank(value) for rank, value in zip(self.ranks, outputs, strict=True))


class Scope:
    """Compiles texts among names; a text that is no FEEL becomes null and a note when it is run."""

    def __init__(self, names: Names, members: Names, types: Types, faults: list[str]) -> None:
        self.names = names
        self.members = members
        self.types = types
        self.faults = faults

    def inner(self, names: tuple[str, ...]) -> Scope:
        """Return the scope with more names."""
        return Scope(self.names.inner(names), self.members, self.types, self.faults)

    def expression(self, text: str) -> Closure:
        """Return the closure of an expression; of no text, null."""
        if not text:
            return lambda _: None
        try:
            return expression(text, self.names, self.members, self.types).run
        except FeelError as error:
            return self._null(f"{_short(text)}: {error}")

    def tests(self, text: str) -> Test:
        """Return the test of a cell."""
        try:
            return unary_tests(text, self.names, self.members, self.types).holds
        except FeelError as error:
            null = self._null(f"{_short(text)}: {error}")
            return lambda env, _: null(env)

    def _null(self, fault: str) -> Closure:
        self.faults.append(fault)
        return lambda env: env.notes.add(fault)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _ranking(output: OutputClause, scope: Scope) -> Callable[[Any], int]:
    """Return the place of a value among the allowed ones, the last place for others."""
    if not output.allowed:
        return lambda _: 0
    tests = _single_tests(output.allowed, scope)
    env = Env({}, None, Notes())

    def rank(value: Any) -> int:
        for place, test in enumerate(tests):
            if test(env, value) is True:
                return place
        return len(tests)

    return rank


def _single_tests(text: str, scope: Scope) -> list[Test]:
    try:
        tree = unary_tests(text, scope.names, scope.members, scope.types).tree
    except FeelError as error:
        scope.faults.append(f"{_short(text)}: {error}")
        return []
    from madang.services.engine.feel.compiler import Compiler

    make = Compiler(scope.types)
    return [make.tests(syntax.UnaryTests((one,))) for one in tree.tests]


def _unique(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    if len(hits) > 1:
        rows = ", ".join(str(row.number + 1) for row in hits)
        raise FeelError(f"hit policy unique, but rows {rows} hold")
    return table.value(env, hits[0])


def _any(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    values = [table.value(env, row) for row in hits]
    if any(equal(value, values[0]) is not True for value in values[1:]):
        rows = ", ".join(str(row.number + 1) for row in hits)
        raise FeelError(f"hit policy any, but rows {rows} conclude differently")
    return values[0]


def _first(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    return table.value(env, hits[0])


def _priority(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    return table.by_priority(env, hits)[0]


def _output_order(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    return table.by_priority(env, hits)


def _rule_order(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    return [table.value(env, row) for row in hits]


def _collect(table: CompiledTable, env: Env, hits: list[Row]) -> Any:
    name = _AGGREGATES.get(table.table.aggregation or "")
    if name is None:
        return _rule_order(table, env, hits)
    columns = zip(*(table.outputs(env, row) for row in hits), strict=True)
    return table._one([LIBRARY[name].call([list(column)], env.notes) for column in columns])


def _unknown(table: CompiledTable, _: Env, __: list[Row]) -> Any:
    raise FeelError(f"there is no hit policy {table.table.hit_policy!r}")


_POLICIES: dict[str, Callable[[CompiledTable, Env, list[Row]], Any]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "OUTPUT ORDER": _output_order,
    "RULE ORDER": _rule_order,
    "COLLECT": _collect,
}
