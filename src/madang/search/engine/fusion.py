"""Fusing what words, character pairs and meaning say into one score that is also a probability.

Each part is put on a scale that does not depend on the question: what a BM25 score is of the
greatest that the question's own terms could give, and a centred cosine. A weighted sum of such
parts, read through a softmax over the candidates, is a conditional logit model [1]_; its weights
are fitted on questions with known answers.

References
----------
.. [1] D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Parts = NDArray[np.float32]
"""(n, p) array: n candidates, p parts in the order of `PARTS`."""

PARTS = ("words", "pairs", "passage", "title", "memory")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part counts; see `PARTS`."""

    words: float
    pairs: float
    passage: float = 0.0
    title: float = 0.0
    memory: float = 0.0

    def of(self) -> NDArray[np.float32]:
        """Return the weights as an array in the order of `PARTS`."""
        return np.array([getattr(self, name) for name in PARTS], np.float32)


def fused(parts: Parts, weights: Weights) -> NDArray[np.float32]:
    """Return the score of each candidate.

    Parameters
    ----------
    parts : (n, 5) array
        NaN is a part that could not be had (no title, no model): it counts nothing.

    Examples
    --------
    >>> fused(np.array([[0.5, 0.25, np.nan, 0.0, 0.0]], np.float32), Weights(2.0, 4.0, 15.0))
    array([2.], dtype=float32)
    """
    return np.asarray((np.nan_to_num(parts, nan=0.0) * weights.of()).sum(-1), np.float32)


def probabilities(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the softmax of scores: how likely each candidate is, if one of them is right.

    Examples
    --------
    >>> probabilities(np.array([1.0, 1.0], np.float32))
    array([0.5, 0.5])
    """
    if not len(scores):
        return np.zeros(0)
    powers = np.exp(np.asarray(scores, np.float64) - float(scores.max()))
    return np.asarray(powers / powers.sum())


def fit(
    lists: Sequence[tuple[Parts, NDArray[np.bool_]]], start: Weights, *, shrink: float = 1e-3
) -> Weights:
    """Return weights under which the right candidates are most likely.

    Parameters
    ----------
    lists : for each question its candidates' parts and which of them are right; a question without
        a right candidate teaches nothing and is left out.
    start : where to begin, and what to keep where the questions say nothing.
    shrink : how strongly the weights, in units of their parts' spread, are held at the start.

    Notes
    -----
    Weights are not negative: no part speaks against a candidate.
    """
    from scipy.optimize import minimize

    taught = [(np.nan_to_num(x), right) for x, right in lists if right.any()]
    if not taught:
        return start
    spread = np.concatenate([x for x, _ in taught]).std(0).astype(np.float64) + 1e-6
    first = start.of() * spread

    def loss(scaled: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(scaled)
        for parts, right in taught:
            chance = probabilities(np.asarray(parts @ (scaled / spread), np.float32))
            among = chance * right
            held = max(float(among.sum()), 1e-12)
            total -= np.log(held)
            slope -= ((among / held - chance) @ parts) / spread
        away = scaled - first
        n = len(taught)
        return total / n + shrink * float(away @ away), slope / n + 2 * shrink * away

    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * len(first))
    return Weights(*(float(w) for w in found.x / spread))
