"""What the rooms let people find, as entries of the index, each with its edition."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from madang.kernel.findable import Findable
from madang.kernel.registry import SearchSource, load, registry
from madang.search.entries import Entry, Text


@dataclass(frozen=True, slots=True)
class Sourced:
    """An entry, and what says whether it has changed since."""

    entry: Entry
    edition: str


class Source:
    """One source of a room; reads what it offers."""

    def __init__(self, offer: SearchSource) -> None:
        self.name = offer.name
        self.is_fixed = not offer.editions and not offer.changed
        """Whether it says nothing of changes: then it is the same while a process runs."""

        self._offer = offer

    def key(self, id: str) -> str:
        """Return the key of a thing."""
        return f"{self.name}:{id}"

    def editions(self) -> Mapping[str, str] | None:
        """Return the editions by key, None where only the texts tell."""
        if not self._offer.editions:
            return None
        found: Mapping[str, str] = load(self._offer.editions)()
        return {self.key(id): edition for id, edition in found.items()}

    def read(self, keys: Collection[str] | None = None) -> Iterator[Sourced]:
        """Yield the things of this source, or those of the keys as far as they still exist."""
        prefix = f"{self.name}:"
        ids = None if keys is None else [key.removeprefix(prefix) for key in keys]
        told = self.editions()
        for findable in self._findables(ids):
            key = self.key(findable.id)
            edition = told.get(key) if told is not None else None
            yield Sourced(_entry(key, findable), edition or _digest(findable))

    def _findables(self, ids: Collection[str] | None) -> Iterable[Findable]:
        found: Iterable[Findable] = load(self._offer.findables)(ids)
        return found

    def keys_of(self, event: str, payload: Mapping[str, Any]) -> set[str] | None:
        """Return the keys that an event changes, None for all of the source; empty for no such."""
        found: set[str] = set()
        for name, field in self._offer.changed:
            if name == event:
                value = payload.get(field) if field else None
                if not isinstance(value, str):
                    return None
                found.add(self.key(value))
        return found


def sources() -> list[Source]:
    """Return the sources of all rooms."""
    return [Source(offer) for offer in registry().offers(SearchSource)]


def source_of(key: str) -> SearchSource | None:
    """Return the offer that a key belongs to, None where it belongs to none."""
    name = key.partition(":")[0]
    return next((o for o in registry().offers(SearchSource) if o.name == name), None)


def changing_events() -> set[str]:
    """Return the names of events after which something is to be read again."""
    return {name for offer in registry().offers(SearchSource) for name, _ in offer.changed}


def _entry(key: str, found: Findable) -> Entry:
    return Entry(
        key,
        found.kind,
        {tag: Text(text.title, text.body) for tag, text in found.texts.items()},
        found.aliases,
        {**found.facets, "kind": (found.kind,)},
        {"url": found.url, "version": found.version, "changed": found.changed},
    )


def _digest(found: Findable) -> str:
    return hashlib.blake2b(msgspec.json.encode(found), digest_size=12).hexdigest()
