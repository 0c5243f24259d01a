"""Time: the clock, ISO 8601 in and out, hours named by their end.

Inside, a moment is a timezone-aware `datetime` in UTC or whole milliseconds since 1970-01-01 UTC.
A stamp without an offset is the city's time; the caller names the zone. Nothing here knows cities.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from madang.kernel.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

# ISO 8601-1:2004 4.2.3 writes the end of a day as 24:00; Python before 3.13 refuses it.
_END_OF_DAY = re.compile(
    r"(\d{4}-?\d\d-?\d\d)[T ]24(?::?00(?::?00(?:[.,]0+)?)?)?(Z|[+-]\d\d(?::?\d\d)?)?"
)
# 1230+9 and 2024-W01 are ISO 8601, too; a stamp must at least state a day and an hour.
_STAMP = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d")
_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def _system_clock() -> datetime:
    return datetime.now(UTC)


class _Clock:
    read: Callable[[], datetime] = staticmethod(_system_clock)


def now() -> datetime:
    """Return the present moment in UTC; `fixed_clock` replaces it in tests."""
    return _Clock.read()


def now_ms() -> int:
    """Return the present moment in ms since 1970-01-01 UTC."""
    return to_ms(now())


@contextmanager
def fixed_clock(clock: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Make `now` answer `clock`, a moment or a function, inside the block (whole process).

    >>> with fixed_clock(datetime(2026, 11, 22, tzinfo=UTC)):
    ...     now().isoformat()
    '2026-11-22T00:00:00+00:00'
    """
    before = _Clock.read
    _Clock.read = (lambda: clock) if isinstance(clock, datetime) else clock
    try:
        yield
    finally:
        _Clock.read = before


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises
    ------
    Invalid
        If the name is not in the time zone database.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(f"{name!r} is no IANA time zone; an example is 'Asia/Seoul'") from None


def parse_time(text: str, local: tzinfo | None = None) -> datetime:
    """Return the moment that an ISO 8601 stamp names, aware, in the stamp's own offset.

    `local` is the zone of a stamp without an offset. ``24:00`` is 00:00 of the next day. Of a
    local time that occurs twice (clocks put back) the first is meant.

    Raises
    ------
    Invalid
        If the text is no stamp, has no offset where `local` is None, or names a local time that
        the clock skipped.

    Examples
    --------
    >>> parse_time("2019-12-01T24:00", zone("Asia/Seoul")).isoformat()
    '2019-12-02T00:00:00+09:00'
    """
    stamp = text.strip()
    end_of_day = _END_OF_DAY.fullmatch(stamp)
    if end_of_day:
        stamp = f"{end_of_day[1]}T00:00{end_of_day[2] or ''}"
    try:
        if not _STAMP.match(stamp):
            raise ValueError
        moment = datetime.fromisoformat(stamp)
        if end_of_day:
            moment += timedelta(days=1)
    except (ValueError, OverflowError):
        raise Invalid(f"{text!r} is no ISO 8601 time such as 2026-11-22T13:00+09:00") from None
    if moment.tzinfo is not None:
        return moment
    if local is None:
        raise Invalid(f"{text!r} has no offset from UTC; add one, such as +09:00 or Z")
    return in_zone(moment, local)


def in_zone(naive: datetime, local: tzinfo) -> datetime:
    """Return a wall-clock time of that zone as an aware moment.

    Raises
    ------
    Invalid
        If clocks there skipped this time.
    """
    moment = naive.replace(tzinfo=local)
    if moment.astimezone(UTC).astimezone(local).replace(tzinfo=None) != naive:
        raise Invalid(f"{naive.isoformat()} does not exist in {local}: clocks were put forward")
    return moment


def parse_utc(text: str, local: tzinfo | None = None) -> datetime:
    """Return the moment that an ISO 8601 stamp names, in UTC; see `parse_time`."""
    moment = parse_time(text, local)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"{text!r} lies outside the years 1 to 9999 in UTC") from None


def parse_interval(text: str, local: tzinfo | None = None) -> tuple[datetime, datetime]:
    """Return start and end (UTC) of an ISO 8601 interval; a lone stamp is both.

    An interval is ``start/end``, ``start/duration`` or ``duration/end``.

    Raises
    ------
    Invalid
        If a part cannot be read or the end lies before the start.
    """
    first, slash, second = text.strip().partition("/")
    if not slash:
        moment = parse_utc(first, local)
        return moment, moment
    if first.startswith("P"):
        end = parse_utc(second, local)
        start = end - parse_duration(first)
    else:
        start = parse_utc(first, local)
        end = start + parse_duration(second) if second[:1] == "P" else parse_utc(second, local)
    if end < start:
        raise Invalid(f"{text!r} ends before it starts")
    return start, end


def parse_duration(text: str) -> timedelta:
    """Return an ISO 8601 duration of weeks, days, hours, minutes and seconds.

    Years and months have no fixed length and are refused.

    >>> parse_duration("P1DT6H")
    datetime.timedelta(days=1, seconds=21600)
    """
    match = _DURATION.fullmatch(text.strip())
    parts = (
        {k: float(v) for k, v in match.groupdict().items() if v and k != "sign"} if match else {}
    )
    if match is None or not parts or text.endswith("T"):
        raise Invalid(f"{text!r} is no ISO 8601 duration such as P2D or PT1H30M")
    return timedelta(**parts) * (-1 if match["sign"] == "-" else 1)


def format_time(moment: datetime, local: tzinfo = UTC) -> str:
    """Return a moment as ISO 8601 in `local`, to the second or millisecond; UTC ends in ``Z``.

    >>> format_time(from_ms(1_500))
    '1970-01-01T00:00:01.500Z'
    """
    shown = moment.astimezone(local)
    text = shown.isoformat(timespec="milliseconds" if shown.microsecond >= 1000 else "seconds")
    return text.removesuffix("+00:00") + "Z" if local is UTC else text


def format_hour_ending(moment: datetime, local: tzinfo) -> str:
    """Return a local stamp as hour-ending series write it: midnight is 24:00 of the day before.

    >>> format_hour_ending(parse_utc("2019-12-01T15:00Z"), zone("Asia/Seoul"))
    '2019-12-01T24:00'
    """
    shown = moment.astimezone(local)
    if shown.time() == time(0):
        return f"{(shown - timedelta(days=1)).date().isoformat()}T24:00"
    return shown.strftime("%Y-%m-%dT%H:%M")


def to_ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970-01-01 UTC (rounded down).

    >>> to_ms(datetime(1970, 1, 1, 9, tzinfo=zone("Asia/Seoul")))
    0
    """
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Return the UTC moment of whole milliseconds since 1970-01-01 UTC.

    Raises
    ------
    Invalid
        If it lies outside the years 1 to 9999.
    """
    try:
        return EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        raise Invalid(f"{ms} ms lies outside the years 1 to 9999") from None


def hour_end(moment: datetime) -> datetime:
    """Return the end of the hour that a moment closes or lies in; a full hour is its own end."""
    start = moment.replace(minute=0, second=0, microsecond=0)
    return start if start == moment else start + HOUR


def day_span(day: date, local: tzinfo) -> tuple[datetime, datetime]:
    """Return start and end (UTC) of a local day; it has 23 or 25 hours where clocks change."""
    start = datetime.combine(day, time(0), tzinfo=local)
    end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=local)
    return start.astimezone(UTC), end.astimezone(UTC)
