"""A decision model compiled once, and evaluated for facts as often as wanted.

The graph is walked from what is asked for: a decision sees only what it requires (DMN 1.5, 10.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from madang.services.engine.dmn import model
from madang.services.engine.dmn.boxed import compiled, function_maker, made_to_fit
from madang.services.engine.dmn.hits import Hit
from madang.services.engine.dmn.item_types import member_names, types_of
from madang.services.engine.dmn.table_run import Scope
from madang.services.engine.dmn.written import texts_of
from madang.services.engine.feel.functions import UserFunction
from madang.services.engine.feel.names import Names, keys_written
from madang.services.engine.feel.parser import MEMBERS
from madang.services.engine.feel.tokens import InvalidExpression, tokens
from madang.services.engine.feel.type_names import type_or_any
from madang.services.engine.feel.types import ANY, FunctionOf, Type, fitted
from madang.services.engine.feel.values import Closure, Env, FeelError, Notes

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The values of decisions, what went wrong, and what tables did."""

    values: dict[str, Any]
    notes: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: to a node, of this program or of an imported one."""

    program: Program
    node: model.Node
    alias: str | None = None


@dataclass(slots=True)
class Session:
    """One evaluation of a program: its facts, what is known already, and where notes go."""

    program: Program
    facts: Facts
    notes: Notes
    known: dict[str, Any] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    imported: dict[str, Session] = field(default_factory=dict)

    def of(self, target: Target) -> Session:
        """Return the session in which a target is evaluated."""
        if target.alias is None:
            return self
        namespace = target.program.model.namespace
        if namespace not in self.imported:
            inside = self.facts if not target.alias else self.facts.get(target.alias)
            facts = inside if isinstance(inside, Mapping) else {}
            self.imported[namespace] = Session(target.program, facts, self.notes)
        return self.imported[namespace]

    def value(self, node: model.Node) -> Any:
        """Return the value of a node, reckoned once."""
        if node.id in self.known:
            return self.known[node.id]
        if node.id in self.open:
            self.notes.add(f"{node.name}: it needs itself")
            return None
        self.open.add(node.id)
        try:
            found = self.program.reckoned(node, self)
        except FeelError as error:
            self.notes.add(f"{node.name}: {error}")
            found = None
        except (ArithmeticError, RecursionError, TypeError, ValueError, MemoryError) as error:
            self.notes.add(f"{node.name}: {type(error).__name__}: {error}")
            found = None
        self.open.discard(node.id)
        self.known[node.id] = found
        return found

    def names_of(self, references: Iterable[str]) -> dict[str, Any]:
        """Return the values of what is referred to, by name; those imported under their import."""
        found: dict[str, Any] = {}
        for reference in references:
            target = self.program.target(reference)
            if target is None:
                self.notes.add(f"there is nothing behind {reference!r}")
                continue
            value = self.of(target).value(target.node)
            if target.alias:
                found.setdefault(target.alias, {})[target.node.name] = value
            else:
                found[target.node.name] = value
        return found


class Program:
    """A model that can be evaluated; `imports` are programs by their namespaces."""

    def __init__(self, source: model.Model, imports: Mapping[str, Program] | None = None) -> None:
        self.model = source
        self.imports = dict(imports or {})
        self.faults: list[str] = list(source.remarks)
        self.by_id = {node.id: node for node in source.nodes}
        self.by_name = {node.name: node for node in source.nodes}
        for one in source.imports:
            if one.namespace not in self.imports:
                self.faults.append(f"the import {one.name or one.namespace!r} is not there")
        self.types = types_of(source.items, self._imported_types(), self.faults)
        self.members = Names([*MEMBERS, *self._member_names()])
        self.reaches: dict[str, list[Target]] = {}  # what each node rests on, once it was asked
        self._closures: dict[str, Closure] = {}

    def imported(self) -> list[tuple[str, Program]]:
        """Return the programs that are there, with the names they are imported under."""
        return [
            (one.name, self.imports[one.namespace])
            for one in self.model.imports
            if one.namespace in self.imports
        ]

    def _imported_types(self) -> dict[str, Type]:
        found: dict[str, Type] = {}
        for alias, program in self.imported():
            for name, type_ in program.types.items():
                found[f"{alias}.{name}" if alias else name] = type_
        return found

    def _member_names(self) -> Iterable[str]:
        yield from member_names(self.model.items)
        yield from self.types
        for program in self.imports.values():
            yield from program.by_name
            yield from program.members.all()
        for text in texts_of(self.model):
            try:
                yield from keys_written(tokens(text))
            except InvalidExpression:
                continue
        for name in texts_of(self.model, names=True):
            if name:
                yield name

    def target(self, reference: str) -> Target | None:
        """Return what `#id` or `namespace#id` leads to."""
        namespace, _, id_ = reference.rpartition("#")
        if not namespace or namespace == self.model.namespace:
            node = self.by_id.get(id_)
            if node is not None:
                return Target(self, node)
        for one in self.model.imports:
            program = self.imports.get(one.namespace)
            if program and (not namespace or namespace == one.namespace) and id_ in program.by_id:
                return Target(program, program.by_id[id_], one.name)
        return None

    def scope_of(self, requires: Iterable[model.Requirement], *own: str) -> Scope:
        """Return the scope of an expression that requires these."""
        names = list(own)
        for one in requires:
            target = self.target(one.href)
            if target is not None:
                names.append(target.alias or target.node.name)
        return Scope(Names(names), self.members, self.types, self.faults)

    def closure(self, node: model.Decision | model.Knowledge) -> Closure:
        """Return a node's logic, compiled at its first use."""
        if node.id not in self._closures:
            self._closures[node.id] = self._compiled(node)
        return self._closures[node.id]

    def _compiled(self, node: model.Decision | model.Knowledge) -> Closure:
        if isinstance(node, model.Decision):
            run = compiled(node.expression, self.scope_of(node.requires), node.name)
            return made_to_fit(run, type_or_any(node.type, self.types), node.name)
        if node.function is None:
            return lambda _: None
        return function_maker(node.function, self.scope_of(node.requires, node.name), node.name)

    def compile_all(self) -> list[str]:
        """Compile everything now; return what is wrong with the model's texts."""
        for decision in self.model.decisions:
            self.closure(decision)
        for knowledge in self.model.knowledge:
            self.closure(knowledge)
        return self.faults

    # evaluation

    def evaluate(
        self,
        facts: Facts,
        wanted: Iterable[str] | None = None,
        *,
        now: Any = None,
        trace: bool = False,
    ) -> Outcome:
        """Return the decisions wanted by name (all, where none are named) for facts by name."""
        hits: list[Hit] | None = [] if trace else None
        session = Session(self, facts, Notes(now, hits))
        decisions = [d.name for d in self.model.decisions] if wanted is None else list(wanted)
        values: dict[str, Any] = {}
        for name in decisions:
            values[name] = self.value_named(name, session)
        return Outcome(values, tuple(session.notes.texts), tuple(hits or ()))

    def session(self, facts: Facts, notes: Notes) -> Session:
        """Return an evaluation in which values can be asked for one by one."""
        return Session(self, facts, notes)

    def value_named(self, name: str, session: Session) -> Any:
        """Return the value of what has a name, null with a note where nothing has."""
        node = self.by_name.get(name)
        if node is None:
            session.notes.add(f"there is no decision {name!r}")
            return None
        return session.value(node)

    def invoke(self, name: str, args: dict[str, Any], notes: Notes) -> Any:
        """Return what a decision service or a knowledge model gives for arguments by name."""
        function = self.value_named(name, Session(self, {}, notes))
        return function.call_named(args, notes) if hasattr(function, "call_named") else None

    def reckoned(self, node: model.Node, session: Session) -> Any:
        """Return a node's value: a fact, a decision, or a function."""
        if isinstance(node, model.Decision) and node.name not in session.facts:
            names = session.names_of(one.href for one in node.requires)
            return self.closure(node)(Env(names, None, session.notes))
        if isinstance(node, model.Knowledge):
            return self._function(node, session)
        if isinstance(node, model.Service):
            return ServiceFunction(self, node)
        return self._fact(node, session)

    def _fact(self, node: model.Node, session: Session) -> Any:
        return fitted(session.facts.get(node.name), type_or_any(node.type, self.types))

    def _function(self, node: model.Knowledge, session: Session) -> Any:
        names: dict[str, Any] = {}
        env = Env(names, None, session.notes)
        made = self.closure(node)(env)
        if isinstance(made, UserFunction):
            made.result = self._result(node)
        session.known[node.id] = made  # so that a function that needs itself finds itself
        names.update(session.names_of(r.href for r in node.requires))
        names[node.name] = made
        return made

    def _result(self, node: model.Knowledge) -> Type | None:
        declared = type_or_any(node.type, self.types)
        if isinstance(declared.bare(), FunctionOf):
            declared = getattr(declared.bare(), "result", ANY)
        return None if declared is ANY else declared


class ServiceFunction:
    """A decision service as a function: of its input data, then of its input decisions."""

    def __init__(self, program: Program, service: model.Service) -> None:
        self.program = program
        self.service = service
        self.name = service.name
        self._given = [
            target
            for reference in (*service.input_data, *service.input_decisions)
            if (target := program.target(reference)) is not None
        ]
        self.params = tuple(target.node.name for target in self._given)

    @property
    def param_types(self) -> tuple[Type, ...]:
        """The types of the parameters."""
        return tuple(type_or_any(t.node.type, t.program.types) for t in self._given)

    def call(self, args: list[Any], notes: Notes) -> Any:
        """Return the output for arguments in order."""
        if len(args) != len(self.params):
            raise FeelError(f"{self.name}: {len(args)} arguments for {len(self.params)} parameters")
        return self.call_named(dict(zip(self.params, args, strict=True)), notes)

    def call_named(self, args: dict[str, Any], notes: Notes) -> Any:
        """Return the output for arguments by name: a value, or a context of several decisions."""
        if set(args) - set(self.params):
            raise FeelError(f"{self.name}: its parameters are {', '.join(self.params)}")
        session = Session(self.program, {}, notes)
        for target, type_ in zip(self._given, self.param_types, strict=True):
            value = fitted(args.get(target.node.name), type_)
            session.of(target).known[target.node.id] = value
        outputs = session.names_of(self.service.outputs)
        result = next(iter(outputs.values()), None) if len(self.service.outputs) == 1 else outputs
        return fitted(result, self._result())

    def _result(self) -> Type:
        declared = type_or_any(self.service.type, self.program.types)
        if isinstance(declared.bare(), FunctionOf):
            return getattr(declared.bare(), "result", ANY)
        return declared
