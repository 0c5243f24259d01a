"""Codes of documents: not to be guessed, readable aloud, a slip of one sign is noticed.

Seventeen signs of Crockford's base 32 (85 random bits: no I, L, O, U) and a check sign modulo 37
(D. Crockford, "Base32", 2002: https://www.crockford.com/base32.html), written in groups. The check
sign is one of 37; those beyond the alphabet (``*~$=U``) do not survive an address, so that a code
whose check sign would be one of them is not made.
"""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = 17
BITS = 5 * SIGNS
_GROUPS = (5, 4, 5, 4)
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def made(random_bits: Callable[[int], int]) -> str:
    """Return a new code, 18 signs without hyphens.

    Parameters
    ----------
    random_bits : returns a whole number of so many random bits (`secrets.randbits`).
    """
    while True:
        value = random_bits(BITS)
        if value % 37 < len(ALPHABET):
            return _signs(value) + ALPHABET[value % 37]


def written(code: str) -> str:
    """Return the code in groups, as papers show it.

    >>> written("0123456789ABCDEFGH")
    '01234-5678-9ABCD-EFGH'
    """
    parts, at = [], 0
    for length in _GROUPS:
        parts.append(code[at : at + length])
        at += length
    return "-".join(parts)


def read(text: str) -> str | None:
    """Return the code that somebody typed, None where it cannot be one.

    Small letters, spaces and hyphens do not matter, and O, I and L are read as 0 and 1.
    """
    if len(text) > 60:
        return None
    signs = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(signs) != SIGNS + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    value = 0
    for sign in signs[:-1]:
        value = value * 32 + ALPHABET.index(sign)
    return signs if value % 37 == ALPHABET.index(signs[-1]) else None


def _signs(value: int) -> str:
    found = ""
    for _ in range(SIGNS):
        value, digit = divmod(value, 32)
        found = ALPHABET[digit] + found
    return found
