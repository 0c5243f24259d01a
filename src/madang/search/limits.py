"""How many questions one address may ask: a token bucket in each web process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from madang.kernel.errors import LimitReached

A_SECOND = 10.0
"""Questions a second for long; typing asks for suggestions at most four times a second."""

BURST = 60.0
_ADDRESSES = 20_000

_lock = threading.Lock()
_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()


def within_limit(address: str) -> None:
    """Take a question of an address into account.

    Raises
    ------
    LimitReached
        If it asks faster than `A_SECOND`, after a burst of `BURST`.
    """
    now = time.monotonic()
    with _lock:
        left, at = _buckets.pop(address, (BURST, now))
        left = min(BURST, left + (now - at) * A_SECOND)
        _buckets[address] = (max(left - 1.0, 0.0), now)
        if len(_buckets) > _ADDRESSES:
            _buckets.popitem(last=False)
    if left < 1.0:
        raise LimitReached("too many questions from one address", retry_after_s=1.0)
