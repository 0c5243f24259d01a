"""How sure search is of its first hit, with the models fitted for words alone and with meaning."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from madang.search.engine.confidence import Confidence, Signals, signals
from madang.search.engine.fusion import Parts, fused
from madang.search.ranking import Ranker, Ranking
from madang.search.reading import Question

FILE = Path(__file__).parent / "lexicon" / "sureness.json"


@dataclass(frozen=True, slots=True)
class Sure:
    """The first hits of a question and how likely the first is right.

    Parameters
    ----------
    keys : best first.
    confidence : 0 to 1; 0 where nothing was found.
    """

    keys: tuple[str, ...]
    confidence: float


@cache
def models() -> dict[str, Confidence]:
    """Return the fitted models: "lexical" and "hybrid" (``python tools/fit_sureness.py``)."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Confidence((tuple(each["bends"][0]), tuple(each["bends"][1])), tuple(each["weights"]))
        for name, each in held.items()
    }


def confidence_of(ranker: Ranker, ranking: Ranking) -> float:
    """Return how likely the first hit of a ranking is right; 0 where nothing was found."""
    if not ranking.hits:
        return 0.0
    parts = np.array([hit.parts for hit in ranking.hits], np.float32)
    scores = np.array([hit.score for hit in ranking.hits], np.float32)
    asked = ranking.question
    found = signals(
        parts,
        scores,
        coverage=ranking.coverage,
        length=len(asked.words),
        first=ranker.evidence(asked, ranking.hits[0].key),
    )
    return models()["hybrid" if ranking.by_meaning else "lexical"].of(found)


class Judge:
    """Ranks a question once and says how sure it is, with any entries left out.

    Parameters
    ----------
    ranker : with what can be found taken in.
    """

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker

    def read(self, text: str, language: str) -> Read:
        """Return a question's candidates, ready to be judged."""
        ranker = self._ranker
        asked = ranker.reader.question(text, language)
        keys, parts, by_meaning = ranker.candidates(asked)
        return Read(asked, tuple(keys), parts, by_meaning, ranker)


@dataclass(frozen=True, slots=True)
class Read:
    """The candidates of one question and what the rankers say of them."""

    question: Question
    keys: tuple[str, ...]
    parts: Parts
    by_meaning: bool
    ranker: Ranker

    def signals(self, parts: Parts, scores: NDArray[np.float32], first: str) -> Signals:
        """Return what the ranking of some of the candidates says of its own sureness."""
        asked = self.question
        return signals(
            parts,
            scores,
            coverage=self.ranker.coverage(asked),
            length=len(asked.words),
            first=self.ranker.evidence(asked, first),
        )

    def sure(self, without: Callable[[str], bool] = lambda _: False, limit: int = 5) -> Sure:
        """Return the best hits and how sure the first is, with some entries left out."""
        kept = np.array([at for at, key in enumerate(self.keys) if not without(key)], np.int64)
        if not len(kept):
            return Sure((), 0.0)
        parts = self.parts[kept]
        weights = self.ranker.weights if self.by_meaning else self.ranker.lexical_weights
        scores = fused(parts, weights)
        order = np.argsort(-scores, kind="stable")[:limit]
        keys = tuple(self.keys[kept[at]] for at in order)
        model = models()["hybrid" if self.by_meaning else "lexical"]
        return Sure(keys, model.of(self.signals(parts, scores, keys[0])))
