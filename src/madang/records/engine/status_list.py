"""Which credentials are revoked, as one bit each, so that asking tells nobody which one is meant.

Token Status List, draft-ietf-oauth-status-list-14: one bit per credential, the lowest of each
byte first, zlib at its best, base64url. A credential's place in a list is scattered, so that
neighbours in time are no neighbours in the list.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

TYPE = "statuslist+jwt"
SIZE = 1 << 16  # credentials of one list: 8 kB of bits, small and still a crowd to hide in
VALID, REVOKED = 0, 1
_STEP = 40503  # odd, near SIZE divided by the golden ratio (Knuth, TAOCP 3, 6.4): visits all places


def scattered(count: int) -> int:
    """Return the place in its list of the credential that is the `count`-th of it."""
    return (count * _STEP) % SIZE


def written(revoked: Iterable[int]) -> dict[str, Any]:
    """Return the claim ``status_list`` with these places revoked.

    >>> status_of(written([0, 9]), 9), status_of(written([0, 9]), 8)
    (1, 0)
    """
    bits = bytearray(SIZE // 8)
    for place in revoked:
        bits[place >> 3] |= 1 << (place & 7)
    packed = urlsafe_b64encode(zlib.compress(bytes(bits), 9)).rstrip(b"=").decode()
    return {"bits": 1, "lst": packed}


def status_of(claim: dict[str, Any], place: int) -> int:
    """Return the status at a place: 0 valid, 1 revoked.

    Raises
    ------
    ValueError
        If the list is malformed, or the place is not in it.
    """
    if claim.get("bits") != 1 or not isinstance(claim.get("lst"), str):
        raise ValueError("the status list is malformed")
    text = claim["lst"]
    unpacked = zlib.decompressobj()
    bits = unpacked.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), 1 << 20)
    if not 0 <= place < len(bits) * 8:
        raise ValueError("the status list is shorter than that")
    return bits[place >> 3] >> (place & 7) & 1
