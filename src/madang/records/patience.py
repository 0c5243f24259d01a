"""How often one address may ask whether papers are genuine: nobody lists what the city issued.

Numbers cannot be guessed (85 random bits); this keeps one visitor from taking the machine's time.
Kept in memory by each web process, for the addresses of the last minutes only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from madang.kernel import times
from madang.kernel.errors import LimitReached

_MOST_ADDRESSES = 20_000


@dataclass
class Patience:
    """A bucket of `burst` turns per address, filled again within `seconds`."""

    burst: int
    seconds: float
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str) -> None:
        """Take a turn; raises `LimitReached` where none is left."""
        now, rate = times.now().timestamp(), self.burst / self.seconds
        with self._lock:
            left, since = self._left.pop(address, (float(self.burst), now))
            left = min(float(self.burst), left + max(0.0, now - since) * rate)
            self._left[address] = (max(left - 1, 0.0) if left >= 1 else left, now)
            while len(self._left) > _MOST_ADDRESSES:
                self._left.popitem(last=False)
        if left < 1:
            wait = (1 - left) / rate
            raise LimitReached(
                _("Too many checks in a short time. Try again in a minute."), retry_after_s=wait
            )

    def forget(self) -> None:
        """Forget everybody."""
        self._left.clear()


NUMBERS = Patience(burst=60, seconds=60)
FILES = Patience(burst=20, seconds=60)
