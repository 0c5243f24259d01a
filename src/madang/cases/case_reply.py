"""The answer to what an officer asked: read by the same flow of questions as the application.

An answer may open questions that were not reached before, and close others. Those that open are
asked as well; facts that are no longer asked for lose their value, as in an application.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from madang.services.api import (
    Fault,
    Flow,
    Form,
    Page,
    Question,
    Step,
    fields_of,
    read_questions,
    repetitions,
)

Raw = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Reply:
    """What was answered.

    steps: the pages to draw, with the questions that are asked. values: facts as they become;
    None for those that are no longer asked. opened: questions that an answer here opened.
    """

    steps: tuple[Step, ...]
    answers: Mapping[str, Any]
    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    opened: frozenset[str] = frozenset()


def asked_now(form: Form, facts: Mapping[str, Any], names: Sequence[str]) -> Reply:
    """Return the questions of `names` as they are shown first, with what is known of them."""
    steps = tuple(_step(form, page, facts, set(names)) for page in _pages(form, set(names)))
    return Reply(steps, facts, {})


def read_reply(
    form: Form, facts: Mapping[str, Any], names: Sequence[str], raw: Raw, today: date
) -> Reply:
    """Return what a form answered to the questions of `names`.

    Parameters
    ----------
    facts : values of the case by name; those that the form does not ask count in conditions.
    """
    questions = form.package.questions
    known = {name: value for name, value in facts.items() if name not in questions}
    before = {name: value for name, value in facts.items() if name in questions}
    reached = _reached(form.flow(before, today, known=known))
    asked = set(names)
    while True:
        steps, values, faults = _read(form, before, asked, raw, today)
        flow = form.flow({**before, **values}, today, known=known)
        now = _reached(flow)
        lacks = {fault.question for step in flow.steps for fault in step.faults}
        more = (lacks & (now - reached)) - asked
        if not more:
            break
        asked |= more
    gone = {name: None for name in reached - now if before.get(name) is not None}
    return Reply(
        tuple(steps), facts, {**gone, **values}, tuple(faults), frozenset(asked - set(names))
    )


def with_one_more(reply: Reply) -> Reply:
    """Return a reply with one more, empty repetition of each page that may have one."""
    steps = tuple(
        replace(step, groups=(*step.groups, step.groups[-1]))
        if step.page.repeat and len(step.groups) < step.page.repeat.max else step
        for step in reply.steps
    )  # fmt: skip
    return replace(reply, steps=steps)


def _reached(flow: Flow) -> set[str]:
    return {question.id for step in flow.steps for question in step.questions}


def _pages(form: Form, names: set[str]) -> list[Page]:
    return [page for page in form.package.pages.pages if names & set(page.questions)]


def _questions(form: Form, page: Page, names: set[str]) -> tuple[Question, ...]:
    """Return what a page asks; one that repeats is asked whole, or its lists would not fit."""
    known = form.package.questions
    wanted = [n for n in page.questions if n in known and (page.repeat or n in names)]
    return tuple(known[name] for name in wanted)


def _step(
    form: Form, page: Page, facts: Mapping[str, Any], names: set[str], count: int = 0
) -> Step:
    count = count or (max(1, repetitions(page, facts)) if page.repeat else 1)
    return Step(page, (_questions(form, page, names),) * count)


def _read(
    form: Form, facts: Mapping[str, Any], names: set[str], raw: Raw, today: date
) -> tuple[list[Step], dict[str, Any], list[Fault]]:
    steps: list[Step] = []
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for page in _pages(form, names):
        asked = _questions(form, page, names)
        if page.repeat is None:
            read = read_questions(asked, raw, today)
            values |= read.values
            faults += read.faults
            steps.append(_step(form, page, facts, names))
            continue
        rows, wrong = _rows(page, asked, raw, today)
        values |= {one.id: [row.get(one.id) for row in rows] for one in asked}
        faults += wrong
        steps.append(_step(form, page, facts, names, max(len(rows), page.repeat.min, 1)))
    return steps, values, faults


def _rows(
    page: Page, asked: Sequence[Question], raw: Raw, today: date
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the repetitions of a page up to the last in which something is written."""
    assert page.repeat is not None
    used = [
        n for n in range(page.repeat.max)
        if any(any(raw.get(name, ())) for one in asked for name in fields_of(one, n))
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for item in range(max(used[-1] + 1 if used else 0, page.repeat.min)):
        read = read_questions(asked, raw, today, item)
        rows.append(read.values)
        faults += read.faults
    return rows, faults
