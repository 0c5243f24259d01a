"""How likely the first hit is right: what decides between answering, offering and handing over.

A logistic model [1]_ over signals of the ranking, each bent at two places (hinges), since "twice as
sure" is no straight line. It is fitted on questions whose answer is known, on questions whose
answer was taken out of the index (near misses), and on questions of another subject; so it knows
the difference between finding and guessing.

References
----------
.. [1] T. Hastie, R. Tibshirani, J. Friedman, "The elements of statistical learning", 2009,
   4.4 (logistic regression) and 9.1 (additive models).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from madang.search.engine.fusion import PARTS, Parts

SIGNALS = (
    "probability", "margin", "entropy", "score", "words", "pairs", "passage", "title",
    "passage_gap", "words_agree", "pairs_agree", "coverage", "length",
    "first_words", "first_pairs", "first_rarest", "first_missing", "first_title",
)  # fmt: skip

Signals = NDArray[np.float64]
_WORDS, _PAIRS, _PASSAGE, _TITLE = (PARTS.index(n) for n in ("words", "pairs", "passage", "title"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What of a question stands in its first hit, weighed by how rare it is (idf).

    Parameters
    ----------
    words, pairs : shares of the question's words and character pairs (0 to 1).
    rarest : 1 if its rarest word is there.
    missing : idf of the rarest word that is not; 0 if all are there.
    title : share of the hit's title that stands in the question.
    """

    words: float = 0.0
    pairs: float = 0.0
    rarest: float = 0.0
    missing: float = 0.0
    title: float = 0.0


def evidence(
    words: Mapping[str, float],
    pairs: Mapping[str, float],
    title: Mapping[str, float],
    *,
    words_held: Set[str],
    pairs_held: Set[str],
) -> Evidence:
    """Return what of a question stands in an entry.

    Parameters
    ----------
    words, pairs : of the question, with their idf.
    title : character pairs of the entry's title, with their idf.
    words_held, pairs_held : those of the question that the entry has.

    Examples
    --------
    >>> found = evidence({"leave": 3.0, "fee": 1.0}, {}, {}, words_held={"fee"}, pairs_held=set())
    >>> found.words, found.rarest, found.missing
    (0.25, 0.0, 3.0)
    """
    rarest = max(words, key=lambda term: words[term], default="")
    return Evidence(
        _share(words, words_held),
        _share(pairs, pairs_held),
        float(rarest in words_held),
        max((idf for term, idf in words.items() if term not in words_held), default=0.0),
        _share(title, pairs.keys()),
    )


def _share(worth: Mapping[str, float], held: Set[str]) -> float:
    whole = sum(worth.values())
    return sum(idf for term, idf in worth.items() if term in held) / whole if whole else 0.0


def signals(
    parts: Parts,
    scores: NDArray[np.float32],
    *,
    coverage: float,
    length: int,
    first: Evidence,
) -> Signals:
    """Return what a ranking says of its own sureness, in the order of `SIGNALS`.

    Parameters
    ----------
    parts : (n, 5) array of the candidates, see `fusion.PARTS`; NaN counts as 0.
    scores : (n,) array, fused.
    coverage : share of the question's information that stands in any entry.
    length : of the question, in terms.
    first : what of the question stands in the first hit.
    """
    last = [coverage, log(1.0 + length), first.words, first.pairs, first.rarest, first.missing,
            first.title]  # fmt: skip
    if not len(scores):
        return np.array([0.0] * (len(SIGNALS) - len(last)) + last)
    filled = np.nan_to_num(parts)
    order = np.argsort(-scores)[:10]
    powers = np.exp(scores.astype(np.float64) - float(scores.max()))
    chance = powers[order] / powers.sum()
    top, rest = filled[order[0]], filled[order[1:]]
    most = filled.max(0)
    others = float(rest[:, _PASSAGE].max()) if len(rest) else 0.0
    return np.array(
        [
            chance[0],
            chance[0] - (chance[1] if len(chance) > 1 else 0.0),
            -float((chance * np.log(np.maximum(chance, 1e-12))).sum()),
            float(scores[order[0]]),
            top[_WORDS],
            top[_PAIRS],
            top[_PASSAGE],
            top[_TITLE],
            top[_PASSAGE] - others,
            top[_WORDS] / most[_WORDS] if most[_WORDS] > 0 else 0.0,
            top[_PAIRS] / most[_PAIRS] if most[_PAIRS] > 0 else 0.0,
            *last,
        ],
        np.float64,
    )


@dataclass(frozen=True, slots=True)
class Confidence:
    """A fitted model.

    Parameters
    ----------
    bends : (2, s) values of each signal at which its line may bend.
    weights : (3 s + 1,) of signals, first and second hinges, and the constant.
    """

    bends: tuple[tuple[float, ...], tuple[float, ...]]
    weights: tuple[float, ...]

    def of(self, found: Signals) -> float:
        """Return how likely the first hit is right (0 to 1)."""
        row = _bent(found[None], np.array(self.bends))
        return float(_logistic(row @ np.array(self.weights))[0])


def fit(
    rows: Sequence[Signals], right: Sequence[bool], *, weight: Sequence[float], shrink: float = 1e-3
) -> Confidence:
    """Return the model that tells right first hits from wrong ones best.

    Parameters
    ----------
    rows, right : signals of rankings, and whether their first hit was right.
    weight : how much each ranking counts.
    shrink : how strongly weights, in units of their signals' spread, are held at 0.
    """
    from scipy.optimize import minimize

    x = np.array(rows)
    bends = np.quantile(x, [1 / 3, 2 / 3], axis=0)
    bent = _bent(x, bends)
    spread = np.maximum(bent.std(0), 1e-9)
    spread[-1] = 1.0
    scaled, y, w = bent / spread, np.array(right, np.float64), np.array(weight, np.float64)
    w = w / w.sum()

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = scaled @ theta
        held = theta.copy()
        held[-1] = 0.0
        value = float((w * (np.logaddexp(0.0, z) - y * z)).sum() + shrink * held @ held)
        return value, scaled.T @ (w * (_logistic(z) - y)) + 2 * shrink * held

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x / spread
    return Confidence(
        (tuple(float(b) for b in bends[0]), tuple(float(b) for b in bends[1])),
        tuple(float(t) for t in found),
    )


def _bent(x: Signals, bends: NDArray[np.float64]) -> NDArray[np.float64]:
    hinges = [np.maximum(0.0, x - bend) for bend in bends]
    return np.concatenate([x, *hinges, np.ones((len(x), 1))], axis=1)


def _logistic(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))
