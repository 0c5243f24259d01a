"""A map of question vectors learned from questions whose answers are known.

People ask in other words than documents are written in. A linear map, held near the identity and
learned by softmax over all entries, moves questions towards the documents that answered them; on
unseen questions it put the right entry first 1 to 2 points more often (``bench/search.py``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from madang.search.engine.dense import Vectors

_SCALE = 16.0
_HELD = 3e-3
_STEPS = 60


def learned_map(
    questions: Vectors,
    right: NDArray[np.int64],
    passages: Vectors,
    entry: NDArray[np.int64],
    *,
    steps: int = _STEPS,
) -> Vectors:
    """Return the matrix that question vectors are multiplied by.

    Parameters
    ----------
    questions : (n, d) array, centred unit vectors.
    right : (n,) array, the entry that answers each.
    passages : (p, d) array, centred unit vectors.
    entry : (p,) array, the entry of each passage, ascending from 0 without gaps.
    steps : of the optimiser at most.

    Returns
    -------
    (d, d) array
    """
    from scipy.optimize import minimize

    size, count = questions.shape[1], len(questions)
    identity = np.eye(size, dtype=np.float32)
    starts = np.flatnonzero(np.r_[True, entry[1:] != entry[:-1]])
    rows = np.arange(count)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        matrix = flat.reshape(size, size).astype(np.float32)
        each = (questions @ matrix) @ passages.T
        best = np.maximum.reduceat(each, starts, axis=1)
        powers = np.exp(_SCALE * (best - best.max(1, keepdims=True)))
        powers /= powers.sum(1, keepdims=True)
        total = -float(np.log(np.maximum(powers[rows, right], 1e-30)).mean())
        powers[rows, right] -= 1.0
        powers *= _SCALE / count
        # The slope runs through the best passage of each entry.
        slope = questions.T @ (np.where(each >= best[:, entry], powers[:, entry], 0.0) @ passages)
        away = matrix - identity
        total += _HELD * float((away**2).sum())
        return total, np.asarray(slope + 2 * _HELD * away, np.float64).ravel()

    found = minimize(
        loss, identity.ravel().astype(np.float64), jac=True, method="L-BFGS-B",
        options={"maxiter": steps},
    )  # fmt: skip
    return np.asarray(found.x.reshape(size, size), np.float32)
