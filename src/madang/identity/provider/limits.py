"""How often a caller may come; counted per address, so that nobody locks others out."""

from __future__ import annotations

import threading

from django.http import HttpRequest

from madang.identity.api import client_address
from madang.identity.errors import TooManyAttempts
from madang.kernel import times

WINDOW_S = 60
LARGEST = 50_000
# An application of a whole district comes from one address: ten sign-ins a second each.
PER_WINDOW = {"token": 600, "authorize": 600, "userinfo": 1200, "register": 5, "user-code": 10}

_lock = threading.Lock()
_counts: dict[tuple[str, str, int], int] = {}


def check(what: str, request: HttpRequest, who: str = "") -> None:
    """Count a call; raise `TooManyAttempts` above what is allowed in a minute."""
    now = times.now().timestamp()
    window = int(now // WINDOW_S)
    key = (what, who or client_address(request), window)
    with _lock:
        if len(_counts) > LARGEST:
            for old in [one for one in _counts if one[2] < window] or list(_counts):
                del _counts[old]
        _counts[key] = count = _counts.get(key, 0) + 1
    if count > PER_WINDOW[what]:
        wait = WINDOW_S - now % WINDOW_S
        raise TooManyAttempts("too many requests from this address", retry_after_s=wait)


def forget() -> None:
    """Start counting anew (tests)."""
    with _lock:
        _counts.clear()
