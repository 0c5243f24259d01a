"""What documents say, kept encrypted: whoever has only the database reads none.

AES-256-GCM with a random nonce, the document's id and kind as associated data; the key comes from
`MADANG_RECORDS_KEY` by HKDF (RFC 5869). Texts pack well: they are compressed before.
"""

from __future__ import annotations

import os
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret

_NONCE = 12


def seal(about: str, content: bytes) -> bytes:
    """Return `content` encrypted; `about` is needed to read it."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(_secret()).encrypt(nonce, zlib.compress(content, 6), about.encode())


def unseal(about: str, sealed: bytes | memoryview) -> bytes:
    """Return what `seal` encrypted; raises `Invalid` where it was changed or the key is another."""
    data = bytes(sealed)
    try:
        packed = _cipher(_secret()).decrypt(data[:_NONCE], data[_NONCE:], about.encode())
    except InvalidTag:
        raise Invalid(f"{about} cannot be read with this instance's key") from None
    return zlib.decompress(packed)


@lru_cache(maxsize=2)
def _cipher(secret: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"madang.records.documents")
    return AESGCM(derived.derive(secret.encode()))


def _secret() -> str:
    here = settings()
    if here.records_key:
        return here.records_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_RECORDS_KEY; a generated key is only for the demo",
            {"MADANG_RECORDS_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "records.key")
