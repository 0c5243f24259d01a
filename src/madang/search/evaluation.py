"""How well search finds what it should, on the user's own documents and questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.search import bulk
from madang.search.embedders import Embedder
from madang.search.engine.adapting import learned_map
from madang.search.engine.dense import Vectors, centred
from madang.search.engine.fusion import Parts, fit
from madang.search.engine.ranks import Estimate, mean_reciprocal_rank, recall_at
from madang.search.entries import Entry, Text
from madang.search.json_lines import FiledDocument, FiledQuestion
from madang.search.lexical import FIELDS, WeightedTerm
from madang.search.memory import QuestionMemory, Remembered
from madang.search.question_means import RunningMeans
from madang.search.ranking import HYBRID, LEXICAL, Ranker
from madang.search.reading import Reader
from madang.search.tantivy_index import TantivyIndex
from madang.search.vectors import VectorIndex

MODES = ("keyword", "lexical", "hybrid")
DEEP = 100
"""Ranks below are not told apart from not found."""

_TEACHING = 400
_ENOUGH_FOR_A_MEAN = 200


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a question's right document came: from 1, None if not among the first `DEEP`."""

    question: FiledQuestion
    rank: int | None
    first: tuple[str, ...]
    ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one evaluation."""

    mode: str
    placed: tuple[Placed, ...]
    index_seconds: float

    @property
    def ranks(self) -> list[int | None]:
        """Return the ranks in the order of the questions."""
        return [each.rank for each in self.placed]

    def recall(self, k: int) -> Estimate:
        """Return the share of questions answered among the first `k`."""
        return recall_at(self.ranks, k)

    @property
    def mrr(self) -> Estimate:
        """Return the mean reciprocal rank."""
        return mean_reciprocal_rank(self.ranks)

    def percentile_ms(self, q: float) -> float:
        """Return a percentile of the time a question took, in milliseconds."""
        return float(np.percentile([each.ms for each in self.placed], q))


def evaluate(
    documents: Sequence[FiledDocument],
    questions: Sequence[FiledQuestion],
    *,
    mode: str,
    train: Sequence[FiledQuestion] = (),
    embedder: Embedder | None = None,
    reader: Reader,
    question_means: Mapping[str, Vectors] | None = None,
    language: str = "ko",
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Index documents, ask every question, and say where the right document came.

    Parameters
    ----------
    mode : keyword: words as they stand between spaces, as search without a language does it;
        lexical: morphemes and character pairs; hybrid: with meaning.
    train : answered questions to learn from: how much each part counts, how people ask, and a
        memory of past questions. None of them is among `questions`.
    language : of questions that name none and do not show theirs.
    """
    started = time.perf_counter()
    ranker = ranker_of(documents, mode, reader, embedder, question_means or {}, progress=progress)
    if train and mode != "keyword":
        progress(f"learning from {len(train)} questions")
        teach(ranker, documents, train, language)
    seconds = time.perf_counter() - started
    progress(f"asking {len(questions)} questions")
    ask = _keyword_asker(ranker) if mode == "keyword" else _asker(ranker, language)
    group = {d.key: d.group for d in documents}
    return Outcome(mode, tuple(_placed(q, ask, group) for q in questions), seconds)


Asker = Callable[[FiledQuestion], list[str]]


def _placed(question: FiledQuestion, ask: Asker, group: Mapping[str, str]) -> Placed:
    started = time.perf_counter()
    found = ask(question)
    ms = (time.perf_counter() - started) * 1000.0
    wanted = group.get(question.right or "", "")
    # Documents of one group are one answer: what stands below counts them once.
    groups = list(dict.fromkeys(group[key] for key in found))
    rank = groups.index(wanted) + 1 if wanted in groups else None
    return Placed(question, rank, tuple(found[:10]), ms)


def _asker(ranker: Ranker, language: str) -> Asker:
    def ask(question: FiledQuestion) -> list[str]:
        found = ranker.rank(question.text, question.language or language, limit=DEEP)
        return [hit.key for hit in found.hits]

    return ask


def _keyword_asker(ranker: Ranker) -> Asker:
    def ask(question: FiledQuestion) -> list[str]:
        terms = [WeightedTerm(word) for word in dict.fromkeys(question.text.split())]
        found = ranker.index.words(terms, dict.fromkeys(FIELDS, 1.0), DEEP)
        return [key for key, _ in found]

    return ask


class _Spaces(Reader):
    """Reads words as they stand between spaces: the baseline."""

    def __init__(self) -> None:  # no analyser
        pass

    def words(self, text: str) -> list[str]:
        return text.split()

    def pairs(self, text: str) -> list[str]:
        return []


def _entries(documents: Sequence[FiledDocument]) -> list[Entry]:
    return [Entry(d.key, "document", {"": Text(d.title, d.body)}) for d in documents]


def ranker_of(
    documents: Sequence[FiledDocument],
    mode: str,
    reader: Reader,
    embedder: Embedder | None,
    question_means: Mapping[str, Vectors],
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Ranker:
    """Return a ranker with documents of a file taken in, in one of the `MODES`."""
    ranker = Ranker(
        TantivyIndex(threads=2),
        _Spaces() if mode == "keyword" else reader,
        VectorIndex(embedder) if mode == "hybrid" and embedder is not None else None,
        means=RunningMeans(question_means),
    )
    progress(f"indexing {len(documents)} documents for words")
    entries = _entries(documents)
    if len(entries) >= bulk.FROM and mode != "keyword":
        ranker.index.put(bulk.read(entries, reader.analyser))
    else:
        ranker.put(entries)
    ranker.commit()
    if ranker.vectors is not None:
        progress("reading them for meaning")
        ranker.put_meaning(entries)
        ranker.commit()
    return ranker


def teach(
    ranker: Ranker,
    documents: Sequence[FiledDocument],
    train: Sequence[FiledQuestion],
    language: str,
) -> None:
    """Let a ranker learn from answered questions; those of unknown documents teach nothing.

    A part of the questions is held out to weigh the parts, since what was learned by heart is
    always right; then all of them are remembered.
    """
    keys = {d.key for d in documents}
    known = [q for q in train if q.right in keys]
    if not known:
        return
    if ranker.vectors is None:
        ranker.lexical_weights = fit(_lists(ranker, known[:: _step(known)], language), LEXICAL)
        return
    vectors = ranker.vectors
    raw = vectors.embedder.questions([q.text for q in known])
    languages = [q.language or language for q in known]
    ranker.means = ranker.means.begun_with(_means(languages, raw))
    centred_ = _centred(ranker, languages, raw)
    held = np.zeros(len(known), bool)
    held[:: _step(known)] = True
    _learn(ranker, known, centred_, ~held)
    ranker.weights = fit(
        _lists(ranker, [q for q, out in zip(known, held, strict=True) if out], language), HYBRID
    )
    _learn(ranker, known, centred_, np.ones(len(known), bool))


def _step(known: Sequence[FiledQuestion]) -> int:
    return max(4, len(known) // _TEACHING)


def _means(languages: Sequence[str], questions: Vectors) -> dict[str, Vectors]:
    """Return the mean of the questions of each language that has enough of them."""
    found: dict[str, list[int]] = {}
    for at, code in enumerate(languages):
        found.setdefault(code.partition("-")[0], []).append(at)
    return {
        code: np.asarray(questions[rows].mean(0), np.float32)
        for code, rows in found.items()
        if len(rows) >= _ENOUGH_FOR_A_MEAN
    }


def _centred(ranker: Ranker, languages: Sequence[str], questions: Vectors) -> Vectors:
    assert ranker.vectors is not None and ranker.vectors.mean is not None
    mean = ranker.vectors.mean
    rows = [
        centred(vector[None], ranker.means.taken(code, vector, mean))
        for code, vector in zip(languages, questions, strict=True)
    ]
    return np.concatenate(rows)


def _learn(
    ranker: Ranker, known: Sequence[FiledQuestion], vectors: Vectors, which: NDArray[np.bool_]
) -> None:
    assert ranker.vectors is not None
    rows = np.flatnonzero(which)
    some = [known[int(row)] for row in rows]
    remembered = [Remembered(q.text, q.right or "") for q in some]
    ranker.memory = QuestionMemory(remembered, vectors[rows])
    taught = ranker.vectors.taught([q.right or "" for q in some], vectors[rows])
    ranker.adapted = learned_map(*taught) if taught is not None else None


def _lists(
    ranker: Ranker, known: Sequence[FiledQuestion], language: str
) -> list[tuple[Parts, NDArray[np.bool_]]]:
    found = []
    for question in known:
        asked = ranker.reader.question(question.text, question.language or language)
        keys, parts, _ = ranker.candidates(asked)
        found.append((parts, np.array([key == question.right for key in keys], np.bool_)))
    return found
