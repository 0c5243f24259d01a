"""Reading a question: what it says, in which language, and the terms it is looked up by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from madang.search.analysers import Analyser
from madang.search.engine.ngrams import pairs
from madang.search.engine.text import folded, question
from madang.search.engine.words import word_terms
from madang.search.entries import Entry
from madang.search.lexical import IndexedText, WeightedTerm

Expander = Callable[[str, str], Sequence[tuple[str, float]]]
"""(folded text, its language) → weighted terms of the city's language that mean the same."""


class Translate(Protocol):
    """What says a folded question in the city's language; `name` is shown in the status."""

    name: str
    into: str

    def __call__(self, text: str, language: str) -> str:
        """Return the same in the language `into`; empty where there is none."""
        ...


_BESIDE = 0.3
"""What the words of a question count beside those of its translation."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is looked up; `meant` is the text that a model reads, and its language."""

    text: str
    language: str
    words: tuple[WeightedTerm, ...]
    pairs: tuple[WeightedTerm, ...]
    meant: tuple[str, str] = ("", "")

    @property
    def empty(self) -> bool:
        """Return whether nothing of the question can be looked up."""
        return not self.words and not self.pairs


class Reader:
    """Takes texts and questions apart the same way, so that they meet in the index.

    Parameters
    ----------
    analyser : of Korean.
    expand : names the same thing otherwise (thesaurus); None for none.
    translate : says a question in the city's language; None for nobody who does.
    """

    def __init__(
        self,
        analyser: Analyser,
        expand: Expander | None = None,
        translate: Translate | None = None,
    ) -> None:
        self._analyser = analyser
        self.analyser = analyser.name
        self._expand = expand
        self._translate = translate
        self.translator = translate.name if translate is not None else ""
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
        meant = (asked, language)
        if self._translate is not None and (said := question(self._translate(asked, language))):
            meant = (said, self._translate.into)
            # what the reader wrote stands in few entries: it must not hide that the rest does
            words = {term: _BESIDE * weight for term, weight in words.items()}
            letters = {term: _BESIDE * weight for term, weight in letters.items()}
            _add(words, word_terms(said, self._analyser.morphemes, self._stem), 1.0)
            _add(letters, pairs(said), 1.0)
        return Question(asked, language, _terms(words), _terms(letters), meant)


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
