"""What a decision rests on: the facts, decisions and tables it requires, directly or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from madang.services.engine.dmn import model
from madang.services.engine.dmn.program import Program, Target
from madang.services.engine.dmn.table import Table
from madang.services.engine.dmn.written import boxes_in, texts_in


def targets_under(program: Program, node: model.Node) -> list[Target]:
    """Return a node and everything it requires, each once."""
    if node.id not in program.reaches:
        program.reaches[node.id] = _walked(program, node)
    return program.reaches[node.id]


def _walked(program: Program, node: model.Node) -> list[Target]:
    found: dict[tuple[int, str], Target] = {}
    waiting = [Target(program, node)]
    while waiting:
        target = waiting.pop()
        key = (id(target.program), target.node.id)
        if key not in found:
            found[key] = target
            waiting += _required(target)
    return list(found.values())


def _required(target: Target) -> Iterator[Target]:
    node = target.node
    if isinstance(node, model.Decision | model.Knowledge):
        references = [one.href for one in node.requires]
    elif isinstance(node, model.Service):
        references = [*node.outputs]
    else:
        return
    for reference in references:
        found = target.program.target(reference)
        if found is not None:
            alias = target.alias if found.alias is None else found.alias
            yield Target(found.program, found.node, alias)


def tables_under(program: Program, node: model.Node) -> list[tuple[Table, Target]]:
    """Return the decision tables that a node rests on."""
    return [
        (box, target)
        for target in targets_under(program, node)
        for box in boxes_in(_logic(target.node))
        if isinstance(box, Table)
    ]


def _logic(node: model.Node) -> model.Boxed:
    if isinstance(node, model.Decision):
        return node.expression
    return node.function if isinstance(node, model.Knowledge) else None


Path = tuple[str, ...]


def facts_under(program: Program, node: model.Node, facts: dict[str, Any]) -> dict[Path, Any]:
    """Return the single facts a node rests on, by path: members of contexts one by one."""
    found: dict[Path, Any] = {}
    for target in targets_under(program, node):
        name = target.node.name
        if isinstance(target.node, model.InputData) and not target.alias:
            found.update(_leaves((name,), facts.get(name)))
        elif isinstance(target.node, model.InputData) and target.alias:
            inside = facts.get(target.alias)
            value = inside.get(name) if isinstance(inside, dict) else None
            found.update(_leaves((target.alias, name), value))
        elif name in facts and not target.alias:
            found.update(_leaves((name,), facts[name]))
    if all(len(path) == 1 for path in found):
        return dict(sorted(found.items()))
    texts = [text for t in targets_under(program, node) for text in texts_in(_logic(t.node))]
    return {path: value for path, value in sorted(found.items()) if _is_written(path, texts, found)}


def _is_written(path: Path, texts: list[str], found: dict[Path, Any]) -> bool:
    """Return whether a text names the member; one with no member named counts whole."""
    members = [other[-1] for other in found if other[:-1] == path[:-1]]
    named = [name for name in members if any(name in text for text in texts)]
    return len(path) == 1 or not named or path[-1] in named


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    else:
        yield path, value


def with_fact(facts: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return facts in which one is another."""
    key, *rest = path
    if not rest:
        return {**facts, key: value}
    inner = facts.get(key)
    return {**facts, key: with_fact(inner if isinstance(inner, dict) else {}, tuple(rest), value)}
