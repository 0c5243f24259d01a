"""What these tests can ask for."""

from __future__ import annotations

from tests.identity.relying import made_keys, provider_keys, resident, rp

__all__ = ["made_keys", "provider_keys", "resident", "rp"]
