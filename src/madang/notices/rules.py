"""Decisions about messages as pure functions: quiet hours, retries, how much a channel lets out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from madang.kernel.times import in_zone

DAY_MIN = 24 * 60

# Priorities; the lowest goes first.
CRITICAL, ANSWER, ALERT, DIGEST = 0, 1, 2, 9

# A refusal "for now" is tried again after these; the whole takes about 9 hours. RFC 5321, section
# 4.5.4.1, asks for at least 30 minutes between tries of one mail once the first ones failed, and
# says that most mail that fails at first goes through within hours.
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 60, 120, 300))

# A channel that does not answer is asked again after 2, 4, 8 ... seconds, at most five minutes.
_LONGEST_PAUSE = timedelta(minutes=5)

# GOV.UK Notify publishes 3,000 a minute and a burst of 1,001 as its default limit.
BURST = 1000.0


@dataclass(frozen=True)
class Quiet:
    """Quiet hours: minutes after midnight by the city's clock, from included, to excluded."""

    start: int
    end: int


def quiet_until(quiet: Quiet | None, moment: datetime, zone: tzinfo) -> datetime | None:
    """Return when the quiet hours that `moment` lies in end, None where it lies in none.

    >>> from datetime import UTC
    >>> quiet_until(Quiet(22 * 60, 7 * 60), datetime(2026, 11, 22, 23, tzinfo=UTC), UTC).isoformat()
    '2026-11-23T07:00:00+00:00'
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    spans_midnight = quiet.start > quiet.end
    if spans_midnight:
        inside = minute >= quiet.start or minute < quiet.end
    else:
        inside = quiet.start <= minute < quiet.end
    if not inside:
        return None
    days = 1 if spans_midnight and minute >= quiet.start else 0
    wall = local.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    wall += timedelta(days=days, minutes=quiet.end)
    return _existing(wall, zone).astimezone(moment.tzinfo)


def _existing(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment of a wall time; one that the clocks skip counts an hour later."""
    from madang.kernel.errors import Invalid

    try:
        return in_zone(wall, zone)
    except Invalid:
        return in_zone(wall + timedelta(hours=1), zone)


def retry_after(attempts: int, asked: timedelta | None = None) -> timedelta | None:
    """Return how long to wait after that many failed attempts, None to give up.

    Parameters
    ----------
    attempts : tries so far, from 1.
    asked : what the other side asked for (``Retry-After``); counts where it is longer, up to a day.
    """
    if attempts > len(RETRIES):
        return None
    wait = RETRIES[attempts - 1]
    return max(wait, min(asked, timedelta(days=1))) if asked else wait


def pause_after(failures: int) -> timedelta:
    """Return how long a channel rests that did not answer that many times in a row (from 1)."""
    return min(timedelta(seconds=2 << min(failures - 1, 10)), _LONGEST_PAUSE)


def tokens_now(tokens: float, idle_s: float, rate_per_s: float) -> float:
    """Return how many messages a channel lets out: `rate_per_s` more each second, `BURST` at most.

    >>> tokens_now(0.0, 2.0, 100.0), tokens_now(900.0, 60.0, 100.0)
    (200.0, 1000.0)
    """
    return min(max(BURST, rate_per_s), tokens + max(idle_s, 0.0) * rate_per_s)
