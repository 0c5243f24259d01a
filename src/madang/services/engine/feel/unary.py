"""Unary tests: what a cell of a decision table says about an input (DMN 1.5, 10.3.1.2, rule 7)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from madang.services.engine.feel import syntax
from madang.services.engine.feel.compare import ORDERS, equal, includes, ordered, within
from madang.services.engine.feel.values import Closure, Env, Range, Test

INPUT = "?"


def compile_tests(node: syntax.UnaryTests, closure: Callable[[syntax.Node], Closure]) -> Test:
    """Return the test that a cell makes: true, false, or null where it cannot be told."""
    if node.always:
        return lambda *_: True
    tests = [_test(test, closure) for test in node.tests]
    one = tests[0] if len(tests) == 1 else _any(tests)
    if not node.negated:
        return one

    def opposite(env: Env, value: Any) -> Any:
        found = one(env, value)
        return not found if isinstance(found, bool) else None

    return opposite


def _any(tests: list[Test]) -> Test:
    def some(env: Env, value: Any) -> Any:
        return any(test(env, value) is True for test in tests)

    return some


def _test(
    node: syntax.OpTest | syntax.ValueTest, closure: Callable[[syntax.Node], Closure]
) -> Test:
    if isinstance(node, syntax.OpTest):
        return _op_test(node.op, closure(node.end))
    if node.about_input:
        return _about_input(closure(node.expression))
    if isinstance(node.expression, syntax.Literal):
        return _constant(node.expression.value)
    if isinstance(node.expression, syntax.RangeOfNodes):
        return _span(node.expression, closure)
    return _value_test(closure(node.expression))


def _constant(wanted: Any) -> Test:
    if isinstance(wanted, str):
        return lambda _, value: value == wanted if type(value) is str else equal(value, wanted)
    return lambda _, value: equal(value, wanted)


def _span(node: syntax.RangeOfNodes, closure: Callable[[syntax.Node], Closure]) -> Test:
    ends = (node.low, node.high)
    whole = closure(node)
    if all(isinstance(end, syntax.Literal) for end in ends):
        low, high = (end.value for end in ends if isinstance(end, syntax.Literal))
        fixed = Range(low, high, node.low_closed, node.high_closed)
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            return lambda _, value: _contains(fixed, value)

    def inside(env: Env, value: Any) -> Any:
        span = whole(env)
        return _contains(span, value) if isinstance(span, Range) else None

    return inside


def _contains(span: Range, value: Any) -> Any:
    if isinstance(value, Range):
        return equal(value, span)
    return within(value, span)


def _op_test(op: str, end: Closure) -> Test:
    if op in ("=", "!="):
        wanted = op == "="

        def same(env: Env, value: Any) -> Any:
            found = equal(value, end(env))
            return found if found is None else found is wanted

        return same
    fast = ORDERS[op]

    def order(env: Env, value: Any) -> Any:
        limit = end(env)
        if type(value) is Decimal and type(limit) is Decimal:
            return fast(value, limit)
        return ordered(op, value, limit)

    return order


def _about_input(expression: Closure) -> Test:
    return lambda env, value: expression(Env({INPUT: value}, env, env.notes))


def _value_test(expression: Closure) -> Test:
    def matches(env: Env, value: Any) -> Any:
        candidate = expression(Env({INPUT: value}, env, env.notes))
        if candidate is True and not isinstance(value, bool):
            return True  # a condition of its own, such as `age > 18` in the cell of a name
        return includes(candidate, value)

    return matches
