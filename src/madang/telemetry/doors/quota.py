"""How many points per second each gateway may send: a bucket of tokens per gateway."""

from __future__ import annotations

from dataclasses import dataclass, field

from madang.kernel.errors import LimitReached

BURST_S = 10.0
"""A gateway that was silent may send this many seconds of its quota at once ..."""
SMALLEST_BURST = 1000
"""... and at least this many points, so that a small quota still takes a batch."""


@dataclass
class Bucket:
    """Tokens of one gateway; one token is one point. `at_s` is a monotonic clock [s]."""

    rate: float
    tokens: float
    at_s: float

    @property
    def depth(self) -> float:
        """Most tokens the bucket holds."""
        return max(self.rate * BURST_S, SMALLEST_BURST)

    def wait_s(self, points: int, now_s: float) -> float:
        """Return 0 and take the tokens, or the seconds after which to come again.

        A request larger than the bucket passes when the bucket is full and leaves a debt.
        """
        self.tokens = min(self.depth, self.tokens + (now_s - self.at_s) * self.rate)
        self.at_s = now_s
        needed = min(float(points), self.depth)
        if self.tokens < needed:
            return (needed - self.tokens) / self.rate
        self.tokens -= points
        return 0.0


@dataclass
class Quotas:
    """The buckets of all gateways of this process."""

    _buckets: dict[int, Bucket] = field(default_factory=dict)

    def charge(self, gateway: int, quota: float, points: int, now_s: float) -> None:
        """Take `points` from the gateway's bucket, which fills with `quota` points per second.

        Raises
        ------
        LimitReached
            If the quota is used up; nothing is taken then.
        """
        bucket = self._buckets.get(gateway)
        if bucket is None or bucket.rate != quota:
            bucket = self._buckets[gateway] = Bucket(quota, 0.0, now_s)
            bucket.tokens = bucket.depth
        wait_s = bucket.wait_s(points, now_s)
        if wait_s > 0:
            raise LimitReached(
                f"the quota of {quota:g} points/s is used up, come again in {wait_s:.1f} s",
                retry_after_s=wait_s,
            )
