"""Ranking: candidates by words, pairs and meaning, fused to one list with its probabilities."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from madang.kernel.errors import Unavailable
from madang.search.engine.confidence import Evidence, evidence
from madang.search.engine.dense import Vectors, centred
from madang.search.engine.fusion import PARTS, Parts, Weights, fused, probabilities
from madang.search.entries import Entry
from madang.search.lexical import ALL, LexicalIndex, Narrowed, WeightedTerm
from madang.search.memory import QuestionMemory
from madang.search.question_means import RunningMeans
from madang.search.reading import Question, Reader
from madang.search.vectors import Meant, VectorIndex

_log = logging.getLogger(__name__)

# Fitted by `engine.fusion.fit` on half of the shared development questions; the same on the other.
LEXICAL = Weights(words=6.1, pairs=8.5)
HYBRID = Weights(words=3.3, pairs=3.5, passage=17.0)

WORD_BOOSTS = {"title": 0.4, "body": 1.0, "alias": 0.4, "other": 0.4}
PAIR_BOOSTS = {"title": 0.8, "body": 1.0, "alias": 0.5, "other": 0.4}
CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry in its place.

    Parameters
    ----------
    probability : that it is the right one, if one of the candidates is.
    parts : what each ranker said, on scales that do not depend on the question; see `fusion.PARTS`.
    """

    key: str
    score: float
    probability: float
    parts: tuple[float, ...]

    def part(self, name: str) -> float:
        """Return what one ranker said; NaN where it took no part."""
        return self.parts[PARTS.index(name)]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question.

    Parameters
    ----------
    coverage : share of the question's information (idf) that stands in any entry at all.
    by_meaning : whether a model took part; False is the degraded mode.
    """

    question: Question
    hits: tuple[Ranked, ...]
    coverage: float
    by_meaning: bool


@dataclass
class Ranker:
    """Ranks entries for questions.

    Parameters
    ----------
    index, reader : words.
    vectors : meaning; None for words only.
    means : of questions by language, taken away before they are compared.
    adapted : a learned map of question vectors; see `engine.adapting`.
    """

    index: LexicalIndex
    reader: Reader
    vectors: VectorIndex | None = None
    weights: Weights = HYBRID
    lexical_weights: Weights = LEXICAL
    means: RunningMeans = field(default_factory=lambda: RunningMeans({}))
    adapted: Vectors | None = None
    memory: QuestionMemory | None = None

    def put(self, entries: Iterable[Entry], stored: Mapping[str, bytes] | None = None) -> None:
        """Take in entries for words; meaning is taken in by `put_meaning`. Seen after `commit`."""
        kept = stored or {}
        self.index.put(self.reader.indexed(e, kept.get(e.key, b"")) for e in entries)

    def put_meaning(self, entries: Iterable[Entry]) -> None:
        """Take in entries for meaning, which takes the model's time."""
        if self.vectors is not None:
            texts = ((e.key, e.own.title, e.own.body) for e in entries)
            self.vectors.put(text for text in texts if text[1].strip() or text[2].strip())

    def drop(self, keys: Sequence[str]) -> None:
        """Take out entries. Seen after `commit`."""
        self.index.drop(keys)
        if self.vectors is not None:
            self.vectors.drop(keys)

    def commit(self) -> None:
        """Make what was put and dropped visible."""
        self.index.commit()
        if self.vectors is not None:
            self.vectors.commit()

    def rank(self, text: str, language: str, *, limit: int = 10, within: Narrowed = ALL) -> Ranking:
        """Return the entries that answer a question best."""
        asked = self.reader.question(text, language)
        keys, parts, by_meaning = self.candidates(asked, within=within)
        coverage = self.coverage(asked)
        if not keys:
            return Ranking(asked, (), coverage, by_meaning)
        scores = fused(parts, self.weights if by_meaning else self.lexical_weights)
        chances = probabilities(scores)
        order = np.lexsort((np.array(keys), -scores))[:limit]
        values = (scores[order].tolist(), chances[order].tolist(), parts[order].tolist())
        hits = tuple(
            Ranked(keys[at], score, chance, tuple(said))
            for at, score, chance, said in zip(order.tolist(), *values, strict=True)
        )
        return Ranking(asked, hits, coverage, by_meaning)

    def candidates(
        self, asked: Question, *, within: Narrowed = ALL
    ) -> tuple[list[str], Parts, bool]:
        """Return (keys, what each ranker says of them, whether a model took part)."""
        by_word = dict(self.index.words(asked.words, WORD_BOOSTS, CANDIDATES, within))
        by_pair = dict(self.index.pairs(asked.pairs, PAIR_BOOSTS, CANDIDATES, within))
        meant = self._meant(asked) if not asked.empty else None
        keys = dict.fromkeys([*by_word, *by_pair])
        if meant is not None:
            near, remembered = meant
            allowed = self._allowed(within)
            found = [
                *near.nearest(CANDIDATES),
                *heapq.nlargest(CANDIDATES, remembered, remembered.__getitem__),
            ]
            keys |= dict.fromkeys(k for k in found if allowed is None or k in allowed)
        listed = list(keys)
        parts = np.full((len(listed), len(PARTS)), np.nan, np.float32)
        most_words = self._most(asked.words, pairs=False)
        most_pairs = self._most(asked.pairs, pairs=True)
        parts[:, 0] = [by_word.get(key, 0.0) / most_words for key in listed]
        parts[:, 1] = [by_pair.get(key, 0.0) / most_pairs for key in listed]
        if meant is not None:
            rows = [near.rows.get(key) for key in listed]
            known = [at for at, row in enumerate(rows) if row is not None]
            held = [row for row in rows if row is not None]
            parts[known, 2], parts[known, 3] = near.passage[held], near.title[held]
            parts[:, 4] = [remembered.get(key, 0.0) for key in listed]
        return listed, parts, meant is not None

    def vector(self, text: str, language: str) -> Vectors | None:
        """Return the centred vector of a question, before it is adapted; None without a model."""
        if self.vectors is None or self.vectors.mean is None:
            return None
        found = self.vectors.embedder.questions([text])
        mean = self.means.taken(language, found[0], self.vectors.mean)
        return np.asarray(centred(found, mean)[0], np.float32)

    def _meant(self, asked: Question) -> tuple[Meant, dict[str, float]] | None:
        """Return how near entries and remembered questions are; None where no model answers."""
        try:
            vector = self.vector(*asked.meant)
        except Unavailable as fault:
            _log.warning("search goes by words only: %s", fault)
            return None
        if vector is None or self.vectors is None:
            return None
        remembered = self.memory.near(vector) if self.memory is not None else {}
        near = self.vectors.near(vector if self.adapted is None else vector @ self.adapted)
        return None if near is None else (near, remembered)

    def _allowed(self, within: Narrowed) -> set[str] | None:
        if not within.kinds and not within.facets:
            return None
        return self.index.keys(within)

    def evidence(self, asked: Question, key: str) -> Evidence:
        """Return what of a question stands in an entry."""
        words = {t.term: self._idf(t.term, pairs=False) for t in asked.words}
        letters = {t.term: self._idf(t.term, pairs=True) for t in asked.pairs}
        title = {t: self._idf(t, pairs=True) for t in self.index.title_pairs(key)}
        return evidence(
            words,
            letters,
            title,
            words_held=self.index.holding(key, list(words)),
            pairs_held=self.index.holding(key, list(letters), pairs=True),
        )

    def _idf(self, term: str, *, pairs: bool) -> float:
        count, n = self.index.frequency(term, pairs=pairs), len(self.index)
        return log(1.0 + (n - min(count, n) + 0.5) / (count + 0.5))

    def _most(self, terms: Sequence[WeightedTerm], *, pairs: bool) -> float:
        most = sum(each.weight * self._idf(each.term, pairs=pairs) for each in terms)
        return max(most, 1e-6)

    def coverage(self, asked: Question) -> float:
        """Return the share of a question's information (idf) that stands in any entry."""
        known = all_ = 0.0
        for each in asked.words:
            worth = each.weight * self._idf(each.term, pairs=False)
            all_ += worth
            known += worth if self.index.frequency(each.term) else 0.0
        return known / all_ if all_ else 0.0
