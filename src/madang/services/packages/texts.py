"""Every text of a package that people read, under a path that stays, and in their language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from madang.city.api import Profile
from madang.services.packages.package import Package

Found = tuple[str, str]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_WORDS = re.compile(r"[^\W\d_]")

_SERVICE = ("title", "summary", "description")


def digest(text: str) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of a text.

    >>> digest("주소")
    '5ac7cd94'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def texts(package: Package) -> Iterator[Found]:
    """Yield path and text of everything that is translated; what has no words is left out.

    Keywords are one text, apart by commas: other languages look for a thing by other words.
    """
    for path, found in all_texts(package):
        if _WORDS.search(PLACEHOLDER.sub("", found)):
            yield path, found


def all_texts(package: Package) -> Iterator[Found]:
    """Yield path and text of all texts, also of those that are empty or only placeholders."""
    yield from _of_service(package)
    yield from _of_pages(package)
    yield from _of_rules(package)
    for parameter in package.parameters:
        yield f"parameters.{parameter.id}.title", parameter.title
    yield from _of_documents(package)
    for notice in package.notices:
        yield f"notices.{notice.id}.subject", notice.subject
        yield f"notices.{notice.id}.body", notice.body
    for state in package.process.states:
        yield f"process.states.{state.id}.title", state.title
    for verb in package.process.verbs:
        yield f"process.verbs.{verb.id}.title", verb.title


def _fields(prefix: str, thing: Any, names: Iterable[str]) -> Iterator[Found]:
    for name in names:
        yield f"{prefix}.{name}", getattr(thing, name)


def _of_service(package: Package) -> Iterator[Found]:
    service = package.service
    yield from _fields("service", service, _SERVICE)
    yield "service.keywords", ", ".join(service.keywords)
    for channel in service.channels:
        yield from _fields(f"channels.{channel.kind}", channel, ("hours", "address", "note"))
    for fact in service.facts:
        yield f"facts.{fact.id}.title", fact.title
    for fee in service.fees:
        yield f"fees.{fee.id}.title", fee.title
    for paper in service.evidence:
        yield from _fields(f"evidence.{paper.id}", paper, ("title", "hint"))
    for output in service.outputs:
        yield f"outputs.{output.id}.title", output.title


def _of_pages(package: Package) -> Iterator[Found]:
    yield "pages.consent", package.pages.consent
    for question in package.pages.questions:
        path = f"questions.{question.id}"
        yield from _fields(path, question, ("ask", "why", "hint"))
        for choice in question.choices:
            value = key_of(choice.value)
            yield from _fields(f"{path}.choices.{value}", choice, ("title", "hint"))
    for page in package.pages.pages:
        yield from _fields(f"pages.{page.id}", page, ("title", "hint"))
        if page.repeat is not None and page.repeat.add != "+":
            yield f"pages.{page.id}.add", page.repeat.add


def key_of(value: str | int | bool) -> str:
    """Return the value of a choice as it stands in paths."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_rules(package: Package) -> Iterator[Found]:
    for decision in package.rules:
        path = f"rules.{decision.id}"
        yield f"{path}.title", decision.title
        for number, column in enumerate(decision.inputs):
            yield f"{path}.inputs.{number}.title", column.title
        for row in decision.rows:
            yield f"{path}.{row.id}.because", row.because


def _of_documents(package: Package) -> Iterator[Found]:
    for document in package.documents:
        path = f"documents.{document.id}"
        yield f"{path}.title", document.title
        for block in document.blocks:
            inside = f"{path}.blocks.{block.id}"
            yield f"{inside}.text", block.text
            for number, row in enumerate(block.rows):
                yield from _fields(f"{inside}.rows.{number}", row, ("title", "value"))
            for number, item in enumerate(block.items):
                yield f"{inside}.items.{number}", item


def translated(package: Package, path: str, chain: Iterable[str]) -> tuple[str, str] | None:
    """Return a text in the first language of a chain that has it, and that language.

    A translation of another source text counts: it is better than none, and the linter names it.
    None where the package has no such text.
    """
    source = source_texts(package).get(path)
    if source is None:
        return None
    for tag in chain:
        if tag == package.service.language:
            break
        found = package.translations.get(tag)
        if found is not None and path in found.texts:
            return found.texts[path], tag
    return source, package.service.language


def text(package: Package, path: str, language: str, profile: Profile) -> tuple[str, bool]:
    """Return a text for readers of a language, and whether it is in that language.

    Where it is not translated, it is in the first language of the city's fallbacks that has it.
    """
    found = translated(package, path, profile.chain(language))
    if found is None:
        return "", True
    return found[0], found[1] == language


def source_texts(package: Package) -> dict[str, str]:
    """Return the texts of a package by path, as its files state them."""
    known: dict[str, str] | None = package.__dict__.get("_texts")
    if known is None:
        known = package.__dict__["_texts"] = dict(texts(package))
    return known
