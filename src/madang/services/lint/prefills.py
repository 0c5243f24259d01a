"""What answers are filled in from: declared, for the fact's own purpose, by law, once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.questions import Question
from madang.services.packages.service import Prefill

_SERVICE, _PAGES = "service.yaml", "pages.yaml"
_SOURCE = re.compile(r"([a-z][a-z0-9_-]*)\.([a-z][a-z0-9_]*)")
PREVIOUS = "previous."


def prefills(subject: Subject) -> Iterator[Fault]:
    """Yield sources that are unclear or unused, and questions that use them wrongly."""
    used = {question.prefill for question in subject.package.pages.questions if question.prefill}
    for one in subject.package.service.prefills:
        yield from _source(subject, one)
        if one.source not in used:
            message = f"no question is filled in from {one.source!r} (data minimisation)"
            yield subject.fault("prefill-unused", _SERVICE, ("prefills", one.source), message)
    repeated = {n for page in subject.package.pages.pages if page.repeat for n in page.questions}
    for question in subject.package.pages.questions:
        for code, message in _question(subject, question, is_repeated=question.id in repeated):
            yield subject.fault(code, _PAGES, ("questions", question.id), message)


def _source(subject: Subject, one: Prefill) -> Iterator[Fault]:
    path = ("prefills", one.source)
    found = _SOURCE.fullmatch(one.source)
    if not found:
        message = f"{one.source!r} is no register and field, such as residents.address"
        yield subject.fault("prefill-unclear", _SERVICE, path, message)
    elif one.source.startswith(PREVIOUS):
        if found[2] not in subject.package.questions:
            message = f"no question asks for {found[2]!r}, so nobody answered it before"
            yield subject.fault("prefill-unclear", _SERVICE, path, message)
    elif one.basis is None:
        message = f"{one.source!r} needs `basis`: the law that lets the city look it up"
        yield subject.fault("prefill-unclear", _SERVICE, path, message)


def _question(
    subject: Subject, question: Question, *, is_repeated: bool
) -> Iterator[tuple[str, str]]:
    if not question.prefill:
        if question.fixed:
            yield "prefill-unclear", f"{question.id!r} is fixed, but nothing fills it in"
        return
    declared = subject.package.prefills.get(question.prefill)
    fact = subject.package.facts.get(question.id)
    if declared is None:
        message = f"{question.prefill!r} is not among the prefills of service.yaml"
        yield "prefill-undeclared", message
    elif fact is not None and declared.purpose != fact.purpose:
        message = (
            f"{question.id!r} is used to {fact.purpose}, but {question.prefill!r} is looked up "
            f"to {declared.purpose}"
        )
        yield "prefill-purpose", message
    if question.fixed and question.prefill.startswith(PREVIOUS):
        yield "prefill-unclear", f"{question.id!r}: an earlier answer can always be changed"
    if question.widget == "consent":
        yield "prefill-unclear", f"{question.id!r}: nobody agrees beforehand"
    if is_repeated:
        yield "prefill-unclear", f"{question.id!r} is on a page that repeats, which none fills in"


def silent_facts(subject: Subject) -> Iterator[Fault]:
    """Yield conditions of pages, questions and papers over what nobody knows while people answer.

    What registers say is looked up when somebody begins; papers are read, and offices asked, later.
    """
    later = {
        fact.id: fact.source
        for fact in subject.package.service.facts
        if fact.source in ("evidence", "office")
    }
    for item in subject.written:
        of_paper = item.file == _SERVICE and item.path[0] == "evidence"
        if item.kind != "condition" or not (item.file == _PAGES or of_paper):
            continue
        for name in sorted(item.names & later.keys() - set(subject.package.questions)):
            message = f"{name!r} comes from the {later[name]}: nobody knows it while people answer"
            yield subject.fault("unknown-while-asked", item.file, item.path, message)
