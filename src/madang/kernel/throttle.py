"""How often one address may ask: a token bucket each, in each process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from madang.kernel.errors import LimitReached

_ADDRESSES = 20_000


class Throttle:
    """Lets each address ask `burst` times at once, and `a_second` times a second for long.

    Addresses that have not asked for the longest time are forgotten first.
    """

    def __init__(self, a_second: float, burst: float, refusal: str) -> None:
        self.a_second, self.burst = a_second, burst
        self._refusal = refusal
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> None:
        """Take a question of an address into account; raises LimitReached."""
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.pop(address, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.a_second)
            self._buckets[address] = (max(left - 1.0, 0.0), now)
            if len(self._buckets) > _ADDRESSES:
                self._buckets.popitem(last=False)
        if left < 1.0:
            raise LimitReached(self._refusal, retry_after_s=1.0 / self.a_second)

    def forget(self) -> None:
        """Let everybody begin anew."""
        with self._lock:
            self._buckets.clear()
