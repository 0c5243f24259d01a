"""Dates, times and durations read from text and written as text (ISO 8601 as FEEL has it)."""

from __future__ import annotations

import re
from typing import Any

from madang.services.engine.feel.dates import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    checked_date,
    checked_time,
    date_time,
)
from madang.services.engine.feel.values import FeelError

_DATE_PART = r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})"
_TIME_PART = (
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(?:([zZ])|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z0-9_+\-/]+))?"
)
_DATE = re.compile(_DATE_PART)
_TIME = re.compile(_TIME_PART)
_DATE_TIME = re.compile(f"{_DATE_PART}T{_TIME_PART}")
_DAYS = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]+)D)?"
    r"(?:T(?=[0-9.])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]*))?S)?)?"
)
_MONTHS = re.compile(r"(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?")
LONGEST_NUMBER = 18  # digits of one part of a duration


def read_date(text: str) -> Date:
    """Return the date that a text says."""
    found = _DATE.fullmatch(text)
    if not found:
        raise FeelError(f"{text!r} is not a date")
    return checked_date(*(int(part) for part in found.groups()))


def _time_of(parts: tuple[str | None, ...], text: str) -> tuple[int, int | None, str | None]:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    if hours > 23 or minutes > 59 or seconds > 59:
        raise FeelError(f"{text!r} is not a time of day")
    nanos = hours * HOUR + minutes * MINUTE + seconds * SECOND
    nanos += int((parts[3] or "").ljust(9, "0"))
    offset = 0 if parts[4] else None
    if parts[5]:
        if int(parts[7] or 0) > 59 or int(parts[8] or 0) > 59:
            raise FeelError(f"{text!r} has no possible offset")
        seconds = int(parts[6] or 0) * 3600 + int(parts[7] or 0) * 60 + int(parts[8] or 0)
        offset = -seconds if parts[5] == "-" else seconds
    return nanos, offset, parts[9]


def read_time(text: str) -> Time:
    """Return the time of day that a text says."""
    found = _TIME.fullmatch(text)
    if not found:
        raise FeelError(f"{text!r} is not a time")
    return checked_time(*_time_of(found.groups(), text))


def read_date_time(text: str) -> DateTime:
    """Return the date and time that a text says; a date alone is its midnight."""
    if _DATE.fullmatch(text):
        return DateTime(read_date(text), 0)
    found = _DATE_TIME.fullmatch(text)
    if not found:
        raise FeelError(f"{text!r} is not a date and time")
    parts = found.groups()
    nanos, offset, zone = _time_of(parts[3:], text)
    checked_time(nanos, offset)
    return date_time(checked_date(*(int(p) for p in parts[:3])), nanos, offset, zone)


def read_duration(text: str) -> DaysTime | YearsMonths:
    """Return the duration that a text says, of months or of days and time."""
    found = _MONTHS.fullmatch(text)
    if found:
        sign, years, months = found.groups()
        total = _count(years) * 12 + _count(months)
        return YearsMonths(-total if sign else total)
    found = _DAYS.fullmatch(text)
    if not found:
        raise FeelError(f"{text!r} is not a duration")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    nanos = _count(days) * DAY + _count(hours) * HOUR + _count(minutes) * MINUTE
    nanos += _count(seconds) * SECOND + int((fraction or "")[:9].ljust(9, "0"))
    return DaysTime(-nanos if sign else nanos)


def _count(digits: str | None) -> int:
    if digits and len(digits) > LONGEST_NUMBER:
        raise FeelError("a duration is too long")
    return int(digits or 0)


def read_moment(text: str) -> Any:
    """Return what an at-literal says: a date, time, date and time, or duration."""
    for reader, pattern in (
        (read_date, _DATE),
        (read_date_time, _DATE_TIME),
        (read_time, _TIME),
    ):
        if pattern.fullmatch(text):
            return reader(text)
    return read_duration(text)


def date_text(value: Date) -> str:
    """Return a date as text."""
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def _clock_text(nanos: int) -> str:
    seconds, rest = divmod(nanos, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return text + (f".{rest:09}".rstrip("0") if rest else "")


def _offset_text(offset: int | None, zone: str | None) -> str:
    if zone is not None:
        return f"@{zone}"
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    ahead = abs(offset)
    text = f"{'-' if offset < 0 else '+'}{ahead // 3600:02}:{ahead // 60 % 60:02}"
    return text + (f":{ahead % 60:02}" if ahead % 60 else "")


def time_text(value: Time) -> str:
    """Return a time as text."""
    return _clock_text(value.nanos) + _offset_text(value.offset, value.zone)


def date_time_text(value: DateTime) -> str:
    """Return a date and time as text."""
    clock = _clock_text(value.nanos) + _offset_text(value.offset, value.zone)
    return f"{date_text(value.date)}T{clock}"


def duration_text(value: DaysTime | YearsMonths) -> str:
    """Return a duration as text, in its shortest form."""
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if value.months < 0 else "P") + text
    nanos = abs(value.nanos)
    days, rest = divmod(nanos, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, rest = divmod(rest, SECOND)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or rest or not (days or clock):
        clock += f"{seconds}" + (f".{rest:09}".rstrip("0") if rest else "") + "S"
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value.nanos < 0 else "P") + text
