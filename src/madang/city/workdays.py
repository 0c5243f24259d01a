"""Holidays, working days and terms of a city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from madang.city.conventions import Calendar, CityHoliday
from madang.kernel.calendars import (
    EthiopianDate,
    korean_lunar_to_gregorian,
    next_monday,
    public_holidays,
)
from madang.kernel.errors import Invalid

Counting = Literal["working-days", "calendar-days"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, and when terms end; names in `language` where the source has them."""

    calendar: Calendar
    language: str
    _years: dict[int, Mapping[date, str]] = field(default_factory=dict, repr=False, compare=False)

    def holidays(self, year: int) -> Mapping[date, str]:
        """Return the holidays of a Gregorian year with their names, in order."""
        if year not in self._years:
            self._years[year] = self._found(year)
        return self._years[year]

    def is_holiday(self, day: date) -> bool:
        """Return whether a day is a public holiday."""
        return day in self.holidays(day.year)

    def is_working_day(self, day: date) -> bool:
        """Return whether a day is neither weekend nor public holiday."""
        return _WEEKDAYS[day.weekday()] not in self.calendar.weekend and not self.is_holiday(day)

    def next_working_day(self, day: date) -> date:
        """Return the day itself if it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many days from `start` (included) to `end` (not included) are worked.

        Negative where `end` lies before `start`.
        """
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + n * _DAY) for n in range((end - start).days))

    def term_end(
        self,
        start: date,
        days: int,
        *,
        counting: Counting = "working-days",
        first_day_counts: bool | None = None,
    ) -> date:
        """Return the last day of a term of `days` that begins on `start`.

        Working days skip weekends and holidays. A term in calendar days that would end on a day
        not worked ends on the next worked day. Whether the first day counts is the profile's
        `first_day_counts` unless stated here.

        Raises
        ------
        Invalid
            If `days` is below 1.
        """
        if days < 1:
            raise Invalid(f"a term has at least one day, not {days}")
        counts = self.calendar.first_day_counts if first_day_counts is None else first_day_counts
        if counting == "calendar-days":
            return self.next_working_day(start + (days - counts) * _DAY)
        day = start if counts else start + _DAY
        day = self.next_working_day(day)
        for _ in range(days - 1):
            day = self.next_working_day(day + _DAY)
        return day

    def _found(self, year: int) -> Mapping[date, str]:
        source = self.calendar.holidays
        found: dict[date, str] = {}
        if source.country:
            found |= public_holidays(
                source.country,
                year,
                subdivision=source.subdivision,
                categories=source.categories,
                language=self.language,
            )
        for day in source.remove:
            found.pop(day, None)
        for holiday in source.add:
            name = holiday.names.get(self.language) or next(iter(holiday.names.values()))
            found |= dict.fromkeys(_days(holiday, year), name)
        return dict(sorted(found.items()))


def _days(holiday: CityHoliday, year: int) -> list[date]:
    """Return the days of a Gregorian year on which a holiday is kept."""
    if holiday.date is not None:
        return [holiday.date] if holiday.date.year == year else []
    if not (holiday.from_year or year) <= year <= (holiday.to_year or year):
        return []
    shift = timedelta(days=holiday.offset_days)
    days = [day + shift for other in (year - 1, year, year + 1) for day in _dates(holiday, other)]
    if holiday.observed == "next-monday":
        days = [next_monday(day) for day in days]
    return [day for day in days if day.year == year]


def _dates(holiday: CityHoliday, year: int) -> list[date]:
    """Return the date in the holiday's own calendar that falls about a Gregorian year, if any."""
    month, day = holiday.month or 1, holiday.day or 1
    try:
        if holiday.calendar == "ethiopian":
            # the Ethiopian year that begins in September of `year`
            return [EthiopianDate(year - 7, month, day).gregorian()]
        if holiday.calendar == "korean-lunar":
            return [korean_lunar_to_gregorian(year, month, day)]
        return [date(year, month, day)]
    except (Invalid, ValueError):
        return []  # 29 February, Pagume 6 and lunar day 30 do not come every year
