"""A word index on disk: what it weighs, what the process holds of it, how fast it answers.

Open data and pages of a city come to hundreds of thousands of documents; `full` takes 850,000. The
texts are put together from the shared ones, like those of the bench `search`.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.report import OURS, Report
from bench.search import SEED, made, percentiles
from madang.search import bulk
from madang.search.analysers import analyser
from madang.search.api import read_questions
from madang.search.naming import Naming
from madang.search.ranking import Ranker
from madang.search.reading import Reader
from madang.search.tantivy_index import TantivyIndex
from madang.search.thesaurus_files import thesaurus

LENGTH = 200  # characters of a document: a title and a description
QUESTIONS = 300


def run(*, full: bool = False) -> Report:
    """Measure; `full` takes 850,000 documents."""
    count = 850_000 if full else 20_000
    report = Report("search_disk", f"search: {count:,} documents of {LENGTH} characters on disk")
    shared = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
    if not shared.is_dir():
        report.notes.append(f"real data absent: no {shared} (set MADANG_SHARED)")
        return report
    asked = read_questions(shared / "welfare_dev_questions.jsonl")
    questions = [q.text for q in random.Random(SEED).sample(asked, QUESTIONS)]
    with TemporaryDirectory() as folder:
        begun = time.perf_counter()
        index = TantivyIndex(Path(folder), threads=2)
        index.put(bulk.read(made(shared, count, LENGTH), analyser().name))
        index.commit()
        figures = {"index_s": time.perf_counter() - begun}
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
            figures |= fresh.submit(_served, folder, questions).result()
        sizes = [file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()]
        report.add(OURS, f"{count:,} documents", **figures, disk_mb=sum(sizes) / 1e6)
    return report


def _served(folder: str, questions: list[str]) -> dict[str, float]:
    """Return how fast an index answers, and what its process weighs then."""
    reader = Reader(analyser(), Naming(thesaurus()))
    reader.question(questions[0], "ko")
    before = _rss_mb()
    ranker = Ranker(TantivyIndex(Path(folder)), reader)
    figures = percentiles("lexical", lambda text: ranker.rank(text, "ko"), questions)
    return {**figures, "rss_mb": _rss_mb(), "rss_without_index_mb": before}


def _rss_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
