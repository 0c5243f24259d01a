"""XML read into small elements that know their line; nothing outside the text is ever opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

LARGEST = 50_000_000  # bytes of one document
DEEPEST = 250  # elements in one another
MOST_ELEMENTS = 2_000_000
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SEPARATOR = "\t"  # not allowed in a namespace


class InvalidXML(Exception):
    """A text that is no XML, or XML we refuse; knows the line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Element:
    """An element: its namespace and local name, attributes by local name (`xsi:` for those)."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *names: str) -> Iterator[Element]:
        """Yield the children of these names."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> Element | None:
        """Return the first child of these names."""
        return next(self.all(*names), None)

    def get(self, attribute: str) -> str | None:
        """Return an attribute."""
        return self.attributes.get(attribute)

    def inner_text(self, name: str) -> str | None:
        """Return the text of a child, None where there is none."""
        child = self.first(name)
        return None if child is None else child.text


@dataclass(slots=True)
class Document:
    """A root element, and the namespaces of the prefixes used anywhere in it."""

    root: Element
    prefixes: dict[str, str]


def parse(data: bytes) -> Document:
    """Return a document's elements; InvalidXML for what is none, or has a document type."""
    if len(data) > LARGEST:
        raise InvalidXML(f"larger than {LARGEST // 1_000_000} MB")
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InvalidXML(expat.errors.messages[error.code], error.lineno) from error
    if reader.root is None:
        raise InvalidXML("there is no element in it")
    return Document(reader.root, reader.prefixes)


class _Reader:
    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.prefixes: dict[str, str] = {}
        self.count = 0
        parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartNamespaceDeclHandler = self.prefix
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.doctype
        self.parser = parser

    def doctype(self, *_: object) -> None:
        raise InvalidXML("a document type or an entity is not accepted", self.line)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def prefix(self, prefix: str | None, uri: str | None) -> None:
        self.prefixes[prefix or ""] = uri or ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= DEEPEST or self.count > MOST_ELEMENTS:
            raise InvalidXML("too many elements, or too many in one another", self.line)
        namespace, _, local = name.rpartition(_SEPARATOR)
        named = {_attribute(key): value for key, value in attributes.items()}
        element = Element(namespace, local, named, self.line)
        if self.open:
            self.open[-1].children.append(element)
        elif self.root is None:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text


def _attribute(key: str) -> str:
    namespace, _, local = key.rpartition(_SEPARATOR)
    return f"xsi:{local}" if namespace == XSI else local
