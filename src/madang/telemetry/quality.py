"""The quality word in words, for readers that do without the engine's compiler.

Bits as in `telemetry.engine.flags` (a test compares the two).
"""

from __future__ import annotations

from typing import TypedDict

FLAG_WORDS = ("good", "not evaluated", "suspect", "fail", "missing")
QARTOD_CODES = (1, 2, 3, 4, 9)
TESTS = ("range", "spike", "rate", "flat-line", "gap", "late", "clock-skew", "cross")
_FIRST_TEST_BIT = 3


class Quality(TypedDict):
    """Flag in words, QARTOD code, and the tests that were not good."""

    flag: str
    code: int
    tests: list[str]


def quality(word: int) -> Quality:
    """Return flag, QARTOD code and the tests that were not good.

    >>> quality(2 | 1 << 4)
    {'flag': 'suspect', 'code': 3, 'tests': ['spike']}
    """
    flag = min(word & 0b111, len(FLAG_WORDS) - 1)
    tests = [name for bit, name in enumerate(TESTS, _FIRST_TEST_BIT) if word >> bit & 1]
    return {"flag": FLAG_WORDS[flag], "code": QARTOD_CODES[flag], "tests": tests}
