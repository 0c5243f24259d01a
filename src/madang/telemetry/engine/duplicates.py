"""Repeated observations, recognised by a short memory of recent stamps per datastream."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

DEPTH = 8  # stamps remembered per datastream: 136 bytes, a page of a gateway's retries

SEEN = np.dtype(
    [("t", "i8", (DEPTH,)), ("v", "f8", (DEPTH,)), ("head", "u1"), ("count", "u1")], align=True
)

NEW, REPEATED, CONFLICTING, UNDECIDED = range(4)


def empty_seen(n: int) -> NDArray[Any]:
    """Return the memory of `n` datastreams that never sent anything, (n,) SEEN."""
    return np.zeros(n, SEEN)


def filled_seen(newest_t: NDArray[np.int64], newest_v: NDArray[np.float64]) -> NDArray[Any]:
    """Return a memory that knows one observation each and calls everything older undecided."""
    seen = np.zeros(len(newest_t), SEEN)
    seen["t"], seen["v"] = newest_t[:, None], newest_v[:, None]
    seen["count"] = DEPTH
    return seen


def verdicts(
    seen: NDArray[Any],
    row: NDArray[np.int32],
    t: NDArray[np.int64],
    v: NDArray[np.float64],
    tolerance: NDArray[np.float64],
) -> NDArray[np.uint8]:
    """Return NEW, REPEATED, CONFLICTING or UNDECIDED for each observation, in order of arrival.

    Parameters
    ----------
    seen : (datastreams,) SEEN, changed in place: new observations are remembered.
    row : (n,) row of the datastream; t : (n,) stamp [ms]; v : (n,) value.
    tolerance : (datastreams,) two values closer than this are the same (half the resolution).

    Notes
    -----
    A stamp older than all that is remembered is UNDECIDED (only the history knows); it is not
    remembered, so that repeats of it within one batch are the caller's to find.
    """
    out = np.empty(len(row), np.uint8)
    _verdicts(seen, row, t, v, tolerance, out)
    return out


@njit(cache=True, nogil=True)
def _verdicts(seen: Any, row: Any, t: Any, v: Any, tolerance: Any, out: Any) -> None:
    for i in range(row.shape[0]):
        memory = seen[row[i]]
        times = memory.t
        values = memory.v
        count = np.int64(memory.count)
        head = np.int64(memory.head)  # place of the oldest; ascending from there
        newest = (head + count - 1) % DEPTH
        if count == 0 or t[i] > times[newest]:
            place = (head + count) % DEPTH
            if count == DEPTH:
                memory.head = (head + 1) % DEPTH
            else:
                memory.count = count + 1
            times[place] = t[i]
            values[place] = v[i]
            out[i] = NEW
            continue
        # walk from the newest down to the first stamp that is not newer
        k = count - 1
        while k >= 0 and times[(head + k) % DEPTH] > t[i]:
            k -= 1
        if k >= 0 and times[(head + k) % DEPTH] == t[i]:
            known = values[(head + k) % DEPTH]
            same = abs(known - v[i]) <= tolerance[row[i]] or (np.isnan(known) and np.isnan(v[i]))
            out[i] = REPEATED if same else CONFLICTING
            continue
        if k < 0 and count == DEPTH:
            out[i] = UNDECIDED
            continue
        # remember it between its neighbours; a full memory forgets its oldest
        if count == DEPTH:
            for j in range(k):
                times[(head + j) % DEPTH] = times[(head + j + 1) % DEPTH]
                values[(head + j) % DEPTH] = values[(head + j + 1) % DEPTH]
            place = (head + k) % DEPTH
        else:
            for j in range(count, k + 1, -1):
                times[(head + j) % DEPTH] = times[(head + j - 1) % DEPTH]
                values[(head + j) % DEPTH] = values[(head + j - 1) % DEPTH]
            place = (head + k + 1) % DEPTH
            memory.count = count + 1
        times[place] = t[i]
        values[place] = v[i]
        out[i] = NEW
