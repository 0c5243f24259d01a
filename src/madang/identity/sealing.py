"""What identity keeps of people's secrets: encrypted at rest, or only as a keyed hash.

AES-256-GCM with a random nonce, the use as associated data; HMAC-SHA-256 to find a number again
without keeping it, and Argon2id over it where the number is short enough to try out all. Keys come
from `MADANG_IDENTITY_KEY` by HKDF (RFC 5869), one per use, so that whoever has only the database
has neither secrets nor register numbers.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret

_NONCE = 12  # NIST SP 800-38D, section 8.2: 96 bits


def seal(use: str, secret: bytes) -> bytes:
    """Return `secret` encrypted for this use; the same use is needed to read it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_derived(f"seal.{use}")).encrypt(nonce, secret, use.encode())


def unseal(use: str, sealed: bytes | memoryview) -> bytes:
    """Return what `seal` encrypted for the same use.

    Raises
    ------
    Invalid
        If it was sealed for another use, under another key, or was changed.
    """
    data = bytes(sealed)
    try:
        return AESGCM(_derived(f"seal.{use}")).decrypt(data[:_NONCE], data[_NONCE:], use.encode())
    except InvalidTag:
        raise Invalid(f"a sealed {use} cannot be read with this instance's key") from None


def keyed_hash(use: str, text: str) -> str:
    """Return HMAC-SHA-256 of `text` under the key of this use, in hexadecimal.

    The same number hashed for two uses cannot be matched by whoever sees both.
    """
    return hmac.new(_derived(f"mac.{use}"), text.encode(), sha256).hexdigest()


def slow_hash(mac: str, salt: bytes) -> str:
    """Return the Argon2id hash of a `keyed_hash`, in hexadecimal: about 30 CPU ms.

    For secrets that people type: whoever had the database and the key, too, would still pay this
    for each guess. Two passes over 19 MiB on one lane are what the OWASP Password Storage
    Cheat Sheet asks for at least.
    """
    derived = Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=19 * 1024)
    return derived.derive(mac.encode()).hex()


def new_salt() -> bytes:
    """Return a salt of 128 bits (RFC 9106, section 3.1)."""
    return os.urandom(16)


@lru_cache(maxsize=64)
def _derived(use: str) -> bytes:
    info = f"madang.identity.{use}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(_secret().encode())


def _secret() -> str:
    here = settings()
    if here.identity_key:
        return here.identity_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_IDENTITY_KEY; a generated key is only for the demo",
            {"MADANG_IDENTITY_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "identity.key")
