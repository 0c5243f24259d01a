"""Every FEEL text of a package: where it stands, what it is, and the names it uses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from madang.kernel.data_files import FieldPath
from madang.services.engine.feel import syntax
from madang.services.engine.feel.expression import expression, unary_tests
from madang.services.engine.feel.values import FeelError
from madang.services.packages.decide import TODAY
from madang.services.packages.package import Package
from madang.services.packages.refunds import ENDING, REFUND
from madang.services.packages.rules import Decision

_BOUND = frozenset({"?", "item", "partial"})


@dataclass(frozen=True)
class Written:
    """A FEEL text: `scope` are the names it may use; `wrong` says why it is no FEEL."""

    file: str
    path: FieldPath
    text: str
    kind: str  # `condition`, `value` or `tests`
    scope: tuple[str, ...]
    names: frozenset[str] = frozenset()
    wrong: str = ""


def written_in(package: Package) -> Iterator[Written]:
    """Yield the FEEL texts of a package, read."""
    facts = (*package.facts, *(item.id for item in package.parameters), TODAY)
    for file, path, text, kind in _conditions(package):
        yield _read(Written(file, path, text, kind, facts))
    decisions = tuple(item.id for item in package.rules if item.id != REFUND)
    for decision in package.rules:
        scope = (*facts, *(name for name in decisions if name != decision.id))
        if decision.id == REFUND:
            scope += tuple(ENDING)
        for path, text, kind in _of_decision(decision):
            yield _read(Written(f"rules/{decision.id}.yaml", path, text, kind, scope))


Found = tuple[str, FieldPath, str, str]


def _conditions(package: Package) -> Iterator[Found]:
    service, pages = package.service, package.pages
    lists: list[tuple[str, str, Iterable[Any], str]] = [
        ("service.yaml", "facts", service.facts, "allowed"),
        ("service.yaml", "fees", service.fees, "waived"),
        ("service.yaml", "evidence", service.evidence, "when"),
        ("pages.yaml", "questions", pages.questions, "when"),
        ("pages.yaml", "pages", pages.pages, "when"),
        ("process.yaml", "verbs", package.process.verbs, "guard"),
    ]
    lists += [(f"documents/{d.id}.yaml", "blocks", d.blocks, "when") for d in package.documents]
    for file, key, items, field in lists:
        kind = "tests" if field == "allowed" else "condition"
        for item in items:
            text = getattr(item, field)
            if text:
                yield file, (key, item.id, field), text, kind


def _of_decision(decision: Decision) -> Iterator[tuple[FieldPath, str, str]]:
    if decision.value:
        yield ("value",), decision.value, "value"
    for number, column in enumerate(decision.inputs):
        yield ("inputs", number, "of"), column.of, "value"
        if column.allowed:
            yield ("inputs", number, "allowed"), column.allowed, "tests"
    for result in decision.results:
        if result.default:
            yield ("results", result.name, "default"), result.default, "value"
        if result.allowed:
            yield ("results", result.name, "allowed"), result.allowed, "tests"
    for row in decision.rows:
        for number, cell in enumerate(row.when):
            yield ("rows", row.id, "when", number), cell, "tests"
        for number, text in enumerate(row.then):
            yield ("rows", row.id, "then", number), text, "value"


def _read(item: Written) -> Written:
    if item.kind == "tests" and item.text in ("", "-"):
        return item
    names, wrong = _names(item.text, item.scope, item.kind == "tests")
    return dataclasses.replace(item, names=names, wrong=wrong)


@lru_cache(maxsize=20_000)
def _names(text: str, scope: tuple[str, ...], is_tests: bool) -> tuple[frozenset[str], str]:
    try:
        tree: Any = (unary_tests if is_tests else expression)(text, scope).tree
    except (FeelError, RecursionError) as error:
        return frozenset(), str(error) or type(error).__name__
    return frozenset(names_in(tree)), ""


def names_in(node: Any, bound: frozenset[str] = _BOUND) -> Iterator[str]:
    """Yield the names that a tree takes from around it."""
    if isinstance(node, syntax.Name):
        if not node.built_in and node.name not in bound:
            yield node.name
    elif isinstance(node, syntax.For | syntax.Quantified):
        inner = bound | {iterator.name for iterator in node.iterators}
        for part in parts(node):
            yield from names_in(part, inner)
    elif isinstance(node, syntax.Lambda):
        yield from names_in(node.body, bound | {param.name for param in node.params})
    elif isinstance(node, syntax.ContextOfNodes):
        inner = bound | {key for key, _ in node.entries}
        for _, value in node.entries:
            yield from names_in(value, inner)
    else:
        for part in parts(node):
            yield from names_in(part, bound)


def parts(node: Any) -> Iterator[Any]:
    """Yield the parts of a node of the tree."""
    if isinstance(node, tuple):
        yield from node
    elif dataclasses.is_dataclass(node) and not isinstance(node, syntax.TypeName):
        for field in dataclasses.fields(node):
            value = getattr(node, field.name)
            if isinstance(value, tuple) or dataclasses.is_dataclass(value):
                yield value
