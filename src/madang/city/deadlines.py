"""When a time limit ends: office hours, working days or the calendar, less the time it stood still.

Korea's rule (민원 처리에 관한 법률 제19조): a limit of at most five days runs in office hours from
the moment of receipt, eight hours a day; a longer one in working days, the day of receipt being
the first; weeks, months and years by the calendar (민법 제159조-제161조), a last day off moving on.
While the office waits for the applicant the clock stands (행정절차법 시행령 제11조: the days of
asking and of the answer stand, too). Holidays are looked up when the deadline is asked for, so a
temporary holiday moves every open one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from madang.city.deadline_rules import DeadlineRules, Limit, Rule
from madang.city.workdays import WorkCalendar
from madang.kernel.errors import Invalid

_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)
_LAST_YEAR = 9000


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands; `end` is None while it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Deadline:
    """The last moment of a limit.

    due: in the city's time; a limit in days or by the calendar ends with the day's last second.
    rule: name and law of the rule.
    days_counted: days of the limit that were counted; of office hours, office days.
    """

    due: datetime
    rule: str
    days_counted: float


def deadline(
    received: datetime,
    limit: Limit,
    *,
    rules: DeadlineRules,
    calendar: WorkCalendar,
    zone: tzinfo,
    pauses: Sequence[Pause] = (),
) -> Deadline | None:
    """Return when a limit ends; None while the clock stands.

    Parameters
    ----------
    received
        When the office got it, with offset.
    pauses
        Stretches in which the clock stood, in any order.

    Raises
    ------
    Invalid
        If a time has no offset, a pause ends before it begins or began before the receipt, or the
        city has no rule for the limit.
    """
    start, stood = _checked(received, pauses, zone)
    rule = rules.rule_of(limit)
    if any(pause.end is None for pause in stood):
        return None
    counting = {"office-hours": _hours, "working-days": _working_days, "calendar": _calendar}
    count = _Count(rule, rules.hours(), calendar, stood)
    due, counted = counting[rule.counts](count, start, limit)
    name = f"{rule.id} ({rule.source})" if rule.source else rule.id
    return Deadline(due=due, rule=name, days_counted=counted)


@dataclass(frozen=True)
class _Count:
    """What a limit is counted by."""

    rule: Rule
    spans: Sequence[tuple[time, time]]
    calendar: WorkCalendar
    stood: Sequence[Pause]


def _hours(count: _Count, start: datetime, limit: Limit) -> tuple[datetime, float]:
    today = start.date()
    a_day = sum((_on(today, b) - _on(today, a) for a, b in count.spans), timedelta())
    hour = timedelta(hours=1)
    left = {"immediately": count.rule.hours * hour, "hours": limit.amount * hour}.get(
        limit.unit, limit.amount * a_day
    )
    counted = left / a_day
    for begin, end in _open(count, start):
        if end - begin >= left:
            return begin + left, round(counted, 4)
        left -= end - begin
    raise Invalid(f"a limit of {limit} from {start} has no end")


def _open(count: _Count, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches from `start` on in which the office works and the clock runs."""
    for day in _days(start.date(), count.calendar):
        for a, b in count.spans:
            begin, end = max(_on(day, a, start.tzinfo), start), _on(day, b, start.tzinfo)
            for pause in count.stood:
                assert pause.end is not None
                if begin < min(pause.start, end):
                    yield begin, min(pause.start, end)
                begin = max(begin, pause.end)
            if begin < end:
                yield begin, end


def _working_days(count: _Count, start: datetime, limit: Limit) -> tuple[datetime, float]:
    first = start.date() if count.rule.first_day_counts else start.date() + _DAY
    still = _still(count.stood)
    left = limit.amount
    for day in _days(first, count.calendar):
        left -= day not in still
        if not left:
            return _end_of(day, start), float(limit.amount)
    raise Invalid(f"a limit of {limit} from {start} has no end")


def _calendar(count: _Count, start: datetime, limit: Limit) -> tuple[datetime, float]:
    first = start.date() if count.rule.first_day_counts else start.date() + _DAY
    last = _last_day(first, limit)
    for day in sorted(_still(count.stood)):
        last += _DAY if first <= day <= last else timedelta()
    last = count.calendar.next_working_day(last)
    return _end_of(last, start), float((last - first).days + 1)


def _last_day(first: date, limit: Limit) -> date:
    """Return the day before the one that answers to the first; the month's last if it has none."""
    if limit.unit == "calendar-days":
        return first + timedelta(days=limit.amount) - _DAY
    if limit.unit == "weeks":
        return first + timedelta(weeks=limit.amount) - _DAY
    months = limit.amount * (12 if limit.unit == "years" else 1)
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    if year > _LAST_YEAR:
        raise Invalid(f"a limit of {limit} from {first} has no end")
    length = monthrange(year, month)[1]
    if first.day > length:
        return date(year, month, length)
    return date(year, month, first.day) - _DAY


def _checked(
    received: datetime, pauses: Sequence[Pause], zone: tzinfo
) -> tuple[datetime, list[Pause]]:
    moments = [received, *(p.start for p in pauses), *(p.end for p in pauses if p.end)]
    if any(moment.utcoffset() is None for moment in moments):
        raise Invalid("a time without offset is none: write 2026-09-23T16:30+09:00")
    stood = []
    for pause in sorted(pauses, key=lambda p: p.start):
        if pause.start < received or (pause.end is not None and pause.end < pause.start):
            raise Invalid(f"the clock cannot stand from {pause.start} to {pause.end}")
        end = pause.end.astimezone(zone) if pause.end else None
        stood.append(Pause(pause.start.astimezone(zone), end))
    start = received.astimezone(zone)
    if not 1900 <= start.year <= _LAST_YEAR:
        raise Invalid(f"no deadline is counted from {received}")
    return start, stood


def _still(stood: Sequence[Pause]) -> set[date]:
    """Return the days on which the clock stood, the first and the last of each pause with them."""
    found = set()
    for pause in stood:
        assert pause.end is not None
        days = (pause.end.date() - pause.start.date()).days
        found |= {pause.start.date() + n * _DAY for n in range(days + 1)}
    return found


def _days(first: date, calendar: WorkCalendar) -> Iterator[date]:
    """Yield the working days from a day on."""
    day = first
    while day.year <= _LAST_YEAR:
        if calendar.is_working_day(day):
            yield day
        day += _DAY


def _on(day: date, moment: time, zone: tzinfo | None = None) -> datetime:
    return datetime.combine(day, moment, zone)


def _end_of(day: date, like: datetime) -> datetime:
    return datetime.combine(day, _LAST_SECOND, like.tzinfo)
