"""What search claims of finding the right thing, measured on the shared questions.

They are not part of Madang: the folder of real data is `MADANG_SHARED`. By words alone, so that the
claim can be measured on any machine within seconds; ``python -m bench --only search`` measures
with meaning, too.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from madang.kernel.errors import NotFound
from madang.search import api
from madang.search.api import FiledQuestion, Judge, Outcome

_SAMPLE = 800
ANSWER_AT = 0.29


def _shared(name: str) -> Path:
    folder = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
    path = folder / name
    if not path.is_file():
        raise NotFound(f"real data absent: no {path} (set MADANG_SHARED)")
    return path


def _sample(name: str, count: int) -> list[FiledQuestion]:
    """Return about as many questions, spread evenly over a file."""
    asked = api.read_questions(_shared(name))
    return asked[:: max(1, len(asked) // count)]


@cache
def _outcome(mode: str) -> Outcome:
    documents = api.read_documents(_shared("welfare_services.jsonl"))
    return api.evaluate(documents, _sample("welfare_dev_questions.jsonl", _SAMPLE), mode=mode)


def among_five() -> float:
    """Return percent of questions whose service is among the first five, by words alone."""
    return _outcome("lexical").recall(5).value * 100


def first() -> float:
    """Return percent of questions whose service comes first, by words alone."""
    return _outcome("lexical").recall(1).value * 100


def keyword_baseline() -> float:
    """Return how many percent points more are among five than by words between spaces."""
    return among_five() - _outcome("keyword").recall(5).value * 100


@cache
def _judge() -> Judge:
    return api.judge_of(api.read_documents(_shared("welfare_services.jsonl")), mode="lexical")


def refused() -> float:
    """Return percent of questions of another subject of which search is not sure."""
    asked = _sample("seoul120_dev_queries.jsonl", 400)
    unsure = sum(_judge().read(q.text, "ko").sure().confidence < ANSWER_AT for q in asked)
    return unsure / len(asked) * 100
