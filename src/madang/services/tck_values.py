"""Values in the XML of conformance tests, and when two of them agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from madang.services.engine.dmn.model import Decision, InputData
from madang.services.engine.dmn.plain import Unfit, from_plain
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.xml_tree import Element
from madang.services.engine.feel.compare import equal
from madang.services.engine.feel.date_text import (
    read_date,
    read_date_time,
    read_duration,
    read_time,
)
from madang.services.engine.feel.dates import DaysTime, YearsMonths
from madang.services.engine.feel.type_names import type_or_any
from madang.services.engine.feel.types import ContextOf, ListOf, Type
from madang.services.engine.feel.values import FeelError

TOLERANCE = Decimal("1e-8")  # relative; the kit prints results with fewer digits than 34


def value_of(element: Element) -> Any:
    """Return the value an element holds: a value, a list, components, or null."""
    if _is_nil(element):
        return None
    components = list(element.all("component"))
    if components:
        return {" ".join((c.get("name") or "").split()): value_of(c) for c in components}
    items = element.first("list")
    if items is not None:
        return None if _is_nil(items) else [value_of(item) for item in items.all("item")]
    value = element.first("value")
    return None if value is None or _is_nil(value) else _typed(value)


def _is_nil(element: Element) -> bool:
    return (element.get("xsi:nil") or "").strip() in ("true", "1")


def _boolean(text: str) -> bool:
    return text.strip() in ("true", "1")


_READERS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "boolean": _boolean,
    "date": lambda text: read_date(text.strip()),
    "time": lambda text: read_time(text.strip()),
    "dateTime": lambda text: read_date_time(text.strip()),
    "duration": lambda text: read_duration(text.strip()),
    "dayTimeDuration": lambda text: read_duration(text.strip()),
    "yearMonthDuration": lambda text: read_duration(text.strip()),
}
_NUMBERS = ("decimal", "integer", "int", "long", "short", "double", "float")


def _typed(value: Element) -> Any:
    type_ = (value.get("xsi:type") or "string").rpartition(":")[2].strip()
    if type_ in _NUMBERS:
        try:
            return Decimal(value.text.strip())
        except InvalidOperation as error:
            raise FeelError(f"{value.text!r} is no number") from error
    return _READERS.get(type_, str)(value.text)


def facts_of(program: Program, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts made ready for a model: text as its types read it, members not given null."""
    found: dict[str, Any] = {}
    imported = program.imported()
    for name, value in _nested(facts, [alias for alias, _ in imported]).items():
        node = program.by_name.get(name)
        if isinstance(node, InputData | Decision):
            found[name] = _ready(value, type_or_any(node.type, program.types))
            continue
        found[name] = value
        for alias, inner in imported:
            if alias == name and isinstance(value, dict):
                found[name] = facts_of(inner, value)
            elif not alias and name in inner.by_name:
                found.update(facts_of(inner, {name: value}))
    return found


def _nested(facts: Mapping[str, Any], aliases: list[str]) -> dict[str, Any]:
    """Return facts in which `import.name` is a member of `import`."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        alias = next((a for a in aliases if a and name.startswith(f"{a}.")), None)
        if alias is None:
            found[name] = value
        else:
            found.setdefault(alias, {})[name[len(alias) + 1 :]] = value
    return found


def _ready(value: Any, type_: Type) -> Any:
    bare = type_.bare()
    if isinstance(value, list):
        item = bare.item if isinstance(bare, ListOf) else bare
        return [_ready(one, item) for one in value]
    if isinstance(value, dict):
        fields = bare.fields if isinstance(bare, ContextOf) else {}
        whole = {key: _ready(one, fields[key]) if key in fields else one
                 for key, one in value.items()}  # fmt: skip
        return whole | {key: None for key in fields if key not in value}
    if isinstance(value, str):
        try:
            return from_plain(value, bare, "")
        except Unfit:
            return value
    return value


def agree(wanted: Any, actual: Any) -> bool:
    """Return whether a result is the one wanted: numbers nearly, all else exactly."""
    if isinstance(wanted, Decimal) and isinstance(actual, Decimal):
        return abs(wanted - actual) <= TOLERANCE * max(abs(wanted), Decimal(1))
    if isinstance(wanted, list) and isinstance(actual, list):
        return len(wanted) == len(actual) and all(map(agree, wanted, actual))
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return wanted.keys() == actual.keys() and all(agree(wanted[k], actual[k]) for k in wanted)
    if isinstance(wanted, DaysTime | YearsMonths) and isinstance(actual, DaysTime | YearsMonths):
        return wanted == actual or (_is_zero(wanted) and _is_zero(actual))
    return type(wanted) is type(actual) and equal(wanted, actual) is True


def _is_zero(duration: DaysTime | YearsMonths) -> bool:
    return duration in (DaysTime(0), YearsMonths(0))
