"""The wire of Barocert: Kakao, Naver, PASS and Toss under one contract.

A session token is fetched with an HMAC-SHA-256 of the request under the city's key; each POST is
signed the same way; personal fields go encrypted with AES-256-GCM besides TLS. Written to the
published protocol, version 2.1 [1]_ [2]_.

References
----------
.. [1] developers.barocert.com, reference of each provider, "본인인증" (RequestIdentity,
   GetIdentityStatus, VerifyIdentity).
.. [2] The vendor's own client libraries (github.com/barocert), for header names and signatures.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from madang.identity.approvals.base import ProviderDown, ProviderRefused
from madang.kernel import http, times

if TYPE_CHECKING:
    import httpx

SERVICE = "https://static-barocert.linkhub.co.kr"
AUTHORITY = "https://static-auth.linkhub.co.kr"
VERSION = "2.1"
_AUTHORITY_VERSION = "2.0"
_SESSION_PATH = "/BAROCERT/Token"
_SPARE = timedelta(minutes=1)  # a token is renewed a little before it ends
_LONG_AGO = datetime.fromtimestamp(0, UTC)
TIMEOUT_S = 5.0


@dataclass
class Barocert:
    """A connection of one city; safe to share between threads.

    Parameters
    ----------
    link_id, secret_key : the partner's id and its key (base64, 256 bits).
    client_code : the city's number with the broker, 12 digits.
    """

    link_id: str
    secret_key: str = field(repr=False)
    client_code: str
    service: str = SERVICE
    authority: str = AUTHORITY
    transport: httpx.BaseTransport | None = field(default=None, repr=False)
    _token: tuple[str, datetime] = field(default=("", _LONG_AGO), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, path: str) -> Mapping[str, Any]:
        """Return the answer to a GET; raises `ProviderDown` or `ProviderRefused`."""
        with http.client(self.service, timeout_s=TIMEOUT_S, transport=self.transport) as client:
            return _answer(lambda: client.get(path, headers=self._authorised()))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Return the answer to a signed POST; raises `ProviderDown` or `ProviderRefused`."""
        content = json.dumps(body, ensure_ascii=False) if body else ""
        moment = _stamp(times.now())
        signed = [_digest(content)] if content else []
        target = "\n".join(["POST", *signed, moment, path]) + "\n"
        headers = self._authorised() | {
            "Content-Type": "application/json; charset=utf-8",
            "x-bc-version": VERSION,
            "x-bc-date": moment,
            "x-bc-auth": self._signature(target),
            "x-bc-encryptionmode": "GCM",
        }
        with http.client(self.service, timeout_s=TIMEOUT_S, transport=self.transport) as client:
            return _answer(lambda: client.post(path, content=content.encode(), headers=headers))

    def encrypted(self, text: str) -> str:
        """Return a field as the broker reads it: base64 of nonce, ciphertext and tag."""
        nonce = os.urandom(12)  # NIST SP 800-38D section 8.2.2
        return base64.b64encode(
            nonce + AESGCM(self._key()).encrypt(nonce, text.encode(), None)
        ).decode()

    def _authorised(self) -> dict[str, str]:
        with self._lock:
            token, renew_at = self._token
            if times.now() >= renew_at:
                token, renew_at = self._token = self._fresh_token()
        return {"Authorization": f"Bearer {token}"}

    def _fresh_token(self) -> tuple[str, datetime]:
        content = json.dumps({"access_id": "", "scope": ["partner", "401", "421", "441", "461"]})
        moment, address = _stamp(times.now()), "*"  # from any of our addresses
        parts = ["POST", _digest(content), moment, address, _AUTHORITY_VERSION, _SESSION_PATH]
        headers = {
            "Content-Type": "application/json",
            "x-lh-date": moment,
            "x-lh-version": _AUTHORITY_VERSION,
            "x-lh-forwarded": address,
            "Authorization": f"LINKHUB {self.link_id} {self._signature(chr(10).join(parts))}",
        }
        with http.client(self.authority, timeout_s=TIMEOUT_S, transport=self.transport) as client:
            found = _answer(lambda: client.post(_SESSION_PATH, content=content, headers=headers))
        try:
            until = datetime.fromisoformat(str(found["expiration"]))
            return str(found["session_token"]), until.astimezone(UTC) - _SPARE
        except (KeyError, ValueError):
            raise ProviderDown("the approval broker gave no session token") from None

    def _signature(self, text: str) -> str:
        return base64.b64encode(hmac.new(self._key(), text.encode(), sha256).digest()).decode()

    def _key(self) -> bytes:
        return base64.b64decode(self.secret_key)


def moment_of(text: str) -> datetime | None:
    """Return a moment as the broker writes it (``20261122140512`` in Seoul), None where it is none.

    >>> moment_of("20261122140512").isoformat()
    '2026-11-22T05:05:12+00:00'
    """
    try:
        local = datetime.strptime(f"{text}+0900", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
    return local.astimezone(UTC)


def _answer(call: Any) -> Mapping[str, Any]:
    import httpx

    try:
        response: httpx.Response = call()
    except httpx.HTTPError as error:
        raise ProviderDown(f"the approval broker does not answer: {type(error).__name__}") from None
    if response.status_code >= 500:
        raise ProviderDown(f"the approval broker answers {response.status_code}")
    try:
        found = response.json()
    except ValueError:
        raise ProviderDown("the approval broker's answer cannot be read") from None
    if not isinstance(found, dict):
        raise ProviderDown("the approval broker's answer cannot be read")
    if response.status_code != 200:
        code = str(found.get("code", response.status_code))
        raise ProviderRefused(f"the approval provider refused: {code}", code)
    return found


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(content: str) -> str:
    return base64.b64encode(sha256(content.encode()).digest()).decode()
