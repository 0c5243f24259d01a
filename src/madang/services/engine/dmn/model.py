"""A decision model as it was written (DMN 1.5, chapters 6, 7 and 10)."""

from __future__ import annotations

from dataclasses import dataclass, field

from madang.services.engine.dmn.table import Table


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in FEEL."""

    text: str
    type: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A name and the name of its type."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An expression under a name; without one it is the result of its context."""

    variable: Variable | None
    expression: Boxed


@dataclass(frozen=True, slots=True)
class Context:
    """Entries, each of which may use those before it."""

    entries: tuple[Entry, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with arguments by name."""

    function: Boxed
    bindings: tuple[Entry, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """Parameters and a body; `kind` is FEEL, Java or PMML."""

    params: tuple[Variable, ...]
    body: Boxed
    kind: str = "FEEL"
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list of expressions."""

    items: tuple[Boxed, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of expressions under named columns: a list of contexts."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed, ...], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Conditional:
    """If, then, else."""

    condition: Boxed
    then: Boxed
    other: Boxed
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Filtered:
    """The items of a list that match."""

    of: Boxed
    match: Boxed
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Iteration:
    """`for`, `every` or `some` over the items of a list."""

    kind: str
    variable: str
    domain: Boxed
    body: Boxed
    type: str | None = None


Boxed = (
    Literal
    | Table
    | Context
    | Invocation
    | Function
    | Items
    | Relation
    | Conditional
    | Filtered
    | Iteration
    | None
)


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model's own."""

    name: str
    type: str | None = None
    components: tuple[ItemDefinition, ...] = ()
    is_collection: bool = False
    allowed: str | None = None
    constraint: str | None = None
    function: FunctionItem | None = None


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """The parameters and the result of a function type."""

    params: tuple[Variable, ...]
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Something of the requirements graph: its id, its name and the type of its value."""

    id: str
    name: str
    type: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a node needs: `#id` or `namespace#id`, and which of input, decision, knowledge."""

    kind: str
    href: str


@dataclass(frozen=True, slots=True)
class InputData(Node):
    """A fact that is given."""


@dataclass(frozen=True, slots=True)
class Decision(Node):
    """A value decided from others."""

    requires: tuple[Requirement, ...] = ()
    expression: Boxed = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Knowledge(Node):
    """A business knowledge model: a function that decisions share."""

    requires: tuple[Requirement, ...] = ()
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class Service(Node):
    """A decision service: some decisions as one function."""

    outputs: tuple[str, ...] = ()
    encapsulated: tuple[str, ...] = ()
    input_decisions: tuple[str, ...] = ()
    input_data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """Another model, under a name."""

    name: str
    namespace: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A whole file."""

    name: str
    namespace: str
    imports: tuple[Import, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    inputs: tuple[InputData, ...] = ()
    decisions: tuple[Decision, ...] = ()
    knowledge: tuple[Knowledge, ...] = ()
    services: tuple[Service, ...] = ()
    remarks: tuple[str, ...] = field(default=(), compare=False)  # what could not be read

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Everything that has an id and a name."""
        return (*self.inputs, *self.decisions, *self.knowledge, *self.services)
