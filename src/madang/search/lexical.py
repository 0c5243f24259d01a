"""The port of the word index: what an embedded index and one on many machines both can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

FIELDS = ("title", "body", "alias", "other")
"""Where words stand: own title, own body, other names, texts of other languages."""


@dataclass(frozen=True, slots=True)
class IndexedText:
    """An entry as an index takes it: terms by field, twice, as words and as character pairs."""

    key: str
    kind: str
    words: Mapping[str, Sequence[str]]
    pairs: Mapping[str, Sequence[str]]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stored: bytes = b""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What results are narrowed to; nothing where empty. Facets: any of the values of each name."""

    kinds: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


ALL = Narrowed()
"""Not narrowed at all."""


@dataclass(frozen=True, slots=True)
class WeightedTerm:
    """A term of a question and what it counts; an expansion counts less than the word itself."""

    term: str
    weight: float = 1.0


class LexicalIndex(Protocol):
    """A ranked word index (BM25)."""

    def put(self, texts: Iterable[IndexedText]) -> None:
        """Take in texts; one of a key that is there is replaced. Seen after `commit`."""
        ...

    def drop(self, keys: Iterable[str]) -> None:
        """Take out texts. Seen after `commit`."""
        ...

    def commit(self) -> None:
        """Make what was put and dropped visible, whole, and safe on disk."""
        ...

    def words(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """Return (key, BM25 score) of the best texts by words, best first."""
        ...

    def pairs(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """Return the same by character pairs."""
        ...

    def frequency(self, term: str, *, pairs: bool = False) -> int:
        """Return how many texts hold a term in the field that has most of them.

        Texts that were dropped or replaced may still count until the index has tidied up.
        """
        ...

    def holding(self, key: str, terms: Sequence[str], *, pairs: bool = False) -> set[str]:
        """Return which of the terms a text holds, in any field."""
        ...

    def title_pairs(self, key: str) -> tuple[str, ...]:
        """Return the character pairs of a text's title; none for an unknown key."""
        ...

    def beginning_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Return words that begin so, with their frequencies, most frequent first."""
        ...

    def stored(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what was stored with texts; unknown keys are left out."""
        ...

    def keys(self, within: Narrowed) -> set[str]:
        """Return the keys of all texts that something is narrowed to."""
        ...

    def counts(
        self, terms: Sequence[WeightedTerm], facet: str, within: Narrowed = ALL
    ) -> dict[str, int]:
        """Return how many texts with any of the words each value of a facet has."""
        ...

    def __len__(self) -> int:
        """Return how many texts there are."""
        ...
