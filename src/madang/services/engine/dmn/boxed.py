"""Boxed expressions compiled to closures (DMN 1.5, chapter 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from madang.services.engine.dmn import model
from madang.services.engine.dmn.model import Boxed
from madang.services.engine.dmn.table import Table
from madang.services.engine.dmn.table_run import CompiledTable, Scope
from madang.services.engine.feel.functions import UserFunction
from madang.services.engine.feel.iteration import filtering, repeating, scopes_of, weighing
from madang.services.engine.feel.parser import MEMBERS
from madang.services.engine.feel.type_names import type_or_any
from madang.services.engine.feel.types import ANY, Type, fitted
from madang.services.engine.feel.values import Closure, Env, FeelError, is_function


def compiled(box: Boxed, scope: Scope, owner: str) -> Closure:
    """Return the closure of a boxed expression; `owner` is what its tables are called."""
    if box is None:
        return lambda _: None
    return _MAKERS[type(box)](box, scope, owner)


def made_to_fit(run: Closure, type_: Type, owner: str) -> Closure:
    """Return a closure whose value belongs to a type; what does not fit becomes null."""
    if type_ is ANY:
        return run

    def fit(env: Env) -> Any:
        value = run(env)
        try:
            return fitted(value, type_)
        except FeelError as error:
            env.notes.add(f"{owner}: {error}")
            return None

    return fit


def _typed(run: Closure, name: str | None, scope: Scope, owner: str) -> Closure:
    return made_to_fit(run, type_or_any(name, scope.types), owner)


def _literal(box: model.Literal, scope: Scope, owner: str) -> Closure:
    language = box.language
    if language and not language.rstrip("/").lower().endswith("feel"):
        return lambda env: env.notes.add(f"{owner}: {language} is not run, only FEEL")
    return _typed(scope.expression(box.text), box.type, scope, owner)


def _table(box: Table, scope: Scope, owner: str) -> Closure:
    return CompiledTable(box, owner, scope).run


def _context(box: model.Context, scope: Scope, owner: str) -> Closure:
    entries: list[tuple[str, Closure]] = []
    result: Closure | None = None
    for entry in box.entries:
        if entry.variable is None or not entry.variable.name:
            result = compiled(entry.expression, scope, owner)
            continue
        name = entry.variable.name
        label = f"{owner}, {name}"
        run = compiled(entry.expression, _with_itself(scope, entry), label)
        entries.append((name, _typed(run, entry.variable.type, scope, label)))
        scope = scope.inner((name,))

    def build(env: Env) -> Any:
        found: dict[str, Any] = {}
        inside = env.inner(found)
        for name, run in entries:
            found[name] = run(inside)
        return found if result is None else result(inside)

    return build


def _with_itself(scope: Scope, entry: model.Entry) -> Scope:
    """A function in a context may call itself by the name of its entry."""
    if isinstance(entry.expression, model.Function) and entry.variable:
        return scope.inner((entry.variable.name,))
    return scope


def _invocation(box: model.Invocation, scope: Scope, owner: str) -> Closure:
    function = compiled(box.function, scope, owner)
    bindings = [
        (
            entry.variable.name,
            _typed(
                compiled(entry.expression, scope, owner),
                entry.variable.type,
                scope,
                f"{owner}, {entry.variable.name}",
            ),
        )
        for entry in box.bindings
        if entry.variable is not None
    ]

    def run(env: Env) -> Any:
        callee = function(env)
        if not is_function(callee):
            env.notes.add(f"{owner}: what is invoked is no function")
            return None
        try:
            return callee.call_named({name: arg(env) for name, arg in bindings}, env.notes)
        except FeelError as error:
            env.notes.add(f"{owner}: {error}")
            return None

    return _typed(run, box.type, scope, owner)


def function_maker(box: model.Function, scope: Scope, owner: str) -> Callable[[Env], Any]:
    """Return what makes the function among some names."""
    if box.kind.upper() not in ("FEEL", "F"):
        return lambda env: env.notes.add(f"{owner}: {box.kind} functions are not run")
    params = tuple(param.name for param in box.params)
    types = tuple(type_or_any(param.type, scope.types) for param in box.params)
    body = compiled(box.body, scope.inner(params), owner)
    return lambda env: UserFunction(params, types, body, env, name=owner)


def _items(box: model.Items, scope: Scope, owner: str) -> Closure:
    items = [compiled(item, scope, owner) for item in box.items]
    return _typed(lambda env: [item(env) for item in items], box.type, scope, owner)


def _relation(box: model.Relation, scope: Scope, owner: str) -> Closure:
    types = [type_or_any(column.type, scope.types) for column in box.columns]
    names = [column.name for column in box.columns]
    rows = [
        [
            (name, made_to_fit(compiled(cell, scope, owner), type_, f"{owner}, {name}"))
            for name, type_, cell in zip(names, types, row, strict=False)
        ]
        for row in box.rows
    ]
    run: Closure = lambda env: [{name: cell(env) for name, cell in row} for row in rows]  # noqa: E731
    return _typed(run, box.type, scope, owner)


def _conditional(box: model.Conditional, scope: Scope, owner: str) -> Closure:
    condition, then, other = (
        compiled(part, scope, owner) for part in (box.condition, box.then, box.other)
    )

    def run(env: Env) -> Any:
        found = condition(env)
        if found is not None and not isinstance(found, bool):
            env.notes.add(f"{owner}: a condition is true or false")
        return then(env) if found is True else other(env)

    return _typed(run, box.type, scope, owner)


def _filtered(box: model.Filtered, scope: Scope, owner: str) -> Closure:
    of = compiled(box.of, scope, owner)
    members = scope.members.all().difference(MEMBERS)
    match = compiled(box.match, scope.inner((*members, "item")), owner)
    return _typed(filtering(of, match), box.type, scope, owner)


def _iteration(box: model.Iteration, scope: Scope, owner: str) -> Closure:
    scopes = scopes_of([(box.variable, compiled(box.domain, scope, owner), None)])
    if box.kind == "for":
        body = compiled(box.body, scope.inner((box.variable, "partial")), owner)
        run = repeating(scopes, body)
    else:
        body = compiled(box.body, scope.inner((box.variable,)), owner)
        run = weighing(scopes, body, every=box.kind == "every")
    return _typed(run, box.type, scope, owner)


_MAKERS: dict[type, Callable[[Any, Scope, str], Closure]] = {
    model.Literal: _literal,
    Table: _table,
    model.Context: _context,
    model.Invocation: _invocation,
    model.Function: function_maker,
    model.Items: _items,
    model.Relation: _relation,
    model.Conditional: _conditional,
    model.Filtered: _filtered,
    model.Iteration: _iteration,
}
