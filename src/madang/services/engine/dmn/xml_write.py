"""A model as DMN 1.5 XML. What is read of it again is the same model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from madang.services.engine.dmn import model
from madang.services.engine.dmn.table import Table

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20230324/FEEL/"
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\n": "&#10;",
    "\t": "&#9;",
    "\r": "&#13;",
}


class Unwritable(Exception):
    """A text holds characters that XML has not."""


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def open(self, tag: str, /, **attributes: Any) -> None:
        self.lines.append("  " * self.depth + f"<{tag}{_attributes(attributes)}>")
        self.depth += 1

    def close(self, name: str) -> None:
        self.depth -= 1
        self.lines.append("  " * self.depth + f"</{name}>")

    def empty(self, tag: str, /, **attributes: Any) -> None:
        self.lines.append("  " * self.depth + f"<{tag}{_attributes(attributes)}/>")

    def text(self, name: str, text: str, **attributes: Any) -> None:
        inside = _escaped(text, "&<>\r")
        self.lines.append("  " * self.depth + f"<{name}{_attributes(attributes)}>{inside}</{name}>")

    def wrapped(self, name: str, text: str | None, **attributes: Any) -> None:
        """Write an element with a text element inside, nothing where there is no text."""
        if text is not None:
            self.open(name, **attributes)
            self.text("text", text)
            self.close(name)


def _escaped(text: str, which: str) -> str:
    for char in text:
        if (
            (char < " " and char not in "\n\t\r")
            or "\ud800" <= char <= "\udfff"
            or char in "\ufffe\uffff"
        ):
            raise Unwritable(f"XML has no character U+{ord(char):04X}")
    return "".join(_ESCAPES[char] if char in which else char for char in text)


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f' {key}="{_escaped(str(value), "".join(_ESCAPES))}"'
        for key, value in attributes.items()
        if value is not None
    )


def write_model(source: model.Model) -> bytes:
    """Return the XML of a model."""
    out = _Writer()
    out.lines.append('<?xml version="1.0" encoding="UTF-8"?>')
    out.open("definitions", xmlns=NAMESPACE, name=source.name, namespace=source.namespace)
    for one in source.imports:
        out.empty(
            "import",
            name=one.name,
            namespace=one.namespace,
            locationURI=one.location,
            importType=NAMESPACE,
        )
    for item in source.items:
        _item(out, "itemDefinition", item)
    for given in source.inputs:
        _node(out, "inputData", given, lambda: None)
    for decision in source.decisions:
        _decision(out, decision)
    for knowledge in source.knowledge:
        _knowledge(out, knowledge)
    for service in source.services:
        _service(out, service)
    out.close("definitions")
    return ("\n".join(out.lines) + "\n").encode()


def _item(out: _Writer, tag: str, item: model.ItemDefinition) -> None:
    out.open(tag, name=item.name, isCollection="true" if item.is_collection else None)
    if item.type:
        out.text("typeRef", item.type)
    out.wrapped("allowedValues", item.allowed)
    out.wrapped("typeConstraint", item.constraint)
    for part in item.components:
        _item(out, "itemComponent", part)
    if item.function:
        out.open("functionItem", outputTypeRef=item.function.result)
        for param in item.function.params:
            out.empty("parameters", name=param.name, typeRef=param.type)
        out.close("functionItem")
    out.close(tag)


def _node(out: _Writer, tag: str, node: model.Node, inside: Callable[[], None]) -> None:
    out.open(tag, id=node.id, name=node.name, label=node.label)
    out.empty("variable", name=node.name, typeRef=node.type)
    inside()
    out.close(tag)


def _decision(out: _Writer, decision: model.Decision) -> None:
    out.open("decision", id=decision.id, name=decision.name, label=decision.label)
    if decision.question:
        out.text("question", decision.question)
    out.empty("variable", name=decision.name, typeRef=decision.type)
    _requirements(out, decision.requires)
    _box(out, decision.expression)
    out.close("decision")


def _requirements(out: _Writer, requires: Iterable[model.Requirement]) -> None:
    for one in requires:
        kind = "knowledge" if one.kind == "knowledge" else "information"
        out.open(f"{kind}Requirement")
        out.empty(f"required{one.kind.capitalize()}", href=one.href)
        out.close(f"{kind}Requirement")


def _knowledge(out: _Writer, knowledge: model.Knowledge) -> None:
    def inside() -> None:
        if knowledge.function is not None:
            _function(out, "encapsulatedLogic", knowledge.function)
        _requirements(out, knowledge.requires)

    _node(out, "businessKnowledgeModel", knowledge, inside)


def _service(out: _Writer, service: model.Service) -> None:
    def inside() -> None:
        for tag, hrefs in (
            ("outputDecision", service.outputs),
            ("encapsulatedDecision", service.encapsulated),
            ("inputDecision", service.input_decisions),
            ("inputData", service.input_data),
        ):
            for href in hrefs:
                out.empty(tag, href=href)

    _node(out, "decisionService", service, inside)


def _box(out: _Writer, box: model.Boxed) -> None:
    if box is not None:
        _WRITERS[type(box)](out, box)


def _inside(out: _Writer, tag: str, box: model.Boxed) -> None:
    out.open(tag)
    _box(out, box)
    out.close(tag)


def _literal(out: _Writer, box: model.Literal) -> None:
    out.open("literalExpression", typeRef=box.type, expressionLanguage=box.language)
    out.text("text", box.text)
    out.close("literalExpression")


def _context(out: _Writer, box: model.Context) -> None:
    out.open("context", typeRef=box.type)
    for entry in box.entries:
        out.open("contextEntry")
        if entry.variable:
            out.empty("variable", name=entry.variable.name, typeRef=entry.variable.type)
        _box(out, entry.expression)
        out.close("contextEntry")
    out.close("context")


def _invocation(out: _Writer, box: model.Invocation) -> None:
    out.open("invocation", typeRef=box.type)
    _box(out, box.function)
    for entry in box.bindings:
        out.open("binding")
        if entry.variable:
            out.empty("parameter", name=entry.variable.name, typeRef=entry.variable.type)
        _box(out, entry.expression)
        out.close("binding")
    out.close("invocation")


def _function(out: _Writer, tag: str, box: model.Function) -> None:
    out.open(tag, kind=box.kind, typeRef=box.type)
    for param in box.params:
        out.empty("formalParameter", name=param.name, typeRef=param.type)
    _box(out, box.body)
    out.close(tag)


def _items(out: _Writer, box: model.Items) -> None:
    out.open("list", typeRef=box.type)
    for item in box.items:
        _box(out, item)
    out.close("list")


def _relation(out: _Writer, box: model.Relation) -> None:
    out.open("relation", typeRef=box.type)
    for column in box.columns:
        out.empty("column", name=column.name, typeRef=column.type)
    for row in box.rows:
        out.open("row")
        for cell in row:
            _box(out, cell)
        out.close("row")
    out.close("relation")


def _conditional(out: _Writer, box: model.Conditional) -> None:
    out.open("conditional", typeRef=box.type)
    _inside(out, "if", box.condition)
    _inside(out, "then", box.then)
    _inside(out, "else", box.other)
    out.close("conditional")


def _filtered(out: _Writer, box: model.Filtered) -> None:
    out.open("filter", typeRef=box.type)
    _inside(out, "in", box.of)
    _inside(out, "match", box.match)
    out.close("filter")


def _iteration(out: _Writer, box: model.Iteration) -> None:
    out.open(box.kind, iteratorVariable=box.variable, typeRef=box.type)
    _inside(out, "in", box.domain)
    _inside(out, "return" if box.kind == "for" else "satisfies", box.body)
    out.close(box.kind)


def _table(out: _Writer, box: Table) -> None:
    out.open(
        "decisionTable",
        hitPolicy=box.hit_policy,
        aggregation=box.aggregation,
        outputLabel=box.name,
        typeRef=box.type,
    )
    for one in box.inputs:
        out.open("input", label=one.label)
        out.wrapped("inputExpression", one.expression, typeRef=one.type)
        out.wrapped("inputValues", one.allowed)
        out.close("input")
    for output in box.outputs:
        out.open("output", name=output.name, label=output.label, typeRef=output.type)
        out.wrapped("outputValues", output.allowed)
        out.wrapped("defaultOutputEntry", output.default)
        out.close("output")
    for name in box.annotation_names:
        out.empty("annotation", name=name)
    for rule in box.rules:
        out.open("rule", id=rule.id, label=rule.label)
        for tag, texts in (
            ("inputEntry", rule.tests),
            ("outputEntry", rule.outputs),
            ("annotationEntry", rule.annotations),
        ):
            for text in texts:
                out.wrapped(tag, text)
        out.close("rule")
    out.close("decisionTable")


_WRITERS: dict[type, Callable[[_Writer, Any], None]] = {
    model.Literal: _literal,
    Table: _table,
    model.Context: _context,
    model.Invocation: _invocation,
    model.Function: lambda out, box: _function(out, "functionDefinition", box),
    model.Items: _items,
    model.Relation: _relation,
    model.Conditional: _conditional,
    model.Filtered: _filtered,
    model.Iteration: _iteration,
}
