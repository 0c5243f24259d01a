"""When to stop listening to wrong passwords."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

# NIST SP 800-63B-4 section 3.2.2 allows at most 100 failed attempts in a row per account and asks
# for waiting times that grow; OWASP's Authentication Cheat Sheet counts per account and address.
WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 30
LONGEST_WAIT = timedelta(minutes=15)


def wait_after(failures: Sequence[datetime], now: datetime, limit: int) -> timedelta:
    """Return how long to refuse further attempts, zero where they are welcome.

    From the `limit`-th failure within `WINDOW` on, the wait doubles from 30 s with each further
    one, up to `LONGEST_WAIT`, counted from the newest failure.

    Parameters
    ----------
    failures : times of wrong passwords, in any order.
    limit : failures that cost nothing.
    """
    recent = [at for at in failures if now - WINDOW < at <= now]
    excess = len(recent) - limit
    if excess < 0:
        return timedelta(0)
    wait = min(timedelta(seconds=30 << min(excess, 10)), LONGEST_WAIT)
    return max(timedelta(0), max(recent) + wait - now)
