"""The key by which this instance vouches for service packages."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret_of

SETTING = "MADANG_SERVICE_KEY"


def has_signing_key() -> bool:
    """Return whether this instance can sign: the demo always can, production with its setting."""
    here = settings()
    return bool(here.service_key) or not here.is_production


def signing_key() -> Ed25519PrivateKey:
    """Return the key: the given one, or in demo mode a generated, kept one.

    Raises Invalid in production without the setting, or where it is no key.
    """
    here = settings()
    if not has_signing_key():
        raise Invalid(
            f"production needs {SETTING}; `madang services key` makes one", {SETTING: "missing"}
        )
    text = here.service_key or kept_secret_of(here.data / "secrets" / "services.key", new_key)
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise Invalid(f"{SETTING} is no Ed25519 key: {error}", {SETTING: "no key"}) from error


def public_key() -> str:
    """Return the public half, base64: by it others know packages of this instance."""
    return base64.b64encode(signing_key().public_key().public_bytes_raw()).decode()


def new_key() -> str:
    """Return a fresh private key, base64 (32 bytes, RFC 8032)."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
