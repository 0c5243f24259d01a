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
HOUR = timedelta(hours=1)  # in which codes sent, and codes of mandates typed wrong, are counted
LONGEST_WINDOW = max(WINDOW, HOUR)


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


# How long sessions last (ASVS 5, 7.3.1 and 7.3.2; NIST SP 800-63B-4 sections 2.1.3 and 2.2.3: at
# most 24 hours, one hour idle at AAL2). An operator watches without touching anything: no idle
# limit there.
ANONYMOUS_S = 3600
ABSOLUTE_S = 12 * 3600
IDLE_S = {"resident": 30 * 60, "staff": 60 * 60, "operator": ABSOLUTE_S, "kiosk": 120}
STAFF_SESSIONS = frozenset({"staff", "operator"})
RECENT = timedelta(minutes=5)
TOUCH_EVERY = timedelta(seconds=60)


def session_end(opened: datetime, seen: datetime, idle: str) -> datetime:
    """Return when a session ends: idle for too long, or open for too long.

    Parameters
    ----------
    opened, seen : when it was opened, when its reader was last there.
    idle : a key of `IDLE_S`.
    """
    return min(opened + timedelta(seconds=ABSOLUTE_S), seen + timedelta(seconds=IDLE_S[idle]))


def touch_every(idle: str) -> timedelta:
    """Return how seldom a session that is used is written down; often where it ends soon."""
    return min(TOUCH_EVERY, timedelta(seconds=IDLE_S[idle] / 12))
