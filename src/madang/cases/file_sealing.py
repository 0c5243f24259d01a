"""Files at rest: AES-256-GCM under a key of this instance, each bound to its case.

The key is `MADANG_CASES_KEY`; HKDF (RFC 5869) derives one per use, so that whoever has only the
database cannot read what people sent.
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

_NONCE = 12  # NIST SP 800-38D, section 8.2: 96 bits


def seal(file_id: str, data: bytes) -> bytes:
    """Return a file encrypted; the same id is needed to read it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, data, file_id.encode())


def unseal(file_id: str, sealed: bytes | memoryview) -> bytes:
    """Return what was sealed under this id; raises `Invalid` where it was changed."""
    data = bytes(sealed)
    try:
        return AESGCM(_key()).decrypt(data[:_NONCE], data[_NONCE:], file_id.encode())
    except InvalidTag:
        raise Invalid("the file cannot be read with this instance's key") from None


@lru_cache(maxsize=1)
def _key() -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"madang.cases.files").derive(
        _secret().encode()
    )


def _secret() -> str:
    here = settings()
    if here.cases_key:
        return here.cases_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_CASES_KEY; a generated key is only for the demo",
            {"MADANG_CASES_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "cases.key")
