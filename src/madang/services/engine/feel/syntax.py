"""The tree of a FEEL expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Node:
    """Something that has a value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written as it is."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """What a name stands for."""

    name: str
    built_in: bool = False  # nothing in scope has this name, so it is the library's


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A member of a value."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """The items of a list that a condition holds for, or the one at a place."""

    of: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function called with arguments, by place (names is None) or by name."""

    function: Node
    args: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """-x."""

    of: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """One of + - * / **."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or`."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """One of = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`x between a and b`."""

    of: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`x in tests`."""

    of: Node
    tests: UnaryTests


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`x instance of type`."""

    of: Node
    type: TypeName


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if a then b else c`."""

    condition: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in domain` or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for ... return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some ... satisfies condition`, `every ... satisfies condition`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter."""

    name: str
    type: TypeName | None = None


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`function(a, b) body`; an external body is a context."""

    params: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class ListOfNodes(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOfNodes(Node):
    """`{a: 1, b: a + 1}`."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOfNodes(Node):
    """`[a..b)`; an end that is None is open to infinity."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as written: `list<number>`, `context<a: string>`, `function<number> -> string`."""

    name: str
    args: tuple[TypeName, ...] = ()
    fields: tuple[tuple[str, TypeName], ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True, slots=True)
class OpTest(Node):
    """`< 5`, `!= "a"`: a test of the input by an operator."""

    op: str
    end: Node


@dataclass(frozen=True, slots=True)
class ValueTest(Node):
    """An expression as a test: equal to the input, or about it by `?`."""

    expression: Node
    about_input: bool


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """Tests one of which must hold; none at all (`-`) holds always."""

    tests: tuple[OpTest | ValueTest, ...]
    negated: bool = False
    always: bool = False
