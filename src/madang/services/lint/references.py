"""Documents, notices, parameters and decisions: each there where named, each used."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from madang.kernel.data_files import FieldPath
from madang.services.lint.facts import may_decide
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.content import Block, Document
from madang.services.packages.process import HOUSE_NOTICES
from madang.services.packages.refunds import ENDING, REFUND
from madang.services.packages.texts import PLACEHOLDER

# What a case knows and any text may fill in.
OF_THE_CASE = frozenset(
    {"case", "applicant", "decided", "office", "fee", "service", "deadline", "today", "reasons",
     "district", "city", "link", "state", "until"}
)  # fmt: skip
_OF_KIND = {"paragraph": "text", "note": "text", "facts": "rows", "list": "items"}
_MEANT = frozenset({"outcome", "fee", "conditions", "refund"})  # decisions that cases look at


def documents(subject: Subject) -> Iterator[Fault]:
    """Yield documents that are named and missing, or there and unused, and empty blocks."""
    package = subject.package
    there = {document.id for document in package.documents}
    used: set[str] = set()
    for file, path, name in _issued(subject):
        used.add(name)
        if name not in there:
            yield subject.fault("unknown-document", file, path, f"there is no document {name!r}")
    for output in package.service.outputs:
        if output.document and output.document not in there:
            message = f"there is no document {output.document!r}"
            path = ("outputs", output.id, "document")
            yield subject.fault("unknown-document", "service.yaml", path, message)
        elif output.document and output.document not in used:
            message = f"{output.document!r} is promised, but no verb and no `issues` issues it"
            yield subject.fault(
                "unused-document", "service.yaml", ("outputs", output.id, "document"), message
            )
    for document in package.documents:
        file = f"documents/{document.id}.yaml"
        if document.id not in used:
            message = f"nothing issues {document.id!r}"
            yield subject.fault("unused-document", file, ("id",), message)
        for block in document.blocks:
            yield from _block(subject, file, block)


def _issued(subject: Subject) -> Iterator[tuple[str, FieldPath, str]]:
    package = subject.package
    for number, name in enumerate(package.process.issues):
        yield "process.yaml", ("issues", number), name
    for verb in package.process.verbs:
        for number, name in enumerate(verb.issues):
            yield "process.yaml", ("verbs", verb.id, "issues", number), name


def _block(subject: Subject, file: str, block: Block) -> Iterator[Fault]:
    wanted = _OF_KIND[block.kind]
    filled = {name for name in ("text", "rows", "items") if getattr(block, name)}
    if filled != {wanted}:
        message = f"a block of kind {block.kind} has {wanted}, and nothing else"
        yield subject.fault("empty-block", file, ("blocks", block.id), message)


def notices(subject: Subject) -> Iterator[Fault]:
    """Yield notices that are named and missing, or there and unused."""
    package = subject.package
    there = {notice.id for notice in package.notices}
    used: set[str] = set()
    named: list[tuple[FieldPath, str]] = [
        (("verbs", verb.id, "notices", number), name)
        for verb in package.process.verbs
        for number, name in enumerate(verb.notices)
    ]
    named += [(("timers", t.id, "notice"), t.notice) for t in package.process.timers if t.notice]
    for path, name in named:
        used.add(name)
        if name not in there | HOUSE_NOTICES:
            message = (
                f"there is no notice {name!r}; the house has {', '.join(sorted(HOUSE_NOTICES))}"
            )
            yield subject.fault("unknown-notice", "process.yaml", path, message)
    for name in sorted(there - used):
        message = f"no verb and no timer sends {name!r}"
        yield subject.fault("unused-notice", f"notices/{name}.yaml", ("id",), message)


def placeholders(subject: Subject) -> Iterator[Fault]:
    """Yield placeholders of documents and notices for which nothing stands."""
    package = subject.package
    known = OF_THE_CASE | package.facts.keys() | {item.id for item in package.parameters}
    known |= {item.id for item in package.rules}
    for file, path, text in _texts(subject):
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                message = f"nothing stands for {{{name}}}; {', '.join(sorted(known))} can be used"
                yield subject.fault("unknown-placeholder", file, path, message)


def _texts(subject: Subject) -> Iterator[tuple[str, FieldPath, str]]:
    for notice in subject.package.notices:
        file = f"notices/{notice.id}.yaml"
        yield file, ("subject",), notice.subject
        yield file, ("body",), notice.body
    for document in subject.package.documents:
        yield from _of_document(f"documents/{document.id}.yaml", document)


def _of_document(file: str, document: Document) -> Iterator[tuple[str, FieldPath, str]]:
    for block in document.blocks:
        path: FieldPath = ("blocks", block.id)
        yield file, (*path, "text"), block.text
        for number, item in enumerate(block.items):
            yield file, (*path, "items", number), item
        for number, row in enumerate(block.rows):
            yield file, (*path, "rows", number, "value"), row.value


def parameters(subject: Subject) -> Iterator[Fault]:
    """Yield parameters whose values do not ascend, are not in force, or are not used."""
    package = subject.package
    used = subject.words | {fee.parameter for fee in package.service.fees}
    used |= {name for _, _, text in _texts(subject) for name in PLACEHOLDER.findall(text)}
    for parameter in package.parameters:
        file = f"parameters/{parameter.id}.yaml"
        days = [item.since for item in parameter.values]
        for number, (earlier, later) in enumerate(pairwise(days), 1):
            if later <= earlier:
                message = f"{later} does not come after {earlier}"
                path = ("values", number, "since")
                yield subject.fault("parameter-order", file, path, message)
        if min(days) > subject.today:
            message = f"{parameter.id!r} has no value before {min(days)}"
            yield subject.fault("parameter-not-in-force", file, ("values",), message)
        kinds = {_kind(item.value) for item in parameter.values}
        if len(kinds) > 1:
            message = f"values are {' and '.join(sorted(kinds))}"
            yield subject.fault("parameter-types", file, ("values",), message)
        if parameter.id not in used:
            message = f"nothing uses {parameter.id!r}"
            yield subject.fault("unused-parameter", file, ("id",), message)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, tuple) else "text"


def decisions(subject: Subject) -> Iterator[Fault]:
    """Yield decisions that nothing uses, and circles of decisions."""
    package = subject.package
    used = subject.words | _MEANT | {fee.decision for fee in package.service.fees}
    used |= {name for _, _, text in _texts(subject) for name in PLACEHOLDER.findall(text)}
    for decision in package.rules:
        file = f"rules/{decision.id}.yaml"
        if decision.id not in used and may_decide(package):  # people read what is prepared for them
            message = f"nothing uses {decision.id!r}: cases look at {', '.join(sorted(_MEANT))}"
            yield subject.fault("unused-decision", file, ("id",), message)
    needs = {
        decision.id: {
            name
            for item in subject.written
            if item.file == f"rules/{decision.id}.yaml"
            for name in item.names
        }
        for decision in package.rules
    }
    for name in needs:
        if name in _under(name, needs):
            message = f"{name!r} needs itself, directly or by other decisions"
            yield subject.fault("needs-itself", f"rules/{name}.yaml", ("id",), message)


def _under(name: str, needs: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(needs[name])
    while waiting:
        one = waiting.pop()
        if one not in found and one in needs:
            found.add(one)
            waiting += needs[one]
    return found


def ids(subject: Subject) -> Iterator[Fault]:
    """Yield things that share an id."""
    package = subject.package
    names = [*package.facts, *(p.id for p in package.parameters), *(d.id for d in package.rules)]
    if package.decision(REFUND) is not None:
        names += ENDING
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f"{name!r} is a fact, a parameter or a decision twice"
        yield subject.fault("same-id", "service.yaml", ("facts", name), message)
    for file, key, items in _lists(subject):
        seen: set[object] = set()
        for number, item in enumerate(items):
            if item in seen:
                yield subject.fault("same-id", file, (*key, number), f"{item!r} is there twice")
            seen.add(item)


def _lists(subject: Subject) -> Iterator[tuple[str, FieldPath, list[str]]]:
    package = subject.package
    service, process = package.service, package.process
    yield "service.yaml", ("facts",), [item.id for item in service.facts]
    yield "service.yaml", ("fees",), [item.id for item in service.fees]
    yield "service.yaml", ("evidence",), [item.id for item in service.evidence]
    yield "service.yaml", ("outputs",), [item.id for item in service.outputs]
    yield "pages.yaml", ("questions",), [item.id for item in package.pages.questions]
    yield "pages.yaml", ("pages",), [item.id for item in package.pages.pages]
    yield "process.yaml", ("states",), [item.id for item in process.states]
    yield "process.yaml", ("verbs",), [item.id for item in process.verbs]
    yield "process.yaml", ("timers",), [item.id for item in process.timers]
    for document in package.documents:
        file = f"documents/{document.id}.yaml"
        yield file, ("blocks",), [item.id for item in document.blocks]
    for decision in package.rules:
        file = f"rules/{decision.id}.yaml"
        yield file, ("rows",), [item.id for item in decision.rows]
        yield file, ("results",), [item.name for item in decision.results]
