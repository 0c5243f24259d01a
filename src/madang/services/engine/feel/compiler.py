"""Syntax tree to Python closures: parsed and looked up once, run often.

A closure takes the names in force and returns a value. What goes wrong becomes null and a note.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel import syntax
from madang.services.engine.feel.built_in import LIBRARY
from madang.services.engine.feel.built_in.ranges import is_point
from madang.services.engine.feel.compare import ORDERS, both, equal, ordered
from madang.services.engine.feel.functions import UserFunction
from madang.services.engine.feel.iteration import each_of, filtering, repeating, weighing
from madang.services.engine.feel.members import member
from madang.services.engine.feel.operators import ARITHMETIC, negate
from madang.services.engine.feel.type_names import Types, type_named
from madang.services.engine.feel.types import ANY, is_instance
from madang.services.engine.feel.unary import compile_tests
from madang.services.engine.feel.values import (
    MISSING,
    NUMBERS,
    Closure,
    Env,
    FeelError,
    Range,
    is_function,
)

_FAST = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}


class Compiler:
    """Makes closures of nodes; `types` are the model's own."""

    def __init__(self, types: Types | None = None) -> None:
        self.types: Types = types or {}

    def closure(self, node: syntax.Node) -> Closure:
        """Return the closure of a node."""
        return _MAKERS[type(node)](self, node)

    def tests(self, node: syntax.UnaryTests) -> Callable[[Env, Any], Any]:
        """Return the test of an input that some unary tests make."""
        return compile_tests(node, self.closure)


def _literal(_: Compiler, node: syntax.Literal) -> Closure:
    value = node.value
    return lambda _: value


def _name(_: Compiler, node: syntax.Name) -> Closure:
    name = node.name
    standing = LIBRARY.get(name)  # where nothing here has the name, the library's is meant

    def look(env: Env) -> Any:
        here: Env | None = env
        while here is not None:
            value = here.vars.get(name, MISSING)
            if value is not MISSING:
                return value
            here = here.parent
        if standing is None:
            env.notes.add(f"there is no {name!r} here")
        return standing

    return look


def _path(make: Compiler, node: syntax.Path) -> Closure:
    of, name = make.closure(node.of), node.name

    def walk(env: Env) -> Any:
        value = of(env)
        if type(value) is dict and name in value:
            return value[name]
        try:
            return member(value, name)
        except FeelError as error:
            env.notes.add(str(error))
            return None

    return walk


def _filter(make: Compiler, node: syntax.Filter) -> Closure:
    return filtering(make.closure(node.of), make.closure(node.condition))


def _call(make: Compiler, node: syntax.Call) -> Closure:
    function = make.closure(node.function)
    standing = LIBRARY.get(node.function.name) if isinstance(node.function, syntax.Name) else None
    if isinstance(node.function, syntax.Name) and node.function.built_in:
        function = _literal(make, syntax.Literal(standing))
    args = [make.closure(arg) for arg in node.args]
    names = node.names
    label = node.function.name if isinstance(node.function, syntax.Name) else "this"

    def run(env: Env) -> Any:
        callee = function(env)
        if not is_function(callee):
            callee = standing
        if callee is None:
            env.notes.add(f"{label} is no function")
            return None
        given = [arg(env) for arg in args]
        try:
            if names is None:
                return callee.call(given, env.notes)
            return callee.call_named(dict(zip(names, given, strict=True)), env.notes)
        except FeelError as error:
            env.notes.add(str(error))
        except RecursionError:
            env.notes.add(f"{label}: calls in one another go too deep")
        return None

    return run


def _negation(make: Compiler, node: syntax.Negation) -> Closure:
    return _guarded(make, (node.of,), negate)


def _guarded(make: Compiler, nodes: tuple[syntax.Node, ...], run: Callable[..., Any]) -> Closure:
    """Return a closure that runs a function of values and turns what it raises into null."""
    parts = [make.closure(node) for node in nodes]

    def guarded(env: Env) -> Any:
        values = [part(env) for part in parts]
        try:
            return run(*values)
        except FeelError as error:
            if None not in values:
                env.notes.add(str(error))
            return None

    return guarded


def _arithmetic(make: Compiler, node: syntax.Arithmetic) -> Closure:
    left, right = make.closure(node.left), make.closure(node.right)
    run, fast = ARITHMETIC[node.op], _FAST.get(node.op)

    def reckon(env: Env) -> Any:
        a, b = left(env), right(env)
        if fast and type(a) is Decimal and type(b) is Decimal:
            found = fast(a, b)
            if found.is_finite():
                return found
        if type(a) is list and len(a) == 1:
            a = a[0]
        if type(b) is list and len(b) == 1:
            b = b[0]
        try:
            return run(a, b)
        except FeelError as error:
            if a is not None and b is not None:
                env.notes.add(str(error))
            return None

    return reckon


def _logic(make: Compiler, node: syntax.Logic) -> Closure:
    left, right = make.closure(node.left), make.closure(node.right)
    decisive = node.op == "or"

    def weigh(env: Env) -> Any:
        a = left(env)
        if a is decisive:
            return decisive
        b = right(env)
        if b is decisive:
            return decisive
        return (not decisive) if a is (not decisive) and b is (not decisive) else None

    return weigh


def _comparison(make: Compiler, node: syntax.Comparison) -> Closure:
    left, right = make.closure(node.left), make.closure(node.right)
    op = node.op
    if op in ORDERS:
        fast = ORDERS[op]

        def order(env: Env) -> Any:
            a, b = left(env), right(env)
            if type(a) is Decimal and type(b) is Decimal:
                return fast(a, b)
            return ordered(op, a, b)

        return order

    def same(env: Env) -> Any:
        a, b = left(env), right(env)
        return a == b if type(a) is str and type(b) is str else equal(a, b)

    if op == "=":
        return same

    def differs(env: Env) -> Any:
        found = same(env)
        return None if found is None else operator.not_(found)

    return differs


def _between(make: Compiler, node: syntax.Between) -> Closure:
    return _guarded(
        make,
        (node.of, node.low, node.high),
        lambda x, low, high: both(ordered(">=", x, low), ordered("<=", x, high)),
    )


def _in(make: Compiler, node: syntax.In) -> Closure:
    of, tests = make.closure(node.of), make.tests(node.tests)
    return lambda env: tests(env, of(env))


def _instance_of(make: Compiler, node: syntax.InstanceOf) -> Closure:
    of = make.closure(node.of)
    wanted = type_named(node.type, make.types)

    def belongs(env: Env) -> bool | None:
        if wanted is None:
            env.notes.add(f"there is no type {node.type.name!r}")
            return None
        return is_instance(of(env), wanted)

    return belongs


def _if(make: Compiler, node: syntax.If) -> Closure:
    condition = make.closure(node.condition)
    then, other = make.closure(node.then), make.closure(node.other)
    return lambda env: then(env) if condition(env) is True else other(env)


def _for(make: Compiler, node: syntax.For) -> Closure:
    return repeating(each_of(node.iterators, make.closure), make.closure(node.body))


def _quantified(make: Compiler, node: syntax.Quantified) -> Closure:
    scopes = each_of(node.iterators, make.closure)
    return weighing(scopes, make.closure(node.condition), every=node.every)


def _lambda(make: Compiler, node: syntax.Lambda) -> Closure:
    params = tuple(param.name for param in node.params)
    types = tuple(
        ANY if param.type is None else type_named(param.type, make.types) or ANY
        for param in node.params
    )
    if node.external:
        return _refused
    body = make.closure(node.body)
    return lambda env: UserFunction(params, types, body, env)


def _refused(env: Env) -> None:
    env.notes.add("functions outside the model are not run")


def _list(make: Compiler, node: syntax.ListOfNodes) -> Closure:
    items = [make.closure(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def _context(make: Compiler, node: syntax.ContextOfNodes) -> Closure:
    entries = [(key, make.closure(value)) for key, value in node.entries]

    def build(env: Env) -> dict[str, Any]:
        found: dict[str, Any] = {}
        inside = env.inner(found)
        for key, value in entries:
            found[key] = value(inside)
        return found

    return build


def _range(make: Compiler, node: syntax.RangeOfNodes) -> Closure:
    low = make.closure(node.low) if node.low else None
    high = make.closure(node.high) if node.high else None

    def span(env: Env) -> Range | None:
        ends = [end(env) for end in (low, high) if end is not None]
        if not all(is_point(end) for end in ends) or ordered("<=", ends[0], ends[-1]) is None:
            if None not in ends:
                env.notes.add("the ends of a range are of one kind that has an order")
            return None
        return Range(
            ends[0] if low else None, ends[-1] if high else None, node.low_closed, node.high_closed
        )

    return span


_MAKERS: dict[type, Callable[[Compiler, Any], Closure]] = {
    syntax.Literal: _literal,
    syntax.Name: _name,
    syntax.Path: _path,
    syntax.Filter: _filter,
    syntax.Call: _call,
    syntax.Negation: _negation,
    syntax.Arithmetic: _arithmetic,
    syntax.Logic: _logic,
    syntax.Comparison: _comparison,
    syntax.Between: _between,
    syntax.In: _in,
    syntax.InstanceOf: _instance_of,
    syntax.If: _if,
    syntax.For: _for,
    syntax.Quantified: _quantified,
    syntax.Lambda: _lambda,
    syntax.ListOfNodes: _list,
    syntax.ContextOfNodes: _context,
    syntax.RangeOfNodes: _range,
}
