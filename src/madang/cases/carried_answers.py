"""Answers that somebody gave on another page of the city, taken along into an application.

The planner of life events sends them by POST, as fields ``answer.<question>``; the page where an
application begins shows that they are there and hands them on. What does not fit its question is
left out: it will be asked.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import QueryDict

from madang.services import api as services
from madang.services.api import Form

PREFIX = "answer."
SHOW = "show"  # the field of a form that leads to the page and does not begin yet
LONGEST = 500
_TRUTHS = {"yes": True, "no": False}


def carried_answers(given: QueryDict, form: Form, today: date) -> dict[str, Any]:
    """Return the answers that a form carries, by question, as far as they fit."""
    found: dict[str, Any] = {}
    for question in form.package.pages.questions:
        text = str(given.get(PREFIX + question.id, "")).strip()
        if not text or len(text) > LONGEST:
            continue
        value = _value(text, question.schema.get("type", "string"))
        if value is not None and services.fault_of(question, value, today, None) is None:
            found[question.id] = value
    return found


def fields_of(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Return answers as the hidden fields that carry them on."""
    words = {True: "yes", False: "no"}
    return [
        (PREFIX + name, words[value] if isinstance(value, bool) else str(value))
        for name, value in answers.items()
    ]


def _value(text: str, kind: str) -> Any:
    """Return a text as a value of the question's kind; None where it is none."""
    if kind == "boolean":
        return _TRUTHS.get(text)
    if kind in ("integer", "number"):
        return int(text) if text.isascii() and text.isdecimal() else None
    return text if kind == "string" else None
