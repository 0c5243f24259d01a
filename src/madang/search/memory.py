"""Questions that were answered before, and what answered them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.search.engine.dense import Vectors


@dataclass(frozen=True, slots=True)
class Remembered:
    """A question that led to an entry, and how much it still counts (0 to 1)."""

    question: str
    key: str
    weight: float = 1.0


class QuestionMemory:
    """Remembered questions as centred vectors."""

    def __init__(self, remembered: Iterable[Remembered], vectors: Vectors) -> None:
        listed = list(remembered)
        if len(listed) != len(vectors):
            raise ValueError(f"{len(vectors)} vectors for {len(listed)} questions")
        self.keys = tuple(dict.fromkeys(each.key for each in listed))
        number = {key: at for at, key in enumerate(self.keys)}
        entry = np.array([number[each.key] for each in listed], np.int64)
        order = np.argsort(entry, kind="stable")
        self._vectors = np.asarray(vectors[order], np.float32)
        self._entry: NDArray[np.int64] = entry[order]
        self._weight = np.array([listed[i].weight for i in order], np.float32)

    def near(self, question: Vectors) -> dict[str, float]:
        """Return for each key how near its nearest question is (cosine times what it counts)."""
        if not len(self._vectors):
            return {}
        scores = (self._vectors @ question) * self._weight
        starts = np.flatnonzero(np.r_[True, self._entry[1:] != self._entry[:-1]])
        best = np.maximum.reduceat(scores, starts)
        return {
            self.keys[at]: float(score)
            for at, score in zip(self._entry[starts], best, strict=True)
            if score > 0
        }
