"""Search: how often the right thing is found, how fast, and what indexing costs.

Quality is measured on the shared questions (`MADANG_SHARED`): recall in percent, of questions that
nothing was fitted to but the three weights of the fusion. The keyword baseline runs in the same
run, and SQLite's full-text index with its trigram tokenizer as a peer. Speed is measured on texts
put together from the shared ones, at one thread for questions.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.report import OURS, Bar, Report
from madang.search import bulk, evaluation
from madang.search.analysers import analyser
from madang.search.api import FiledDocument, FiledQuestion, read_documents, read_questions
from madang.search.embedders import Embedder, KeptEmbedder, local_embedder
from madang.search.engine.ranks import recall_at
from madang.search.entries import Entry, Text
from madang.search.naming import Naming
from madang.search.question_means import RunningMeans, question_means
from madang.search.ranking import Ranker
from madang.search.reading import Reader
from madang.search.tantivy_index import TantivyIndex
from madang.search.thesaurus_files import thesaurus
from madang.search.vectors import VectorIndex

SEED = 20261123
SAMPLE = 400
WELFARE, DASAN, FOREIGN = "welfare questions", "120 titles", "questions in other languages"
SLIPS, BUSY = "welfare questions, two slips each", "5,000 services"
LOADED = "50,000 documents of 700 characters"


def run(*, full: bool = False) -> Report:
    """Measure; `full` takes every question and 50,000 documents."""
    report = Report(
        "search",
        "search: percent of questions answered among the first, milliseconds, seconds to index",
        bars=(
            Bar(WELFARE, "skill_r5", 93.0),
            Bar(WELFARE, "skill_r1", 80.0),
            Bar(DASAN, "skill_r5", 82.0),
            Bar(SLIPS, "skill_r5", 88.0),
            Bar(BUSY, "lexical_p95_ms", 5.0),
            Bar(BUSY, "hybrid_p95_ms", 60.0),
            Bar(LOADED, "index_s", 90.0),
        ),
    )
    shared = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
    if not shared.is_dir():
        report.notes.append(f"real data absent: no {shared} (set MADANG_SHARED)")
        return report
    model = _model(report)
    reader = Reader(analyser(), Naming(thesaurus()))
    _quality(report, shared, reader, model, full=full)
    _speed(report, shared, reader, model)
    _indexing(report, shared, reader, 50_000 if full else 5_000)
    return report


def _model(report: Report) -> Embedder | None:
    model = local_embedder()
    if model is None:
        report.notes.append("no embedding model is installed (extra local-models): words only")
        return None
    kept = os.environ.get("MADANG_BENCH_VECTORS")
    return KeptEmbedder(model, Path(kept)) if kept else model


def _quality(
    report: Report, shared: Path, reader: Reader, model: Embedder | None, *, full: bool
) -> None:
    rng = random.Random(SEED)
    welfare = read_documents(shared / "welfare_services.jsonl")
    asked = read_questions(shared / "welfare_dev_questions.jsonl")
    dasan = read_documents(shared / "seoul120_docs.jsonl")
    titles = read_questions(shared / "seoul120_dev_queries.jsonl")
    foreign = [q for q in read_questions(shared / "crosslingual_dev.jsonl") if q.language != "ko"]
    count = None if full else SAMPLE
    some = rng.sample(asked, count or len(asked))
    slipped = [_slipped(q, rng) for q in some]
    works: list[tuple[str, Sequence[FiledDocument], Sequence[FiledQuestion]]] = [
        (WELFARE, welfare, some),
        (SLIPS, welfare, slipped),
        (FOREIGN, welfare, foreign),
        (DASAN, dasan, rng.sample(titles, min(count or len(titles), len(titles)))),
    ]
    for load, documents, questions in works:
        modes = ["keyword", "lexical"] + (["hybrid"] if model is not None else [])
        for mode in modes:
            found = evaluation.evaluate(
                documents, questions, mode=mode, embedder=model, reader=reader,
                question_means=question_means(model.name) if model is not None else {},
            )  # fmt: skip
            best = mode == modes[-1]
            report.add(
                OURS if best else mode,
                load,
                skill_r1=found.recall(1).value * 100,
                skill_r5=found.recall(5).value * 100,
                skill_mrr=found.mrr.value * 100,
            )
            report.notes.append(
                f"{load}, {mode}: R@5 {found.recall(5).low:.3f} to {found.recall(5).high:.3f}"
            )
            if best and load == FOREIGN:
                report.notes += _by_language(found)
        report.add("SQLite FTS5 trigram", load, **_fts5(documents, questions))


def _by_language(found: evaluation.Outcome) -> list[str]:
    by: dict[str, list[int | None]] = {}
    for each in found.placed:
        by.setdefault(each.question.language or "", []).append(each.rank)
    return [
        f"{code}: R@5 {recall_at(ranks, 5).value:.2f} of {len(ranks)} "
        f"({recall_at(ranks, 5).low:.2f} to {recall_at(ranks, 5).high:.2f})"
        for code, ranks in by.items()
    ]


def _slipped(question: FiledQuestion, rng: random.Random) -> FiledQuestion:
    """Return a question with two slips: a letter lost, doubled, changed for another."""
    letters = list(question.text)
    for _ in range(2):
        at = rng.randrange(len(letters))
        wrong = chr(0xAC00 + rng.randrange(11172))
        letters[at : at + 1] = rng.choice([[], [letters[at]] * 2, [wrong]])
    return FiledQuestion(question.line, "".join(letters), question.right, question.language)


def _fts5(
    documents: Sequence[FiledDocument], questions: Sequence[FiledQuestion]
) -> dict[str, float]:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE d USING fts5(title, body, tokenize='trigram')")
    base.executemany("INSERT INTO d VALUES (?, ?)", [(d.title, d.body) for d in documents])
    groups = [d.group for d in documents]
    group = {d.key: d.group for d in documents}
    ranks: list[int | None] = []
    for question in questions:
        words = [w for w in question.text.replace('"', " ").split() if len(w) > 2]
        match = " OR ".join(f'"{w}"' for w in words)
        rows = (
            base.execute("SELECT rowid FROM d WHERE d MATCH ? ORDER BY rank LIMIT 100", (match,))
            if match
            else []
        )
        found = list(dict.fromkeys(groups[row[0] - 1] for row in rows))
        wanted = group[question.right or ""]
        ranks.append(found.index(wanted) + 1 if wanted in found else None)
    return {
        "skill_r1": recall_at(ranks, 1).value * 100,
        "skill_r5": recall_at(ranks, 5).value * 100,
    }


def made(shared: Path, count: int, length: int = 700) -> Iterator[Entry]:
    """Yield entries put together from sentences of the shared texts."""
    rng = random.Random(SEED)
    bodies = [d.body for d in read_documents(shared / "seoul120_docs.jsonl") if d.body]
    for number in range(count):
        text = rng.choice(bodies)
        while len(text) < length:
            text += " " + rng.choice(bodies)
        yield Entry(f"made:{number}", "service", {"ko": Text(text[:30], text[:length])})


def _speed(report: Report, shared: Path, reader: Reader, model: Embedder | None) -> None:
    asked = read_questions(shared / "welfare_dev_questions.jsonl")
    questions = [q.text for q in random.Random(SEED).sample(asked, 300)]
    ranker = Ranker(TantivyIndex(), reader)
    ranker.put(made(shared, 5_000))
    ranker.commit()
    figures = percentiles("lexical", lambda text: ranker.rank(text, "ko"), questions)
    if model is not None:
        # What a question costs does not depend on what the vectors are: these are drawn.
        ranker.vectors = _drawn(model, 5_000)
        ranker.means = RunningMeans({})
        figures |= percentiles("hybrid", lambda text: ranker.rank(text, "ko"), questions)
    report.add(OURS, BUSY, **figures)


def percentiles(
    name: str, ask: Callable[[str], object], questions: Sequence[str]
) -> dict[str, float]:
    for text in questions[:30]:
        ask(text)
    taken = []
    for text in questions:
        started = time.perf_counter()
        ask(text)
        taken.append((time.perf_counter() - started) * 1000)
    return {
        f"{name}_p50_ms": float(np.percentile(taken, 50)),
        f"{name}_p95_ms": float(np.percentile(taken, 95)),
    }


class _Drawn:
    """A model whose passages are drawn at random and whose questions are the real one's."""

    def __init__(self, model: Embedder) -> None:
        self.name, self._model = "drawn", model
        self._rng = np.random.default_rng(SEED)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._model.questions(texts)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        found = self._rng.normal(size=(len(texts), 384)).astype(np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def _drawn(model: Embedder, count: int) -> VectorIndex:
    vectors = VectorIndex(_Drawn(model))
    vectors.put(
        (f"made:{n}", "title", "One sentence of a passage here. " * 20) for n in range(count)
    )
    vectors.commit()
    return vectors


def _indexing(report: Report, shared: Path, reader: Reader, count: int) -> None:
    entries = list(made(shared, count))
    load = f"{count:,} documents of 700 characters"
    index = TantivyIndex(threads=2)
    started = time.perf_counter()
    index.put(bulk.read(entries, reader.analyser))
    index.commit()
    figures = {"index_s": time.perf_counter() - started}
    texts = list(bulk.read(entries, reader.analyser))
    engine = TantivyIndex(threads=2)
    started = time.perf_counter()
    engine.put(texts)
    engine.commit()
    report.add(OURS, load, **figures, engine_s=time.perf_counter() - started)
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE d USING fts5(title, body, tokenize='trigram')")
    started = time.perf_counter()
    base.executemany("INSERT INTO d VALUES (?, ?)", [(e.own.title, e.own.body) for e in entries])
    report.add("SQLite FTS5 trigram", load, index_s=time.perf_counter() - started)
