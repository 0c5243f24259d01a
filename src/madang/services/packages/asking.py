"""Which pages and questions are asked, from the answers that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from madang.services.packages.package import Package
from madang.services.packages.questions import Page, Question

Holds = Callable[[str, Mapping[str, Any]], bool]


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
