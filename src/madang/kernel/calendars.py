"""Calendars beside the Gregorian one, the Ethiopian clock, and public holidays of countries.

Storage is always Gregorian and UTC; these are for showing and for finding dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from madang.kernel import apart
from madang.kernel.errors import Invalid, MadangError, Unavailable

# Julian day number of 1 Meskerem of the year 0, a year before 29 August 8 (Julian). E. G. Richards,
# "Calendars", ch. 15 of the Explanatory Supplement to the Astronomical Almanac, 3rd ed., 2013;
# Dershowitz and Reingold, Calendrical Calculations, 4th ed., 2018, ch. 4.
_YEAR_ZERO = 1_723_856
_ORDINAL_ZERO = 1_721_425  # Julian day number of the day before 1 January 1 (Gregorian)
_CYCLE = 1_461  # days in four years, the last of which is leap

ETHIOPIAN_MONTHS = {
    "am": ("መስከረም", "ጥቅምት", "ኅዳር", "ታኅሣሥ", "ጥር", "የካቲት", "መጋቢት", "ሚያዝያ", "ግንቦት", "ሰኔ", "ሐምሌ",
           "ነሐሴ", "ጳጉሜን"),
    "en": ("Meskerem", "Tikimt", "Hidar", "Tahsas", "Tir", "Yekatit", "Megabit", "Miyazya",
           "Ginbot", "Sene", "Hamle", "Nehase", "Pagume"),
}  # fmt: skip

# Parts of the day that Amharic names with the hour, from 0, 6, 12 and 18 o'clock: night, morning,
# afternoon, evening (CLDR 47, am, dayPeriods; here in the form that goes before an hour).
_AMHARIC_PARTS = ("ከሌሊቱ", "ከጠዋቱ", "ከቀኑ", "ከምሽቱ")


@dataclass(frozen=True, order=True)
class EthiopianDate:
    """A day of the Ethiopian calendar: twelve months of 30 days, and Pagume of 5 or 6."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        longest = 30 if self.month < 13 else 6 if is_ethiopian_leap_year(self.year) else 5
        if not (self.year >= 1 and 1 <= self.month <= 13 and 1 <= self.day <= longest):
            raise Invalid(f"{self} is no day of the Ethiopian calendar")

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    @classmethod
    def of(cls, day: date) -> EthiopianDate:
        """Return a Gregorian day in the Ethiopian calendar.

        >>> str(EthiopianDate.of(date(2026, 9, 11)))
        '2019-01-01'

        Raises
        ------
        Invalid
            Before 27 August 8, where Ethiopian years begin to count.
        """
        cycles, rest = divmod(day.toordinal() + _ORDINAL_ZERO - _YEAR_ZERO, _CYCLE)
        years = min(rest // 365, 3)
        if cycles < 0 or (cycles == 0 and years == 0):
            raise Invalid(f"{day} lies before the first Ethiopian year")
        in_year = rest - 365 * years
        return cls(4 * cycles + years, in_year // 30 + 1, in_year % 30 + 1)

    def gregorian(self) -> date:
        """Return this day in the Gregorian calendar."""
        days = 365 * self.year + self.year // 4 + 30 * (self.month - 1) + self.day - 1
        return date.fromordinal(days + _YEAR_ZERO - _ORDINAL_ZERO)

    def month_name(self, lang: str = "en") -> str:
        """Return the name of the month in Amharic (``am``) or, for all others, in Latin letters."""
        return ETHIOPIAN_MONTHS.get(lang, ETHIOPIAN_MONTHS["en"])[self.month - 1]

    def text(self, lang: str = "en", *, with_year: bool = True) -> str:
        """Return the day in words.

        >>> EthiopianDate(2019, 3, 13).text("am"), EthiopianDate(2019, 3, 13).text(with_year=False)
        ('ኅዳር 13 ቀን 2019 ዓ.ም.', '13 Hidar')
        """
        month = self.month_name(lang)
        if lang == "am":
            return f"{month} {self.day}" + (f" ቀን {self.year} ዓ.ም." if with_year else "")
        return f"{self.day} {month}" + (f" {self.year}" if with_year else "")


def is_ethiopian_leap_year(year: int) -> bool:
    """Return whether Pagume of that Ethiopian year has six days.

    >>> is_ethiopian_leap_year(2015)
    True
    """
    return year % 4 == 3


@dataclass(frozen=True)
class EthiopianTime:
    """A time as told in Ethiopia: hours 1 to 12 from sunrise (06:00) and from sunset (18:00)."""

    hour: int
    minute: int
    by_day: bool

    @classmethod
    def of(cls, clock: time) -> EthiopianTime:
        """Return a usual local time as told in Ethiopia, six hours behind.

        >>> EthiopianTime.of(time(7, 30))
        EthiopianTime(hour=1, minute=30, by_day=True)
        """
        return cls((clock.hour - 6) % 12 or 12, clock.minute, 6 <= clock.hour < 18)

    def text(self, lang: str = "en", *, with_minute: bool = True) -> str:
        """Return the time in words, with the part of the day.

        >>> EthiopianTime.of(time(20, 5)).text("am"), EthiopianTime.of(time(7, 30)).text()
        ('ከምሽቱ 2:05', '1:30 by day')
        """
        clock = f"{self.hour}:{self.minute:02d}" if with_minute else str(self.hour)
        if lang == "am":
            return f"{_AMHARIC_PARTS[self.clock().hour // 6]} {clock}"
        return f"{clock} {'by day' if self.by_day else 'by night'}"

    def clock(self) -> time:
        """Return the usual local time."""
        return time((self.hour % 12 + (6 if self.by_day else 18)) % 24, self.minute)


def korean_lunar_to_gregorian(year: int, month: int, day: int, *, leap: bool = False) -> date:
    """Return the day of a Korean lunar date; `leap` means the second month of that number.

    >>> korean_lunar_to_gregorian(2026, 8, 15)  # Chuseok
    datetime.date(2026, 9, 25)

    Raises
    ------
    Invalid
        If the month has no such day, or the year is outside the tables (1000 to 2050).
    """
    from korean_lunar_calendar import KoreanLunarCalendar

    calendar = KoreanLunarCalendar()
    if not calendar.setLunarDate(year, month, day, leap):
        raise Invalid(f"lunar {year}-{month}-{day}{' (leap)' if leap else ''} does not exist")
    return date(calendar.solarYear, calendar.solarMonth, calendar.solarDay)


def next_monday(day: date) -> date:
    """Return the day itself if it is a Monday, else the Monday after it.

    >>> next_monday(date(2026, 1, 6))
    datetime.date(2026, 1, 12)
    """
    return day + timedelta(days=-day.weekday() % 7)


@lru_cache(maxsize=64)
def public_holidays(
    country: str,
    year: int,
    *,
    subdivision: str | None = None,
    categories: tuple[str, ...] = ("public",),
    language: str = "",
) -> dict[date, str]:
    """Return the public holidays of a country in one Gregorian year, with their names.

    Dates and rules are those of the ``holidays`` library. Where it has no names in `language`, they
    are in the country's own. Do not change the answer; it is shared.

    Raises
    ------
    Invalid
        If the library does not know the country, the region or a category.
    """
    try:
        found = apart.called(
            "madang.kernel.calendars:known_holidays",
            country, year, subdivision, list(categories), language,
        )  # fmt: skip
    except Unavailable:
        raise
    except MadangError as error:
        raise Invalid(error.message) from None
    return {date.fromisoformat(day): name for day, name in found.items()}


def known_holidays(
    country: str, year: int, subdivision: str | None, categories: list[str], language: str
) -> dict[str, str]:
    """Return what `public_holidays` does by ISO date: the library's part of it (12 MB)."""
    import holidays

    try:
        known = getattr(holidays, country)
        found = holidays.country_holidays(
            country,
            subdiv=subdivision,
            years=year,
            categories=categories,
            # without a language the library takes that of the machine's locale
            language=_supported(language, known.supported_languages) or known.default_language,
        )
    except (AttributeError, NotImplementedError, ValueError) as error:
        raise Invalid(
            f"no holidays are known for {country!r} {subdivision or ''}: {error}"
        ) from None
    return {day.isoformat(): name for day, name in sorted(found.items())}


def _supported(language: str, languages: Iterable[str]) -> str | None:
    """Return the library's tag of that language (``en`` may be ``en_US`` there), if any."""
    wanted = language.replace("-", "_").lower()
    for tag in languages:
        if wanted and (tag.lower() == wanted or tag.lower().split("_")[0] == wanted.split("_")[0]):
            return tag
    return None
