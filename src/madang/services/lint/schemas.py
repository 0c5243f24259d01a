"""JSON Schema nodes of questions: valid, and only what pages can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from madang.kernel.data_files import FieldPath
from madang.services.packages.questions import Question

_COMMON = frozenset({"type", "title", "description", "default", "examples", "enum", "const"})
_BY_TYPE: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format", "minimum", "maximum"}),
    "integer": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "boolean": frozenset(),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
}
_FORMATS = frozenset({"date", "time", "date-time", "email", "uri", "phone"})
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_LONGEST_PATTERN = 200
Found = tuple[FieldPath, str]
_WIDGETS: dict[str, tuple[str, ...]] = {
    "text": ("string",), "long-text": ("string",), "number": ("number", "integer"),
    "money": ("number", "integer"), "date": ("string",), "time": ("string",),
    "yes-no": ("boolean",), "choice": ("string", "number", "integer", "boolean"),
    "choices": ("array",), "select": ("string", "number", "integer"), "phone": ("string",),
    "email": ("string",), "address": ("string",), "district": ("string",), "place": ("string",),
    "consent": ("boolean",),
}  # fmt: skip


def schema_faults(question: Question) -> Iterator[Found]:
    """Yield path inside the schema, and message, of what is wrong with a question's node."""
    yield from _node(question.schema)
    kind = question.schema.get("type")
    if question.widget and isinstance(kind, str) and kind not in _WIDGETS[question.widget]:
        yield (), f"a {question.widget} gives no {kind}"
    if question.widget in ("choice", "choices", "select") and not _has_choices(question):
        yield (), f"a {question.widget} needs choices"
    if question.choices and "enum" in question.schema:
        yield ("enum",), "the choices are the enum already"


def _has_choices(question: Question) -> bool:
    items = question.schema.get("items")
    inner = isinstance(items, dict) and "enum" in items
    return bool(question.choices or "enum" in question.schema or inner)


def _node(node: dict[str, Any]) -> Iterator[Found]:
    kind = node.get("type")
    if not isinstance(kind, str) or kind not in _BY_TYPE:
        yield ("type",), f"must be one of {', '.join(_BY_TYPE)}"
        return
    for key in node:
        if key not in _COMMON | _BY_TYPE[kind]:
            known = ", ".join(sorted(_COMMON | _BY_TYPE[kind]))
            yield (key,), f"{key!r} is not supported for a {kind}; {known} are"
    yield from _values(node, kind)
    yield from _limits(node, kind)
    if kind == "array" and isinstance(node.get("items", {}), dict):
        for path, message in _node(node.get("items", {"type": "string"})):
            yield ("items", *path), message
    elif kind == "array":
        yield ("items",), "must be a schema"


def _values(node: dict[str, Any], kind: str) -> Iterator[Found]:
    if "enum" in node and (not isinstance(node["enum"], list) or not node["enum"]):
        yield ("enum",), "must be a list of values"
    if "format" in node and node["format"] not in _FORMATS:
        yield ("format",), f"must be one of {', '.join(sorted(_FORMATS))}"
    if "pattern" in node:
        yield from _pattern(node["pattern"])
    for key in _COUNTS:
        value = node.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            yield (key,), "must be a whole number, at least 0"
    for key in _NUMBERS:
        if key in node and not _is_limit(node[key], kind, node.get("format")):
            yield (key,), "must be a number; for a date a day or `today`"
    if not isinstance(node.get("uniqueItems", True), bool):
        yield ("uniqueItems",), "must be true or false"


def _pattern(pattern: Any) -> Iterator[Found]:
    if not isinstance(pattern, str) or len(pattern) > _LONGEST_PATTERN:
        yield ("pattern",), f"must be a pattern of at most {_LONGEST_PATTERN} characters"
        return
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        yield ("pattern",), f"is no pattern: {error}"


def _is_limit(value: Any, kind: str, format_: Any) -> bool:
    if kind == "string":
        return format_ == "date" and (value == "today" or _is_day(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _limits(node: dict[str, Any], kind: str) -> Iterator[Found]:
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        a, b = node.get(low), node.get(high)
        comparable = type(a) is type(b) or kind in ("integer", "number")
        if a is not None and b is not None and comparable and "today" not in (a, b):
            try:
                if a > b:
                    yield (high,), f"{high} is below {low}"
            except TypeError:
                continue  # `_values` says that one of them is no number
