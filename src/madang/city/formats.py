"""How a city shows days, hours, numbers and names of people, and reads numbers back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from madang.city.conventions import Calendar, FiscalYear, Language, Numbers, PersonNames
from madang.city.schema import City
from madang.kernel.calendars import EthiopianDate, EthiopianTime
from madang.kernel.errors import Invalid
from madang.kernel.habits import Habits, in_digits

_ETHIOPIC_ONES = "፩፪፫፬፭፮፯፰፱"
_ETHIOPIC_TENS = "፲፳፴፵፶፷፸፹፺"


@dataclass(frozen=True)
class Period:
    """A budget year: its label, its first day, and the first day after it."""

    label: str
    start: date
    end: date


def date_text(calendar: Calendar, day: date, lang: str) -> str:
    """Return a day in words, in the city's calendar and in that language."""
    if calendar.display == "ethiopian":
        return EthiopianDate.of(day).text(lang)
    from babel.dates import format_date

    return str(format_date(day, "long", locale=_babel_locale(lang)))


def time_text(calendar: Calendar, local: datetime, lang: str) -> str:
    """Return a local time as the city tells it, to the minute."""
    if calendar.clock == "ethiopian":
        return EthiopianTime.of(local.time()).text(lang)
    if calendar.clock == "12h":
        from babel.dates import format_time

        return str(format_time(local, "h:mm a", locale=_babel_locale(lang)))
    return local.strftime("%H:%M")


def habits_of(language: Language, city: City) -> Habits:
    """Return how pages write a language here.

    An official language keeps the city's calendar, clock and signs. Readers of the others count
    days as the rest of the world does: they are shown the Gregorian day and the usual clock.
    """
    if language.role != "official":
        return Habits(digits=language.digits)
    is_own = language.code == city.default_language
    return Habits(
        locale=city.locale if is_own else "",
        calendar=city.calendar.display,
        clock="ethiopian" if city.calendar.clock == "ethiopian" else "usual",
        decimal=city.numbers.decimal if is_own else "",
        group=city.numbers.group if is_own else "",
        digits=language.digits,
    )


def _babel_locale(lang: str) -> str:
    """Return the nearest locale that Babel has: the tag itself, its language, else English."""
    from babel.core import UnknownLocaleError, parse_locale
    from babel.localedata import exists

    name = lang.replace("-", "_")
    try:
        language = parse_locale(name)[0]
    except (ValueError, UnknownLocaleError):
        return "en"
    return next((item for item in (name, language, "en") if exists(item)), "en")


def fiscal_period(year: FiscalYear, day: date) -> Period:
    """Return the budget year that a day belongs to."""
    if year.calendar == "ethiopian":
        number = EthiopianDate.of(day).year
        if day < EthiopianDate(number, year.month, year.day).gregorian():
            number -= 1
        start = EthiopianDate(number, year.month, year.day).gregorian()
        end = EthiopianDate(number + 1, year.month, year.day).gregorian()
        last = EthiopianDate.of(end - timedelta(days=1)).year
    else:
        number = day.year if day >= date(day.year, year.month, year.day) else day.year - 1
        start, end = (date(n, year.month, year.day) for n in (number, number + 1))
        last = (end - timedelta(days=1)).year
    return Period(str(last if year.named_by == "end" else number), start, end)


def number_text(
    numbers: Numbers, value: Decimal | int, *, decimals: int | None = None, digits: str = ""
) -> str:
    """Return a number with the city's signs; `digits` picks a numbering system (`khmr`).

    >>> number_text(Numbers(decimal=",", group="."), Decimal("1234.5"))
    '1.234,5'
    """
    plain = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
    text = plain.translate({ord(","): numbers.group, ord("."): numbers.decimal})
    return in_digits(text, digits or numbers.digits[0])


def read_number(numbers: Numbers, text: str) -> Decimal:
    """Return the number that a person of this city wrote, in any decimal digits.

    Raises
    ------
    Invalid
        If it is no number written with the city's signs.
    """
    plain = text.strip()
    if numbers.group.isspace():  # CLDR's no-break spaces are typed as plain ones
        plain = numbers.group.join(plain.split())
    whole, sign, rest = plain.partition(numbers.decimal)
    groups = whole.lstrip("+-").split(numbers.group) if numbers.group else []
    well_grouped = len(groups) < 2 or all(len(part) == 3 for part in groups[1:])
    if numbers.group:
        whole = whole.replace(numbers.group, "")
    try:
        if not well_grouped or not (whole + rest).lstrip("+-").isdecimal():
            raise InvalidOperation
        return Decimal(f"{whole}.{rest}" if sign and rest else whole)
    except InvalidOperation:
        example = number_text(numbers, Decimal("1234.5"))
        raise Invalid(f"{text!r} is no number as written here, such as {example}") from None


def ethiopic_numeral(value: int) -> str:
    """Return a whole number from 1 to 9,999 in Ethiopic numerals.

    >>> ethiopic_numeral(2019)
    '፳፻፲፱'
    """
    if not 1 <= value <= 9_999:
        raise Invalid(f"{value} has no Ethiopic numeral here; 1 to 9999 have")
    hundreds, rest = divmod(value, 100)
    # one hundred is written without a one before it: D. Yacob, "Ethiopic numerals", 2000
    head = "" if hundreds == 0 else "፻" if hundreds == 1 else _ethiopic_pair(hundreds) + "፻"
    return head + _ethiopic_pair(rest)


def _ethiopic_pair(value: int) -> str:
    tens, ones = divmod(value, 10)
    return ("" if not tens else _ETHIOPIC_TENS[tens - 1]) + (
        "" if not ones else _ETHIOPIC_ONES[ones - 1]
    )


def person_name(names: PersonNames, parts: Mapping[str, str], *, joined: bool = False) -> str:
    """Return a person's name in the order of the city; `joined` leaves out spaces (Korean).

    Raises
    ------
    Invalid
        If a part that every person has is missing; `fields` names it.
    """
    lacking = [part for part in names.required if not parts.get(part)]
    if lacking:
        raise Invalid(f"the name lacks {', '.join(lacking)}", dict.fromkeys(lacking, "is missing"))
    return ("" if joined else " ").join(parts[p] for p in names.order if parts.get(p))
