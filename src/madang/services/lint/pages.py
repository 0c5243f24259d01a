"""Pages and questions: each one reachable, each answer fit for its fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from madang.kernel.data_files import FieldPath
from madang.services.lint.conditions import Form, form_of
from madang.services.lint.fault import Fault
from madang.services.lint.schemas import schema_faults
from madang.services.lint.subject import Subject
from madang.services.packages.questions import Question
from madang.services.packages.service import Fact

_FILE = "pages.yaml"
_JSON_TYPES = {
    "string": ("string",),
    "number": ("number", "integer"),
    "boolean": ("boolean",),
    "date": ("string",),
    "time": ("string",),
    "date and time": ("string",),
    "list<string>": ("array",),
    "list<number>": ("array",),
}
_FORMATS = {"date": "date", "time": "time", "date and time": "date-time"}


def pages(subject: Subject) -> Iterator[Fault]:
    """Yield pages and questions that do not fit one another."""
    package = subject.package
    placed: dict[str, str] = {}
    for page in package.pages.pages:
        if not page.questions and not page.evidence:
            yield subject.fault(
                "empty-page", _FILE, ("pages", page.id), f"{page.id!r} asks nothing"
            )
        for number, name in enumerate(page.questions):
            path = ("pages", page.id, "questions", number)
            if name not in package.questions:
                message = f"there is no question {name!r}"
                yield subject.fault("unknown-question", _FILE, path, message)
            elif name in placed:
                message = f"{name!r} is asked on page {placed[name]!r} already"
                yield subject.fault("question-on-no-page", _FILE, path, message)
            placed.setdefault(name, page.id)
    for question in package.pages.questions:
        if question.id not in placed:
            message = f"{question.id!r} stands on no page"
            yield subject.fault("question-on-no-page", _FILE, ("questions", question.id), message)
    yield from _papers(subject)


def _papers(subject: Subject) -> Iterator[Fault]:
    listed = {paper.id for paper in subject.package.service.evidence}
    for page in subject.package.pages.pages:
        for number, name in enumerate(page.evidence):
            if name not in listed:
                path = ("pages", page.id, "evidence", number)
                message = f"service.yaml lists no evidence {name!r}"
                yield subject.fault("unknown-evidence", _FILE, path, message)


def answers(subject: Subject) -> Iterator[Fault]:
    """Yield questions whose schema is wrong, or whose answer does not fit its fact."""
    for question in subject.package.pages.questions:
        path: FieldPath = ("questions", question.id, "schema")
        for inside, message in schema_faults(question):
            yield subject.fault("bad-schema", _FILE, (*path, *inside), message)
        fact = subject.package.facts.get(question.id)
        if fact is not None:
            yield from _fits(subject, question, fact)


def _fits(subject: Subject, question: Question, fact: Fact) -> Iterator[Fault]:
    path = ("questions", question.id)
    wanted = _JSON_TYPES[fact.type]
    page = next((p for p in subject.package.pages.pages if question.id in p.questions), None)
    if page is not None and page.repeat and fact.type.startswith("list"):
        wanted = ("string",) if fact.type == "list<string>" else ("number", "integer")
    stated: Any = question.schema.get("type")
    if stated not in wanted:
        message = f"the fact is a {fact.type}, so the answer's type is {' or '.join(wanted)}"
        yield subject.fault("fact-type", _FILE, (*path, "schema", "type"), message)
    elif fact.type in _FORMATS and question.schema.get("format") != _FORMATS[fact.type]:
        message = f"the fact is a {fact.type}, so the schema needs format: {_FORMATS[fact.type]}"
        yield subject.fault("fact-type", _FILE, (*path, "schema"), message)
    yield from _choices_allowed(subject, question, fact)


def _choices_allowed(subject: Subject, question: Question, fact: Fact) -> Iterator[Fault]:
    seen = set()
    for choice in question.choices:
        path = ("questions", question.id, "choices", choice.value)
        if (type(choice.value), choice.value) in seen:
            message = f"the choice {choice.value!r} is there twice"
            yield subject.fault("same-id", _FILE, path, message)
        seen.add((type(choice.value), choice.value))
        if subject.rules.misfit(fact.id, choice.value):
            message = f"{choice.value!r} does not fit the fact: {fact.allowed or fact.type}"
            yield subject.fault("fact-type", _FILE, path, message)


def reachable(subject: Subject) -> Iterator[Fault]:
    """Yield pages, questions and conditions that no facts lead to."""
    form = form_of(subject)
    yield from _order(subject)
    for page in subject.package.pages.pages:
        if page.id not in form.pages and (page.when or page.questions):
            message = f"no answers lead to page {page.id!r}" + _because(page.when)
            yield subject.fault("unreachable-page", _FILE, ("pages", page.id), message)
            continue
        for name in page.questions:
            question = subject.package.questions.get(name)
            if question is not None and name not in form.questions:
                message = f"no answers lead to question {name!r}" + _because(question.when)
                yield subject.fault("unreachable-question", _FILE, ("questions", name), message)
    yield from _never(subject, form)


def _because(when: str | None) -> str:
    return f": `{when}` is never true" if when else ""


def _never(subject: Subject, form: Form) -> Iterator[Fault]:
    for item in subject.written:
        in_form = item.file == _FILE
        if item.kind == "condition" and not in_form and not item.wrong and not form.can_be(item):
            message = f"`{item.text}` holds for no facts"
            yield subject.fault("never-true", item.file, item.path, message)


def _order(subject: Subject) -> Iterator[Fault]:
    """Yield conditions that look at what is asked only later."""
    package = subject.package
    names_at = {item.path: item.names for item in subject.written if item.file == _FILE}
    asked_somewhere = {question.id for _, question in package.asked()}
    asked: set[str] = set()
    for page in package.pages.pages:
        steps: list[tuple[FieldPath, str]] = [(("pages", page.id, "when"), "")]
        steps += [(("questions", name, "when"), name) for name in page.questions]
        for path, question in steps:
            for name in sorted((names_at.get(path, frozenset()) & asked_somewhere) - asked):
                message = f"{name!r} is not asked before this"
                yield subject.fault("asked-too-late", _FILE, path, message)
            asked.add(question)
