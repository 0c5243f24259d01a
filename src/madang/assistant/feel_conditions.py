"""Conditions written in FEEL, compiled for the engine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from madang.assistant.engine.model import Condition, Facts
from madang.assistant.places import ELSEWHERE, Somewhere
from madang.assistant.procedure_file import FactFile
from madang.services.api import InvalidExpression, compile_expression

_TEXT = re.compile(r'"[^"]*"')
_WORD = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"(?<![\w.\"-])\d+(?![\w.])")
_CODE = re.compile(r'"(\d{4,10})"')
_WORDS_OF_FEEL = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "true",
        "false",
        "null",
        "if",
        "then",
        "else",
        "between",
        "date",
        "duration",
        "month",
        "day",
        "year",
    ]
)


def condition(text: str, facts: Mapping[str, FactFile]) -> Condition:
    """Return a condition compiled.

    Raises
    ------
    InvalidExpression
        If it is no FEEL, mentions something that is no fact, or compares a choice with a value that
        it cannot have.
    """
    bare = _TEXT.sub('""', text)
    words = {word for word in _WORD.findall(bare) if word in facts or word not in _WORDS_OF_FEEL}
    if "date" in words and "date(" in bare and not re.search(r"\bdate\b(?!\()", bare):
        words.discard("date")  # the function alone
    unknown = sorted(words - set(facts))
    if unknown:
        raise InvalidExpression(f"{text!r}: {', '.join(unknown)} is no fact of this event")
    _check_choices(text, words, facts)
    compiled = compile_expression(text, sorted(words))

    def holds(known: Facts) -> bool | None:
        value = compiled.value({name: _feel(known.get(name)) for name in words})
        return value if isinstance(value, bool) else None

    samples = {name: found for name in words if (found := _samples(facts[name], bare, text))}
    return Condition(text, frozenset(words), holds, samples)


def _check_choices(text: str, words: set[str], facts: Mapping[str, FactFile]) -> None:
    allowed = {choice.value for name in words for choice in facts[name].choices}
    if any(facts[name].type == "place" for name in words):
        allowed.add(ELSEWHERE)
    for said in _TEXT.findall(text):
        value = said.strip('"')
        if value not in allowed and not _CODE.fullmatch(said) and not _is_date(value):
            raise InvalidExpression(f"{text!r}: no fact in it can be {value!r}")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _samples(fact: FactFile, bare: str, text: str) -> tuple[Any, ...]:
    """Return values of an endless fact that reach every outcome of comparisons with literals."""
    if fact.type == "number":
        borders = {int(number) + step for number in _NUMBER.findall(bare) for step in (-1, 0, 1)}
        return tuple(n for n in sorted(borders) if fact.least <= n <= fact.most)
    if fact.type == "place":
        named = tuple(Somewhere(code) for code in _CODE.findall(text))
        others = (Somewhere("one"), Somewhere("other"))
        return (*named, *others, *([Somewhere("")] if fact.elsewhere else []))
    return ()


def _feel(value: Any) -> Any:
    """Return a value as FEEL has it; a place is the code of its district."""
    if isinstance(value, Somewhere):
        return value.district or ELSEWHERE
    if isinstance(value, date):
        return _feel_date(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


@lru_cache(maxsize=4096)
def _feel_date(day: date) -> Any:
    return compile_expression(f'date("{day.isoformat()}")').value({})
