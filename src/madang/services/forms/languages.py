"""A package as readers of a language see it: each text in the first language that has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from madang.services.forms.flow import Form
from madang.services.packages.package import Package

Kind = TypeVar("Kind")


def form_in(package_hash: str, language: str) -> Form:
    """Return the questions of a published package in a language, ready to be asked.

    In easy words, where the present reader wants them and the package has them.

    Raises UnknownService.
    """
    from madang.services.reading_order import reading_order

    return _form(package_hash, reading_order(language))


@lru_cache(maxsize=512)
def _form(package_hash: str, chain: tuple[str, ...]) -> Form:
    from madang.services.versions import version

    found = version(package_hash)
    return Form(in_language(found.package, chain), found.rules)


def in_language(package: Package, chain: Iterable[str]) -> Package:
    """Return a package whose texts are in the first language of the chain that has each.

    Texts of rules, documents and notices stay: they are not asked.
    """
    own = package.service.language
    sources = []
    for tag in chain:
        if tag == own:
            break
        if tag in package.translations:
            sources.append(package.translations[tag].texts)
    if not sources:
        return package

    def said(path: str, text: str) -> str:
        return next((texts[path] for texts in sources if path in texts), text) if text else text

    def all_of(things: Iterable[Kind], prefix: str, fields: Iterable[str]) -> tuple[Kind, ...]:
        return tuple(_told(one, f"{prefix}.{_id(one)}", fields, said) for one in things)

    service, pages = package.service, package.pages
    told = msgspec.structs.replace(
        _told(service, "service", ("title", "summary", "description"), said),
        channels=all_of(service.channels, "channels", ("hours", "address", "note")),
        not_offered=all_of(service.not_offered, "not_offered", ("why",)),
        facts=all_of(service.facts, "facts", ("title",)),
        fees=all_of(service.fees, "fees", ("title",)),
        evidence=all_of(service.evidence, "evidence", ("title", "hint")),
        outputs=all_of(service.outputs, "outputs", ("title",)),
    )
    questions = tuple(
        msgspec.structs.replace(
            one, choices=all_of(one.choices, f"questions.{one.id}.choices", ("title", "hint"))
        )
        for one in all_of(pages.questions, "questions", ("ask", "why", "hint"))
    )
    shown = tuple(_page(one, said) for one in all_of(pages.pages, "pages", ("title", "hint")))
    consent = said("pages.consent", pages.consent)
    asked = msgspec.structs.replace(pages, questions=questions, pages=shown, consent=consent)
    return replace(package, service=told, pages=asked)


def _told(thing: Kind, path: str, fields: Iterable[str], said: Any) -> Kind:
    changed = {name: said(f"{path}.{name}", getattr(thing, name)) for name in fields}
    return msgspec.structs.replace(thing, **changed)  # type: ignore[type-var]


def _page(page: Any, said: Any) -> Any:
    if page.repeat is None:
        return page
    add = said(f"pages.{page.id}.add", page.repeat.add)
    return msgspec.structs.replace(page, repeat=msgspec.structs.replace(page.repeat, add=add))


def _id(thing: Any) -> str:
    """Return by what a thing of a list is called in paths: its id, kind, or the value chosen."""
    for name in ("id", "kind", "value"):
        if hasattr(thing, name):
            value = getattr(thing, name)
            return str(value).lower() if isinstance(value, bool) else str(value)
    raise AssertionError(f"{thing!r} has no name")
