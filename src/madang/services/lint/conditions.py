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

Holds = Callable[[str, Mapping[str, Any]], bool]


@dataclass
class Form:
    """Pages and questions that some facts lead to, and a test of single conditions."""

    subject: Subject
    pages: set[str] = field(default_factory=set)
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
    for group in _groups(conditions):
        names = frozenset(name for item in group for name in item.names)
        for facts in assignments(domains_of(subject, names, group)):
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
        form.pages.add(page.id)
        form.questions |= {question.id for question in questions}
    return len(form.pages) + len(form.questions) > before


def _groups(conditions: list[Written]) -> Iterator[list[Written]]:
    """Yield conditions that share facts, directly or by others."""
    left = list(conditions)
    while left:
        group = [left.pop()]
        names = set(group[0].names)
        while more := [item for item in left if names & item.names]:
            group += more
            names |= {name for item in more for name in item.names}
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
    """Return the pages that are asked, in order, each with its questions.

    A question that is not asked has no answer: conditions behind it see null, whatever `facts`
    says. A page whose questions all fall away is not shown, unless it asks for papers.

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
        if questions or page.evidence:
            found.append((page, tuple(questions)))
    return found
