"""How the tests run FEEL: text in, the value written as FEEL out."""

from __future__ import annotations

from typing import Any

from madang.services.engine.feel.date_text import read_date_time
from madang.services.engine.feel.expression import expression, unary_tests
from madang.services.engine.feel.text import literal
from madang.services.engine.feel.values import Env, Notes

NOW = read_date_time("2026-11-23T10:20:30Z")


def run(text: str, **facts: Any) -> Any:
    """Return the value of an expression."""
    return expression(text, tuple(facts)).value(facts, Notes(NOW))


def written(text: str, **facts: Any) -> str:
    """Return the value of an expression as FEEL writes it."""
    return literal(run(text, **facts))


def noted(text: str, **facts: Any) -> list[str]:
    """Return what was noted while an expression was evaluated."""
    notes = Notes(NOW)
    expression(text, tuple(facts)).value(facts, notes)
    return notes.texts


def holds(tests: str, value: Any, **facts: Any) -> Any:
    """Return whether unary tests hold for a value."""
    return unary_tests(tests, tuple(facts)).holds(Env(facts, None, Notes()), value)
