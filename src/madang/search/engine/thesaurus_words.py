"""Terms found in texts whose words stand apart: Latin, Cyrillic, Arabic and most Indic scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from madang.search.engine.thesaurus_folding import LONGEST_WORD, accented, folded, stem

INFLECTED = 0.9  # the text has another ending than the term
WITHOUT_TONES = 0.8  # Vietnamese typed without its marks
WRONG_TONE = 0.7
BEGINS_A_WORD = 0.7  # a compound (German), or an ending that no list knows

# Letters with their vowel signs, which Python's \w leaves out.
_SIGN = (
    r"\w\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0d7f"
    r"\u0d80-\u0df1\u200c\u200d"
)
_WORD = re.compile(rf"[{_SIGN}]+(?:['’‘`´ʻʼʹ][{_SIGN}]+)*")
_FRENCH_WORD = re.compile(rf"[{_SIGN}]+")  # l'emploi is two words
# Languages in which a longer word may begin with a term: letters that the term must have.
_MAY_BEGIN = {"de": 6, "mn": 5, "uz": 5, "ne": 4, "bn": 4, "si": 4}
_LONGEST_REST = {"de": 30}  # letters behind the term; elsewhere an ending
_REST = 7


class Candidate(NamedTuple):
    """A concept that stands at a place of the text, before other languages are compared."""

    start: int
    end: int
    concept: int
    weight: float


class Word(NamedTuple):
    """A word of a text, and its place."""

    text: str
    start: int
    end: int


class _Entry(NamedTuple):
    concept: int
    folded: tuple[str, ...]
    accented: tuple[str, ...]


def words_of(text: str, language: str) -> list[Word]:
    """Return the words of a text with their places.

    >>> [word.text for word in words_of("l'emploi", "fr")]
    ['l', 'emploi']
    """
    pattern = _FRENCH_WORD if language == "fr" else _WORD
    return [Word(found[0], found.start(), found.end()) for found in pattern.finditer(text)]


class WordMatcher:
    """The terms of one language, by the stems of their words."""

    def __init__(self, language: str, terms: Iterable[tuple[int, str]]) -> None:
        self._language = language
        self._entries: dict[str, list[_Entry]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}
        self._beginnings: dict[str, list[int]] = {}
        for concept, term in terms:
            self._add(concept, term)

    def _add(self, concept: int, term: str) -> None:
        words = [word.text for word in words_of(term, self._language)]
        plain = tuple(folded(word, self._language) for word in words)
        stems = [stem(word, self._language) for word in plain]
        marked = tuple(map(accented, words)) if self._language == "vi" else ()
        self._entries.setdefault(" ".join(stems), []).append(_Entry(concept, plain, marked))
        known = self._lengths.get(stems[0], ())
        if len(stems) not in known:
            self._lengths[stems[0]] = tuple(sorted((*known, len(stems)), reverse=True))
        least = _MAY_BEGIN.get(self._language)
        if least and len(plain) == 1 and len(plain[0]) >= least:
            self._beginnings.setdefault(plain[0], []).append(concept)

    def candidates(self, text: str) -> Iterator[Candidate]:
        """Yield the longest terms of a text from left to right; none lies in another."""
        words = words_of(text, self._language)
        plain = [
            folded(word.text, self._language) if len(word.text) <= LONGEST_WORD else ""
            for word in words
        ]
        stems = [stem(word, self._language) if word else "" for word in plain]
        at = 0
        while at < len(words):
            found, length = self._at(words, plain, stems, at)
            yield from found
            at += length

    def _at(
        self, words: list[Word], plain: list[str], stems: list[str], at: int
    ) -> tuple[list[Candidate], int]:
        for length in self._lengths.get(stems[at], ()):
            if at + length > len(words):
                continue
            entries = self._entries.get(" ".join(stems[at : at + length]), ())
            weights = self._weights(
                entries, words[at : at + length], tuple(plain[at : at + length])
            )
            if weights:
                start, end = words[at].start, words[at + length - 1].end
                return [Candidate(start, end, concept, w) for concept, w in weights], length
        return list(self._begun(words[at], plain[at])), 1

    def _weights(
        self, entries: Iterable[_Entry], words: list[Word], plain: tuple[str, ...]
    ) -> list[tuple[int, float]]:
        """Return the concepts that fit best: those of the highest weight."""
        weights: dict[int, float] = {}
        for entry in entries:
            weight = 1.0 if entry.folded == plain else INFLECTED
            if entry.accented:
                weight = _tone_weight(entry.accented, tuple(accented(w.text) for w in words))
            weights[entry.concept] = max(weight, weights.get(entry.concept, 0.0))
        best = max(weights.values(), default=0.0)
        return [(concept, w) for concept, w in weights.items() if w == best > 0]

    def _begun(self, word: Word, plain: str) -> Iterator[Candidate]:
        if not self._beginnings:
            return
        least = _MAY_BEGIN[self._language]
        rest = _LONGEST_REST.get(self._language, _REST)
        for length in range(len(plain) - 1, max(least, len(plain) - rest) - 1, -1):
            concepts = self._beginnings.get(plain[:length])
            if concepts:
                for concept in concepts:
                    yield Candidate(word.start, word.end, concept, BEGINS_A_WORD)
                return


def _tone_weight(term: tuple[str, ...], text: tuple[str, ...]) -> float:
    """Return how well the words of a text fit a Vietnamese term; 0 where they are other words.

    ``thuế`` is a tax and ``thuê`` is to rent: a marked word must be the term's own, unless other
    words of a longer term bear it out.
    """
    if term == text:
        return 1.0
    same = sum(a == b or b.isascii() for a, b in zip(term, text, strict=True))
    if same == len(term):
        return WITHOUT_TONES
    return WRONG_TONE if len(term) > 1 and same else 0.0
