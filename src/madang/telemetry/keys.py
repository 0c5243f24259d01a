"""Gateway keys: 256 random bits, of which only hashes are kept.

A plain hash is enough here: a key cannot be guessed, so nothing slow is needed to protect it
(NIST SP 800-63B-4 §3.1.2 asks for salt and stretching where people choose the secret). The bus
server knows bcrypt only, so a gateway's MQTT password, its key, is kept in that form too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from madang.kernel.bus.access import device_key_hash

PREFIX = "mdg_"
_SHOWN = 12  # characters of a key that lists may show: the mark and 48 of its 256 bits


@dataclass(frozen=True)
class NewKey:
    """A key as shown once, and what is kept of it."""

    key: str
    key_hash: str
    key_prefix: str
    bus_hash: str


@dataclass(frozen=True)
class Credentials:
    """What a caller presented; `name` is None where only a key came."""

    name: str | None
    key: str


def new_key() -> NewKey:
    """Return a fresh random key."""
    key = PREFIX + secrets.token_urlsafe(32)
    return NewKey(key, key_hash(key), key[:_SHOWN], device_key_hash(key))


def key_hash(key: str) -> str:
    """Return what is kept of a key: its SHA-256, hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def opens(key: str, kept_hash: str) -> bool:
    """Return whether `key` is the one behind `kept_hash`, in constant time."""
    return hmac.compare_digest(key_hash(key), kept_hash)


def credentials(headers: Mapping[str, str]) -> Credentials | None:
    """Return the credentials in request headers (names in lower case), or None.

    Read are, in this order: ``Authorization: Basic`` with the gateway's name and key,
    ``Authorization: Bearer <key>``, ``X-Madang-Key: <key>``.
    """
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(value.strip())
    if scheme.lower() == "bearer" and value.strip():
        return Credentials(None, value.strip())
    key = headers.get("x-madang-key", "").strip()
    return Credentials(None, key) if key else None


def _basic(value: str) -> Credentials | None:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, colon, key = text.partition(":")
    return Credentials(name, key) if colon else None
