"""A circuit breaker: after some failures in a row nobody is kept waiting for the next ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3
PAUSE_S = 30.0


class Breaker:
    """Closed while calls succeed; open for `pause_s` after `failures` in a row; then one tries.

    Parameters
    ----------
    clock : seconds that only grow.
    """

    def __init__(
        self,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._pause_s, self._clock = failures, pause_s, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    def allows(self) -> bool:
        """Return whether a call may be made now; of those after a pause, one at a time."""
        with self._lock:
            if self._failed < self._limit:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._pause_s  # this one tries, the others wait on
            return True

    def succeeded(self) -> None:
        """Note that a call was answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """Note that a call was not."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._open_until = self._clock() + self._pause_s

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused now."""
        with self._lock:
            return self._failed >= self._limit and self._clock() < self._open_until
