"""Boxed expressions and item definitions of DMN XML."""

from __future__ import annotations

from collections.abc import Callable

from madang.services.engine.dmn import model
from madang.services.engine.dmn.table import (
    HIT_POLICIES,
    InputClause,
    OutputClause,
    Rule,
    Table,
)
from madang.services.engine.dmn.xml_tree import Element
from madang.services.engine.feel.tokens import plain_name

_POLICIES = frozenset(HIT_POLICIES.values())


class Reader:
    """Reads elements; `prefixes` are the namespaces of type names as the names of imports."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self.prefixes = prefixes
        self.remarks: list[str] = []
        self._readers: dict[str, Callable[[Element], model.Boxed]] = {
            "literalExpression": self.literal,
            "decisionTable": self.table,
            "context": self.context,
            "invocation": self.invocation,
            "functionDefinition": self.function,
            "list": self.items,
            "relation": self.relation,
            "conditional": self.conditional,
            "filter": self.filtered,
            "for": self.iteration,
            "every": self.iteration,
            "some": self.iteration,
        }

    def type_name(self, text: str | None) -> str | None:
        """Return a type's name as the model knows it: prefixes of 1.1 and 1.2 taken away."""
        if not text:
            return None
        text = plain_name(text)
        prefix, colon, local = text.partition(":")
        if not colon:
            return text
        imported = self.prefixes.get(prefix, "")
        return f"{imported}.{local}" if imported else local

    def variable(self, element: Element | None) -> model.Variable | None:
        """Return an information item."""
        if element is None:
            return None
        name = plain_name(element.get("name") or "")
        return model.Variable(name, self.type_name(element.get("typeRef")))

    def expression_in(self, element: Element | None) -> model.Boxed:
        """Return the first expression among the children, None where there is none."""
        for child in element.children if element else ():
            if child.name in self._readers:
                return self._readers[child.name](child)
        return None

    def expressions_in(self, element: Element) -> tuple[model.Boxed, ...]:
        """Return every expression among the children."""
        return tuple(
            self._readers[child.name](child)
            for child in element.children
            if child.name in self._readers
        )

    def _type(self, element: Element) -> str | None:
        return self.type_name(element.get("typeRef"))

    def literal(self, element: Element) -> model.Literal:
        """Return a literal expression."""
        text = element.inner_text("text") or ""
        return model.Literal(text.strip(), self._type(element), element.get("expressionLanguage"))

    def context(self, element: Element) -> model.Context:
        """Return a boxed context."""
        entries = tuple(
            model.Entry(self.variable(e.first("variable")), self.expression_in(e))
            for e in element.all("contextEntry")
        )
        return model.Context(entries, self._type(element))

    def invocation(self, element: Element) -> model.Invocation:
        """Return a boxed invocation."""
        bindings = tuple(
            model.Entry(self.variable(e.first("parameter")), self.expression_in(e))
            for e in element.all("binding")
        )
        return model.Invocation(self.expression_in(element), bindings, self._type(element))

    def function(self, element: Element) -> model.Function:
        """Return a function definition or the encapsulated logic of a knowledge model."""
        params = tuple(
            found for e in element.all("formalParameter") if (found := self.variable(e)) is not None
        )
        body = self.expression_in(element)
        return model.Function(params, body, element.get("kind") or "FEEL", self._type(element))

    def items(self, element: Element) -> model.Items:
        """Return a boxed list."""
        return model.Items(self.expressions_in(element), self._type(element))

    def relation(self, element: Element) -> model.Relation:
        """Return a relation."""
        columns = tuple(
            found for e in element.all("column") if (found := self.variable(e)) is not None
        )
        rows = tuple(self.expressions_in(row) for row in element.all("row"))
        return model.Relation(columns, rows, self._type(element))

    def conditional(self, element: Element) -> model.Conditional:
        """Return a boxed conditional."""
        condition, then, other = (
            self.expression_in(element.first(name)) for name in ("if", "then", "else")
        )
        return model.Conditional(condition, then, other, self._type(element))

    def filtered(self, element: Element) -> model.Filtered:
        """Return a boxed filter."""
        of, match = (self.expression_in(element.first(name)) for name in ("in", "match"))
        return model.Filtered(of, match, self._type(element))

    def iteration(self, element: Element) -> model.Iteration:
        """Return a boxed for, every or some."""
        variable = plain_name(element.get("iteratorVariable") or "")
        domain = self.expression_in(element.first("in"))
        body = self.expression_in(element.first("return", "satisfies"))
        return model.Iteration(element.name, variable, domain, body, self._type(element))

    def table(self, element: Element) -> Table:
        """Return a decision table."""
        policy = (element.get("hitPolicy") or "UNIQUE").strip().upper()
        policy = HIT_POLICIES.get(policy, policy)
        if policy not in _POLICIES:
            self.remarks.append(f"line {element.line}: there is no hit policy {policy!r}")
        return Table(
            inputs=tuple(self._input(e) for e in element.all("input")),
            outputs=tuple(self._output(e) for e in element.all("output")),
            rules=tuple(self._rule(e) for e in element.all("rule")),
            hit_policy=policy,
            aggregation=element.get("aggregation"),
            annotation_names=tuple(e.get("name") or "" for e in element.all("annotation")),
            name=element.get("outputLabel") or element.get("label"),
            type=self._type(element),
        )

    def _input(self, element: Element) -> InputClause:
        expression = element.first("inputExpression")
        text = (expression.inner_text("text") or "").strip() if expression else ""
        type_ = self._type(expression) if expression else None
        return InputClause(text, type_, _tests(element, "inputValues"), element.get("label"))

    def _output(self, element: Element) -> OutputClause:
        default = element.first("defaultOutputEntry")
        name = element.get("name")
        return OutputClause(
            name=plain_name(name) if name else None,
            type=self._type(element),
            allowed=_tests(element, "outputValues"),
            default=(default.inner_text("text") or "").strip() or None if default else None,
            label=element.get("label"),
        )

    def _rule(self, element: Element) -> Rule:
        description = element.inner_text("description")
        return Rule(
            tests=tuple((e.inner_text("text") or "").strip() for e in element.all("inputEntry")),
            outputs=tuple((e.inner_text("text") or "").strip() for e in element.all("outputEntry")),
            annotations=tuple(
                (e.inner_text("text") or "").strip() for e in element.all("annotationEntry")
            ),
            label=element.get("label") or (description.strip() if description else None),
            id=element.get("id"),
        )

    def item(self, element: Element) -> model.ItemDefinition:
        """Return an item definition or one of its components."""
        function = element.first("functionItem")
        type_ = element.inner_text("typeRef") or element.get("typeRef")
        return model.ItemDefinition(
            name=plain_name(element.get("name") or ""),
            type=self.type_name(type_.strip()) if type_ else None,
            components=tuple(self.item(e) for e in element.all("itemComponent")),
            is_collection=(element.get("isCollection") or "").strip() in ("true", "1"),
            allowed=_tests(element, "allowedValues"),
            constraint=_tests(element, "typeConstraint"),
            function=self._function_item(function) if function else None,
        )

    def _function_item(self, element: Element) -> model.FunctionItem:
        params = tuple(
            found for e in element.all("parameters") if (found := self.variable(e)) is not None
        )
        return model.FunctionItem(params, self.type_name(element.get("outputTypeRef")))


def _tests(element: Element, name: str) -> str | None:
    child = element.first(name)
    text = (child.inner_text("text") or "").strip() if child else ""
    return text or None
