"""Issued keys of the open data interfaces: make, list, switch off, check."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from madang.kernel import audit
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.opendata.errors import UnknownApiKey
from madang.opendata.models import ApiKey

SAMPLE = "sample"
_SHOWN = 8
_BYTES = 17  # 34 hexadecimal digits, the length of the keys that Seoul issues

# What Seoul's own keys look like. The demo accepts them all, so that programs written for the
# city's service run here unchanged; in production a key must have been issued here.
_FOREIGN = re.compile(r"[0-9a-f]{30,40}")


@dataclass(frozen=True)
class IssuedKey:
    """A key as lists show it."""

    owner: str
    shown: str
    is_enabled: bool
    created: datetime


@transaction.atomic
def add_key(owner: str, by: str = "system:command-line") -> str:
    """Return a new key for `owner`; it is shown this once and not kept.

    Raises
    ------
    Invalid
        If the owner is not named.
    """
    if not owner.strip():
        raise Invalid("a key needs an owner", {"owner": "is empty"})
    key = secrets.token_hex(_BYTES)
    ApiKey.objects.create(owner=owner.strip(), key_hash=_hash(key), shown=key[:_SHOWN])
    audit.record(by, "opendata.add_key", f"api-key:{key[:_SHOWN]}", detail={"owner": owner})
    return key


def issued_keys() -> list[IssuedKey]:
    """Return all issued keys, oldest first."""
    return [IssuedKey(k.owner, k.shown, k.is_enabled, k.created) for k in ApiKey.objects.all()]


@transaction.atomic
def disable_key(shown: str, by: str = "system:command-line") -> None:
    """Switch a key off, named by its beginning.

    Raises
    ------
    UnknownApiKey
    """
    if not ApiKey.objects.filter(shown=shown[:_SHOWN]).update(is_enabled=False):
        raise UnknownApiKey(f"no key begins with {shown[:_SHOWN]!r}; 'key list' shows them")
    audit.record(by, "opendata.disable_key", f"api-key:{shown[:_SHOWN]}")


def is_valid(key: str) -> bool:
    """Return whether a key opens the tables: an issued one or, in the demo, one of Seoul's form."""
    known = ApiKey.objects.filter(key_hash=_hash(key)).values_list("is_enabled", flat=True).first()
    if known is not None:
        return known
    return not settings().is_production and _FOREIGN.fullmatch(key) is not None


def _hash(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
