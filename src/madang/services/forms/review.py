"""All that was answered, page by page, to be read again before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from madang.services.forms.flow import Flow, Step
from madang.services.packages.questions import Question


@dataclass(frozen=True)
class Line:
    """One question with its answer; None where it was left open."""

    question: Question
    value: Any
    item: int | None = None


@dataclass(frozen=True)
class Part:
    """The lines of one page, where they can be changed."""

    step: Step
    lines: tuple[Line, ...]


def review(flow: Flow) -> tuple[Part, ...]:
    """Return every page that is asked, with its answers."""
    return tuple(Part(step, tuple(_lines(step, flow))) for step in flow.steps)


def _lines(step: Step, flow: Flow) -> list[Line]:
    repeats = step.page.repeat is not None
    found = []
    for item, group in enumerate(step.groups):
        for question in group:
            value = flow.answers.get(question.id)
            if repeats:
                value = value[item] if isinstance(value, list) and item < len(value) else None
            found.append(Line(question, value, item if repeats else None))
    return found


def consent_of(flow: Flow) -> list[str]:
    """Return the facts to which somebody said yes on a consent question."""
    return [
        question.id for step in flow.steps for question in step.questions
        if question.widget == "consent" and flow.answers.get(question.id) is True
    ]  # fmt: skip
