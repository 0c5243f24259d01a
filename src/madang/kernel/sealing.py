"""What rooms keep encrypted: AES-256-GCM with a random nonce, a key for each use of a room.

A room's key is a setting (`MADANG_CASES_KEY` for room cases), from which HKDF (RFC 5869) derives
the keys of its uses; so whoever has only the database can read nothing. In a demonstration the key
is generated and kept with the instance's secrets; production has to be given one.
"""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret

NONCE = 12  # NIST SP 800-38D, section 8.2: 96 bits


def seal(room: str, use: str, about: str, content: bytes) -> bytes:
    """Return `content` encrypted for a use of a room; `about` is needed to read it."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(derived_key(room, use)).encrypt(nonce, content, about.encode())


def unseal(room: str, use: str, about: str, sealed: bytes | memoryview) -> bytes:
    """Return what `seal` encrypted.

    Raises
    ------
    Invalid
        If it was sealed for something else, under another key, or was changed.
    """
    data = bytes(sealed)
    try:
        key = derived_key(room, use)
        return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], about.encode())
    except InvalidTag:
        raise Invalid(f"a sealed {use} cannot be read with this instance's key") from None


def derived_key(room: str, use: str) -> bytes:
    """Return the key of 256 bits that a room has for one use.

    Raises
    ------
    Invalid
        If production was given no key of that room.
    """
    return _derived(_secret(room), f"madang.{room}.{use}")


@lru_cache(maxsize=128)
def _derived(secret: str, info: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=info.encode()).derive(secret.encode())


def _secret(room: str) -> str:
    here = settings()
    given: str = getattr(here, f"{room}_key")
    if given:
        return given
    name = f"MADANG_{room.upper()}_KEY"
    if here.is_production:
        message = f"production needs {name}; a generated key is only for the demo"
        raise Invalid(message, {name: "missing"})
    return _kept(str(here.data / "secrets" / f"{room}.key"))


@lru_cache(maxsize=16)
def _kept(path: str) -> str:
    from pathlib import Path

    return kept_secret(Path(path))
