"""Mean vectors of questions by language, shipped for the models that ship.

Made by ``python tools/question_means.py`` from this house's own sentences; no one's questions are
in them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from madang.search.engine.dense import Vectors

FOLDER = Path(__file__).parent / "lexicon"


def file_of(model: str) -> Path:
    """Return where the means of a model lie."""
    return FOLDER / f"question-means-{model.replace('/', '-')}.npz"


@cache
def question_means(model: str) -> Mapping[str, Vectors]:
    """Return the mean vector of questions in each language; empty for a model without any."""
    path = file_of(model)
    if not path.is_file():
        return {}
    with np.load(path) as held:
        return {code: np.asarray(held[code], np.float32) for code in held.files}


class RunningMeans:
    """The mean vector of questions in each language, which follows what people really ask.

    Only sums are kept: no question can be read out of them.

    Parameters
    ----------
    shipped : means to begin with; each counts as `prior` questions.
    prior : questions that the beginning counts as.
    """

    def __init__(self, shipped: Mapping[str, Vectors], prior: int = 200) -> None:
        self._sums = {code: mean.astype(np.float64) * prior for code, mean in shipped.items()}
        self._counts = dict.fromkeys(self._sums, prior)
        self._prior = prior
        self._lock = threading.Lock()

    def begun_with(self, means: Mapping[str, Vectors]) -> RunningMeans:
        """Return these means with those of some languages begun anew."""
        with self._lock:
            kept = {code: np.asarray(total / self._counts[code], np.float32)
                    for code, total in self._sums.items()}  # fmt: skip
        return RunningMeans({**kept, **means}, self._prior)

    def taken(self, language: str, question: Vectors, fallback: Vectors) -> Vectors:
        """Return the mean to take away from a question, and let the question count from now on."""
        base = language.partition("-")[0]
        with self._lock:
            if base not in self._sums:
                self._sums[base] = fallback.astype(np.float64) * self._prior
                self._counts[base] = self._prior
            mean = np.asarray(self._sums[base] / self._counts[base], np.float32)
            self._sums[base] = self._sums[base] + question
            self._counts[base] += 1
        return mean
