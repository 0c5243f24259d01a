"""Reading a question: what it says, in which language, and the terms it is looked up by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from madang.search.analysers import Analyser
from madang.search.engine.ngrams import pairs
from madang.search.engine.text import folded, question
from madang.search.engine.words import word_terms
from madang.search.entries import Entry
from madang.search.lexical import IndexedText, WeightedTerm

Expander = Callable[[str, str], Sequence[tuple[str, float]]]
"""(folded text, its language) → weighted terms of the city's language that mean the same."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is looked up."""

    text: str
    language: str
    words: tuple[WeightedTerm, ...]
    pairs: tuple[WeightedTerm, ...]

    @property
    def empty(self) -> bool:
        """Return whether nothing of the question can be looked up."""
        return not self.words and not self.pairs


class Reader:
    """Takes texts and questions apart the same way, so that they meet in the index.

    Parameters
    ----------
    analyser : of Korean.
    expand : names the same thing otherwise (thesaurus, translation); None for none.
    """

    def __init__(self, analyser: Analyser, expand: Expander | None = None) -> None:
        self._analyser = analyser
        self.analyser = analyser.name
        self._expand = expand
        self._stem = lru_cache(100_000)(_stemmer())

    def words(self, text: str) -> list[str]:
        """Return the terms of a text that is indexed."""
        return word_terms(folded(text), self._analyser.morphemes, self._stem)

    def pairs(self, text: str) -> list[str]:
        """Return the character pairs of a text that is indexed."""
        return pairs(folded(text))

    def indexed(self, entry: Entry, stored: bytes = b"") -> IndexedText:
        """Return an entry as an index takes it."""
        own, others = entry.own, list(entry.texts.values())[1:]
        texts = {
            "title": own.title,
            "body": own.body,
            "alias": "\n".join([*entry.aliases, *(t.title for t in others)]),
            "other": "\n".join(t.body for t in others),
        }
        words = {name: self.words(text) for name, text in texts.items() if text}
        letters = {name: self.pairs(text) for name, text in texts.items() if text}
        return IndexedText(entry.key, entry.kind, words, letters, entry.facets, stored)

    def question(self, text: str, language: str) -> Question:
        """Return a question read; only its first `text.QUERY_LIMIT` characters count."""
        asked = question(text)
        words = _weighted(word_terms(asked, self._analyser.morphemes, self._stem))
        letters = _weighted(pairs(asked))
        if self._expand is not None:
            for other, weight in self._expand(asked, language):
                _add(words, self.words(other), weight)
                _add(letters, pairs(other), weight)
        return Question(asked, language, _terms(words), _terms(letters))


def _weighted(terms: Sequence[str]) -> dict[str, float]:
    # The second time a word is said adds a third, the third a sixth: what BM25 does to documents.
    return {term: 2.0 * n / (n + 1.0) for term, n in Counter(terms).items()}


def _add(terms: dict[str, float], more: Sequence[str], weight: float) -> None:
    for term in more:
        terms[term] = max(terms.get(term, 0.0), weight)


def _terms(terms: dict[str, float]) -> tuple[WeightedTerm, ...]:
    return tuple(WeightedTerm(term, weight) for term, weight in terms.items())


def _stemmer() -> Callable[[str], str]:
    import tantivy

    raw: Any = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    english = raw.filter(tantivy.Filter.stemmer("english")).build()

    def stem(word: str) -> str:
        found = english.analyze(word)
        return str(found[0]) if found else word

    return stem
