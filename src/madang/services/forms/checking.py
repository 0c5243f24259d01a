"""Whether a value fits the JSON Schema node of its question (draft 2020-12).

Of the vocabulary only what a question needs is read, which is `SUPPORTED`; `minimum` and
`maximum` of dates may say `today`. `format` is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, time
from functools import lru_cache
from math import isfinite
from typing import Any

from madang.services.forms.faults import Code, Fault
from madang.services.forms.widgets import widget_of
from madang.services.packages.questions import Question

SUPPORTED = frozenset({
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "pattern", "format", "items", "minItems", "maxItems",
    "uniqueItems", "title", "description",
})  # fmt: skip
TODAY = "today"
LONGEST = {"long-text": 10_000}
LONGEST_LINE = 500
LARGEST = 10**15  # beyond it, JSON of browsers loses whole numbers (2**53)
# tabs and line ends stay; what cannot be seen and turns text round (UAX 9) does not
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_EMAIL = re.compile(r"[^\s@<>\"'(),:;\\]{1,64}@[^\s@<>\"'(),:;\\]{1,190}\.[^\s@.]{2,63}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,23}")
Found = Iterator[tuple[Code, dict[str, Any]]]


def fault_of(question: Question, value: Any, today: date, item: int | None = None) -> Fault | None:
    """Return what is first wrong with an answer of JSON; None where it is good.

    `value` None is no answer.
    """
    if value is None:
        code: Code = "consent" if widget_of(question) == "consent" else "missing"
        return None if question.optional else Fault(question.id, code, {}, item)
    first = next(_wrong(question, value, today), None)
    return Fault(question.id, first[0], first[1], item) if first else None


def _wrong(question: Question, value: Any, today: date) -> Found:
    schema = question.schema
    kind = schema.get("type", "string")
    widget = widget_of(question)
    if widget == "consent" and value is not True and not question.optional:
        yield "consent", {}
    yield from _of_type(kind, value)
    if kind == "array":
        yield from _of_list(question, value)
    elif question.choices and not _is_in(value, [choice.value for choice in question.choices]):
        yield "not-choice", {}
    if "enum" in schema and not _is_in(value, schema["enum"]):
        yield "not-choice", {}
    if "const" in schema and not _is_in(value, [schema["const"]]):
        yield "not-choice", {}
    if kind in ("integer", "number"):
        yield from _of_number(schema, value)
    if kind == "string":
        yield from _of_text(schema, value, widget)
        yield from _of_format(schema, value, widget, today)


def _of_type(kind: str, value: Any) -> Found:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_finite = is_number and isfinite(value)
    fits = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "integer": is_finite and value % 1 == 0,
        "number": is_finite,
        "array": isinstance(value, list),
    }
    names: dict[str, Code] = {
        "boolean": "not-yes-no", "integer": "not-whole" if is_number else "not-number",
        "number": "not-number", "array": "not-choice", "string": "not-text",
    }  # fmt: skip
    if not fits.get(kind, False):
        yield names.get(kind, "not-text"), {}


def _of_list(question: Question, value: list[Any]) -> Found:
    schema = question.schema
    allowed = [choice.value for choice in question.choices]
    allowed = allowed or list(schema.get("items", {}).get("enum", ()))
    if not question.optional and not value:
        yield "missing", {}
    if allowed and not all(_is_in(item, allowed) for item in value):
        yield "not-choice", {}
    if any(not isinstance(item, str | int | float | bool) for item in value):
        yield "not-choice", {}
    if len(value) < schema.get("minItems", 0):
        yield "too-few", {"limit": schema["minItems"]}
    if len(value) > schema.get("maxItems", 1000):
        yield "too-many", {"limit": schema.get("maxItems", 1000)}
    if schema.get("uniqueItems") and len({repr(item) for item in value}) != len(value):
        yield "twice", {}


def _of_number(schema: dict[str, Any], value: float) -> Found:
    least, most = schema.get("minimum"), schema.get("maximum")
    if abs(value) > LARGEST:
        yield ("too-large" if value > 0 else "too-small"), {"limit": LARGEST}
    if least is not None and value < least:
        yield "too-small", {"limit": least}
    if most is not None and value > most:
        yield "too-large", {"limit": most}
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield "too-small", {"limit": schema["exclusiveMinimum"], "exclusive": True}
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        yield "too-large", {"limit": schema["exclusiveMaximum"], "exclusive": True}
    step = schema.get("multipleOf")
    if step and abs(value / step - round(value / step)) > 1e-9:
        yield "not-multiple", {"limit": step}


def _of_text(schema: dict[str, Any], value: str, widget: str) -> Found:
    most = schema.get("maxLength", LONGEST.get(widget, LONGEST_LINE))
    if _CONTROL.search(value) or (widget != "long-text" and "\n" in value):
        yield "control", {}
    if len(value) > most:
        yield "too-long", {"limit": most, "length": len(value)}
    if len(value) < schema.get("minLength", 0):
        yield "too-short", {"limit": schema["minLength"]}
    if "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        yield "pattern", {}


def _of_format(schema: dict[str, Any], value: str, widget: str, today: date) -> Found:
    form = schema.get("format") or widget
    if form == "date":
        yield from _of_date(schema, value, today)
    elif form == "time" and not _reads(time.fromisoformat, value):
        yield "not-time", {}
    elif form == "email" and not _EMAIL.fullmatch(value):
        yield "not-email", {}
    elif form == "phone" and not _PHONE.fullmatch(value):
        yield "not-phone", {}


def _of_date(schema: dict[str, Any], value: str, today: date) -> Found:
    if len(value) != len("2026-11-23") or not _reads(date.fromisoformat, value):
        yield "not-date", {}
        return
    for key, code in (("minimum", "too-early"), ("maximum", "too-late")):
        limit = schema.get(key)
        if limit is None:
            continue
        day = today if limit == TODAY else date.fromisoformat(str(limit))
        given = date.fromisoformat(value)
        if (given < day) if key == "minimum" else (given > day):
            yield code, {"limit": day, "is_today": limit == TODAY}  # type: ignore[misc]


def _is_in(value: Any, allowed: list[Any]) -> bool:
    # 1 and True are equal in Python and two values in JSON
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed)


def _reads(read: Callable[[str], Any], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
