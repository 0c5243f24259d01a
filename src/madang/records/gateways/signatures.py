"""Signatures of callbacks: who sent them, when, and that nobody sends them again later.

The scheme is that of Standard Webhooks 1.0, which several gateways use: the header
``webhook-signature`` holds ``v1,<base64 of HMAC-SHA-256>`` over ``<id>.<timestamp>.<body>``, beside
``webhook-id`` and ``webhook-timestamp`` (seconds since 1970). Several signatures, with spaces, let
a key be changed.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from madang.kernel import times
from madang.records.errors import InvalidSignature

TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def signed(key: bytes, message: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that sign a callback."""
    stamp = str(int(at.timestamp()))
    return {ID: message, TIMESTAMP: stamp, SIGNATURE: _signature(key, message, stamp, body)}


def check(key: bytes, headers: Mapping[str, str], body: bytes) -> str:
    """Return the id of a callback that is signed and fresh.

    Raises
    ------
    InvalidSignature
        If a header is missing, the signature is another one, or it was made more than five minutes
        ago or ahead: a callback taken off the wire cannot be sent again later.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message, stamp = given.get(ID, ""), given.get(TIMESTAMP, "")
    offered = given.get(SIGNATURE, "").split(" ")
    expected = _signature(key, message, stamp, body).encode()
    is_ours = any(hmac.compare_digest(expected, one.encode()) for one in offered)
    if not message or not is_ours:
        raise InvalidSignature("the callback is not signed with the key of this gateway")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise InvalidSignature("webhook-timestamp is no number of seconds")
    age = times.now().timestamp() - int(stamp)
    if abs(age) > TOLERANCE.total_seconds():
        raise InvalidSignature("the callback is older than five minutes; send it anew, signed anew")
    return message


def _signature(key: bytes, message: str, stamp: str, body: bytes) -> str:
    content = f"{message}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
