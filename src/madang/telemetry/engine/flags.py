"""The 16 bits that say how good an observation is.

Bits 0-2 are the QARTOD flag as an index into `QARTOD` [1]_; from bit 3 on, one bit for each test
that was not good. The flag is the worst of the tests of the value (range, spike, rate, flat line,
cross); the tests of its timing (gap, late, clock skew) set their bit and leave the flag alone,
because a value that came late is as good as one that came in time.

References
----------
.. [1] U.S. IOOS, "Manual for Real-Time Oceanographic Data Quality Control Flags", version 1.2,
       2020, table 1.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

QARTOD = (1, 2, 3, 4, 9)
GOOD, NOT_EVALUATED, SUSPECT, FAIL, MISSING = range(5)
FLAG = 0b111

RANGE = 1 << 3
SPIKE = 1 << 4
RATE = 1 << 5
FLAT_LINE = 1 << 6
GAP = 1 << 7
LATE = 1 << 8
SKEW = 1 << 9
CROSS = 1 << 10
BITS = {
    "range": RANGE,
    "spike": SPIKE,
    "rate": RATE,
    "flat-line": FLAT_LINE,
    "gap": GAP,
    "late": LATE,
    "clock-skew": SKEW,
    "cross": CROSS,
}


def qartod(q: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return the QARTOD flags 1, 2, 3, 4, 9 of an array of quality words.

    >>> qartod(np.array([0, SUSPECT | SPIKE, MISSING], np.uint16))
    array([1, 3, 9], dtype=uint8)
    """
    table: NDArray[np.uint8] = np.array([*QARTOD, 9, 9, 9], np.uint8)
    return table.take(np.asarray(q) & FLAG)


def names(q: int) -> list[str]:
    """Return the names of the tests that were not good.

    >>> names(SUSPECT | SPIKE | LATE)
    ['spike', 'late']
    """
    return [name for name, bit in BITS.items() if q & bit]


@njit("u2(u2, u2)", cache=True, nogil=True, inline="always")
def worst(a: int, b: int) -> int:
    """Return the quality word of two observations together: all bits, the worse flag.

    From good to bad: not evaluated, good, suspect, fail (the order of ioos_qc's `qartod_compare`;
    "not evaluated" gives way to any verdict). Missing counts as not evaluated.
    """
    fa, fb = a & 7, b & 7
    if fa == 3 or fb == 3:
        flag = 3
    elif fa == 2 or fb == 2:
        flag = 2
    elif fa == 0 or fb == 0:
        flag = 0
    else:
        flag = 1
    return ((a | b) & 0xFFF8) | flag
