"""Numbers of cases: year of receipt, place in the count, check digit (`2026-0001234-5`).

The check digit is Damm's (H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004): it
finds every single wrong digit and every swap of neighbours, so that a number misread on the
telephone is no other case.
"""

from __future__ import annotations

import re

_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_SHAPE = re.compile(r"^\D*(\d{4})\D*(\d{7,12})\D*(\d)\D*$")


def check_digit(digits: str) -> int:
    """Return Damm's check digit.

    >>> check_digit("572")
    4
    """
    interim = 0
    for digit in digits:
        interim = _TABLE[interim][int(digit)]
    return interim


def case_number(year: int, serial: int) -> str:
    """Return the number of a case.

    >>> case_number(2026, 1234)
    '2026-0001234-6'
    """
    digits = f"{year:04d}{serial:07d}"
    return f"{digits[:4]}-{digits[4:]}-{check_digit(digits)}"


def read_number(text: str) -> str | None:
    """Return a number as it is written, from what somebody typed; None where it is none.

    >>> read_number(" 2026 0001234 6"), read_number("2026-0001243-6")
    ('2026-0001234-6', None)
    """
    found = _SHAPE.match(text.strip())
    if found is None:
        return None
    year, serial, check = found.groups()
    return f"{year}-{serial}-{check}" if check_digit(year + serial) == int(check) else None
