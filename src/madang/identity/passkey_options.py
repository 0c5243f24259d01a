"""What a page asks a browser's passkeys, as JSON (W3C Web Authentication level 3, section 5.1).

`PublicKeyCredentialCreationOptionsJSON` and `PublicKeyCredentialRequestOptionsJSON`. Written here
because every sign-in page has them, and the library that checks the answers weighs 9 MB: a process
loads it when the first answer comes.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

TIMEOUT_MS = 60_000
# COSE algorithms asked for, the best liked first: EdDSA, ES256 (RFC 9053), RS256 (RFC 8812); these
# three are what the standard tells a side to ask for at least, and what the library asks for
_ALGORITHMS = (-8, -7, -257)


def creation(
    rp: tuple[str, str], user: tuple[str, str], challenge: bytes, have: Sequence[str]
) -> str:
    """Return what makes a passkey that is discoverable and checks its user where it can.

    Parameters
    ----------
    rp : id and name of the side that asks.
    user : id and name of the account.
    have : ids (base64url) of the passkeys there are already.
    """
    options: dict[str, Any] = {
        "rp": {"name": rp[1], "id": rp[0]},
        "user": {"id": encoded(user[0].encode()), "name": user[1], "displayName": user[1]},
        "challenge": encoded(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in _ALGORITHMS],
        "timeout": TIMEOUT_MS,
        "excludeCredentials": _named(have),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "preferred",
        },
        "attestation": "none",
    }
    return json.dumps(options)


def request(
    rp_id: str, challenge: bytes, *, allowed: Sequence[str] = (), verification: str = "preferred"
) -> str:
    """Return what asks for a passkey: any that is discoverable, or one of those `allowed`.

    Parameters
    ----------
    verification : whether it checks its user: required, preferred or discouraged.
    """
    options: dict[str, Any] = {
        "challenge": encoded(challenge),
        "timeout": TIMEOUT_MS,
        "rpId": rp_id,
        "allowCredentials": _named(allowed),
        "userVerification": verification,
    }
    return json.dumps(options)


def encoded(data: bytes) -> str:
    """Return bytes as base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _named(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": one.rstrip("="), "type": "public-key"} for one in ids]
