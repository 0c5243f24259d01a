"""Meaning as vectors: centring, the best passage of each entry, and a map learned from questions.

A small multilingual model puts all texts of one language into a narrow cone: cosines lie between
0.75 and 0.95 and say more about language than about meaning. Taking the mean vector away, of the
passages and of each language's questions, opens the cone [1]_.

References
----------
.. [1] J. Mu, P. Viswanath, "All-but-the-top: simple and effective postprocessing for word
   representations", ICLR 2018.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def centred(vectors: Vectors, mean: Vectors) -> Vectors:
    """Return unit vectors after a mean was taken away.

    Parameters
    ----------
    vectors : (n, d) array
    mean : (d,) array

    Returns
    -------
    (n, d) array
        A vector that equals the mean stays zero: it says nothing.

    Examples
    --------
    >>> centred(np.array([[3.0, 1.0], [1.0, 1.0]], np.float32), np.array([1.0, 1.0], np.float32))
    array([[1., 0.],
           [0., 0.]], dtype=float32)
    """
    moved = vectors - mean
    length = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.where(length > 1e-9, length, np.inf), np.float32)


def best_of_entries(scores: Vectors, entry: NDArray[np.int64], count: int) -> Vectors:
    """Return for each entry the greatest score of its passages.

    Parameters
    ----------
    scores : (p,) array
    entry : (p,) array, to which entry each passage belongs, ascending.
    count : of entries.

    Returns
    -------
    (count,) array
        -1, the least cosine, for an entry without passages.
    """
    best = np.full(count, -1.0, np.float32)
    if len(scores):
        starts = np.flatnonzero(np.r_[True, entry[1:] != entry[:-1]])
        best[entry[starts]] = np.maximum.reduceat(scores, starts)
    return best
