"""What identity keeps of people's secrets: encrypted at rest, or only as a keyed hash.

Secrets as `kernel.sealing` does it; HMAC-SHA-256 to find a number again without keeping it, and
Argon2id over it where the number is short enough to try out all. Each use has a key of its own, so
whoever has only the database has neither secrets nor register numbers.
"""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from madang.kernel import sealing

ROOM = "identity"
# of Argon2id: two passes over 19 MiB on one lane (OWASP Password Storage Cheat Sheet, at least)
PASSES = 2
MEMORY_KIB = 19 * 1024


def seal(use: str, secret: bytes) -> bytes:
    """Return `secret` encrypted for this use; the same use is needed to read it."""
    return sealing.seal(ROOM, f"seal.{use}", use, secret)


def unseal(use: str, sealed: bytes | memoryview) -> bytes:
    """Return what `seal` encrypted for the same use.

    Raises
    ------
    Invalid
        If it was sealed for another use, under another key, or was changed.
    """
    return sealing.unseal(ROOM, f"seal.{use}", use, sealed)


def keyed_hash(use: str, text: str) -> str:
    """Return HMAC-SHA-256 of `text` under the key of this use, in hexadecimal.

    The same number hashed for two uses cannot be matched by whoever sees both.
    """
    return hmac.new(sealing.derived_key(ROOM, f"mac.{use}"), text.encode(), sha256).hexdigest()


def slow_hash(mac: str, salt: bytes) -> str:
    """Return the Argon2id hash of a `keyed_hash`, in hexadecimal: about 30 CPU ms.

    For secrets that people type: whoever had the database and the key, too, would still pay this
    for each guess. Two passes over 19 MiB on one lane are what the OWASP Password Storage
    Cheat Sheet asks for at least.
    """
    derived = Argon2id(salt=salt, length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY_KIB)
    return derived.derive(mac.encode()).hex()


def new_salt() -> bytes:
    """Return a salt of 128 bits (RFC 9106, section 3.1)."""
    return os.urandom(16)
