"""The present air, asked for once in half a second however many pages show it."""

from __future__ import annotations

import threading
import time

from madang.air.districts import DistrictAir, district_air

# A page is kept for a second; together a reading is on it at most 1.5 s after it is in the lake.
KEPT_S = 0.5


class _Kept:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._air: list[DistrictAir] = []

    def air(self) -> list[DistrictAir]:
        with self._lock:  # who asks meanwhile waits for the same answer
            if time.monotonic() - self._at > KEPT_S:
                self._air = district_air()
                self._at = time.monotonic()
            return self._air

    def forget(self) -> None:
        with self._lock:
            self._at = float("-inf")


_kept = _Kept()


def present_air() -> list[DistrictAir]:
    """Return `district_air` of all districts, at most half a second old."""
    return _kept.air()


def forget_present_air() -> None:
    """Ask anew the next time, whatever the age."""
    _kept.forget()
