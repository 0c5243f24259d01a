"""Which conditions can ever hold: a search over the values that tell facts apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from madang.services.lint.domains import assignments, constants_of, points
from madang.services.lint.subject import Subject
from madang.services.lint.written import Written
from madang.services.packages.package import Package
from madang.services.packages.questions import Page, Question

MOST_EVALUATIONS = 200_000  # of conditions that hang together
FEWEST_TRIALS = 500
Holds = Callable[[str, Mapping[str, Any]], bool]


@dataclass
class Form:
    """Pages and questions that some facts lead to, and a test of single conditions.

    `opened` are pages whose own condition holds somewhere, asked or not.
    """

    subject: Subject
    pages: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)

    def can_be(self, item: Written) -> bool:
        """Return whether a condition holds for some facts."""
        rules = self.subject.rules
        for facts in assignments(domains_of(self.subject, item.names, [item])):
            if rules.holds(item.text, facts, self.subject.today):
                return True
        return False


def form_of(subject: Subject) -> Form:
    """Return what of a package's form can be reached.

    Conditions that share facts are looked at together, so that a page is reached only by answers
    that earlier pages let people give.
    """
    form = Form(subject)
    conditions = [
        item
        for item in subject.written
        if item.file == "pages.yaml" and item.kind == "condition" and not item.wrong
    ]
    _walk(form, {})
    for group in _groups(conditions, _links(subject)):
        names = frozenset(name for item in group for name in item.names)
        most = max(MOST_EVALUATIONS // len(group), FEWEST_TRIALS)
        for facts in assignments(domains_of(subject, names, group), most):
            if _walk(form, facts) and _is_done(form):
                return form
    return form


def _is_done(form: Form) -> bool:
    package = form.subject.package
    return len(form.pages) == len(package.pages.pages) and len(form.questions) == len(
        package.questions
    )


def _walk(form: Form, facts: dict[str, Any]) -> bool:
    """Keep what these facts lead to; return whether anything of it is new."""
    rules, today = form.subject.rules, form.subject.today
    before = len(form.pages) + len(form.questions)
    for page, questions in asked(
        form.subject.package, facts, lambda text, known: rules.holds(text, known, today)
    ):
        form.opened.add(page.id)
        if questions or page.evidence:
            form.pages.add(page.id)
        form.questions |= {question.id for question in questions}
    return len(form.pages) + len(form.questions) > before


def _links(subject: Subject) -> dict[str, str]:
    """Return the page that asks for each fact, where it is shown on a condition only."""
    return {
        name: f"page {page.id}"
        for page in subject.package.pages.pages
        for name in page.questions
        if page.when
    }


def _groups(conditions: list[Written], page_of: Mapping[str, str]) -> Iterator[list[Written]]:
    """Yield conditions that hang together: by facts, by a page, or by who asks for the facts."""
    by_item = {}
    for item in conditions:
        kind, name = str(item.path[0]), str(item.path[1])
        links = {*item.names, f"page {name}" if kind == "pages" else name}
        by_item[item.path] = links | {page_of[one] for one in links if one in page_of}
    left = list(conditions)
    while left:
        group = [left.pop()]
        links = set(by_item[group[0].path])
        while more := [item for item in left if links & by_item[item.path]]:
            group += more
            for item in more:
                links |= by_item[item.path]
            left = [item for item in left if item not in more]
        yield group


def domains_of(
    subject: Subject, names: Iterable[str], written: Iterable[Written]
) -> dict[str, list[Any]]:
    """Return the values to try for each of some facts; null where a question may stay open."""
    package, found = subject.package, {}
    written = list(written)
    parameters = set(subject.rules.parameters(subject.today))
    for name in sorted(set(names)):
        fact = package.facts.get(name)
        if fact is None:
            continue
        texts = [item for item in written if name in item.names]
        constants = [value for item in texts for value in constants_of(item.text, is_tests=False)]
        for item in texts:
            for parameter in item.names & parameters:
                value = subject.rules.parameters(subject.today)[parameter]
                constants += value if isinstance(value, list) else [value]
        question = package.questions.get(name)
        may_lack = question is not None and question.optional
        found[name] = points(package, fact, constants, subject.today) + ([None] if may_lack else [])
    return found


def asked(
    package: Package, facts: Mapping[str, Any], holds: Holds
) -> list[tuple[Page, tuple[Question, ...]]]:
    """Return the pages whose conditions hold, in order, each with the questions that are asked.

    A question that is not asked has no answer: conditions behind it see null, whatever `facts`
    says.

    Parameters
    ----------
    facts
        Values by name, of the applicant and of registers.
    holds
        Whether a condition holds for facts.
    """
    known = {name: value for name, value in facts.items() if name not in package.questions}
    found = []
    for page in package.pages.pages:
        if page.when and not holds(page.when, known):
            continue
        questions = []
        for name in page.questions:
            question = package.questions.get(name)
            if question is None or (question.when and not holds(question.when, known)):
                continue
            questions.append(question)
            known[name] = facts.get(name)
        found.append((page, tuple(questions)))
    return found
