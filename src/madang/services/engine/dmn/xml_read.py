"""DMN XML, versions 1.1 to 1.6, to a model."""

from __future__ import annotations

from madang.services.engine.dmn import model as dmn
from madang.services.engine.dmn.xml_boxed import Reader
from madang.services.engine.dmn.xml_tree import Document, Element, InvalidXML, parse
from madang.services.engine.feel.tokens import plain_name

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}


def read_model(data: bytes) -> dmn.Model:
    """Return the model of a DMN file; InvalidXML names the line of what is wrong."""
    document = parse(data)
    root = document.root
    if root.name != "definitions" or root.namespace not in NAMESPACES:
        raise InvalidXML("not a DMN definitions element of version 1.1 to 1.6", root.line)
    return _Definitions(document).model()


class _Definitions:
    def __init__(self, document: Document) -> None:
        self.root = document.root
        self.imports = tuple(
            dmn.Import(
                plain_name(element.get("name") or ""),
                (element.get("namespace") or "").strip(),
                element.get("locationURI"),
            )
            for element in self.root.all("import")
            if "/spec/DMN/" in (element.get("importType") or "/spec/DMN/")
        )
        self.read = Reader(self._type_prefixes(document))

    def _type_prefixes(self, document: Document) -> dict[str, str]:
        """Return what a prefix of a type name becomes: an import's name, or nothing."""
        by_namespace = {one.namespace: one.name for one in self.imports}
        return {
            prefix: by_namespace.get(uri, "") for prefix, uri in document.prefixes.items() if prefix
        }

    def model(self) -> dmn.Model:
        root = self.root
        return dmn.Model(
            name=plain_name(root.get("name") or ""),
            namespace=(root.get("namespace") or "").strip(),
            imports=self.imports,
            items=tuple(self.read.item(e) for e in root.all("itemDefinition")),
            inputs=tuple(self._input(e) for e in root.all("inputData")),
            decisions=tuple(self._decision(e) for e in root.all("decision")),
            knowledge=tuple(self._knowledge(e) for e in root.all("businessKnowledgeModel")),
            services=tuple(self._service(e) for e in root.all("decisionService")),
            remarks=tuple(self.read.remarks),
        )

    def _node(self, element: Element) -> tuple[str, str, str | None, str | None]:
        variable = element.first("variable")
        name = element.get("name") or (variable.get("name") if variable else None)
        if not name:
            raise InvalidXML(f"a {element.name} has no name", element.line)
        type_ = self.read.type_name(variable.get("typeRef")) if variable else None
        return element.get("id") or name, plain_name(name), type_, element.get("label")

    def _input(self, element: Element) -> dmn.InputData:
        return dmn.InputData(*self._node(element))

    def _decision(self, element: Element) -> dmn.Decision:
        question = element.inner_text("question")
        return dmn.Decision(
            *self._node(element),
            requires=_references(element),
            expression=self.read.expression_in(element),
            question=question.strip() if question else None,
        )

    def _knowledge(self, element: Element) -> dmn.Knowledge:
        logic = element.first("encapsulatedLogic")
        return dmn.Knowledge(
            *self._node(element),
            requires=_references(element),
            function=self.read.function(logic) if logic else None,
        )

    def _service(self, element: Element) -> dmn.Service:
        def hrefs(name: str) -> tuple[str, ...]:
            return tuple((e.get("href") or "").strip() for e in element.all(name))

        return dmn.Service(
            *self._node(element),
            outputs=hrefs("outputDecision"),
            encapsulated=hrefs("encapsulatedDecision"),
            input_decisions=hrefs("inputDecision"),
            input_data=hrefs("inputData"),
        )


_REQUIRED = ("requiredInput", "requiredDecision", "requiredKnowledge")


def _references(element: Element) -> tuple[dmn.Requirement, ...]:
    found = []
    for requirement in element.all("informationRequirement", "knowledgeRequirement"):
        target = requirement.first(*_REQUIRED)
        if target is not None and target.get("href"):
            kind = target.name.removeprefix("required").lower()
            found.append(dmn.Requirement(kind, (target.get("href") or "").strip()))
    return tuple(found)
