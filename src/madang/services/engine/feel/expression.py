"""FEEL expressions from text to something that can be run: the face of this package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from madang.services.engine.feel import syntax
from madang.services.engine.feel.compiler import Compiler
from madang.services.engine.feel.names import Names
from madang.services.engine.feel.parser import MEMBERS, Parser
from madang.services.engine.feel.type_names import Types
from madang.services.engine.feel.values import Closure, Env, FeelError, Notes, Test

# what a member is called with spaces cannot be guessed: models add the names of their types
PLAIN_MEMBERS = Names(MEMBERS)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression, its text and its tree."""

    text: str
    tree: syntax.Node
    run: Closure

    def value(self, facts: dict[str, Any], notes: Notes | None = None) -> Any:
        """Return the value among some names."""
        return self.run(Env(facts, None, notes or Notes()))


@dataclass(frozen=True, slots=True)
class Tests:
    """Compiled unary tests, their text and their tree."""

    text: str
    tree: syntax.UnaryTests
    holds: Test


def expression(
    text: str,
    names: Names | Iterable[str] = (),
    members: Names = PLAIN_MEMBERS,
    types: Types | None = None,
) -> Expression:
    """Return a text compiled; InvalidExpression where it is no FEEL."""
    scope = names if isinstance(names, Names) else Names(names)
    tree = Parser(text, scope, members).expression_only()
    return Expression(text, tree, Compiler(types).closure(tree))


def unary_tests(
    text: str,
    names: Names | Iterable[str] = (),
    members: Names = PLAIN_MEMBERS,
    types: Types | None = None,
) -> Tests:
    """Return a cell's text compiled; InvalidExpression where it is none."""
    scope = names if isinstance(names, Names) else Names(names)
    tree = Parser(text, scope.inner(("?",)), members).tests_only()
    return Tests(text, tree, Compiler(types).tests(tree))


def literal_value(text: str) -> Any:
    """Return what a text of literals alone stands for; nothing can be named in it."""
    found = expression(text)
    if not _is_literal(found.tree):
        raise FeelError(f"{text!r} is not a literal")
    notes = Notes()
    value = found.value({}, notes)
    if notes.texts:
        raise FeelError(notes.texts[0])
    return value


_MAKERS = ("date", "time", "date and time", "duration", "years and months duration")


def _is_literal(node: syntax.Node) -> bool:
    if isinstance(node, syntax.Call):
        maker = isinstance(node.function, syntax.Name) and node.function.name in _MAKERS
        return maker and all(_is_literal(arg) for arg in node.args)
    if isinstance(node, syntax.Negation):
        return _is_literal(node.of)
    return isinstance(node, syntax.Literal)
