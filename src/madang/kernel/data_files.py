"""Files of data (YAML, CSV) as plain values that still know file and line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import yaml

DEEPEST = 100  # things in one another
_MANY_SIGNS = 2_000
MOST_VALUES = 1_000_000  # of one file, aliases followed
Key = str | int
FieldPath = tuple[Key, ...]

_REPLACED = tuple(f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float"))

_Base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # in C where the machine has libyaml
    """YAML 1.2's plain values (core schema): NO is Norway, 01 a code and 17:30 a time, all text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [item for item in found if item[0] not in _REPLACED]
        for first, found in _Base.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$|[-+]?[0-9]+[eE][-+]?[0-9]+$"),
    list("-+0123456789."),
)


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with files of data; `line` is 1 for a file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.file}:{self.line}:{field} {self.message}"


@dataclass(frozen=True)
class Document:
    """A YAML file: its value, and the lines of its parts."""

    file: str
    value: Any
    node: yaml.Node | None

    def line(self, path: FieldPath) -> int:
        """Return the line (from 1) of a part, or of the nearest part above it that exists."""
        node = self.node
        if node is None:
            return 1
        line: int = node.start_mark.line + 1
        for key in path:
            step = _below(node, key)
            if step is None:
                break
            node, line = step
        return line


def texts(value: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    """Yield path and value of every text inside a value."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))


def _below(node: yaml.Node, key: Key) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item, item.start_mark.line + 1
    return None


def read_yaml(path: Path, file: str) -> tuple[Document, list[Problem]]:
    """Return a YAML file and what is wrong with it as YAML (then its value is None)."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return _parsed(text, file)
    except OSError as error:
        return _unreadable(file, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return _unreadable(file, f"is not UTF-8 at byte {error.start}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + 1 if mark else 1  # a mark may lie behind the end
        return _unreadable(file, f"is not YAML: {error.problem or error.context}", line)
    except (yaml.YAMLError, RecursionError) as error:  # deep things recurse
        return _unreadable(file, f"is not YAML: {error}")
    except (ValueError, TypeError, OverflowError) as error:  # 2026-02-30, a list as a key
        return _unreadable(file, f"has a value that cannot be: {error}")


def _parsed(text: str, file: str) -> tuple[Document, list[Problem]]:
    if _is_too_deep(text):
        return _unreadable(file, f"is not YAML: more than {DEEPEST} things in one another")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return _unreadable(file, "is empty")
        problems = [Problem(file, line, name, text) for name, line, text in _lost(node)]
        if not problems and _size(node, {}) > MOST_VALUES:
            message = f"grows by aliases (*) to more than {MOST_VALUES:,} values"
            problems = [Problem(file, node.start_mark.line + 1, "", message)]
        if problems:
            return Document(file, None, node), problems
        return Document(file, loader.construct_document(node), node), []
    finally:
        loader.dispose()


def _is_too_deep(text: str) -> bool:
    """Return whether a text nests so deep that libyaml, which recurses in C, may end the process.

    Only texts with many signs that can nest are looked at: the others are too short to.
    """
    if sum(text.count(sign) for sign in "[{-?") < _MANY_SIGNS:
        return False
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                return True
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return False


def _unreadable(file: str, message: str, line: int = 1) -> tuple[Document, list[Problem]]:
    return Document(file, None, None), [Problem(file, line, "", message)]


def _lost(node: yaml.Node) -> Iterator[tuple[str, int, str]]:
    """Yield name, line and message of keys that stand twice (YAML takes the last) and of loops."""
    yield from _lost_in(node, set(), set())


def _lost_in(node: yaml.Node, above: set[int], done: set[int]) -> Iterator[tuple[str, int, str]]:
    if id(node) in above:
        yield "", node.start_mark.line + 1, "holds itself by an alias (*)"
        return
    if id(node) in done or isinstance(node, yaml.ScalarNode):
        return
    above.add(id(node))
    names: set[str] = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = str(key.value)
        if name in names:
            yield name, key.start_mark.line + 1, "stands twice; the first would be lost"
        names.add(name)
        yield from _lost_in(value, above, done)
    for item in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _lost_in(item, above, done)
    above.discard(id(node))
    done.add(id(node))


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many values a node stands for when its aliases are followed."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        items = node.value
        if isinstance(node, yaml.MappingNode):
            items = [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_size(item, known) for item in items)
    return known[id(node)]


@dataclass(frozen=True)
class Row:
    """One row of a table: its line, and its cells that are not empty."""

    line: int
    cells: Mapping[str, str]


def read_table(path: Path, file: str) -> tuple[list[str], list[Row], list[Problem]]:
    """Return header, rows and problems of a CSV file (UTF-8, first line the header)."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            header = [name.strip() for name in next(reader, [])]
            problems = _header_problems(file, header)
            rows = []
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    message = f"has {len(cells)} cells, the header {len(header)}"
                    problems.append(Problem(file, reader.line_num, "", message))
                    continue
                named = zip(header, cells, strict=True)
                rows.append(Row(reader.line_num, {k: v.strip() for k, v in named if v.strip()}))
            return header, rows, problems
    except OSError as error:
        return [], [], [Problem(file, 1, "", f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        return [], [], [Problem(file, 1, "", f"is not UTF-8 at byte {error.start}")]
    except csv.Error as error:
        return [], [], [Problem(file, reader.line_num, "", f"is not CSV: {error}")]


def _header_problems(file: str, header: list[str]) -> list[Problem]:
    if not header:
        return [Problem(file, 1, "", "is empty; the first line names the columns")]
    twice = {name for name in header if header.count(name) > 1}
    return [Problem(file, 1, name, "is a column twice") for name in sorted(twice)]


def field_name(path: FieldPath) -> str:
    """Return a path as people read it.

    >>> field_name(("languages", 3, "dir"))
    'languages[3].dir'
    """
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text
