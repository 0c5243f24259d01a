"""The present air, asked for once in half a second however many pages show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from madang.air.districts import DistrictAir, StationAir, district_air, station_air

# A page is kept for a second; together a reading is on it at most 1.5 s after it is in the lake.
KEPT_S = 0.5

T = TypeVar("T")


class _Kept(Generic[T]):
    def __init__(self, ask: Callable[[], list[T]]) -> None:
        self._lock = threading.Lock()
        self._ask = ask
        self._at = float("-inf")
        self._found: list[T] = []

    def found(self) -> list[T]:
        with self._lock:  # who asks meanwhile waits for the same answer
            if time.monotonic() - self._at > KEPT_S:
                self._found = self._ask()
                self._at = time.monotonic()
            return self._found

    def forget(self) -> None:
        with self._lock:
            self._at = float("-inf")


_districts = _Kept[DistrictAir](district_air)
_stations = _Kept[StationAir](station_air)


def present_air() -> list[DistrictAir]:
    """Return `district_air` of all districts, at most half a second old."""
    return _districts.found()


def present_stations() -> list[StationAir]:
    """Return `station_air` of all stations of the city, at most half a second old."""
    return _stations.found()


def forget_present_air() -> None:
    """Ask anew the next time, whatever the age."""
    _districts.forget()
    _stations.forget()
