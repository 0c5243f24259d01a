"""Facts read out of a text: the schema they are asked with, and what of the reply may stand.

A fact stands only with evidence: words of the text itself, which are found in it, and in which a
date, a number or a place stands that is the value. Yes, no and choices rest on the evidence alone;
all of them are shown as inferred, to be corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from madang.assistant.engine.plain_text import visible
from madang.assistant.engine.quantities import quantities
from madang.assistant.errors import LLMUnusable
from madang.assistant.llm.replies import read_object

LONGEST = 80
MOST_FACTS = 12
MOST_TOKENS = 700
_WORD = re.compile(r"[^\W_]+")


class Wanted(Protocol):
    """A fact that is wanted: `options` are the titles of a choice by its values."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def ask(self) -> str: ...  # noqa: D102
    @property
    def options(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Filled:
    """A fact that a text says: its value, and the words that say so, at `start` to `end` there."""

    name: str
    value: str | bool | int
    evidence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filling:
    """Facts that stand; `dropped` says of each other one why it does not."""

    facts: tuple[Filled, ...]
    dropped: Mapping[str, str]


def schema(wanted: Sequence[Wanted]) -> dict[str, Any]:
    """Return the JSON schema of the facts: each null, or a value with its evidence."""
    return {
        "type": "object",
        "properties": {one.name: _fact_schema(one) for one in wanted},
        "required": [one.name for one in wanted],
        "additionalProperties": False,
    }


def _fact_schema(one: Wanted) -> dict[str, Any]:
    fact = {
        "type": "object",
        "properties": {"value": _value_schema(one), "evidence": {"type": "string"}},
        "required": ["value", "evidence"],
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": "null"}, fact]}


def _value_schema(one: Wanted) -> dict[str, Any]:
    if one.type == "boolean":
        return {"type": "boolean"}
    if one.type == "number":
        return {"type": "integer"}
    if one.type == "choice":
        return {"type": "string", "enum": list(one.options)}
    if one.type == "date":
        return {"type": "string", "description": "YYYY-MM-DD"}
    return {"type": "string"}


def read_filling(reply: str, text: str, wanted: Sequence[Wanted], today: date) -> Filling:
    """Return the facts of a reply that the text says.

    Raises
    ------
    LLMUnusable
        If the reply does not keep to the schema.
    """
    kinds: dict[str, type | tuple[type, ...]] = {one.name: (dict, type(None)) for one in wanted}
    found = read_object(reply, kinds)
    facts, dropped = [], {}
    for one in wanted:
        told = found[one.name]
        if told is None:
            continue
        try:
            facts.append(_read(one, told, text, today))
        except _Dropped as why:
            dropped[one.name] = str(why)
    return Filling(tuple(facts), dropped)


class _Dropped(Exception):
    pass


def _read(one: Wanted, told: Mapping[str, Any], text: str, today: date) -> Filled:
    if set(told) != {"value", "evidence"} or not isinstance(told["evidence"], str):
        raise LLMUnusable(f"{one.name} in the language model's reply has not value and evidence")
    value = _checked(one, told["value"])
    start, end = _found(told["evidence"], text)
    evidence = text[start:end]
    if one.type in ("date", "number", "place") and not _says(one.type, value, evidence, today):
        raise _Dropped(f"{evidence!r} does not say {value}")
    return Filled(one.name, value, evidence, start, end)


def _checked(one: Wanted, value: Any) -> str | bool | int:
    kinds: dict[str, type] = {"boolean": bool, "number": int}
    kind = kinds.get(one.type, str)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise LLMUnusable(f"{one.name} in the language model's reply has the wrong type")
    if isinstance(value, str):
        value = visible(value)
        if not value or len(value) > LONGEST:
            raise _Dropped("is empty or too long")
    if one.type == "choice" and value not in one.options:
        raise LLMUnusable(f"{one.name} in the language model's reply is no value of it")
    if one.type == "date":
        _day(str(value))
    return value  # type: ignore[no-any-return]


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _Dropped(f"{value!r} is no date") from None


def _found(evidence: str, text: str) -> tuple[int, int]:
    """Return where the evidence stands in the text; spaces and case may differ."""
    words = visible(evidence).split()
    if not words or len(visible(evidence)) > 4 * LONGEST:
        raise _Dropped("has no evidence")
    pattern = r"\s+".join(re.escape(word) for word in words)
    match = re.search(pattern, text, re.IGNORECASE)
    if match is None:
        raise _Dropped(f"its evidence {evidence[:60]!r} does not stand in the text")
    return match.span()


def _says(kind: str, value: Any, evidence: str, today: date) -> bool:
    if kind == "place":
        return _names_place(str(value), evidence)
    told = quantities(evidence)
    if kind == "number":
        return any(one.kind == "number" and one.value == str(value) for one in told)
    day = _day(str(value))
    return any(one.kind == "date" and _is_day(one.value, day, today) for one in told)


def _is_day(told: str, day: date, today: date) -> bool:
    """Return whether a date as told is a day; one without its year is within a year of today."""
    if not told.startswith("-"):
        return told == day.isoformat()
    return told[1:] == day.isoformat()[4:] and abs((day - today).days) <= 366


def _names_place(value: str, evidence: str) -> bool:
    """Return whether the evidence has the name of a place, with its kind or without."""
    said = _stems(_WORD.findall(evidence.casefold()))
    return all(
        any(stem.startswith(word) or word.startswith(stem) for stem in said)
        for word in _stems(_WORD.findall(value.casefold()))
    )


def _stems(words: Iterable[str]) -> list[str]:
    kinds = ("구", "동", "시", "gu", "dong", "si", "district")
    return [
        word[: -len(kind)] if (kind := _ending(word, kinds)) and len(word) > len(kind) + 1 else word
        for word in words
        if word not in kinds
    ]


def _ending(word: str, kinds: Iterable[str]) -> str:
    return next((kind for kind in kinds if word.endswith(kind)), "")
