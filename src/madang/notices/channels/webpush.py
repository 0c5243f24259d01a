"""Web push: RFC 8030 (protocol), RFC 8291 (encryption), RFC 8292 (who sends: VAPID).

A push service that has a message of the same ``Topic`` not yet delivered replaces it, and the
service worker shows one notification per tag; so a message that had to be sent twice is seen once.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from madang.kernel import http
from madang.kernel.errors import Invalid
from madang.kernel.times import now
from madang.notices.addresses import PushAddress
from madang.notices.channels.port import Gone, Message, Refused, TryLater
from madang.notices.endpoints import check_endpoint, check_public
from madang.notices.errors import InvalidAddress

if TYPE_CHECKING:
    import httpx

PARALLEL = 8
LIFE = timedelta(hours=12)  # RFC 8292, section 2: at most 24 hours
_FAILURES_TO_REST = 5
_REST_S = 30.0


class Vapid:
    """Who we are to push services: a P-256 key and a contact."""

    def __init__(self, private_key: str, contact: str) -> None:
        try:
            number = int.from_bytes(_decoded(private_key))
            self._key = ec.derive_private_key(number, ec.SECP256R1())
        except ValueError:
            raise Invalid(
                "MADANG_VAPID_KEY is no P-256 private key; `madang notices keys` makes one",
                {"MADANG_VAPID_KEY": "wrong form"},
            ) from None
        self._contact = contact
        self._tokens: dict[str, tuple[datetime, str]] = {}
        self.public_key = _encoded(
            self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        )

    def header(self, endpoint: str) -> str:
        """Return the ``Authorization`` for an endpoint; a token serves its push service 6 hours."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        moment = now()
        made, token = self._tokens.get(audience, (moment, ""))
        if not token or abs(moment - made) > LIFE / 2:
            token = self._token(audience, moment + LIFE)
            self._tokens[audience] = (moment, token)
        return f"vapid t={token}, k={self.public_key}"

    def _token(self, audience: str, until: datetime) -> str:
        """Return a JSON web token (RFC 7519) signed with ES256."""
        head = {"typ": "JWT", "alg": "ES256"}
        claims = {"aud": audience, "exp": int(until.timestamp()), "sub": self._contact}
        parts = [_encoded(json.dumps(part).encode()) for part in (head, claims)]
        signature = self._key.sign(".".join(parts).encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(signature)
        return ".".join([*parts, _encoded(r.to_bytes(32) + s.to_bytes(32))])


def new_private_key() -> str:
    """Return a new private key for `Vapid`, base64url."""
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    return _encoded(numbers.private_value.to_bytes(32))


class PushChannel:
    """Web push to the services of the browsers' makers."""

    name = "push"
    parallel = PARALLEL

    def __init__(self, vapid: Vapid) -> None:
        self._vapid = vapid
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()
        self._failures: dict[str, int] = defaultdict(int)
        self._rests_until: dict[str, float] = {}

    def send(self, message: Message) -> str:
        """Encrypt the message for its browser and post it; see `Channel.send`."""
        import httpx

        address = PushAddress.read(message.address)
        host = urlsplit(address.endpoint).netloc
        try:
            check_endpoint(address.endpoint)  # the list may have changed since the sign-up
            check_public(address.endpoint)
        except InvalidAddress as error:
            raise Gone(error.message) from None
        if time.monotonic() < self._rests_until.get(host, 0.0):
            raise TryLater(f"push service {host} did not answer of late")
        try:
            answer = self._http().post(
                address.endpoint,
                content=self.body(message, address),
                headers=self._headers(message, address.endpoint),
            )
        except httpx.HTTPError as error:
            self._count_failure(host)
            raise TryLater(f"push service {host}: {type(error).__name__}") from None
        self._failures.pop(host, None)
        return _receipt(answer, host)

    def body(self, message: Message, address: PushAddress) -> bytes:
        """Return the encrypted payload that the service worker shows."""
        # title and short text have 500 characters at most (texts): with the links it fits into the
        # 4,096 bytes of RFC 8030, section 7.2
        data = json.dumps(payload(message), ensure_ascii=False).encode()
        try:
            encrypted: bytes = http_ece.encrypt(
                data,
                private_key=ec.generate_private_key(ec.SECP256R1()),
                dh=_decoded(address.p256dh),
                auth_secret=_decoded(address.auth),
                version="aes128gcm",
            )
        except (ValueError, http_ece.ECEException):
            raise Gone("the browser's key is none") from None
        return encrypted

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _headers(self, message: Message, endpoint: str) -> dict[str, str]:
        return {
            "Authorization": self._vapid.header(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl_s),
            "Urgency": "high" if message.is_urgent else "normal",
            "Topic": topic(message.topic),
        }

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = http.client(timeout_s=10.0)
            return self._client

    def _count_failure(self, host: str) -> None:
        self._failures[host] += 1
        if self._failures[host] >= _FAILURES_TO_REST:
            self._rests_until[host] = time.monotonic() + _REST_S
            self._failures.pop(host, None)


def payload(message: Message) -> dict[str, object]:
    """Return what the service worker (`static/notices/worker.js`) is told.

    With `confirm` come the words to show once the worker has confirmed the sign-up by that link;
    with `change` the page on which alerts are changed or stopped, and what the button says.
    """
    with override(message.language):
        told: dict[str, object] = {
            "title": message.title,
            "body": message.short,
            "lang": message.language,
            "dir": "rtl" if get_language_bidi() else "ltr",
            "url": message.url,
            "tag": message.topic,
            "confirm": message.confirm_url,
        }
        if message.confirm_url:
            done = _("Done. From now on you get these alerts.")
            told["confirmed"] = {"title": _("Your alerts"), "body": done}
        if message.manage_url:
            words = _("Change or stop these messages")
            told["change"] = {"title": words, "url": message.manage_url}
    return told


def topic(text: str) -> str:
    """Return a topic header: 32 characters of base64url at most (RFC 8030, section 5.4)."""
    return _encoded(sha256(text.encode()).digest())[:32]


def _receipt(answer: httpx.Response, host: str) -> str:
    """Return the message's address at the push service, or raise what its status means."""
    code = answer.status_code
    if code in (200, 201, 202, 204):
        return str(answer.headers.get("Location", ""))[:200]
    if code in (404, 410):
        raise Gone(f"push service {host}: {code}, the subscription is gone")
    if code == 429 or code >= 500:
        raise TryLater(f"push service {host}: {code}", _asked_to_wait(answer))
    raise Refused(f"push service {host}: {code}")


def _asked_to_wait(answer: httpx.Response) -> timedelta | None:
    given = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(given)) if given.isdigit() and len(given) < 7 else None


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
