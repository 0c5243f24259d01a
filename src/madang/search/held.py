"""The entries that the index holds, as they lie in it: what a hit shows, and its edition."""

from __future__ import annotations

import msgspec

from madang.search.entries import Entry, Text


class HeldEntry(msgspec.Struct, frozen=True):
    """An entry with its edition; `texts` by language: title, body."""

    key: str
    kind: str
    texts: dict[str, tuple[str, str]]
    aliases: tuple[str, ...]
    facets: dict[str, tuple[str, ...]]
    shown: dict[str, str]
    edition: str

    def title(self, language: str) -> tuple[str, str]:
        """Return (title, its language): the reader's where there is one, else the first."""
        tag = self.tag(language)
        return self.texts[tag][0], tag

    def tag(self, language: str) -> str:
        """Return the language in which this entry speaks to a reader."""
        for tag in (language, language.partition("-")[0], "en"):
            if tag in self.texts:
                return tag
        return next(iter(self.texts))

    def entry(self) -> Entry:
        """Return the entry as the ranker takes it."""
        texts = {tag: Text(*text) for tag, text in self.texts.items()}
        return Entry(self.key, self.kind, texts, self.aliases, self.facets, self.shown)


def packed(entry: Entry, edition: str) -> bytes:
    """Return an entry as bytes that lie with it in the index."""
    texts = {tag: (text.title, text.body) for tag, text in entry.texts.items()}
    return msgspec.msgpack.encode(
        HeldEntry(
            entry.key, entry.kind, texts, entry.aliases,
            dict(entry.facets), dict(entry.shown), edition,
        )
    )  # fmt: skip


def unpacked(data: bytes) -> HeldEntry:
    """Return what `packed` made.

    Raises
    ------
    msgspec.MsgspecError
        If it is no such thing.
    """
    return msgspec.msgpack.decode(data, type=HeldEntry)
