"""What the catalogue knows of a service without opening its package."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from madang.services.packages.package import Package

TITLE, SUMMARY, KEYWORDS = "service.title", "service.summary", "service.keywords"


class Entry(msgspec.Struct, frozen=True):
    """A line of the catalogue.

    titles, summaries: by language tag; `language` is the one the package is written in.
    states: state of the translations (`machine`, `reviewed`, `approved`) by language tag.
    channels: kinds of channels.
    free: whether it names no fee.
    automatic: whether the law lets a machine grant it.
    """

    id: str
    version: str
    language: str
    titles: dict[str, str]
    summaries: dict[str, str]
    states: dict[str, str]
    keywords: tuple[str, ...]
    life_events: tuple[str, ...]
    audience: tuple[str, ...]
    department: str
    channels: tuple[str, ...]
    deadline: str
    free: bool
    automatic: bool
    related: tuple[str, ...] = ()
    synthetic: bool = False
    hash: str = ""


def entry_of(package: Package) -> Entry:
    """Return the line of a package; its hash is known once it is packed."""
    service = package.service
    automation = package.process.automation
    return Entry(
        id=service.id,
        version=service.version,
        language=service.language,
        titles=_in_all(package, TITLE, service.title),
        summaries=_in_all(package, SUMMARY, service.summary),
        states={tag: translation.status for tag, translation in package.translations.items()},
        keywords=tuple(_keywords(package)),
        life_events=service.life_events,
        audience=service.audience,
        department=service.handled_by.department,
        channels=tuple(channel.kind for channel in service.channels),
        deadline=service.deadline,
        free=not service.fees,
        automatic=bool(automation and automation.basis and not automation.discretion),
        related=service.related,
        synthetic=service.synthetic,
    )


def _keywords(package: Package) -> Iterator[str]:
    """Yield the words by which people look for it, in all languages."""
    yield from package.service.keywords
    for translation in package.translations.values():
        if KEYWORDS in translation.texts:
            yield translation.texts[KEYWORDS]


def _in_all(package: Package, path: str, own: str) -> dict[str, str]:
    """Return a text in all languages that the package has it in."""
    found = {
        tag: translation.texts[path]
        for tag, translation in package.translations.items()
        if path in translation.texts
    }
    return {package.service.language: own, **found}
