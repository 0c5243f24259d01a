"""Dates, times and durations of FEEL.

Python's own end at the year 9999 and have no date-less offset; those of FEEL go from -999,999,999
to 999,999,999 (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.8). Time is kept in whole nanoseconds.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from madang.services.engine.feel.values import FeelError, register_kind

SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
LAST_YEAR = 999_999_999
FURTHEST_OFFSET_S = 18 * 3600  # as java.time has it; ISO 8601 clocks use up to 14 h


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the proleptic Gregorian calendar."""

    year: int
    month: int
    day: int

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return ordinal(self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Time:
    """Nanoseconds since midnight, with an offset in seconds, a zone, or neither."""

    nanos: int
    offset: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time; where it has a zone, its offset is the zone's at that moment."""

    date: Date
    nanos: int
    offset: int | None = None
    zone: str | None = None

    @property
    def local(self) -> int:
        """Nanoseconds since 1970-01-01T00:00 on the local clock."""
        return self.date.ordinal * DAY + self.nanos

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00Z; a value without offset counts as if in UTC."""
        return self.local - (self.offset or 0) * SECOND

    @property
    def time(self) -> Time:
        """The time of day, with its offset or zone."""
        return Time(self.nanos, self.offset, self.zone)


@dataclass(frozen=True, slots=True)
class YearsMonths:
    """A duration of whole months."""

    months: int


@dataclass(frozen=True, slots=True)
class DaysTime:
    """A duration of nanoseconds."""

    nanos: int


for _type, _name in (
    (Date, "date"),
    (Time, "time"),
    (DateTime, "date and time"),
    (YearsMonths, "years and months duration"),
    (DaysTime, "days and time duration"),
):
    register_kind(_type, _name)


def ordinal(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 (H. Hinnant, "chrono ... date algorithms")."""
    y = year - (month <= 2)
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


def from_ordinal(days: int) -> Date:
    """Return the day that is so many days after 1970-01-01."""
    z = days + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + (3 if mp < 10 else -9)
    return checked_date(yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) // 5 + 1)


def month_days(year: int, month: int) -> int:
    """Return how many days a month has."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def checked_date(year: int, month: int, day: int) -> Date:
    """Return a date that exists, or raise."""
    if abs(year) > LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= month_days(year, month):
        raise FeelError(f"there is no date {year}-{month}-{day}")
    return Date(year, month, day)


def checked_time(nanos: int, offset: int | None = None, zone: str | None = None) -> Time:
    """Return a time of day that exists, or raise."""
    if not 0 <= nanos < DAY:
        raise FeelError("a time lies between 00:00:00 and 23:59:59.999999999")
    if offset is not None and abs(offset) > FURTHEST_OFFSET_S:
        raise FeelError("an offset lies between -18:00 and +18:00")
    if zone is not None and offset is None:
        offset = zone_offset(zone, Date(2000, 1, 1), nanos)  # its standard time in the north
    return Time(nanos, offset, zone)


def date_time(
    date: Date, nanos: int, offset: int | None = None, zone: str | None = None
) -> DateTime:
    """Return a date and time; in a zone, with the offset the zone has then."""
    if zone is not None:
        offset = zone_offset(zone, date, nanos)
    return DateTime(date, nanos, offset, zone)


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise FeelError(f"there is no time zone {name!r}") from error


def zone_offset(name: str, date: Date, nanos: int) -> int:
    """Return the seconds that a zone is ahead of UTC at a local moment."""
    zone = _zone(name)
    year = min(max(date.year, 2), 9998)
    day = min(date.day, month_days(year, date.month))
    local = datetime(year, date.month, day, tzinfo=zone) + timedelta(microseconds=nanos // 1000)
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def at_instant(instant: int, like: DateTime) -> DateTime:
    """Return the moment of an instant on the clock of another value."""
    offset = like.offset or 0
    if like.zone is not None:
        offset = _offset_at(like.zone, instant)
    days, nanos = divmod(instant + offset * SECOND, DAY)
    return DateTime(
        from_ordinal(days), nanos, offset if like.offset is not None else None, like.zone
    )


def _offset_at(name: str, instant: int) -> int:
    utc = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    try:
        moment = (utc + timedelta(microseconds=instant // 1000)).astimezone(_zone(name))
    except OverflowError:
        days, nanos = divmod(instant, DAY)
        return zone_offset(name, from_ordinal(days), nanos)
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def midnight(date: Date) -> DateTime:
    """Return a date as a date and time: its midnight in UTC (DMN 1.5, 10.3.2.3.5)."""
    return DateTime(date, 0, 0)


def plus_months(date: Date, months: int) -> Date:
    """Return the same day so many months on, or the last of that month where it has no such day."""
    total = date.year * 12 + date.month - 1 + months
    year, month = total // 12, total % 12 + 1
    return checked_date(year, month, min(date.day, month_days(year, month)))


def months_between(start: Date, start_nanos: int, end: Date, end_nanos: int) -> int:
    """Return the whole months from one moment to another, negative backwards."""
    months = (end.year - start.year) * 12 + end.month - start.month
    rest = (end.day, end_nanos) < (start.day, start_nanos)
    if months > 0 and rest:
        return months - 1
    if months < 0 and (end.day, end_nanos) > (start.day, start_nanos):
        return months + 1
    return months
