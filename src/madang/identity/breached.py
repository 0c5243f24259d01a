"""Passwords known from breaches, looked up offline.

The file of `MADANG_BREACHED_PASSWORDS` has a line for each: the SHA-1 of the password in
hexadecimal, and whatever follows a colon; sorted, as "Have I Been Pwned" gives it out. Nothing of a
password leaves this machine.
"""

from __future__ import annotations

import os
from hashlib import sha1
from pathlib import Path
from typing import BinaryIO


def is_breached(password: str, file: Path) -> bool:
    """Return whether the sorted file holds this password; about 35 short reads in 40 GB."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, os.SEEK_END)
        while low < high:  # the first line that is not below the wanted one starts in [low, high]
            middle = (low + high) // 2
            if _digest_from(lines, middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return _digest_from(lines, low) == wanted


def _digest_from(lines: BinaryIO, at: int) -> bytes:
    """Return the digest of the first whole line at or after byte `at`; past all where none is."""
    lines.seek(max(at - 1, 0))
    if at > 0:
        lines.readline()
    line = lines.readline()
    return line.split(b":")[0].strip().upper() if line else b"\xff"
