"""Which push services may be asked: an endpoint comes from a stranger, and we post to it.

Only hosts of `MADANG_PUSH_HOSTS`, over HTTPS, on its usual port, at public addresses; further ones
for tests by `MADANG_PUSH_TEST_HOSTS`, never in production (OWASP, Server-Side Request Forgery).
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from madang.kernel.config import settings
from madang.kernel.errors import Unavailable
from madang.notices.errors import InvalidAddress

_KEPT_S = 60.0
_looked_up: dict[str, tuple[float, bool]] = {}
_lock = threading.Lock()


def check_endpoint(url: str) -> None:
    """Raise `InvalidAddress` unless the endpoint is at a push service that is allowed here."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused("is no address") from None
    if parts.username or parts.password or any(c.isspace() for c in url) or "\\" in url:
        raise _refused("is no address of a push service")
    if is_test_host(parts.netloc):
        return
    if parts.scheme != "https" or port not in (None, 443):
        raise _refused("is not HTTPS on port 443")
    if not any(fnmatchcase(host, pattern) for pattern in allowed_hosts()):
        raise _refused("is at no push service that this city asks")


def is_test_host(netloc: str) -> bool:
    """Return whether this ``host:port`` is one of the test hosts; never in production."""
    here = settings()
    named = [name.strip() for name in here.push_test_hosts.split(",")]
    return not here.is_production and bool(netloc) and netloc in named


def allowed_hosts() -> list[str]:
    """Return the patterns of host names that are allowed."""
    return [name.strip().lower() for name in settings().push_hosts.split(",") if name.strip()]


def check_public(url: str) -> None:
    """Look the endpoint's host up; what is looked up counts for a minute.

    Raises
    ------
    InvalidAddress
        If the name leads to an address that is not public.
    Unavailable
        If the name cannot be looked up now.
    """
    parts = urlsplit(url)
    if is_test_host(parts.netloc):
        return
    host = parts.hostname or ""
    with _lock:
        found = _looked_up.get(host)
    if found is None or time.monotonic() - found[0] > _KEPT_S:
        found = (time.monotonic(), _is_public(host))
        with _lock:
            _looked_up[host] = found
    if not found[1]:
        raise _refused("leads to an address that is not public")


def _is_public(host: str) -> bool:
    try:
        answers = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"push service {host}: {error.strerror or error}") from None
    return all(ipaddress.ip_address(answer[4][0]).is_global for answer in answers)


def _refused(reason: str) -> InvalidAddress:
    return InvalidAddress(f"the push endpoint {reason}", {"subscription": reason})
