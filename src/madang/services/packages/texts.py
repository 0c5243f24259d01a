"""Every text of a package that people read, under a path that stays, and in their language.

Paths name things by their ids (`questions.copies.ask`), so that a text keeps its path when others
come before it; only rows and items of documents, and columns of tables, are numbered.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from madang.city.api import Profile
from madang.services.packages.content import Block, Document
from madang.services.packages.package import Package
from madang.services.packages.process import Process
from madang.services.packages.questions import Page, Pages, Question
from madang.services.packages.rules import Decision
from madang.services.packages.service import Service

Found = tuple[str, str]
Change = Callable[[str, str], str]  # path and text to another text
Thing = TypeVar("Thing")
EASY = "-x-easy"  # ends the tag of texts in easy words (BCP 47)
TO_TRANSLATE = "[{}] "  # begins a text that is still in the source language, with its tag
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_WORDS = re.compile(r"[^\W\d_]")
_APART = re.compile(r"\s*[,،、，]\s*")  # commas of all scripts


def digest(text: str) -> str:
    """Return the first 8 hexadecimal digits of the SHA-256 of a text.

    >>> digest("address")
    'd80c9bf9'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def all_texts(package: Package) -> Iterator[Found]:
    """Yield path and text of all texts, also of those that are empty or only placeholders."""
    found: list[Found] = []

    def note(path: str, text: str) -> str:
        found.append((path, text))
        return text

    mapped(package, note)
    yield from found


def texts(package: Package) -> Iterator[Found]:
    """Yield path and text of everything that is translated; what has no words is left out.

    Keywords are one text, apart by commas: other languages look for a thing by other words.
    """
    yield from source_texts(package).items()


def source_texts(package: Package) -> dict[str, str]:
    """Return the texts of a package by path, as its files state them; reckoned once."""
    known: dict[str, str] | None = package.__dict__.get("_texts")
    if known is None:
        known = {p: t for p, t in all_texts(package) if _WORDS.search(PLACEHOLDER.sub("", t))}
        package.__dict__["_texts"] = known
    return known


def translated(package: Package, path: str, chain: Iterable[str]) -> tuple[str, str] | None:
    """Return a text in the first language of a chain that has it, and that language.

    A translation of another source text counts: it is better than none, and the linter names it.
    None where the package has no such text.
    """
    source = source_texts(package).get(path)
    if source is None:
        return None
    mark = TO_TRANSLATE.format(package.service.language)
    for tag in chain:
        if tag == package.service.language:
            break
        found = package.translations.get(tag)
        if found is not None and not found.texts.get(path, mark).startswith(mark):
            return found.texts[path], tag.removesuffix(EASY)
    return source, package.service.language


def text(package: Package, path: str, language: str, profile: Profile) -> tuple[str, bool]:
    """Return a text for readers of a language, and whether it is in that language.

    Where it is not translated, it is in the first language of the city's fallbacks that has it.
    """
    found = translated(package, path, profile.chain(language))
    return ("", True) if found is None else (found[0], found[1] == language)


def localised(
    package: Package, chain: tuple[str, ...], mark: Callable[[str, str], str] | None = None
) -> Package:
    """Return the package with its texts in the first language of a chain that each has.

    Kept with the package, so that pages ask for it as often as they like.

    Parameters
    ----------
    chain
        Tags, best first, such as `profile.chain("vi")`.
    mark
        What becomes of a text that is in another language than the first: text and its tag.
    """
    views: dict[Any, Package] = package.__dict__.setdefault("_views", {})
    key = (chain, mark)
    if key not in views:

        def change(path: str, text: str) -> str:
            found = translated(package, path, chain)
            if found is None:
                return text
            return mark(*found) if mark and found[1] != chain[0] else found[0]

        views[key] = mapped(package, change)
    return views[key]


def mapped(package: Package, change: Change) -> Package:
    """Return a package in which every text is what `change` makes of it."""
    return replace(
        package,
        service=_service(package.service, change),
        pages=_pages(package.pages, change),
        process=_process(package.process, change),
        rules=tuple(_decision(item, change) for item in package.rules),
        parameters=_each("parameters", package.parameters, ("title",), change),
        documents=tuple(_document(item, change) for item in package.documents),
        notices=_each("notices", package.notices, ("subject", "body"), change),
    )


def _with(prefix: str, thing: Thing, names: Iterable[str], change: Change, **more: Any) -> Thing:
    """Return a struct with its texts changed; empty ones stay."""
    new = {}
    for name in names:
        text = getattr(thing, name)
        new[name] = change(f"{prefix}.{name}", text) if text else text
    return msgspec.structs.replace(thing, **new, **more)  # type: ignore[type-var]


def _each(
    prefix: str, things: tuple[Thing, ...], names: tuple[str, ...], change: Change, by: str = "id"
) -> tuple[Thing, ...]:
    return tuple(_with(f"{prefix}.{getattr(one, by)}", one, names, change) for one in things)


def _service(service: Service, change: Change) -> Service:
    keywords = ", ".join(service.keywords)
    changed = change("service.keywords", keywords) if keywords else ""
    named = ("hours", "address", "note")
    return _with(
        "service", service, ("title", "summary", "description"), change,
        keywords=tuple(word for word in _APART.split(changed) if word),
        channels=_each("channels", service.channels, named, change, by="kind"),
        not_offered=_each("not_offered", service.not_offered, ("why",), change, by="kind"),
        facts=_each("facts", service.facts, ("title",), change),
        fees=_each("fees", service.fees, ("title",), change),
        evidence=_each("evidence", service.evidence, ("title", "hint"), change),
        outputs=_each("outputs", service.outputs, ("title",), change),
    )  # fmt: skip


def _pages(pages: Pages, change: Change) -> Pages:
    return _with(
        "pages", pages, ("consent",), change,
        questions=tuple(_question(item, change) for item in pages.questions),
        pages=tuple(_page(item, change) for item in pages.pages),
    )  # fmt: skip


def _question(question: Question, change: Change) -> Question:
    path = f"questions.{question.id}"
    choices = tuple(
        _with(f"{path}.choices.{key_of(one.value)}", one, ("title", "hint"), change)
        for one in question.choices
    )
    return _with(path, question, ("ask", "why", "hint"), change, choices=choices)


def key_of(value: str | int | bool) -> str:
    """Return the value of a choice as it stands in paths."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _page(page: Page, change: Change) -> Page:
    path = f"pages.{page.id}"
    repeat = _with(path, page.repeat, ("add",), change) if page.repeat else None
    return _with(path, page, ("title", "hint"), change, repeat=repeat)


def _process(process: Process, change: Change) -> Process:
    return msgspec.structs.replace(
        process,
        states=_each("process.states", process.states, ("title",), change),
        verbs=_each("process.verbs", process.verbs, ("title",), change),
    )


def _decision(decision: Decision, change: Change) -> Decision:
    path = f"rules.{decision.id}"
    columns = tuple(
        _with(f"{path}.inputs.{n}", one, ("title",), change)
        for n, one in enumerate(decision.inputs)
    )
    rows = _each(path, decision.rows, ("because",), change)
    return _with(path, decision, ("title",), change, inputs=columns, rows=rows)


def _document(document: Document, change: Change) -> Document:
    path = f"documents.{document.id}"
    blocks = tuple(_block(f"{path}.blocks.{one.id}", one, change) for one in document.blocks)
    return _with(path, document, ("title",), change, blocks=blocks)


def _block(path: str, block: Block, change: Change) -> Block:
    rows = tuple(
        _with(f"{path}.rows.{n}", row, ("title", "value"), change)
        for n, row in enumerate(block.rows)
    )
    items = tuple(change(f"{path}.items.{n}", item) for n, item in enumerate(block.items))
    return _with(path, block, ("text",), change, rows=rows, items=items)
