"""Every text and every name that is written in a model's expressions."""

from __future__ import annotations

from collections.abc import Iterator

from madang.services.engine.dmn import model
from madang.services.engine.dmn.table import Table


def texts_of(source: model.Model, *, names: bool = False) -> Iterator[str]:
    """Yield the FEEL texts of a model's logic, or the names its boxed expressions give."""
    for decision in source.decisions:
        yield from _in(decision.expression, names)
    for knowledge in source.knowledge:
        yield from _in(knowledge.function, names)


def texts_in(box: model.Boxed) -> Iterator[str]:
    """Yield the FEEL texts of a boxed expression and all inside it."""
    return _in(box, names=False)


def boxes_in(box: model.Boxed) -> Iterator[model.Boxed]:
    """Yield a boxed expression and all inside it."""
    if box is None:
        return
    yield box
    for part in _parts(box):
        yield from boxes_in(part)


def _parts(box: model.Boxed) -> tuple[model.Boxed, ...]:
    match box:
        case model.Context(entries):
            return tuple(entry.expression for entry in entries)
        case model.Invocation(function, bindings):
            return (function, *(entry.expression for entry in bindings))
        case model.Function(_, body):
            return (body,)
        case model.Items(items):
            return items
        case model.Relation(_, rows):
            return tuple(cell for row in rows for cell in row)
        case model.Conditional(condition, then, other):
            return (condition, then, other)
        case model.Filtered(of, match):
            return (of, match)
        case model.Iteration(_, _, domain, body):
            return (domain, body)
    return ()


def _in(box: model.Boxed, names: bool) -> Iterator[str]:
    for one in boxes_in(box):
        yield from _names(one) if names else _texts(one)


def _texts(box: model.Boxed) -> Iterator[str]:
    if isinstance(box, model.Literal):
        yield box.text
    if isinstance(box, Table):
        yield from (one.expression for one in box.inputs)
        for rule in box.rules:
            yield from rule.tests
            yield from rule.outputs


def _names(box: model.Boxed) -> Iterator[str]:
    if isinstance(box, model.Context):
        yield from (entry.variable.name for entry in box.entries if entry.variable)
    if isinstance(box, model.Relation):
        yield from (column.name for column in box.columns)
    if isinstance(box, Table):
        yield from (one.name for one in box.outputs if one.name)
