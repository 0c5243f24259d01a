"""Posts a late answer to the address that Kakao gave along: once, in time, and only to Kakao.

The address comes from outside: it must be HTTPS on its usual port, at an allowed host, at public
addresses; no redirect is followed (OWASP, Server-Side Request Forgery).
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from madang.kernel.config import Settings
from madang.kernel.errors import Forbidden

VALID_S = 60.0
"""So long Kakao takes an answer at the address."""

IN_TIME_S = 55.0
"""After that the answer is dropped: it would not arrive."""

_POST_S = 4.0
_log = logging.getLogger(__name__)


class ForbiddenCallback(Forbidden):
    """The callback address is none that we post to."""

    code = "forbidden-callback"


def check_callback(url: str, here: Settings) -> None:
    """Raise `ForbiddenCallback` unless an address is one of Kakao's, by its form."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ForbiddenCallback("callbackUrl is no address") from None
    if parts.username or parts.password or "\\" in url or any(sign.isspace() for sign in url):
        raise ForbiddenCallback("callbackUrl is no address of Kakao")
    if is_test_host(parts.netloc, here):
        return
    if parts.scheme != "https" or port not in (None, 443):
        raise ForbiddenCallback("callbackUrl is not HTTPS on port 443")
    allowed = [one.strip().lower() for one in here.kakao_callback_hosts.split(",") if one.strip()]
    if not any(fnmatchcase(host, pattern) for pattern in allowed):
        raise ForbiddenCallback(f"callbackUrl is at {host!r}, which is not allowed here")


def is_test_host(netloc: str, here: Settings) -> bool:
    """Return whether this ``host:port`` is one of the test hosts; never in production."""
    named = [one.strip() for one in here.kakao_test_hosts.split(",")]
    return not here.is_production and bool(netloc) and netloc in named


class Used:
    """Addresses that were posted to, or are being: each is taken once.

    Parameters
    ----------
    clock : seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[bytes, float] = {}

    def take(self, url: str) -> bool:
        """Return whether an address is free, and take it."""
        name, now = hashlib.sha256(url.encode()).digest(), self._clock()
        with self._lock:
            if self._until.get(name, 0.0) > now:
                return False
            self._until = {key: until for key, until in self._until.items() if until > now}
            self._until[name] = now + 2 * VALID_S
            return True


def post(url: str, answer: Mapping[str, Any], here: Settings) -> bool:
    """Post an answer to an address once; return whether it was taken. Never tried twice."""
    import httpx

    try:
        check_callback(url, here)
        _check_public(url, here)
        with (
            httpx.Client(timeout=_POST_S, follow_redirects=False) as client,
            client.stream("POST", url, json=answer) as response,
        ):
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, Forbidden) as fault:
        _log.warning("kakao: a late answer was not taken: %s", type(fault).__name__)
        return False
    if status != 200:
        _log.warning("kakao: a late answer was not taken: status %d", status)
    return status == 200


def _check_public(url: str, here: Settings) -> None:
    parts = urlsplit(url)
    if is_test_host(parts.netloc, here):
        return
    answers = socket.getaddrinfo(parts.hostname, 443, type=socket.SOCK_STREAM)
    if not all(ipaddress.ip_address(one[4][0]).is_global for one in answers):
        raise ForbiddenCallback("callbackUrl leads to an address that is not public")
