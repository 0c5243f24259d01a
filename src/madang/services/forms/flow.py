"""Which pages somebody is asked, in what order, and which of their answers count.

Pages are gone through as they stand. A condition sees the answers of the questions that were
reached before it, and what registers say; so an answer that is no longer reached is gone from
everything after it, and never becomes a fact. Within a repeated page a condition sees the answers
of its own repetition; outside, the facts of that page are lists.

A register may be silent: nobody is signed in, the person did not agree, or it knows nothing. Then
what hangs on it is asked as long as the register could say what opens it (`silence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from madang.services.forms.checking import fault_of
from madang.services.forms.faults import Fault
from madang.services.forms.silence import holds_or_may
from madang.services.packages.decide import Rules
from madang.services.packages.package import Package
from madang.services.packages.questions import Page, Question

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One page as it is asked now.

    Parameters
    ----------
    groups : questions that are asked, once for each repetition; one group on a page that is not
        repeated.
    only : the one question of the page that stands here, where each stands alone.
    faults : answers that are missing or do not fit.
    """

    page: Page
    groups: tuple[tuple[Question, ...], ...]
    faults: tuple[Fault, ...] = ()
    only: str = ""

    @property
    def key(self) -> str:
        """Return its name in addresses: the page, and the question that stands alone."""
        return f"{self.page.id}.{self.only}" if self.only else self.page.id

    @property
    def is_answered(self) -> bool:
        """Return whether nothing is missing here."""
        return not self.faults

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the questions, each once."""
        return tuple({q.id: q for group in self.groups for q in group}.values())


@dataclass(frozen=True)
class Flow:
    """All that is asked for answers so far.

    Parameters
    ----------
    answers : those that count: reached, and good for their question.
    evidence : ids of papers that are asked for, needed or not.
    """

    steps: tuple[Step, ...]
    answers: dict[str, Any]
    evidence: tuple[str, ...] = field(default=())

    @property
    def next_open(self) -> Step | None:
        """Return the first page on which something is missing; None where all is answered."""
        return next((step for step in self.steps if not step.is_answered), None)

    def step(self, key: str) -> Step | None:
        """Return the page of this name, if it is asked."""
        return next((step for step in self.steps if step.key == key), None)

    def place(self, key: str) -> int:
        """Return the place of a page, from 1; 0 where it is not asked."""
        return next((n for n, step in enumerate(self.steps, 1) if step.key == key), 0)

    def before(self, key: str) -> Step | None:
        """Return the page before this one."""
        place = self.place(key)
        return self.steps[place - 2] if place > 1 else None

    def after(self, key: str) -> Step | None:
        """Return the page after this one."""
        place = self.place(key)
        return self.steps[place] if 0 < place < len(self.steps) else None

    def may_show(self, key: str) -> bool:
        """Return whether all before a page is answered, so that it may be shown."""
        place = self.place(key)
        return place > 0 and all(step.is_answered for step in self.steps[: place - 1])


class Form:
    """The questions of one package, ready to be asked; keep it as long as the package."""

    def __init__(self, package: Package, rules: Rules | None = None) -> None:
        self.package = package
        self.rules = rules or Rules(package)

    def flow(
        self,
        answers: Answers,
        today: date,
        *,
        known: Answers | None = None,
        alone: bool = False,
        in_doubt: bool = True,
    ) -> Flow:
        """Return what is asked.

        Parameters
        ----------
        answers : all that was answered so far, by fact, also what is no longer asked.
        known : facts of registers, for conditions; they are no answers.
        alone : whether each question stands on a page of its own (senior mode).
        in_doubt : whether what hangs on a register that is silent is asked.
        """
        if not in_doubt:
            known = {**dict.fromkeys(self.package.register_facts), **(known or {})}
        counted: dict[str, Any] = {}
        steps: list[Step] = []
        seen = dict(known or {})
        for page in self.package.pages.pages:
            if page.when and not self._holds(page.when, seen, today):
                continue
            groups, faults, said = self._page(page, answers, seen, today)
            counted |= said
            seen |= said
            if any(groups) or page.repeat or page.evidence:
                steps += _steps(page, groups, faults, alone=alone)
        evidence = self._evidence((step.page for step in steps), seen, today)
        return Flow(tuple(steps), counted, evidence)

    def may_grow(self, flow: Flow, key: str) -> bool:
        """Return whether answers from here on may open pages that are not asked yet."""
        step = flow.step(key)
        pages = list(self.package.pages.pages)
        if step is None or flow.next_open is None:
            return False
        ahead = pages[pages.index(step.page) + 1 :]
        asked = {one.page.id for one in flow.steps}
        return any(page.when and page.id not in asked for page in ahead)

    def _page(
        self, page: Page, answers: Answers, seen: Answers, today: date
    ) -> tuple[list[tuple[Question, ...]], list[Fault], dict[str, Any]]:
        if page.repeat is None:
            return self._group(page, answers, seen, today, None)
        count = repetitions(page, answers)
        groups, faults = [], []
        rows: list[dict[str, Any]] = []
        for item in range(count):
            own = {name: _nth(answers.get(name), item) for name in page.questions}
            found, wrong, said = self._group(page, own, seen, today, item)
            groups += found
            faults += wrong
            rows.append(said)
        names = [n for n in page.questions if any(n in row for row in rows)]
        return groups, faults, {name: [row.get(name) for row in rows] for name in names}

    def _group(
        self, page: Page, answers: Answers, seen: Answers, today: date, item: int | None
    ) -> tuple[list[tuple[Question, ...]], list[Fault], dict[str, Any]]:
        asked: list[Question] = []
        faults: list[Fault] = []
        said: dict[str, Any] = {}
        for name in page.questions:
            question = self.package.questions.get(name)
            if question is None:
                continue
            if question.when and not self._holds(question.when, {**seen, **said}, today):
                continue
            asked.append(question)
            value = answers.get(name)
            fault = fault_of(question, value, today, item)
            if fault:
                faults.append(fault)
            elif value is not None:
                said[name] = value
        return [tuple(asked)], faults, said

    def _evidence(self, pages: Iterable[Page], seen: Answers, today: date) -> tuple[str, ...]:
        """Return the papers of the service that are asked for, each once, in order.

        Those that no page names are asked for on the last page before sending.
        """
        wanted = {
            paper.id for paper in self.package.service.evidence
            if not paper.when or self._holds(paper.when, seen, today)
        }  # fmt: skip
        shown = {name for page in pages for name in page.evidence}
        placed = {name for page in self.package.pages.pages for name in page.evidence}
        return tuple(
            paper.id for paper in self.package.service.evidence
            if paper.id in wanted and (paper.id in shown or paper.id not in placed)
        )  # fmt: skip

    def _holds(self, text: str, seen: Answers, today: date) -> bool:
        return holds_or_may(self.rules, text, seen, today)


def repetitions(page: Page, answers: Answers) -> int:
    """Return how often a repeated page is asked: as often as it was answered, within its limits."""
    if page.repeat is None:
        return 1
    lists = (answers.get(name) for name in page.questions)
    longest = max((len(one) for one in lists if isinstance(one, list)), default=0)
    return min(max(longest, page.repeat.min), page.repeat.max)


def with_item(page: Page, answers: Answers) -> dict[str, Any]:
    """Return the answers with one more, empty repetition of a page; as they are at its limit."""
    count = repetitions(page, answers)
    if page.repeat is None or count >= page.repeat.max:
        return dict(answers)
    lists = {
        name: [_nth(answers.get(name), n) for n in range(count + 1)] for name in page.questions
    }
    return {**answers, **lists}


def without_item(page: Page, answers: Answers, item: int) -> dict[str, Any]:
    """Return the answers without one repetition of a page."""
    count = repetitions(page, answers)
    kept = [n for n in range(count) if n != item]
    lists = {name: [_nth(answers.get(name), n) for n in kept] for name in page.questions}
    return {**answers, **lists}


def _nth(value: Any, item: int) -> Any:
    return value[item] if isinstance(value, list) and item < len(value) else None


def _steps(
    page: Page, groups: Sequence[tuple[Question, ...]], faults: Sequence[Fault], *, alone: bool
) -> list[Step]:
    questions = {q.id: q for group in groups for q in group}
    if not alone or page.repeat is not None or len(questions) < 2 or page.evidence:
        return [Step(page, tuple(groups), tuple(faults))]
    return [
        Step(page, ((question,),), tuple(f for f in faults if f.question == name), name)
        for name, question in questions.items()
    ]
