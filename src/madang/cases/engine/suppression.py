"""Counts that tell of no few people: small cells are hidden, and those they could be reckoned from.

A cell of 1 to `SMALLEST` - 1 is hidden. In each row and column whose total is told, what is hidden
is never one cell alone and never adds up to fewer than `SMALLEST`: the smallest other cell is
hidden with it, until that holds everywhere.

What is told is rounded to `ROUNDED_TO`: who keeps what was told last week, and subtracts it from
what is told today, cannot say that fewer than five came in between.

Source: A. Hundepool et al., "Statistical disclosure control", Wiley 2012, ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SMALLEST = 5  # fewer people than this are not told of (k-anonymity)
ROUNDED_TO = 5  # as national statistical offices do (Hundepool et al., section 5.4)


def hidden(
    counts: npt.ArrayLike | Sequence[int], smallest: int = SMALLEST
) -> npt.NDArray[np.bool_]:
    """Return which cells are hidden where all totals of rows and columns are told.

    Parameters
    ----------
    counts : (n,) or (rows, columns) array of counts.

    Returns
    -------
    array of bool in the same shape.

    Examples
    --------
    >>> hidden([40, 12, 3]).tolist()
    [False, True, True]
    >>> hidden([[40, 3], [30, 20], [9, 8]]).tolist()
    [[True, True], [False, False], [True, True]]
    """
    cells = np.asarray(counts, dtype=np.int64)
    table = cells.reshape(1, -1) if cells.ndim == 1 else cells
    mask = (table > 0) & (table < smallest)
    lines = [(row, slice(None)) for row in range(table.shape[0])]
    if cells.ndim == 2:
        lines += [(slice(None), column) for column in range(table.shape[1])]  # type: ignore[misc]
    changed = True
    while changed:
        changed = False
        for line in lines:
            changed |= _guard(table[line], mask[line], smallest)
    return mask.reshape(cells.shape)


def rounded(count: int, to: int = ROUNDED_TO) -> int:
    """Return a count as it is told: to the nearest multiple.

    >>> [rounded(n) for n in (0, 5, 7, 8, 93)]
    [0, 5, 5, 10, 95]
    """
    return (count + to // 2) // to * to


def is_small(count: int, smallest: int = SMALLEST) -> bool:
    """Return whether a count tells of few people; nobody is nobody."""
    return 0 < count < smallest


def _guard(values: npt.NDArray[np.int64], mask: npt.NDArray[np.bool_], smallest: int) -> bool:
    """Hide more of a line where its total would give away what is hidden; say whether it did."""
    changed = False
    while mask.any() and (mask.sum() < 2 or values[mask].sum() < smallest):
        # a zero beside it protects nothing: one who knows the total still has the number
        open_ones = np.flatnonzero(~mask & (values > 0))
        if not len(open_ones):
            break
        mask[open_ones[np.argmin(values[open_ones])]] = True
        changed = True
    return changed
