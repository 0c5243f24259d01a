"""Facts: each asked or looked up, for a purpose, by law; none that nothing needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.package import Package
from madang.services.packages.service import Fact
from madang.services.packages.texts import PLACEHOLDER

_FILE = "service.yaml"
_REGISTER = re.compile(r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_]*$")
_FOR_PEOPLE = ("contact", "deliver", "identify", "route")  # purposes that need no rule


def facts(subject: Subject) -> Iterator[Fault]:
    """Yield facts that nobody provides, and questions that have no fact."""
    package = subject.package
    on_pages = {question.id for _, question in package.asked()}
    for fact in package.service.facts:
        path = ("facts", fact.id)
        if fact.source == "applicant" and fact.id not in on_pages:
            message = f"{fact.id!r} comes from the applicant, but no page asks for it"
            yield subject.fault("fact-not-asked", _FILE, path, message)
        if fact.source == "register" and fact.id in package.questions:
            message = f"{fact.id!r} is in a register: people are not asked again"
            yield subject.fault("asked-though-known", "pages.yaml", ("questions", fact.id), message)
        yield from _grounds(subject, fact)
    for question in package.pages.questions:
        if question.id not in package.facts:
            message = f"{question.id!r} is no fact of service.yaml"
            path = ("questions", question.id)
            yield subject.fault("question-without-fact", "pages.yaml", path, message)


def _grounds(subject: Subject, fact: Fact) -> Iterator[Fault]:
    path = ("facts", fact.id)
    if fact.source == "register" and not _REGISTER.match(fact.register):
        message = f"{fact.id!r} needs `register`, such as residents.birth_date"
        yield subject.fault("register-unclear", _FILE, (*path, "register"), message)
    if fact.source == "register" and fact.basis is None:
        message = f"{fact.id!r} needs `basis`: the law that lets the city look it up"
        yield subject.fault("register-unclear", _FILE, path, message)
    if fact.register and fact.source != "register":
        message = f"{fact.id!r} has a register, but its source is {fact.source}"
        yield subject.fault("register-unclear", _FILE, (*path, "register"), message)
    if fact.sensitive and fact.basis is None:
        message = f"{fact.id!r} is sensitive and needs `basis` (PIPA art. 23)"
        yield subject.fault("sensitive-unclear", _FILE, path, message)
    if fact.sensitive and not subject.package.pages.consent:
        message = f"{fact.id!r} is sensitive and needs a consent: `consent` of pages.yaml"
        yield subject.fault("sensitive-unclear", _FILE, path, message)


def unused(subject: Subject) -> Iterator[Fault]:
    """Yield facts that nothing needs: no rule, condition, fee, paper, notice or office.

    What people read and weigh needs no rule, but a law that lets them ask (`basis`), and a process
    in which people decide.
    """
    needed = subject.words | placeholders(subject.package) | _of_service(subject.package)
    by_people = not may_decide(subject.package)
    for fact in subject.package.service.facts:
        if fact.id in needed or fact.purpose in _FOR_PEOPLE:
            continue
        if fact.purpose == "pay" and fact.category == "payment":
            continue  # where a benefit is paid to
        if by_people and fact.purpose == "decide" and fact.basis is not None:
            continue
        hint = "; where an officer weighs it, give its `basis`" if by_people else ""
        message = f"nothing needs {fact.id!r}: leave it out (data minimisation){hint}"
        yield subject.fault("fact-unused", _FILE, ("facts", fact.id), message)


def _of_service(package: Package) -> set[str]:
    service = package.service
    return {service.handled_by.place, *(fee.per for fee in service.fees)}


def placeholders(package: Package) -> set[str]:
    """Return the names that documents and notices of a package fill in."""
    texts = [text for notice in package.notices for text in (notice.subject, notice.body)]
    for document in package.documents:
        for block in document.blocks:
            texts += [block.text, *block.items, *(row.value for row in block.rows)]
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def may_decide(package: Package) -> bool:
    """Return whether rules may finish a case of this service without a person."""
    process = package.process
    decides = any(v.kind in ("grant", "complete") and "rule" in v.by for v in process.verbs)
    return decides and process.decision_class in ("R0", "R1") and bool(package.rules)
