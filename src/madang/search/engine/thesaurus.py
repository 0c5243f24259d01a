"""Concepts of public life by their terms in each language: found in a text, and put into another.

from madang.search.engine.thesaurus import Concept, Thesaurus

thesaurus.concepts_in("전입신고 방법")     [Match("move-in-report", 0, 4, 1.0), ...]
thesaurus.expand("divorce", "en", "ko")    [Term("이혼", 1.0, "divorce"), ...]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Protocol

from madang.search.engine.thesaurus_unspaced import UnspacedMatcher
from madang.search.engine.thesaurus_words import Candidate, WordMatcher

PREFERRED, ALIAS, RELATED = 1.0, 0.7, 0.3
UNSPACED = ("ko", "zh", "ja", "th", "km", "lo", "my")
# Two spellings of one language: who asks in one also finds the other's terms, a little weaker.
_TWINS = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}
_TWIN = 0.95

_SCRIPTS = {
    "Hang": "가-힣", "Kana": "ぁ-ヺー", "Hani": "一-鿿㐀-䶿", "Thai": "\u0e01-\u0e5b",
    "Khmr": "\u1780-\u17ff", "Mymr": "\u1000-\u109f", "Laoo": "\u0e81-\u0edf",
    "Latn": "A-Za-zÀ-ɏḀ-ỿ", "Cyrl": "Ѐ-ӿ", "Deva": "\u0900-\u097f", "Beng": "\u0980-\u09ff",
    "Sinh": "\u0d80-\u0dff", "Arab": "\u0600-\u06ff\u0750-\u077f",
}  # fmt: skip
_IN_SCRIPT = {name: re.compile(f"[{signs}]") for name, signs in _SCRIPTS.items()}
_WRITTEN_IN = {
    "ko": "Hang", "zh-Hans": "Hani", "zh-Hant": "Hani", "ja": "Hani", "th": "Thai", "km": "Khmr",
    "my": "Mymr", "lo": "Laoo", "mn": "Cyrl", "ru": "Cyrl", "ne": "Deva", "si": "Sinh",
    "bn": "Beng", "ur": "Arab", "ar": "Arab",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Concept:
    """One idea of public life, and its words: by language, the preferred term first."""

    id: str
    terms: Mapping[str, tuple[str, ...]]
    subject: str = ""
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()

    def state(self, language: str) -> str:
        """Return who answers for the terms in a language: ``machine`` or ``reviewed``."""
        return "reviewed" if language in self.reviewed else "machine"


class Match(NamedTuple):
    """A concept in a text: `weight` is 1 for the term as it is written, less for less sure."""

    concept: str
    start: int
    end: int
    weight: float


class Term(NamedTuple):
    """A word to look for, how much it counts (0 to 1), and what it came from."""

    text: str
    weight: float
    concept: str


class _Matcher(Protocol):
    def candidates(self, text: str) -> Iterator[Candidate]: ...


class Thesaurus:
    """Concepts ready to be found. A language costs nothing before it is first asked for."""

    def __init__(self, concepts: Iterable[Concept], version: str = "") -> None:
        self.version = version
        self.concepts: dict[str, Concept] = {concept.id: concept for concept in concepts}
        self.languages: tuple[str, ...] = tuple(
            dict.fromkeys(tag for concept in self.concepts.values() for tag in concept.terms)
        )
        self._ids = tuple(self.concepts)
        self._matchers: dict[str, _Matcher] = {}

    def concepts_in(self, text: str, language: str | None = None) -> list[Match]:
        """Return the concepts of a text, from left to right.

        Parameters
        ----------
        text
            Any text; `start` and `end` count its characters in normal form C.
        language
            Of the text; None looks in all languages whose script occurs in it. A match that lies
            inside a longer one is left out. Several at the same place are an ambiguous term, with
            the weight shared out.
        """
        text = unicodedata.normalize("NFC", text)
        found: dict[tuple[int, int, int], float] = {}
        for tag, factor in self._asked(text, language):
            for start, end, concept, weight in self._matcher(tag).candidates(text):
                place = (start, end, concept)
                found[place] = max(weight * factor, found.get(place, 0.0))
        return list(self._longest(found))

    def expand(self, text: str, language: str | None, into: str) -> list[Term]:
        """Return the terms of a language for what a text is about, the weightiest first.

        A concept's preferred term counts 1, its further terms less, and the preferred terms of
        what it is related to least; each times how surely the concept was found. Within one
        language (or an unknown one) the words of the text themselves are left out.
        """
        text = unicodedata.normalize("NFC", text)
        weights: dict[str, tuple[float, str]] = {}
        for match in self.concepts_in(text, language):
            said = text[match.start : match.end].casefold() if language in (None, into) else ""
            for term, weight in self._terms(self.concepts[match.concept], into):
                if term.casefold() != said and weight * match.weight > weights.get(term, (0.0,))[0]:
                    weights[term] = (weight * match.weight, match.concept)
        found = (Term(text, round(weight, 4), of) for text, (weight, of) in weights.items())
        return sorted(found, key=lambda term: -term.weight)

    def _terms(self, concept: Concept, into: str) -> Iterator[tuple[str, float]]:
        for number, term in enumerate(concept.terms.get(into, ())):
            yield term, ALIAS if number else PREFERRED
        for name in (*concept.related, *concept.broader):
            other = self.concepts.get(name)
            if other is not None:
                yield from ((term, RELATED) for term in other.terms.get(into, ())[:1])

    def _asked(self, text: str, language: str | None) -> Iterator[tuple[str, float]]:
        if language is None:
            scripts = {name for name, signs in _IN_SCRIPT.items() if signs.search(text)}
            for tag in self.languages:
                if not scripts or _may_be(tag, scripts):  # 120 is of no script
                    yield tag, 1.0
        elif language in self.languages:
            yield language, 1.0
            if _TWINS.get(language) in self.languages:
                yield _TWINS[language], _TWIN

    def _matcher(self, language: str) -> _Matcher:
        if language not in self._matchers:
            terms = (
                (number, term)
                for number, concept in enumerate(self.concepts.values())
                for term in concept.terms.get(language, ())
            )
            kind = UnspacedMatcher if language.partition("-")[0] in UNSPACED else WordMatcher
            self._matchers[language] = kind(language, terms)
        return self._matchers[language]

    def _longest(self, found: dict[tuple[int, int, int], float]) -> Iterator[Match]:
        reached, last = 0, (-1, -1)
        places = sorted(found, key=lambda place: (place[0], -place[1], place[2]))
        for (start, end), group in groupby(places, key=lambda place: place[:2]):
            if end <= reached and (start, end) != last:
                continue
            reached, last = max(reached, end), (start, end)
            weights = {concept: found[start, end, concept] for _start, _end, concept in group}
            best = {
                concept: w for concept, w in weights.items() if w > 0.95 * max(weights.values())
            }
            for concept, weight in best.items():
                yield Match(self._ids[concept], start, end, round(weight / len(best), 4))


def _may_be(language: str, scripts: set[str]) -> bool:
    """Return whether a text in these scripts may be in a language; kana is Japanese alone."""
    script = _WRITTEN_IN.get(language, "Latn")
    if language == "ja":
        return "Kana" in scripts or "Hani" in scripts
    if script == "Hani":
        return "Hani" in scripts and "Kana" not in scripts
    return script in scripts or (language == "uz" and "Cyrl" in scripts)
