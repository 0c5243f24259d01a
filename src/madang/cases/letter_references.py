"""References of letters: short, scanned or read aloud, a slip of one sign is noticed.

Eight signs of Crockford's base 32 (no I, L, O, U): seven of chance and a check sign modulo 31, in
two groups. A prime modulus finds each wrong sign and each swap of neighbours (ISO 7064, clause 6).
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SIGNS = 7


def new_reference() -> str:
    """Return a reference as it is written: ``4K7Q-9XM3``."""
    signs = "".join(secrets.choice(ALPHABET) for _n in range(_SIGNS))
    return f"{signs[:4]}-{signs[4:]}{_check(signs)}"


def read_reference(text: str) -> str | None:
    """Return the reference that somebody typed or scanned, None where it cannot be one."""
    signs = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(signs) != _SIGNS + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    if _check(signs[:-1]) != signs[-1]:
        return None
    return f"{signs[:4]}-{signs[4:]}"


def _check(signs: str) -> str:
    weighed = sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(signs))
    return ALPHABET[weighed % 31]
